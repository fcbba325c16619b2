//! Correcting a fact: the old value, who and why stay in sight; a correction can be withdrawn.

use crate::served::NAME;
use crate::start_signed_in;

#[test]
fn a_correction_says_who_and_why_and_keeps_the_old_value() {
    let examples = ["examples/11-ddos-bus.txt"];
    let Some((browser, served)) = start_signed_in("ja", &examples) else { return };
    browser.go(&served.at("/case/2025-001"));
    let before = browser.text(".row[data-field=data_disclosure] dd");
    browser.follow(".row[data-field=data_disclosure] a.edit");
    browser.click("select option[value=under_investigation]");

    // A correction without a reason is not sent.
    browser.click("form.correct button[type=submit]");
    let valid = browser.eval("return document.querySelector('form.correct').checkValidity()");
    assert_eq!(valid, false);
    browser.fill("#why", "<b>続報</b>で確かめた");
    browser.follow("form.correct button[type=submit]");

    assert_eq!(browser.path(), "/case/2025-001?said=changed#corrections");
    let now = browser.text(".row[data-field=data_disclosure] dd");
    assert_ne!(now, before);
    assert!(
        now.contains("調査中") && now.contains(NAME) && now.contains("<b>続報</b>で確かめた"),
        "{now}"
    );
    let told = browser.text("section.corrections");
    assert!(told.contains(NAME) && told.contains("<b>続報</b>で確かめた"), "{told}");
    assert_eq!(browser.texts("section.corrections del"), [before.as_str()]);
    assert_eq!(browser.texts("section.corrections ins"), ["調査中"]);
    let ledger = browser.texts("section.ledger tbody tr").concat();
    assert!(ledger.contains("事実を訂正") && ledger.contains(NAME), "{ledger}");

    browser.click("section.corrections details summary");
    browser.fill("section.corrections input[name=why]", "誤解だった");
    browser.follow("section.corrections form button");
    assert_eq!(browser.text(".row[data-field=data_disclosure] dd"), before);
    assert!(browser.text("section.corrections").contains("取消"));
    served.was_quiet(&browser, &[]);
}

#[test]
fn what_does_not_fit_a_field_is_refused_and_what_was_typed_stays() {
    let examples = ["examples/11-ddos-bus.txt"];
    let Some((browser, served)) = start_signed_in("en", &examples) else { return };
    browser.go(&served.at("/case/2025-001/correct/disclosed_on"));
    browser.fill("form.correct input[type=text]", "yesterday");
    browser.fill("#why", "because");
    browser.follow("form.correct button[type=submit]");
    assert!(!browser.text("[role=alert]").is_empty());
    let kept = browser.eval(
        "return [document.querySelector('form.correct input[type=text]').value, document.getElementById('why').value]",
    );
    assert_eq!(kept, serde_json::json!(["yesterday", "because"]));
    served.was_quiet(&browser, &["status of 400", "status of 422"]);
}

#[test]
fn a_case_is_opened_by_hand() {
    let Some((browser, served)) = start_signed_in("en", &[]) else { return };
    browser.go(&served.at("/open"));
    browser.fill("input[name=organisation]", "架空市");
    browser.fill("input[name=disclosed_on]", "2031-05-06");
    browser.fill("#why", "a telephone call");
    browser.follow("form.correct button[type=submit]");
    assert!(browser.path().starts_with("/case/2031-001"), "{}", browser.path());
    let head = browser.text("h1");
    assert!(head.contains("架空市") && head.contains("a telephone call"), "{head}");
    assert_eq!(browser.text("section.texts p.none"), "This case has no source text.");
    served.was_quiet(&browser, &[]);
}
