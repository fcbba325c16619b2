//! A plain text as the article of a page with all that surrounds an article on a company's site. It
//! does not know how the article is found again.

use std::fmt::Write as _;

use crate::charset::Charset;

/// Words that stand on the page outside the article; none of them may be read.
pub const AROUND: [&str; 9] = [
    "グローバルメニュー", "パンくずの先頭", "人気ランキング", "この記事をシェア", "広告の見出し",
    "読者のコメント", "クッキーの利用", "フッターの住所", "計測タグ",
];

/// A page in `charset` whose article is `text`: the first line is its heading, blank lines part its
/// paragraphs.
pub fn page(text: &str, charset: Charset) -> Vec<u8> {
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    let title = escape(title);
    let mut html = String::new();
    let label = charset.label();
    let _ = write!(
        html,
        "<!DOCTYPE html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"{label}\">\n<title>{title}｜公式サイト</title>\n\
         <link rel=\"stylesheet\" href=\"/css/site.css\">\n<script>var tag = '<p>{}</p>'; if (1 < 2) {{ load(tag); }}</script>\n\
         <style>.news p {{ color: #333 }}</style>\n</head>\n<body class=\"page has-sidebar\">\n",
        AROUND[8]
    );
    header(&mut html);
    let _ =
        write!(html, "<div id=\"contents\">\n<article class=\"news-detail\">\n<h1>{title}</h1>\n");
    for paragraph in body.split("\n\n").map(|paragraph| paragraph.trim_matches('\n')) {
        if !paragraph.is_empty() {
            let lines: Vec<String> = paragraph.lines().map(escape).collect();
            let _ = writeln!(html, "<p>{}</p>", lines.join("<br>\n"));
        }
    }
    html.push_str("</article>\n");
    around(&mut html);
    html.push_str("</div>\n</body>\n</html>\n");
    charset.encode(&html)
}

/// What comes before the article.
pub fn header(html: &mut String) {
    html.push_str("<header class=\"site-header\"><p class=\"logo\"><a href=\"/\">ロゴ</a></p>\n<nav class=\"gnav\"><ul>\n");
    let _ = writeln!(html, "<li><a href=\"/\">{}</a></li>", AROUND[0]);
    for entry in ["会社案内", "事業内容", "採用情報", "お問い合わせ"] {
        let _ = writeln!(html, "<li><a href=\"/menu\">{entry}</a></li>");
    }
    html.push_str("</ul></nav></header>\n");
    let _ = writeln!(
        html,
        "<div class=\"breadcrumb\"><a href=\"/\">{}</a> &gt; <a href=\"/news/\">ニュース</a></div>",
        AROUND[1]
    );
}

/// What comes after the article.
pub fn around(html: &mut String) {
    let _ = write!(
        html,
        "<div class=\"snsShare\"><p>{}</p><ul><li><a href=\"#\">投稿する</a></li></ul></div>\n\
         <div class=\"ad-box\"><p>{}：今だけ半額、2020年1月1日まで</p></div>\n\
         <section id=\"comments\"><h3>{}</h3><p>参考になりました。10万件とは驚きです。</p></section>\n\
         <aside class=\"sidebar\"><h2>{}</h2><ol>\n",
        AROUND[3], AROUND[4], AROUND[5], AROUND[2]
    );
    for day in 1..=6 {
        let _ = writeln!(
            html,
            "<li>2022年5月{day}日 <a href=\"/news/{day}\">別のお知らせ{day}</a></li>"
        );
    }
    let _ = write!(
        html,
        "</ol></aside>\n<div id=\"cookie-banner\" role=\"dialog\"><p>{}に同意しますか。</p><button>同意する</button></div>\n\
         <footer><p>{} 東京都千代田区例示町1-2-3</p><p><small>&copy; 2024 Example</small></p></footer>\n",
        AROUND[6], AROUND[7]
    );
}

/// The characters that mark-up needs for itself, as entities.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A blog's page of several entries: each starts with a line of `【` or `コラム`, which is its heading.
pub fn casebook(title: &str, text: &str) -> Vec<u8> {
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"ja\">\n<head><meta charset=\"UTF-8\"><title>{}</title></head>\n<body>\n",
        escape(title)
    );
    header(&mut html);
    html.push_str("<div id=\"main\" class=\"blog-posts\">\n");
    let mut is_open = false;
    for paragraph in text.split("\n\n").map(|paragraph| paragraph.trim_matches('\n')) {
        if paragraph.starts_with('【') || paragraph.starts_with("コラム") {
            if is_open {
                html.push_str("</div>\n</article>\n");
            }
            is_open = true;
            let _ = write!(
                html,
                "<article class=\"post hentry\">\n<h2 class=\"post-title\"><a href=\"/entry\">{}</a></h2>\n<div class=\"post-body\">\n",
                escape(paragraph)
            );
        } else if !paragraph.is_empty() {
            let lines: Vec<String> = paragraph.lines().map(escape).collect();
            let _ = writeln!(html, "<p>{}</p>", lines.join("<br>\n"));
        }
    }
    if is_open {
        html.push_str("</div>\n</article>\n");
    }
    html.push_str("</div>\n");
    around(&mut html);
    html.push_str("</body>\n</html>\n");
    html.into_bytes()
}

/// A bare page for a browser to print on A4.
pub fn printed(text: &str) -> Vec<u8> {
    let mut html = String::from(
        "<!DOCTYPE html>\n<html lang=\"ja\"><head><meta charset=\"UTF-8\"><title>release</title>\n\
         <style>@page { size: A4; margin: 22mm } body { font: 10.5pt/1.7 IPAGothic, sans-serif } h1 { font-size: 14pt; text-align: center }</style>\n\
         </head><body>\n",
    );
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    let _ = writeln!(html, "<h1>{}</h1>", escape(title));
    for paragraph in body.split("\n\n").map(|paragraph| paragraph.trim_matches('\n')) {
        let lines: Vec<String> = paragraph.lines().map(escape).collect();
        let _ = writeln!(html, "<p>{}</p>", lines.join("<br>\n"));
    }
    html.push_str("</body></html>\n");
    html.into_bytes()
}
