//! A mail of a world as its bytes. Both ways of looking at one are here: making it, and seeing what
//! somebody who gets it can see. It shares nothing with the relay's own parser, so that what one is blind
//! to the other is not.

use std::collections::HashSet;

use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::date::Date;
use mail_parser::{MessageParser, MimeHeaders as _};

use crate::fixtures::Attached;

/// A name and an address.
pub(crate) type Mailbox = (String, String);

/// What a mail says and to whom.
pub(crate) struct Draft<'a> {
    pub(crate) from: Mailbox,
    pub(crate) to: Vec<Mailbox>,
    pub(crate) cc: Vec<Mailbox>,
    /// Unique in the world: by it a mail is found again.
    pub(crate) id: &'a str,
    pub(crate) at_s: i64,
    pub(crate) subject: &'a str,
    pub(crate) text: String,
    pub(crate) files: &'a [Attached],
}

impl Draft<'_> {
    /// Its bytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let list = |mailboxes: &[Mailbox]| {
            let each = mailboxes
                .iter()
                .map(|(name, address)| Address::new_address(Some(name.clone()), address.clone()));
            Address::new_list(each.collect())
        };
        let mut mail = MessageBuilder::new()
            .from(self.from.clone())
            .message_id(self.id)
            .date(Date::new(self.at_s))
            .subject(self.subject)
            .text_body(self.text.as_str());
        if !self.to.is_empty() {
            mail = mail.to(list(&self.to));
        }
        if !self.cc.is_empty() {
            mail = mail.cc(list(&self.cc));
        }
        for file in self.files {
            mail = mail.attachment(file.media_type, file.name.as_str(), file.bytes.as_slice());
        }
        // Into memory: that cannot fail.
        mail.write_to_vec().unwrap_or_default()
    }
}

/// What somebody who gets a mail can see in it.
#[derive(Debug, Default)]
pub(crate) struct Visible {
    /// Every mail address in the bytes as they came, and in all texts decoded, in lower case.
    pub(crate) addresses: HashSet<String>,
    /// Its texts.
    pub(crate) texts: Vec<String>,
    /// Its files.
    pub(crate) files: Vec<Vec<u8>>,
}

impl Visible {
    /// Looks into a mail.
    pub(crate) fn in_mail(bytes: &[u8]) -> Self {
        let mut visible = Self::default();
        visible.note_addresses(&String::from_utf8_lossy(bytes));
        let Some(mail) = MessageParser::new().parse(bytes) else { return visible };
        for part in &mail.parts {
            let is_file = part.attachment_name().is_some();
            match part.text_contents() {
                Some(text) if !is_file => {
                    visible.note_addresses(text);
                    visible.texts.push(text.to_owned());
                }
                _ if is_file => visible.files.push(part.contents().to_vec()),
                _ => {}
            }
        }
        visible
    }

    fn note_addresses(&mut self, text: &str) {
        let is_part = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-@".contains(c);
        let words = text.split(|c| !is_part(c)).filter(|word| word.contains('@'));
        self.addresses.extend(words.map(str::to_ascii_lowercase));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(files: &[Attached]) -> Vec<u8> {
        let mailbox = |name: &str, address: &str| (name.to_owned(), address.to_owned());
        Draft {
            from: mailbox("森 一郎", "mori@city.example"),
            to: vec![mailbox("佐藤 花子", "sato@a.example"), mailbox("", "suzuki@b.example")],
            cc: Vec::new(),
            id: "step-1@city.example",
            at_s: 1_700_000_000,
            subject: "お知らせ",
            text: "本文です。連絡先: madoguchi@city.example\n".to_owned(),
            files,
        }
        .to_bytes()
    }

    #[test]
    fn everything_in_a_mail_is_seen() {
        let file = Attached {
            name: "一覧.csv".to_owned(),
            media_type: "text/csv",
            bytes: "氏名\r\n佐藤 花子\r\n".as_bytes().to_vec(),
        };
        let seen = Visible::in_mail(&draft(std::slice::from_ref(&file)));
        for address in ["sato@a.example", "suzuki@b.example", "madoguchi@city.example"] {
            assert!(seen.addresses.contains(address), "{address} in {:?}", seen.addresses);
        }
        assert_eq!(seen.texts.len(), 1);
        assert!(seen.texts[0].starts_with("本文です。"));
        assert_eq!(seen.files, [file.bytes]);
    }
}
