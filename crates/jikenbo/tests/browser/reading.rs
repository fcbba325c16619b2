//! A case: a fact leads to its words, words lead to their facts, with script and without.

use crate::adding::paste;
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
        // What was lit up is in sight beside its fact, and the link can be handed on.
        browser.wait(
            "words and fact in sight",
            "return ['.words.lit', '.fact.on'].every((css) => {
               const box = document.querySelector(css).getBoundingClientRect();
               return box.top >= 0 && box.top < window.innerHeight;
             });",
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

/// Two reports of one incident, of our own.
const FIRST: &str = "2031年4月5日
株式会社例示商会
ランサムウェア感染に関するお知らせ（第1報）

4月1日、当社のサーバーがランサムウェアに感染しました。お客様3,455,754件の氏名が漏えいした可能性があります。
";
const SECOND: &str = "2031年5月20日
株式会社例示商会
ランサムウェア感染に関するお知らせ（第2報）

2031年4月5日に公表しました「ランサムウェア感染に関するお知らせ（第1報）」について、調査の結果をお知らせします。2031年4月1日(月)に感染し、対象はお客様3,179,454件の氏名でした。漏えいは確認されておりません。
";

#[test]
fn a_later_report_shows_what_it_changed() {
    let Some((browser, served)) = start_signed_in("ja", &[]) else { return };
    for text in [FIRST, SECOND] {
        paste(&browser, &served, text);
    }
    browser.go(&served.at("/case/2031-001"));
    assert_eq!(browser.texts(".revisions h3 a"), ["第1報", "第2報"]);
    let (old, new) = (browser.texts(".revisions del"), browser.texts(".revisions ins"));
    assert!(old.iter().any(|value| value.contains("3,455,754")), "{old:?}");
    assert!(new.iter().any(|value| value.contains("3,179,454")), "{new:?}");

    // A fact of the second report leads to the second text, and lights nothing in the first.
    browser.click(".row[data-field=affected_count] a.fact");
    assert_eq!(browser.texts(".text[data-report='1'] .lit"), [""; 0]);
    assert!(browser.texts(".text[data-report='2'] .lit").concat().contains("3,179,454件"));

    // That day was a Tuesday: what the text contradicts is in plain sight, and cites its words.
    let wrong = browser.text(".contradictions li");
    assert!(wrong.contains("曜日の不一致"), "{wrong}");
    browser.click(".contradictions a.fact");
    assert!(lit(&browser).contains("(月)"), "{}", lit(&browser));
    served.was_quiet(&browser, &[]);
}
