//! The files of a mail replaced by a text that leads to them. It does not know where the files are, nor who
//! may fetch them.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use super::replace_parts;
use crate::mail::{Mail, Part, Role};
use crate::shown::printable;

/// Whether the files of a mail can be given out by link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linkable {
    /// It has none.
    Nothing,
    /// They can.
    Files,
    /// It is signed or encrypted as a whole (RFC 1847, RFC 8551): changed, its readers could not check or
    /// open it.
    Sealed,
}

/// The files of a mail, in the order of their places.
pub fn files<'m>(mail: &'m Mail<'_>) -> impl Iterator<Item = &'m Part> {
    mail.parts().map(|(_, part)| part).filter(|part| part.role == Role::Attachment)
}

impl Linkable {
    /// What holds for a mail.
    pub fn of(mail: &Mail<'_>) -> Self {
        const SEALED: &[&str] = &[
            "multipart/signed", "multipart/encrypted", "application/pkcs7-mime",
            "application/x-pkcs7-mime",
        ];
        if files(mail).next().is_none() {
            Self::Nothing
        } else if mail.parts().any(|(_, part)| SEALED.contains(&part.kind())) {
            Self::Sealed
        } else {
            Self::Files
        }
    }
}

/// The mail with a text in the place of each of its files, which says its name and size, until when it can
/// be fetched, and where. The same files, link and time make the same mail.
pub fn with_links(mail: &Mail<'_>, link: &str, until: Timestamp) -> Vec<u8> {
    let texts: Vec<(&Part, String)> =
        files(mail).map(|part| (part, text(mail, part, link, until))).collect();
    let changes: Vec<(&Part, &str)> =
        texts.iter().map(|(part, text)| (*part, text.as_str())).collect();
    replace_parts(mail, &changes)
}

fn text(mail: &Mail<'_>, part: &Part, link: &str, until: Timestamp) -> String {
    let name = printable(part.file_name().unwrap_or("—"));
    let bytes = mail.content_len(part);
    let until = until.to_zoned(TimeZone::fixed(Offset::constant(9)));
    let until = until.strftime("%Y-%m-%d %H:%M JST");
    format!(
        "添付ファイルは、次のページからお受け取りください。\n\
         Please fetch the attached file from this page:\n\n\
         {link}\n\n\
         \u{20}\u{20}ファイル名 File:  {name}\n\
         \u{20}\u{20}大きさ Size:      {bytes} bytes\n\
         \u{20}\u{20}期限 Until:       {until}\n\n\
         ページで、このメールが届いたアドレスを入れてください。確認の番号がそのアドレスに届きます。\n\
         Type the address that this mail came to: a code is sent to it.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::MailLimits;

    #[track_caller]
    fn check(kind: &str, attached: &str, expected: Linkable) {
        let mail = format!(
            "Content-Type: {kind}; boundary=x\r\n\r\n--x\r\n\r\ntext\r\n--x\r\n{attached}\r\n--x--\r\n"
        );
        let mail = Mail::parse(mail.as_bytes(), &MailLimits::default()).unwrap();
        assert_eq!(Linkable::of(&mail), expected);
    }

    #[test]
    fn what_is_signed_is_not_changed() {
        let file = "Content-Type: text/csv; name=a.csv\r\n\r\n1";
        check("multipart/mixed", file, Linkable::Files);
        check("multipart/mixed", "\r\nmore", Linkable::Nothing);
        check("multipart/signed", file, Linkable::Sealed);
        check("multipart/mixed", "Content-Type: application/pkcs7-mime\r\n\r\n1", Linkable::Sealed);
    }

    #[test]
    fn every_file_gives_way_and_the_rest_stays() {
        let mail = "From: mori@example.jp\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
            --x\r\n\r\ntext\r\n--x\r\nContent-Type: text/csv; name=\"a\u{202e}b.csv\"\r\n\r\n1,2,3\r\n--x--\r\n";
        let mail = Mail::parse(mail.as_bytes(), &MailLimits::default()).unwrap();
        let until = Timestamp::from_second(1_900_000_000).unwrap();
        let link = "https://mail.example.jp/files/1";
        let changed = with_links(&mail, link, until);
        assert_eq!(changed, with_links(&mail, link, until));
        let again = Mail::parse(&changed, &MailLimits::default()).unwrap();
        assert_eq!(Linkable::of(&again), Linkable::Nothing);
        let texts: Vec<String> =
            again.parts().filter_map(|(_, part)| again.part_text(part).ok()).collect();
        assert!(texts.iter().any(|text| text.trim() == "text"));
        let said = texts.iter().find(|text| text.contains(link)).unwrap();
        assert!(said.contains("a\u{fffd}b.csv") && said.contains("5 bytes"), "{said}");
        assert!(said.contains("2030-03-18 02:46 JST"), "{said}");
        assert!(!String::from_utf8_lossy(&changed).contains("1,2,3"));
    }
}
