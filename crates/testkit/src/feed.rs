//! Plain texts as the entries of a feed. It does not know how a feed is read.

use std::fmt::Write as _;

use crate::html::escape;

/// One entry: its title, its day as `YYYY-MM-DD`, its text.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The title.
    pub title: &'a str,
    /// The day it was published, in Japan.
    pub day: &'a str,
    /// The text; blank lines part its paragraphs.
    pub text: &'a str,
}

/// An Atom feed whose entries hold escaped HTML.
pub fn atom(title: &str, entries: &[Entry<'_>]) -> Vec<u8> {
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"ja\">\n\
         <title>{}</title>\n<id>https://www.example.jp/news/</id>\n<updated>2024-12-31T00:00:00Z</updated>\n",
        escape(title)
    );
    for (number, entry) in entries.iter().enumerate() {
        let _ = write!(
            feed,
            "<entry>\n<title>{}</title>\n<id>https://www.example.jp/news/{number}</id>\n\
             <link href=\"https://www.example.jp/news/{number}\"/>\n<published>{}T09:00:00+09:00</published>\n\
             <updated>{}T09:00:00+09:00</updated>\n<content type=\"html\">{}</content>\n</entry>\n",
            escape(entry.title),
            entry.day,
            entry.day,
            escape(&paragraphs(entry.text))
        );
    }
    feed.push_str("</feed>\n");
    feed.into_bytes()
}

/// An RSS 2.0 feed whose items hold HTML in CDATA sections.
pub fn rss(title: &str, entries: &[Entry<'_>]) -> Vec<u8> {
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\n\
         <channel>\n<title>{}</title>\n<link>https://www.example.com/</link>\n<description>更新情報</description>\n",
        escape(title)
    );
    for (number, entry) in entries.iter().enumerate() {
        let _ = write!(
            feed,
            "<item>\n<title>{}</title>\n<link>https://www.example.com/news/{number}</link>\n<guid isPermaLink=\"false\">news-{number}</guid>\n\
             <pubDate>{}</pubDate>\n<description>{}</description>\n<content:encoded><![CDATA[{}]]></content:encoded>\n</item>\n",
            escape(entry.title),
            rfc2822(entry.day),
            escape(entry.title),
            paragraphs(entry.text)
        );
    }
    feed.push_str("</channel>\n</rss>\n");
    feed.into_bytes()
}

fn paragraphs(text: &str) -> String {
    let mut html = String::new();
    for paragraph in text.split("\n\n").map(|paragraph| paragraph.trim_matches('\n')) {
        if !paragraph.is_empty() {
            let lines: Vec<String> = paragraph.lines().map(escape).collect();
            let _ = writeln!(html, "<p>{}</p>", lines.join("<br>\n"));
        }
    }
    html
}

/// The day at noon in Japan, without the weekday, which the format lets one leave out.
fn rfc2822(day: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = day.split('-');
    let mut next = || parts.next().and_then(|part| part.parse::<usize>().ok()).unwrap_or(1);
    let (year, month, day) = (next(), next(), next());
    format!("{day:02} {} {year} 12:00:00 +0900", MONTHS[(month - 1) % 12])
}
