//! A mail as a person may look at it safely: decoded fields, text without mark-up, and what its files are.
//! Nothing of it is fetched, run or laid out. It does not know who looks.

use serde::Serialize;

use crate::contents::{self, ContentLimits};
use crate::mail::{AddressField, Mail, Role};
use crate::personal::Found;

/// So much of the text is shown, in characters.
const MOST_TEXT: usize = 50_000;
/// The fields that are shown, in this order.
const FIELDS: &[&str] = &["From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Date"];

/// A mail to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Name and value of the fields that people read, decoded.
    pub fields: Vec<(String, String)>,
    /// Everybody who stands in `To` and `Cc`.
    pub visible: Vec<String>,
    /// The text; of HTML without its mark-up.
    pub text: String,
    /// Whether there is more text than is shown.
    pub is_cut: bool,
    /// The files.
    pub files: Vec<File>,
}

/// A file in a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// Its name, without control characters.
    pub name: String,
    /// What it says it is.
    pub kind: String,
    /// Its size.
    pub bytes: usize,
    /// Of how many people it has data, as far as it can be looked into.
    pub people: usize,
    /// Whether all of it could be looked into.
    pub is_open: bool,
}

impl Shown {
    /// A mail to look at.
    pub fn of(mail: &Mail<'_>) -> Self {
        let mut shown = Self::default();
        for &name in FIELDS {
            let values = mail.fields(name).map(|field| mail.text_of(field));
            shown.fields.extend(values.map(|value| (name.to_owned(), printable(&value))));
        }
        let seen = |field| matches!(field, AddressField::To | AddressField::Cc);
        let visible = mail.mailboxes().read.iter().filter(|one| seen(one.at.field));
        shown.visible = visible.map(|one| one.address.to_string()).collect();
        let (mut plain, mut html) = (String::new(), String::new());
        for (_, part) in mail.parts() {
            match part.role {
                Role::Text => {
                    let text = mail.part_text(part).unwrap_or_default();
                    let all = if part.kind() == "text/html" { &mut html } else { &mut plain };
                    all.push_str(&text);
                    all.push('\n');
                }
                Role::Attachment => shown.files.push(File::of(mail, part)),
                Role::Container | Role::Message => {}
            }
        }
        // Both are shown where they differ: the reader's program may choose either.
        let same = |a: &str, b: &str| a.split_whitespace().eq(b.split_whitespace());
        let text = match (plain.trim().is_empty(), html.trim().is_empty()) {
            (false, false) if !same(&plain, &html) => format!("{plain}\n— HTML —\n{html}"),
            (true, _) => html,
            _ => plain,
        };
        shown.text = text.trim().chars().take(MOST_TEXT).map(visible_character).collect();
        shown.is_cut = text.trim().chars().nth(MOST_TEXT).is_some();
        shown
    }
}

impl File {
    fn of(mail: &Mail<'_>, part: &crate::mail::Part) -> Self {
        let name = part.file_name().unwrap_or_default();
        let content = mail.content(part);
        let contents = contents::look(name, &content, &ContentLimits::default());
        let mut found = Found::default();
        for text in &contents.texts {
            found.add(Found::of(&text.text));
        }
        Self {
            name: printable(name),
            kind: printable(part.kind()),
            bytes: content.len(),
            people: found.count().people(),
            is_open: contents.closed.is_empty(),
        }
    }
}

/// On one line, without what turns text around or hides in it.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(visible_character).map(|c| if c == '\n' { ' ' } else { c }).collect()
}

/// Characters that change what stands beside them are shown as what they are: a file called
/// `fdp.exe` must not read as `exe.pdf` (Unicode TR 36 §3).
fn visible_character(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => ' ',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::MailLimits;

    #[test]
    fn what_is_shown_is_text() {
        let bytes = "From: =?UTF-8?B?5qOu?= <mori@example.jp>\r\nTo: a@client.example, b@client.example\r\n\
            Subject: =?UTF-8?B?6KaL56mN?=\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
            <p>見積です<img src=\"https://tracker.example/1.gif\"><script>alert(1)</script></p>\r\n\
            --x\r\nContent-Type: text/csv; charset=utf-8; name=\"a\u{202e}vsc.exe\"\r\n\
            Content-Disposition: attachment\r\n\r\n氏名,電話\r\n森 太郎,03-1234-5678\r\n--x--\r\n";
        let mail = Mail::parse(bytes.as_bytes(), &MailLimits::default()).unwrap();
        let shown = Shown::of(&mail);
        assert_eq!(shown.fields[0], ("From".to_owned(), "森 <mori@example.jp>".to_owned()));
        assert_eq!(shown.visible, ["a@client.example", "b@client.example"]);
        assert!(
            shown.text.contains("見積です") && !shown.text.contains("tracker"),
            "{}",
            shown.text
        );
        assert_eq!(shown.files.len(), 1);
        assert!(shown.files[0].name.contains('\u{fffd}') && shown.files[0].is_open);
    }
}
