//! Encrypted ways in and out, and who is known by a certificate or a password.

use std::fs;

use data_encoding::BASE64;
use relay::net::hash_password;
use relay::{Login, Settings};

use super::certificates::Authority;
use super::house::{Client, House, PATIENCE};
use super::server::{self, Tls};

const MAIL: &str = "From: mori@example.jp\nTo: sato@shop.example\nSubject: a\n\nhello\n";

fn account() -> String {
    let hash = hash_password(b"snow country").unwrap();
    format!("[accounts.mori]\npassword = {hash:?}\nsenders = [\"mori@example.jp\"]\n")
}

/// The login of `mori` in one message.
fn auth() -> String {
    format!("AUTH PLAIN {}", BASE64.encode(b"\0mori\0snow country"))
}

#[test]
fn submission_is_encrypted_by_starttls_before_a_password_is_said() {
    let authority = Authority::new();
    let (behind, got) = server::serve("127.0.0.1:0", &Tls::None, false);
    let own = authority.certify("mail.example.jp").lines();
    let house = House::new(&format!(
        "submission = [\"127.0.0.1:0\"]\nrelay = []\n{own}deliver-to = \"{behind}\"\n{}",
        account()
    ));
    let mut plain = Client::connect(house.address());
    let offered = plain.say("EHLO pc", "250");
    assert!(offered.contains("STARTTLS") && !offered.contains("AUTH"), "{offered}");
    plain.say(&auth(), "5");
    plain.say("MAIL FROM:<mori@example.jp>", "530");
    let mut client = Client::start_tls(house.address(), &authority, None);
    let offered = client.say("EHLO pc", "250");
    assert!(!offered.contains("STARTTLS") && offered.contains("AUTH PLAIN"), "{offered}");
    client.say("MAIL FROM:<mori@example.jp>", "530");
    client.say(&auth(), "235");
    client.say("MAIL FROM:<kacho@example.jp>", "553");
    client.send(&["sato@shop.example"], MAIL);
    let got = got.recv_timeout(PATIENCE).unwrap();
    assert!(got.mail.contains("with ESMTPSA"), "{}", got.mail);
}

#[test]
fn submissions_is_encrypted_from_the_first_byte() {
    let authority = Authority::new();
    let (behind, got) = server::serve("127.0.0.1:0", &Tls::None, false);
    let own = authority.certify("mail.example.jp").lines();
    let house = House::new(&format!(
        "submissions = [\"127.0.0.1:0\"]\nrelay = []\n{own}deliver-to = \"{behind}\"\n{}",
        account()
    ));
    let mut client = Client::connect_encrypted(house.address(), &authority);
    client.say("EHLO pc", "250");
    client.say("STARTTLS", "5");
    client.say(&auth(), "235");
    client.send(&["sato@shop.example"], MAIL);
    assert_eq!(got.recv_timeout(PATIENCE).unwrap().to, ["sato@shop.example"]);
}

#[test]
fn a_mail_server_is_known_by_its_certificate() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (behind, got) = server::serve("127.0.0.1:0", &Tls::None, false);
    let listed = other.certify("listed.example.jp");
    let print = {
        use rustls_pki_types::pem::PemObject as _;
        let der = rustls_pki_types::CertificateDer::from_pem_file(&listed.certificate).unwrap();
        data_encoding::HEXUPPER.encode(ring::digest::digest(&ring::digest::SHA256, &der).as_ref())
    };
    let own = authority.certify("mail.example.jp").lines();
    let house = House::new(&format!(
        "relay = [\"127.0.0.1:0\"]\nnetworks = [\"192.0.2.0/24\"]\n{own}deliver-to = \"{behind}\"\n\
         client-ca = {:?}\nclient-names = [\"mx.example.jp\"]\nclient-fingerprints = [\"{print}\"]\n",
        authority.file()
    ));
    let connect = |pair| {
        let mut client = Client::start_tls(house.address(), &authority, pair);
        client.say("EHLO mx", "250");
        client
    };
    let (named, unnamed) = (authority.certify("mx.example.jp"), authority.certify("x.example.jp"));
    let forged = other.certify("mx.example.jp");
    for stranger in [None, Some(&unnamed), Some(&forged)] {
        connect(stranger).say("MAIL FROM:<mori@example.jp>", "550 5.7.1");
    }
    for known in [&named, &listed] {
        connect(Some(known)).send(&["sato@shop.example"], MAIL);
        got.recv_timeout(PATIENCE).unwrap();
    }
    house.logged(&["taken", "by=certificate mx.example.jp"]);
}

/// A smart host on a port of its own; what it gets is the test's.
fn smart_host(tls: DeliverTlsName, certified_for: &str) -> (House, super::server::Got) {
    let authority = Authority::new();
    let pair = authority.certify(certified_for);
    let how = match tls {
        "from-the-start" => Tls::FromTheStart(pair),
        _ => Tls::Offered(pair),
    };
    let (behind, got) = server::serve("127.0.0.1:0", &how, true);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("password"), "open sesame\n").unwrap();
    let file = format!(
        "relay = [\"127.0.0.1:0\"]\ndeliver-to = \"{behind}\"\ndeliver-tls = \"{tls}\"\ndeliver-ca = {:?}\n\
         deliver-login = \"relay\"\ndeliver-password-file = \"password\"\n",
        authority.file()
    );
    let beside = |settings: &mut Settings| *settings = settings.clone().beside(folder.path());
    let house = House::with(&file, beside);
    house.send(&["sato@shop.example"], MAIL);
    let got = got.recv_timeout(PATIENCE).unwrap();
    (house, got)
}

type DeliverTlsName = &'static str;

#[test]
fn a_smart_host_is_told_the_password_in_private() {
    for tls in ["from-the-start", "required"] {
        let (house, got) = smart_host(tls, "127.0.0.1");
        assert_eq!(got.login, Login::Account("relay".to_owned()), "{tls}");
        assert!(got.is_encrypted, "{tls}");
        let line = house.logged(&["delivered", "to=<sato@shop.example>"]);
        assert!(!line.contains("sesame"));
    }
}

#[test]
fn a_server_of_another_name_is_told_nothing() {
    let authority = Authority::new();
    let pair = authority.certify("other.example");
    for (tls, how) in
        [("from-the-start", Tls::FromTheStart(pair.clone())), ("required", Tls::Offered(pair))]
    {
        let (behind, got) = server::serve("127.0.0.1:0", &how, false);
        let house = House::new(&format!(
            "relay = [\"127.0.0.1:0\"]\ndeliver-to = \"{behind}\"\ndeliver-tls = \"{tls}\"\ndeliver-ca = {:?}\n",
            authority.file()
        ));
        house.send(&["sato@shop.example"], MAIL);
        house.logged(&["deferred", "TLS fails"]);
        assert!(got.try_recv().is_err());
    }
}

#[test]
fn without_need_any_certificate_will_do_and_none_too() {
    let authority = Authority::new();
    let pair = authority.certify("other.example");
    for (how, is_encrypted) in [(Tls::Offered(pair), true), (Tls::None, false)] {
        let (behind, got) = server::serve("127.0.0.1:0", &how, false);
        let house = House::new(&format!("relay = [\"127.0.0.1:0\"]\ndeliver-to = \"{behind}\"\n"));
        house.send(&["sato@shop.example"], MAIL);
        assert_eq!(got.recv_timeout(PATIENCE).unwrap().is_encrypted, is_encrypted);
    }
}

#[test]
fn a_domain_can_have_a_way_of_its_own() {
    let (usual, got) = server::serve("127.0.0.1:0", &Tls::None, false);
    let (own, got_there) = server::serve("127.0.0.1:0", &Tls::None, false);
    let house = House::new(&format!(
        "relay = [\"127.0.0.1:0\"]\ndeliver-to = \"{usual}\"\n\
         [relay.routes.\"Shop.example\"]\nto = \"{own}\"\ntls = \"never\"\n"
    ));
    house.send(&["sato@shop.example", "mori@plain.example", "ito@shop.example"], MAIL);
    assert_eq!(got.recv_timeout(PATIENCE).unwrap().to, ["mori@plain.example"]);
    let there = got_there.recv_timeout(PATIENCE).unwrap();
    assert_eq!(there.to, ["sato@shop.example", "ito@shop.example"]);
}
