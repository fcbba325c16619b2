//! Every page under axe-core (WCAG 2.2, levels A and AA), in both languages, wide and narrow, light
//! and dark; nothing wider than its screen; fit for paper. What a program cannot judge it does not.

use serde_json::Value;

use crate::driver::Browser;
use crate::served::Served;
use crate::{axe, start, start_signed_in};

/// Every kind of page that somebody sees who is signed in.
const PAGES: &[&str] = &[
    "/",
    "/?q=%E6%B0%8F%E5%90%8D&category=ransomware",
    "/?q=category%3Anonsense",
    "/case/2023-001",
    "/case/2024-004?cite=0-10",
    "/case/2023-004/like",
    "/case/2023-001/correct/affected_count",
    "/case/2023-001/correct/timeline",
    "/case/2023-001/correct/data_kinds",
    "/compare",
    "/compare?case=2023-001&case=2024-001&case=2022-002",
    "/statistics",
    "/timeline",
    "/replays",
    "/sql",
    "/sql?query=SELECT%20*%20FROM%20cases",
    "/add",
    "/open",
    "/live",
    "/live/open",
    "/account",
    "/nowhere",
];

const TAGS: &str = r#"["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]"#;

/// The browser notes answers that are errors, which some of the pages are.
const ERRORS: &[&str] = &["status of 400", "status of 404", "status of 422"];

/// What axe-core finds wrong, one line each, after `place`.
fn violations(browser: &Browser, place: &str) -> Vec<String> {
    let found = browser.later(&format!(
        "axe.run(document, {{ runOnly: {{ type: 'tag', values: {TAGS} }}, resultTypes: ['violations'] }})
           .then((said) => done({{ checked: said.passes.length, wrong: said.violations.flatMap((one) =>
             one.nodes.map((node) => `${{one.id}}: ${{node.target.join(' ')}}: ${{node.failureSummary}}`)) }}),
             (error) => done({{ checked: 0, wrong: [String(error)] }}))"
    ));
    assert!(found["checked"].as_u64() > Some(5), "axe looked at too little of {place}: {found}");
    let wrong = found["wrong"].as_array().into_iter().flatten();
    wrong.map(|one| format!("{place}: {}", one.as_str().unwrap_or_default())).collect()
}

/// What is wider than the screen, or hides: a page that must be scrolled sideways.
fn too_wide(browser: &Browser, place: &str) -> Option<String> {
    let said = browser.eval(
        "const room = document.documentElement.clientWidth;
         if (document.documentElement.scrollWidth <= room) return null;
         const wide = Array.from(document.querySelectorAll('main *, header *')).find((one) =>
           one.getBoundingClientRect().right > room + 1 && !one.closest('.scroll'));
         return wide ? wide.outerHTML.slice(0, 200) : 'the page'",
    );
    said.as_str().map(|element| format!("{place}: wider than the screen: {element}"))
}

/// What axe-core finds wrong with the page that is open: an answer to a form, say.
pub(crate) fn examine_this(browser: &Browser, place: &str) -> Vec<String> {
    browser.eval(&std::fs::read_to_string(axe()).expect("axe-core is there"));
    violations(browser, place)
}

pub(crate) fn examine(
    browser: &Browser,
    served: &Served,
    language: &str,
    pages: &[&str],
) -> Vec<String> {
    let source = std::fs::read_to_string(axe()).expect("axe-core is there");
    let mut wrong = Vec::new();
    for page in pages {
        browser.wide(1280);
        browser.medium("screen", "light");
        browser.go(&served.at(page));
        if *page == "/timeline" {
            browser.see("#near a");
        }
        // All that is folded is looked at as well.
        browser.eval("for (const one of document.querySelectorAll('details')) one.open = true");
        browser.eval(&source);
        for (width, scheme) in [(1280, "light"), (390, "dark"), (390, "light"), (1280, "dark")] {
            // Colours do not hang on the width, so that each scheme is looked at once in full.
            browser.wide(width);
            browser.medium("screen", scheme);
            let place = format!("{language} {width} {scheme} {page}");
            wrong.extend(too_wide(browser, &place));
            wrong.extend(violations(browser, &place));
        }
    }
    wrong
}

fn both_halves(language: &str, part: usize) {
    let Some((browser, served)) = start_signed_in(language, &["examples"]) else { return };
    let half = PAGES.len().div_ceil(2);
    let pages: Vec<&str> = PAGES.iter().skip(part * half).take(half).copied().collect();
    let wrong = examine(&browser, &served, language, &pages);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    served.was_quiet(&browser, ERRORS);
}

#[test]
fn pages_are_accessible_in_japanese() {
    both_halves("ja", 0);
}

#[test]
fn further_pages_are_accessible_in_japanese() {
    both_halves("ja", 1);
}

#[test]
fn pages_are_accessible_in_english() {
    both_halves("en", 0);
}

#[test]
fn further_pages_are_accessible_in_english() {
    both_halves("en", 1);
}

#[test]
fn signing_in_and_reviewing_are_accessible() {
    for language in ["ja", "en"] {
        let Some((browser, served)) = start(language, &[]) else { return };
        let welcome = served.first_link.replace(&served.address, "");
        let mut wrong = examine(&browser, &served, language, &["/sign-in", &welcome]);
        served.make_administrator(&browser);
        browser.go(&served.at("/add"));
        let example = crate::served::root().join("examples/08-insider-telecom.txt");
        browser.choose_file("#file", &example.display().to_string());
        browser.follow("form.add button[type=submit]");
        let draft = browser.path();
        wrong.extend(examine(&browser, &served, language, &[&draft]));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        served.was_quiet(&browser, &[]);
    }
}

#[test]
fn a_case_is_fit_for_paper() {
    let Some((browser, served)) = start_signed_in("ja", &["examples/11-ddos-bus.txt"]) else {
        return;
    };
    browser.go(&served.at("/case/2025-001"));
    let paper = browser.printed();
    assert!(paper.starts_with(b"%PDF-"), "a print is a PDF");
    browser.medium("print", "dark");
    let seen: Value = browser.eval(
        "const shown = (css) => Array.from(document.querySelectorAll(css)).some((one) => one.checkVisibility());
         const paper = getComputedStyle(document.body).backgroundColor;
         return { navigation: shown('nav'), forms: shown('main form button'), facts: shown('dl.facts'),
                  text: shown('.texts .text'), cut: Array.from(document.querySelectorAll('.text, .texts')).some(
                    (one) => one.scrollHeight > one.clientHeight + 2 && getComputedStyle(one).overflowY !== 'visible'),
                  paper: paper }",
    );
    assert_eq!(
        (&seen["navigation"], &seen["forms"], &seen["cut"]),
        (&Value::Bool(false), &Value::Bool(false), &Value::Bool(false)),
        "{seen}"
    );
    assert_eq!((&seen["facts"], &seen["text"]), (&Value::Bool(true), &Value::Bool(true)), "{seen}");
    let white = ["rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"];
    assert!(seen["paper"].as_str().is_some_and(|colour| white.contains(&colour)), "{seen}");
    served.was_quiet(&browser, &[]);
}
