//! Mail that leaves is signed, each copy by itself. The signatures are verified here as RFC 6376 §6 says,
//! by a reading of it that is not the signer's; and, where it is installed, by dkimpy.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use data_encoding::BASE64;
use ring::digest::{SHA256, digest};
use ring::signature::{
    ED25519, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair,
    UnparsedPublicKey,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;

use super::house::{House, PATIENCE};
use super::server::{self, Tls};

const MAIL: &str = "From: =?UTF-8?B?5qOu?= <mori@example.jp>\nTo: a@shop.example, b@shop.example,\n c@one.example, \
                    d@two.example, e@three.example\nCc: f@four.example\nSubject:  two  spaces\n\nhello \n\n\tworld\n\n\n";

fn key(name: &str) -> String {
    format!("{}/tests/keys/{name}.pem", env!("CARGO_MANIFEST_DIR"))
}

fn secret(name: &str) -> Vec<u8> {
    PrivateKeyDer::from_pem_file(key(name)).unwrap().secret_der().to_vec()
}

/// The mails that the server gets of one that is sent by a relay with two keys.
fn delivered(to: &[&str], count: usize) -> Vec<server::Got> {
    let (behind, got) = server::serve("127.0.0.1:0", &Tls::None, false);
    let house = House::new(&format!(
        "relay = [\"127.0.0.1:0\"]\ndeliver-to = \"{behind}\"\n\
         [[relay.dkim]]\ndomain = \"example.jp\"\nselector = \"r1\"\nkey = {:?}\n\
         [[relay.dkim]]\ndomain = \"example.jp\"\nselector = \"e1\"\nkey = {:?}\n",
        key("rsa"),
        key("ed25519")
    ));
    house.send(to, MAIL);
    (0..count).map(|_| got.recv_timeout(PATIENCE).unwrap()).collect()
}

fn squeezed(text: &str) -> String {
    text.split([' ', '\t', '\r', '\n'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// How many sound signatures a mail has. It has no other.
fn verified(mail: &str) -> usize {
    let (header, body) = mail.split_once("\r\n\r\n").unwrap();
    let unfolded = header.replace("\r\n\t", " \t").replace("\r\n ", "  ");
    let fields: Vec<(&str, &str)> =
        unfolded.split("\r\n").map(|field| field.split_once(':').unwrap()).collect();
    let mut lines: Vec<String> = body
        .split("\r\n")
        .map(|line| {
            let squeezed = squeezed(line);
            if line.starts_with([' ', '\t']) { format!(" {squeezed}") } else { squeezed }
        })
        .map(|line| line.trim_end().to_owned())
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let body_hash = digest(&SHA256, (lines.join("\r\n") + "\r\n").as_bytes());
    let mut count = 0;
    for (_, signature) in fields.iter().filter(|(name, _)| *name == "DKIM-Signature") {
        let tags: BTreeMap<&str, String> = signature
            .split(';')
            .filter_map(|tag| tag.split_once('='))
            .map(|(name, value)| (name.trim(), value.replace([' ', '\t'], "")))
            .collect();
        assert_eq!((tags["v"].as_str(), tags["d"].as_str()), ("1", "example.jp"));
        assert_eq!(tags["bh"], BASE64.encode(body_hash.as_ref()));
        let mut left = fields.clone();
        let mut said = Vec::new();
        for name in tags["h"].split(':') {
            let at = left.iter().rposition(|(field, _)| field.eq_ignore_ascii_case(name));
            if let Some((_, value)) = at.map(|at| left.remove(at)) {
                said.push(format!("{}:{}\r\n", name.to_lowercase(), squeezed(value)));
            }
        }
        let (own, _) = signature.rsplit_once("b=").unwrap();
        said.push(format!("dkim-signature:{}", squeezed(&format!("{own}b="))));
        let said = said.concat();
        let bytes = BASE64.decode(tags["b"].as_bytes()).unwrap();
        if tags["a"] == "rsa-sha256" {
            let pair = RsaKeyPair::from_pkcs8(&secret("rsa")).unwrap();
            let public =
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public().as_ref());
            public.verify(said.as_bytes(), &bytes).unwrap();
        } else {
            let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&secret("ed25519")).unwrap();
            let public = UnparsedPublicKey::new(&ED25519, pair.public_key().as_ref());
            public.verify(digest(&SHA256, said.as_bytes()).as_ref(), &bytes).unwrap();
        }
        count += 1;
    }
    count
}

#[test]
fn a_mail_is_signed_with_every_key_of_its_domain() {
    let got = delivered(&["a@shop.example"], 1);
    assert_eq!(verified(&got[0].mail), 2, "{}", got[0].mail);
}

#[test]
fn each_copy_is_signed_by_itself() {
    let to =
        ["a@shop.example", "b@shop.example", "c@one.example", "d@two.example", "e@three.example"];
    let got = delivered(&to, to.len());
    for got in &got {
        assert_eq!(got.to.len(), 1);
        assert!(got.mail.contains(&format!("To: {}\r\n", got.to[0])), "{}", got.mail);
        assert_eq!(verified(&got.mail), 2, "{}", got.mail);
    }
}

/// `python3 -m venv V && V/bin/pip install dkimpy pynacl`, then
/// `DKIMPY=V/bin/python cargo test -p relay --test ways -- --ignored`.
#[test]
#[ignore = "needs a Python with dkimpy, named by DKIMPY"]
fn dkimpy_takes_them_for_sound() {
    let python = std::env::var("DKIMPY").unwrap();
    let pair = RsaKeyPair::from_pkcs8(&secret("rsa")).unwrap();
    let rsa = BASE64.encode(pair.public().as_ref());
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&secret("ed25519")).unwrap();
    let ed25519 = BASE64.encode(pair.public_key().as_ref());
    let program = format!(
        "import sys, dkim\n\
         known = {{b'r1._domainkey.example.jp.': b'v=DKIM1; k=rsa; p={rsa}',\n\
         \x20 b'e1._domainkey.example.jp.': b'v=DKIM1; k=ed25519; p={ed25519}'}}\n\
         verifier = dkim.DKIM(sys.stdin.buffer.read())\n\
         for at in (0, 1): assert verifier.verify(idx=at, dnsfunc=lambda name, timeout=5: known[name])\n"
    );
    let to =
        ["a@shop.example", "b@shop.example", "c@one.example", "d@two.example", "e@three.example"];
    for got in delivered(&to[..1], 1).iter().chain(&delivered(&to, to.len())) {
        let mut child = Command::new(&python);
        let mut child = child.args(["-c", &program]).stdin(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), got.mail.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{}", got.mail);
    }
}
