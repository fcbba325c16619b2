//! A report that may belong to a case: a person compares the two and decides; and the cases that
//! are alike, which a case's page takes in by itself.

use crate::adding::paste;
use crate::start_signed_in;

/// A release of our own.
const FIRST: &str = "2031年4月5日
株式会社例示商会
ランサムウェア感染に関するお知らせ

4月1日、当社のサーバーがランサムウェアに感染しました。
";
/// Of the same organisation under the same title, but of another day.
const MAYBE: &str = "2031年6月9日
株式会社例示商会
ランサムウェア感染に関するお知らせ

6月2日、当社の端末がランサムウェアに感染しました。
";

#[test]
fn a_proposal_is_accepted() {
    let Some((browser, served)) = start_signed_in("ja", &[]) else { return };
    paste(&browser, &served, FIRST);
    paste(&browser, &served, MAYBE);
    assert_eq!(browser.path(), "/case/2031-002?said=kept");
    let told = browser.text(".proposal");
    assert!(told.contains("同じ事件の続報かもしれません") && told.contains("2031-001"), "{told}");

    // The two side by side, and back.
    browser.follow(".proposal a[href^='/compare']");
    assert_eq!(browser.count("table.compare thead th"), 3);
    browser.go(&served.at("/case/2031-002"));

    // Without a reason nothing is decided.
    browser.click(".proposal button[value=yes]");
    let valid = browser.eval("return document.querySelector('.proposal form').checkValidity()");
    assert_eq!(valid, false);
    browser.fill(".proposal input[name=why]", "電話で確かめた");
    browser.follow(".proposal button[value=yes]");
    assert_eq!(browser.path(), "/case/2031-001?said=changed");
    assert_eq!(browser.count(".report"), 2, "both reports are there");
    assert_eq!(browser.count(".proposal"), 0);
    browser.go(&served.at("/case/2031-002"));
    assert!(browser.text("main").contains("この報告は 2031-001 の続報と判断されました"));
    served.was_quiet(&browser, &[]);
}

#[test]
fn a_proposal_is_refused() {
    let Some((browser, served)) = start_signed_in("en", &[]) else { return };
    paste(&browser, &served, FIRST);
    paste(&browser, &served, MAYBE);
    browser.fill(".proposal input[name=why]", "another machine");
    browser.follow(".proposal button[value=no]");
    assert_eq!(browser.path(), "/case/2031-002?said=changed");
    assert_eq!(browser.count(".proposal"), 0);
    assert_eq!(browser.count(".report"), 1);
    let ledger = browser.texts("section.ledger tbody tr").concat();
    assert!(ledger.contains("proposal decided"), "{ledger}");
    served.was_quiet(&browser, &[]);
}

#[test]
fn similar_cases_come_when_a_person_comes_near_and_without_script_by_a_link() {
    let Some((browser, served)) = start_signed_in("ja", &["examples"]) else { return };
    browser.go(&served.at("/case/2024-001"));
    browser.eval("document.getElementById('alike').scrollIntoView()");
    browser.wait("similar cases", "return document.querySelectorAll('#alike li a').length > 0");
    let told = browser.text("#alike");
    assert!(told.contains("株式会社ふたば出版") && told.contains("分類：BCC誤り"), "{told}");
    assert!(told.contains("発覚から公表まで"), "{told}");

    browser.without_script(true);
    browser.go(&served.at("/case/2024-001"));
    browser.without_script(false);
    assert_eq!(browser.count("#alike li a"), 0, "no script ran");
    browser.follow("#alike a.later");
    assert_eq!(browser.path(), "/case/2024-001/like");
    assert!(browser.count("#alike li a") > 0);
    served.was_quiet(&browser, &[]);
}
