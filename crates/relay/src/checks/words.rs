//! The words of a mail that its writer wrote: without what is quoted or forwarded. It does not know what
//! is looked for in them.

use crate::mail::{Mail, Part, Role};

/// Subject and text: quoted lines and what follows a mark of an earlier mail are left out. What cannot be
/// decoded is left out too; [`unreadable`](super::unreadable) tells of it. The subject is the first line.
pub(super) fn own(mail: &Mail<'_>) -> String {
    let mut words = mail.subject().unwrap_or_default().replace(['\r', '\n'], " ");
    let texts =
        mail.parts().filter(|(_, part)| part.role == Role::Text && !is_forwarded(mail, part));
    for (_, part) in texts {
        if let Ok(text) = mail.part_text(part) {
            let lines = text.lines().take_while(|line| !begins_earlier(line));
            for line in lines.filter(|line| !line.trim_start().starts_with(['>', '|'])) {
                words.push('\n');
                words.push_str(line);
            }
        }
    }
    words
}

/// Whether a part is of a mail that lies within this one.
fn is_forwarded(mail: &Mail<'_>, part: &Part) -> bool {
    let mut parent = part.parent.and_then(|id| mail.part(id));
    while let Some(part) = parent {
        if part.role == Role::Message {
            return true;
        }
        parent = part.parent.and_then(|id| mail.part(id));
    }
    false
}

/// Whether a line begins a mail that is quoted below: Outlook's bar, a forwarded header.
fn begins_earlier(line: &str) -> bool {
    let line = line.trim();
    let dashed = line.trim_matches('-').trim();
    (line.starts_with("-----")
        && (dashed.eq_ignore_ascii_case("original message")
            || dashed.eq_ignore_ascii_case("forwarded message")
            || dashed.contains("元のメッセージ")
            || dashed.contains("転送メッセージ")))
        || (line.len() > 20 && line.bytes().all(|b| b == b'_'))
        || ["差出人:", "送信者:", "送信元:"].iter().any(|head| line.starts_with(head))
        || (line.starts_with("From:") && line.contains('@'))
        // "2031年4月1日(火) 10:00 森 <mori@example.jp>:", "On …, Mori <…> wrote:"
        || (line.contains('@') && [">:", "> wrote:", ">のメール:"].iter().any(|end| line.ends_with(end)))
}
