//! Every example decodes to the words of its source and to nothing of what surrounds them. It does
//! not test what the examples say.

use case::MediaType;
use formats::{Hints, decode};
use testkit::html::AROUND;
use text::Limits;

/// Without white space, and with the one wave dash that fonts take for the other.
fn words(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '〜' { '～' } else { c }).collect()
}

fn check(name: &str, bytes: &[u8], source: &str, kind: MediaType) {
    // Not by its ending: the content alone has to tell what it is.
    let document = decode(bytes.to_vec(), Hints::default(), &Limits::default())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(document.media_type, kind, "{name}");
    let decoded = words(&document.text);
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        assert!(decoded.contains(&words(line)), "{name}: {line}\n---\n{}", document.text);
    }
    for around in AROUND {
        assert!(!decoded.contains(around), "{name}: {around}");
    }
}

macro_rules! examples {
    ($($name:literal $ending:literal $kind:ident,)+) => {
        #[test]
        fn every_example_has_the_words_of_its_source() {
            $(check(
                $name,
                include_bytes!(concat!("../../../examples/", $name, ".", $ending)),
                include_str!(concat!("../../testkit/examples/sources/", $name, ".txt")),
                MediaType::$kind,
            );)+
        }
    };
}

examples! {
    "01-ransomware-manufacturer" "txt" Text,
    "02-bcc-city" "html" Html,
    "03-misdirected-mail-foundation" "eml" Mail,
    "04-usb-loss-school" "pdf" Pdf,
    "05-cloud-misconfiguration-saas" "txt" Text,
    "06-skimming-sweets-shop" "pdf" Pdf,
    "07-supplier-breach-insurance" "pdf" Pdf,
    "08-insider-telecom" "txt" Text,
    "09-phishing-university" "html" Html,
    "10-misposting-city" "pdf" Pdf,
    "11-ddos-bus" "txt" Text,
    "12-emotet-building" "txt" Text,
    "13-unauthorized-access-reservation" "eml" Mail,
    "14-paper-loss-hospital" "eml" Mail,
    "15-casebook-page" "html" Html,
    "16-newsletter-atom" "atom" Atom,
    "17-security-news-rss" "rss" Rss,
}
