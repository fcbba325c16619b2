//! A feed of cases (Atom, RFC 4287). Ids are `tag:` URIs (RFC 4151), so a case keeps its id when
//! the pages move. It does not know which cases belong into a feed, nor who may see them.

use std::fmt::Write as _;

use case::Lang;
use jiff::Timestamp;

use crate::Kept;
use crate::kept::to_the_second;
use crate::summary::summary;

/// What a feed says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Feed<'a> {
    /// Who mints the ids: a domain or mail address that was the publisher's on `since` (RFC 4151).
    pub authority: &'a str,
    /// A day on which it was, `YYYY-MM-DD`. Part of every id: once published, it stays.
    pub since: &'a str,
    /// What the feed is called.
    pub title: &'a str,
    /// Who publishes it.
    pub author: &'a str,
    /// Where the pages are, without a slash at the end: a case is at `{home}/cases/{number}`.
    pub home: Option<&'a str>,
    /// When it was last changed, where there is no case to tell.
    pub updated: Timestamp,
    /// The language of summaries and labels.
    pub lang: Lang,
}

/// The feed as XML.
pub fn feed(about: &Feed<'_>, cases: &[Kept<'_>]) -> String {
    let updated = cases.iter().map(|kept| kept.changed).max().unwrap_or(about.updated);
    let lang = if about.lang == Lang::Ja { "ja" } else { "en" };
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{lang}\">\n"
    );
    let tag = format!("tag:{},{}:", about.authority, about.since);
    element(&mut xml, 1, "id", &format!("{tag}cases"));
    element(&mut xml, 1, "title", about.title);
    element(&mut xml, 1, "updated", &to_the_second(updated));
    let _ = writeln!(xml, "  <author><name>{}</name></author>", escaped(about.author));
    element(&mut xml, 1, "generator", "jikenbo");
    if let Some(home) = about.home {
        let _ = writeln!(xml, "  <link rel=\"alternate\" href=\"{}/\"/>", escaped(home));
        let _ = writeln!(
            xml,
            "  <link rel=\"self\" type=\"application/atom+xml\" href=\"{}/feed.atom\"/>",
            escaped(home)
        );
    }
    for kept in cases {
        entry(&mut xml, about, &tag, kept);
    }
    xml.push_str("</feed>\n");
    xml
}

fn entry(xml: &mut String, about: &Feed<'_>, tag: &str, kept: &Kept<'_>) {
    let category = kept.facts.category.value;
    let summary = summary(kept.facts, about.lang);
    xml.push_str("  <entry>\n");
    element(xml, 2, "id", &format!("{tag}case/{}", kept.number));
    element(xml, 2, "title", &kept.name());
    element(xml, 2, "published", &to_the_second(kept.added));
    element(xml, 2, "updated", &to_the_second(kept.changed.max(kept.added)));
    let (term, label) = (category.name(), escaped(category.label(about.lang)));
    let _ = writeln!(xml, "    <category term=\"{term}\" label=\"{label}\"/>");
    // RFC 4287, 4.1.2: an entry without a link to itself carries its content.
    match about.home {
        Some(home) => {
            let _ = writeln!(
                xml,
                "    <link rel=\"alternate\" href=\"{}/cases/{}\"/>",
                escaped(home),
                kept.number
            );
            element(xml, 2, "summary", &summary);
        }
        None => element(xml, 2, "content", &summary),
    }
    xml.push_str("  </entry>\n");
}

fn element(xml: &mut String, depth: usize, name: &str, text: &str) {
    let _ = writeln!(xml, "{:1$}<{name}>{2}</{name}>", "", depth * 2, escaped(text));
}

/// Text for XML 1.0: mark-up escaped, and what XML cannot say at all (control characters) replaced.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\r' => safe.push_str("&#13;"),
            '\t' | '\n' => safe.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(
            escaped("<script>\"x\" & 'y'</script>\u{0}\u{b}\u{ffff}京\n"),
            "&lt;script&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/script&gt;\u{fffd}\u{fffd}\u{fffd}京\n"
        );
    }
}
