//! Adding a disclosure: pasted, chosen, dropped; the reading beside its text before it is kept.

use crate::driver::Browser;
use crate::served::{Served, root};
use crate::start_signed_in;

/// A release of our own with a script in it.
const RELEASE: &str = "2031年4月18日
株式会社あおば堂

不正アクセスによる個人情報漏えいに関するお知らせとお詫び

2031年4月3日9時30分頃、当社が運営する通販サイト「あおばマーケット」のサーバーが第三者による不正アクセスを受けたことが判明いたしました。
<script>document.title = 'taken over'</script><img src=x onerror=\"document.title = 'taken over'\">
お客様の個人情報(氏名、住所、メールアドレス)約12,300件が漏えいした可能性があります。
4月4日に警察へ相談し、4月5日に個人情報保護委員会へ報告いたしました。
再発防止のため、多要素認証を導入いたします。
";

#[test]
fn a_pasted_disclosure_is_read_corrected_and_kept() {
    let Some((browser, served)) = start_signed_in("ja", &[]) else { return };
    browser.follow("nav a[href='/add']");
    put(&browser, RELEASE);
    browser.follow("form.add button[type=submit]");

    // The reading stands beside the text: both are in sight, neither over the other.
    let beside = browser.eval(
        "const known = document.querySelector('.known').getBoundingClientRect();
         const text = document.querySelector('.texts').getBoundingClientRect();
         return known.right <= text.left && Math.abs(known.top - text.top) < 100;",
    );
    assert_eq!(beside, true);
    assert_eq!(browser.text("article h2"), "株式会社あおば堂");
    assert!(browser.text(".row[data-field=affected_count] a.fact").contains("12,300"));
    assert!(browser.texts(".texts .text")[0].contains("<script>document.title"), "as it was");

    // A fact leads to its words here too.
    browser.click(".row[data-field=discovered] a.fact");
    let lit = browser.texts(".text .words.lit").concat();
    assert_eq!(lit, "2031年4月3日9時30分頃");

    // And is corrected right here.
    browser.click(".row[data-field=category] details.inline summary");
    browser.click(".row[data-field=category] select option[value=ransomware]");
    browser.fill(".keep input[name=why]", "電話で確認した");
    browser.follow(".keep button[type=submit]");
    assert_eq!(browser.path(), "/case/2031-001?said=kept");
    assert!(browser.text(".row[data-field=category] dd").contains("ランサムウェア"));
    assert!(browser.text("section.corrections").contains("電話で確認した"));
    assert!(browser.texts(".texts .text")[0].contains("<script>document.title"), "as it was");
    assert_eq!(browser.count(".texts script, .texts img"), 0);
    let title = browser.eval("return document.title");
    assert_eq!(title, "2031-001 株式会社あおば堂 — 事件簿");
    served.was_quiet(&browser, &[]);
}

#[test]
fn a_file_is_chosen_or_dropped() {
    let Some((browser, served)) = start_signed_in("en", &[]) else { return };
    browser.go(&served.at("/add"));
    let pdf = root().join("examples/10-misposting-city.pdf");
    browser.choose_file("#file", &pdf.display().to_string());
    browser.follow("form.add button[type=submit]");
    assert!(browser.text("p.origin").contains("10-misposting-city.pdf"));
    assert_eq!(browser.text("article h2"), "うしお市");
    browser.follow(".keep button[type=submit]");
    assert_eq!(browser.path(), "/case/2022-001?said=kept");
    assert_eq!(browser.text(".notice"), "Kept.");

    // A drop: the file goes into the form's field, and is sent when the button is pressed.
    browser.go(&served.at("/add"));
    browser.eval(&format!(
        "const files = new DataTransfer();
         files.items.add(new File([{}], 'dropped.txt', {{ type: 'text/plain' }}));
         document.getElementById('drop').dispatchEvent(
           new DragEvent('drop', {{ dataTransfer: files, bubbles: true, cancelable: true }}));",
        serde_json::json!(RELEASE)
    ));
    assert_eq!(browser.text("#dropped"), "dropped.txt");
    browser.follow("form.add button[type=submit]");
    assert_eq!(browser.text("article h2"), "株式会社あおば堂");

    // Nothing to read is said, not guessed.
    browser.go(&served.at("/add"));
    browser.follow("form.add button[type=submit]");
    assert_eq!(browser.text("[role=alert]"), "Paste a disclosure or choose a file.");
    served.was_quiet(&browser, &["status of 400", "status of 422"]);
}

/// Pastes a text and keeps what is read.
#[track_caller]
pub(crate) fn paste(browser: &Browser, served: &Served, text: &str) {
    browser.go(&served.at("/add"));
    put(browser, text);
    browser.follow("form.add button[type=submit]");
    browser.follow(".keep button[type=submit]");
}

/// Puts a text into the form as a paste does; typing it by keys is slow.
#[track_caller]
fn put(browser: &Browser, text: &str) {
    browser.see("#text");
    let text = serde_json::json!(text);
    browser.eval(&format!("document.getElementById('text').value = {text}"));
}
