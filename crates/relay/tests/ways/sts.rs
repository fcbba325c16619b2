//! Receiving domains that say which servers are theirs, and that they are to be spoken to in private.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};

use rustls::{ServerConnection, StreamOwned};

use super::certificates::{Authority, Pair};
use super::dns::Zone;
use super::house::{House, PATIENCE};
use super::server::{self, Tls, server_config};

const MAIL: &str = "From: mori@example.jp\nTo: sato@shop.example\nSubject: a\n\nhello\n";

/// Serves one file over HTTPS.
fn https(pair: &Pair, text: &'static str) -> SocketAddr {
    let socket = TcpListener::bind("127.0.0.5:0").unwrap();
    let address = socket.local_addr().unwrap();
    let config = server_config(pair);
    std::thread::spawn(move || {
        for connection in socket.incoming() {
            let tls = ServerConnection::new(config.clone()).unwrap();
            let mut stream = BufReader::new(StreamOwned::new(tls, connection.unwrap()));
            let mut line = String::new();
            let mut asked = String::new();
            // A client that does not take our certificate leaves.
            while stream.read_line(&mut line).is_ok_and(|count| count > 2) {
                asked.push_str(&std::mem::take(&mut line));
            }
            let is_there = asked.starts_with("GET /.well-known/mta-sts.txt HTTP/1.1\r\n")
                && asked.contains("mta-sts.shop.example\r\n");
            let status = if is_there { "200 OK" } else { "404 Not Found" };
            let length = text.len();
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\n\
                 content-length: {length}\r\n\r\n{text}"
            );
            let _heard = stream.get_mut().write_all(answer.as_bytes());
        }
    });
    address
}

/// A relay for a domain with a policy: its own server is `mx.shop.example` at 127.0.0.2, and a forged answer
/// puts another in front of it.
fn house(authority: &Authority, policy_host: &str, port: u16, text: &'static str) -> House {
    let policies = https(&authority.certify(policy_host), text);
    let zone = Zone::default()
        .text("_mta-sts.shop.example", "v=STSv1; id=20310401;")
        .host("mta-sts.shop.example", "127.0.0.5")
        .mx("shop.example", 5, "mx.forged.example")
        .mx("shop.example", 10, "mx.shop.example")
        .host("mx.forged.example", "127.0.0.3")
        .host("mx.shop.example", "127.0.0.2");
    let (dns, _zone) = zone.serve();
    let lines = format!(
        "relay = [\"127.0.0.1:0\"]\ndeliver-to = \"mx\"\ndns = [\"{dns}\"]\nmta-sts-ca = {:?}\n",
        authority.file()
    );
    House::with(&lines, |settings| {
        settings.delivery.ports.mx = port;
        settings.delivery.ports.https = policies.port();
    })
}

const ENFORCED: &str =
    "version: STSv1\r\nmode: enforce\r\nmx: mx.shop.example\r\nmax_age: 86400\r\n";
const TESTED: &str = "version: STSv1\nmode: testing\nmx: mx.shop.example\nmax_age: 86400\n";

/// The domain's server, and the forged one beside it.
fn servers(tls: &Tls) -> (u16, [std::sync::mpsc::Receiver<server::Got>; 2]) {
    let (own, got) = server::serve("127.0.0.2:0", tls, false);
    let (_forged, stolen) = server::serve(&format!("127.0.0.3:{}", own.port()), &Tls::None, false);
    (own.port(), [got, stolen])
}

#[test]
fn an_enforced_policy_keeps_mail_from_servers_that_are_forged() {
    let authority = Authority::new();
    let (port, [got, stolen]) = servers(&Tls::Offered(authority.certify("mx.shop.example")));
    let house = house(&authority, "mta-sts.shop.example", port, ENFORCED);
    for _ in 0..2 {
        house.send(&["sato@shop.example"], MAIL);
        assert!(got.recv_timeout(PATIENCE).unwrap().is_encrypted);
    }
    assert!(stolen.try_recv().is_err());
}

#[test]
fn an_enforced_policy_keeps_mail_from_servers_that_cannot_prove_their_name() {
    let authority = Authority::new();
    for tls in [Tls::None, Tls::Offered(authority.certify("mx.forged.example"))] {
        let (port, [got, stolen]) = servers(&tls);
        let house = house(&authority, "mta-sts.shop.example", port, ENFORCED);
        house.send(&["sato@shop.example"], MAIL);
        house.logged(&["deferred", "sato@shop.example"]);
        assert!(got.try_recv().is_err() && stolen.try_recv().is_err());
    }
}

#[test]
fn a_policy_that_is_tested_or_cannot_be_had_changes_nothing() {
    let authority = Authority::new();
    for (policy_host, text) in [
        ("mta-sts.shop.example", TESTED),
        ("mta-sts.shop.example", "mode: enforce"),
        ("mta-sts.forged.example", ENFORCED),
    ] {
        let (port, [_got, stolen]) = servers(&Tls::None);
        let house = house(&authority, policy_host, port, text);
        house.send(&["sato@shop.example"], MAIL);
        stolen.recv_timeout(PATIENCE).unwrap();
    }
}
