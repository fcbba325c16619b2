//! Screenshots, for the documentation and for people to look at: kept in the folder that
//! `JIKENBO_PICTURES` names. What they look like is judged by whoever looks at them.

use std::path::PathBuf;

use crate::driver::Browser;
use crate::start_signed_in;

/// Name, language, width, scheme, page.
const PICTURES: &[(&str, &str, u32, &str, &str)] = &[
    ("book", "ja", 1280, "light", "/"),
    ("case", "ja", 1280, "light", "/case/2022-001"),
    ("case-dark", "en", 1280, "dark", "/case/2023-001"),
    ("statistics", "ja", 1280, "light", "/statistics"),
    ("timeline-dark", "ja", 1280, "dark", "/timeline"),
    ("compare", "en", 1280, "light", "/compare?case=2024-001&case=2024-008"),
    ("book-narrow", "ja", 390, "light", "/?q=%E6%B0%8F%E5%90%8D"),
    ("case-narrow-dark", "ja", 390, "dark", "/case/2022-001"),
];

/// Takes a picture, and keeps it where the environment says.
#[track_caller]
pub(crate) fn keep(browser: &Browser, name: &str) {
    let picture = browser.picture();
    assert!(picture.starts_with(b"\x89PNG"), "{name} is a picture");
    if let Some(folder) = std::env::var_os("JIKENBO_PICTURES").map(PathBuf::from) {
        std::fs::create_dir_all(&folder).expect("the folder for pictures can be made");
        std::fs::write(folder.join(format!("{name}.png")), picture).expect("a picture is kept");
    }
}

#[test]
fn the_pages_are_pictured() {
    let Some((browser, served)) = start_signed_in("ja", &["examples"]) else { return };
    for (name, language, width, scheme, page) in PICTURES {
        browser.wide(*width);
        browser.medium("screen", scheme);
        browser.go(&served.at(&format!("/language/{language}?to=/")));
        browser.go(&served.at(page));
        if *page == "/timeline" {
            browser.see("#near a");
        }
        if *name == "case" {
            browser.click(".row[data-field=discovered] a.fact");
        }
        keep(&browser, name);
    }
    served.was_quiet(&browser, &[]);
}
