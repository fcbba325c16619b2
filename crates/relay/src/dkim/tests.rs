//! Signatures as they are written. That others take them for valid was tried with dkimpy: see
//! `tests/ways/signing.rs`.

use super::*;

const RSA: &[u8] = include_bytes!("../../tests/keys/rsa.pem");
const ED25519: &[u8] = include_bytes!("../../tests/keys/ed25519.pem");

fn domain(written: &str) -> Domain {
    Domain::parse(written).unwrap()
}

fn signer(of: &str, selector: &str, pem: &[u8]) -> Signer {
    Signer::new(domain(of), domain(selector), pem).unwrap()
}

fn signed(mail: &str) -> String {
    let keys = [signer("example.jp", "r1", RSA), signer("example.jp", "e1", ED25519)];
    let signers = Signers::of(&keys, Some(&domain("example.jp")));
    let now = Timestamp::from_second(1_900_000_000).unwrap();
    let fields = signers.sign(mail.as_bytes(), &BodyHash::of(mail.as_bytes()), now);
    String::from_utf8(fields).unwrap()
}

#[test]
fn a_signature_is_one_field_for_each_key() {
    insta::assert_snapshot!(signed(
        "Received: by mail.example.jp\r\nFrom: =?UTF-8?B?5qOu?= <mori@example.jp>\r\nTo: sato@shop.example,\r\n \
         ito@shop.example\r\nSubject:  two  spaces \r\nX-Own: not signed\r\n\r\nhello \r\n\tworld\r\n\r\n\r\n"
    ));
}

#[test]
fn what_servers_may_change_does_not_matter_and_the_rest_does() {
    let mail = "From: mori@example.jp\r\nSubject: a b\r\n\r\nhello world\r\n";
    let same =
        "from:  mori@example.jp\r\nX-New: 1\r\nSUBJECT: a\r\n\tb \r\n\r\nhello \t world \r\n\r\n";
    assert_eq!(signed(mail), signed(same));
    for (old, new) in [("a b", "ab"), ("hello world", "helloworld"), ("mori@", "mory@")] {
        assert_ne!(signed(mail), signed(&mail.replace(old, new)), "{new}");
    }
    assert_ne!(signed(mail), signed(&mail.replace("Subject", "To: x@shop.example\r\nSubject")));
}

#[test]
fn odd_mails_are_signed_as_they_are() {
    for odd in [
        "", "\r\n", "no field", "From: a@example.jp", "From: a@example.jp\r\n", "\r\nbody",
        " a\r\nb\r\n",
    ] {
        assert_eq!(signed(odd).matches("DKIM-Signature: v=1; a=").count(), 2, "{odd:?}");
    }
}

#[test]
fn the_key_is_that_of_the_domain_that_the_reader_sees() {
    let keys = [
        signer("example.jp", "a", ED25519),
        signer("sales.example.jp", "b", ED25519),
        signer("example.com", "c", ED25519),
    ];
    let of = |author: Option<&str>| {
        let author = author.map(domain);
        format!("{:?}", Signers::of(&keys, author.as_ref()).0)
    };
    assert_eq!(of(Some("example.jp")), "[Signer(a._domainkey.example.jp)]");
    assert_eq!(of(Some("mail.sales.example.jp")), "[Signer(b._domainkey.sales.example.jp)]");
    assert_eq!(of(Some("notexample.jp")), "[]");
    assert_eq!(of(None), "[]");
}

#[test]
fn a_key_that_is_none_says_why() {
    let wrong = |pem: &[u8]| Signer::new(domain("a.jp"), domain("s"), pem).unwrap_err().to_string();
    assert_eq!(wrong(b"nothing"), "no secret key in PEM");
    let certificate = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    assert!(wrong(certificate).contains("RSA of 2048 bits"));
}
