//! What of an HTML page is text, and in which lines. It does not test charsets.

use formats::{Hints, decode};
use text::Limits;

fn check(html: &str, expected: &str) {
    let page = format!("<!DOCTYPE html><meta charset=utf-8><title>題｜例社</title><body>{html}");
    let document = decode(page.into_bytes(), Hints::default(), &Limits::default());
    assert_eq!(
        document.map(|document| document.text).map_err(|error| error.to_string()).as_deref(),
        Ok(expected)
    );
}

#[test]
fn blocks_make_lines() {
    check(
        "<h1>見出し</h1><p>一行目<br>二行目</p><div>三</div><div>四</div>",
        "見出し\n\n一行目\n二行目\n\n三\n四\n",
    );
    check("<h1>見出し</h1>一<br><br>二", "見出し\n一\n\n二\n");
    check("<h1>あ</h1><ul><li>・項目<li>項目2</ul><ol><li>三</ol>", "あ\n・項目\n項目2\n三\n");
    check("<h1>あ</h1><pre>一\n  二</pre>", "あ\n一\n  二\n");
}

#[test]
fn rows_of_tables_are_lines() {
    check(
        "<h1>あ</h1><table><tr><th><p>氏名</p></th><td><p>約1,200件</p></td></tr><tr><th>住所<td>あり</table>終",
        "あ\n\n氏名\t約1,200件\n住所\tあり\n\n終\n",
    );
}

#[test]
fn white_space_of_the_source_is_none_of_the_text() {
    check(
        "<h1>あ</h1><p>個人\n  情報が an\n example でした</p>",
        "あ\n\n個人情報が an example でした\n",
    );
    check("<h1>あ</h1><p>A&amp;B&nbsp;&#12354;&lt;x&gt;　字</p>", "あ\n\nA&B\u{a0}あ<x>　字\n");
}

#[test]
fn readings_scripts_and_controls_are_no_text() {
    check(
        "<h1>あ</h1><p><ruby>漏洩<rp>(</rp><rt>ろうえい</rt><rp>)</rp></ruby>した<script>x</script><button>押</button></p>",
        "あ\n\n漏洩した\n",
    );
}

#[test]
fn the_title_stands_in_for_a_missing_heading() {
    check("<p>本文です。</p>", "題｜例社\n\n本文です。\n");
    check("<h1>見出し</h1><p>本文です。</p>", "見出し\n\n本文です。\n");
}

#[test]
fn every_entry_of_an_archive_is_kept() {
    let entry = |number: u32| {
        format!(
            "<article class=\"post\"><h2><a href=\"/{number}\">【事件簿#2024-{number}】株式会社例 お詫び 2024年4月1日</a></h2><div class=\"post-body\"><p>株式会社例は、顧客情報{number}件の漏えいを公表しました。詳細は次のとおりです。</p></div></article>"
        )
    };
    let html = format!(
        "<div id=\"wrap\"><div class=\"blog-posts\">{}{}{}</div><div class=\"sidebar\"><p>人気の記事です。お読みください。</p></div></div>",
        entry(101),
        entry(102),
        entry(103)
    );
    let shown = |number: u32| {
        format!(
            "【事件簿#2024-{number}】株式会社例 お詫び 2024年4月1日\n\n株式会社例は、顧客情報{number}件の漏えいを公表しました。詳細は次のとおりです。\n"
        )
    };
    check(&html, &format!("題｜例社\n\n{}\n{}\n{}", shown(101), shown(102), shown(103)));
}

#[test]
fn a_wrapper_with_an_unlucky_name_is_kept() {
    check(
        "<div class=\"has-sidebar menu\"><h1>見出し</h1><p>本文です。とても大事な本文がここに続きます。</p></div>",
        "見出し\n\n本文です。とても大事な本文がここに続きます。\n",
    );
}

#[test]
fn old_pages_laid_out_by_tables_are_read() {
    let links = "<a href=page.html>メニュー項目</a><br>".repeat(8);
    check(
        &format!(
            "<table><tr><td><table class=menu><tr><td>{links}</td></tr></table></td><td><font size=4>お詫び</font><br><br>本文です。<p>個人情報が漏えいしました。</td></tr></table>"
        ),
        "題｜例社\n\nお詫び\n\n本文です。\n\n個人情報が漏えいしました。\n",
    );
}
