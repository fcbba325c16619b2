//! Taking cases away: files that the browser keeps, in every format.

use crate::start_signed_in;

/// Every format with what its file is called and begins with.
const FORMATS: &[(&str, &str, &str)] = &[
    ("CSV", "cases.csv", "\u{feff}"),
    ("NDJSON", "cases.ndjson", "{\""),
    ("VERIS", "cases.veris.json", "[\n{"),
    ("STIX", "cases.stix.json", "{"),
];

#[test]
fn cases_are_kept_as_files_in_every_format() {
    let Some((browser, served)) = start_signed_in("ja", &["examples"]) else { return };
    browser.go(&served.at("/?category=bcc_mistake"));
    let found = browser.count("table.book tbody tr");
    assert!(found > 1, "{found}");
    for (name, file, begins) in FORMATS {
        let link = format!("p.export a[href$='format={}']", name.to_lowercase());
        assert_eq!(browser.text(&link), *name);
        browser.click(&link);
        let bytes = browser.downloaded(file);
        let text = String::from_utf8(bytes).expect("every format is UTF-8");
        assert!(text.starts_with(begins), "{file}: {}", text.chars().take(40).collect::<String>());
        if *name == "NDJSON" {
            assert_eq!(text.lines().count(), found, "the cases that were found");
        }
        if *name == "CSV" {
            assert!(text.contains("みさき野市") && text.contains("BCC誤り"), "{text}");
        }
    }

    // The original of a case comes out as it went in.
    browser.go(&served.at("/case/2024-001"));
    browser.click("p.origin a[href^='/source/']");
    let original = browser.downloaded("02-bcc-city.html");
    let example = crate::served::root().join("examples/02-bcc-city.html");
    assert_eq!(original, std::fs::read(example).expect("the example is there"));
    served.was_quiet(&browser, &[]);
}
