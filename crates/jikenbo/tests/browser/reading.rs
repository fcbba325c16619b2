//! A case: a fact leads to its words, words lead to their facts, with script and without.

use crate::driver::Browser;
use crate::served::{Served, root};
use crate::start_signed_in;

/// UTF-8 as it is, so that what a citation covers can be cut out of the file here.
const EXAMPLE: &str = "examples/05-cloud-misconfiguration-saas.txt";

fn words_of(text: &str, cite: &str) -> String {
    let mut ends = cite.split('-').map(|end| end.parse::<usize>().expect("a cite is two numbers"));
    let (from, to) = (ends.next().expect("a beginning"), ends.next().expect("an end"));
    text.get(from..to).expect("a citation covers whole characters").to_owned()
}

fn lit(browser: &Browser) -> String {
    browser.texts(".text .lit").concat()
}

fn open(browser: &Browser, served: &Served) -> String {
    browser.go(&served.at("/case/2024-001"));
    std::fs::read_to_string(root().join(EXAMPLE)).expect("the example is there")
}

#[test]
fn every_fact_leads_to_exactly_its_words() {
    let Some((browser, served)) = start_signed_in("ja", &[EXAMPLE]) else { return };
    let text = open(&browser, &served);
    let facts = browser.eval(
        "return Array.from(document.querySelectorAll('a.fact[data-cite]'), one => [one.id, one.dataset.cite])",
    );
    let facts: Vec<(String, String)> = serde_json::from_value(facts).expect("ids and citations");
    assert!(facts.len() > 15, "{facts:?}");
    for (id, cite) in &facts {
        browser.click(&format!("#{id}"));
        assert_eq!(lit(&browser), words_of(&text, cite), "fact {id} cites {cite}");
        assert_eq!(browser.count(".fact.on"), 1);
        // What was lit up is in sight, and the link can be handed on.
        browser.wait(
            "the words in sight",
            "const box = document.querySelector('.words.lit').getBoundingClientRect();
             return box.top >= 0 && box.top < window.innerHeight;",
        );
        assert!(browser.path().contains(&format!("cite={cite}")), "{}", browser.path());
    }
    served.was_quiet(&browser, &[]);
}

#[test]
fn words_lead_to_the_facts_that_they_carry() {
    let Some((browser, served)) = start_signed_in("en", &[EXAMPLE]) else { return };
    open(&browser, &served);
    browser.eval(
        "const words = Array.from(document.querySelectorAll('.words'));
         words.sort((a, b) => b.dataset.facts.length - a.dataset.facts.length)[0].id = 'chosen'",
    );
    browser.click("#chosen");
    let told = browser.eval(
        "const on = Array.from(document.querySelectorAll('.fact.on'), one => one.id);
         return [on.sort(), document.getElementById('chosen').dataset.facts.split(' ').sort()]",
    );
    assert_eq!(told[0], told[1]);
    assert!(told[0].as_array().is_some_and(|all| all.len() > 1), "{told}");
    assert!(!browser.texts("#heard")[0].is_empty(), "a screen reader is told");
    served.was_quiet(&browser, &[]);
}

#[test]
fn a_citation_is_followed_without_script() {
    let Some((browser, served)) = start_signed_in("ja", &[EXAMPLE]) else { return };
    let text = open(&browser, &served);
    let cite = browser.eval("return document.querySelector('h1 a.fact').dataset.cite");
    let cite = cite.as_str().expect("a citation").to_owned();
    browser.without_script(true);
    browser.go(&served.at(&format!("/case/2024-001?cite={cite}")));
    browser.without_script(false);
    assert_eq!(lit(&browser), words_of(&text, &cite));
    assert_eq!(browser.count(".fact.on"), 0, "no script ran");
    served.was_quiet(&browser, &[]);
}

#[test]
fn later_reports_show_what_they_changed_and_contradictions_are_in_sight() {
    let examples = ["examples/16-newsletter-atom.atom"];
    let Some((browser, served)) = start_signed_in("ja", &examples) else { return };
    browser.go(&served.at("/"));
    let numbers = browser.texts("td.number a");
    assert_eq!(numbers.len(), browser.count("table.book tbody tr"));
    for number in numbers {
        browser.go(&served.at(&format!("/case/{number}")));
        // The reports that the page tells of are those that it shows the text of.
        let reports = browser.count(".texts .report");
        assert!(reports > 0, "{number} has its text");
        let told = browser.count(".revisions h3");
        assert_eq!(told, if reports > 1 { reports } else { 0 }, "{number}");
    }
    served.was_quiet(&browser, &[]);
}
