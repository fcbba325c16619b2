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

/// The files of a mail, in the order of their places, but for pictures that are shown within its text.
pub fn files<'m>(mail: &'m Mail<'_>) -> impl Iterator<Item = &'m Part> {
    let mut pages: Option<Vec<String>> = None;
    let attached = mail.parts().map(|(_, part)| part).filter(|part| part.role == Role::Attachment);
    attached.filter(move |part| !is_shown(mail, part, &mut pages))
}

/// Whether a part is a picture that programs show within the text: it says so (RFC 2183 §2.1), or the text
/// names it (RFC 2392). One that can hold programs is a file.
fn is_shown(mail: &Mail<'_>, part: &Part, pages: &mut Option<Vec<String>>) -> bool {
    if !part.kind().starts_with("image/") || part.kind().starts_with("image/svg") {
        return false;
    }
    let id = part
        .header
        .fields
        .iter()
        .find(|field| mail.name_of(field).eq_ignore_ascii_case("Content-ID"));
    let id = id.map(|field| mail.text_of(field));
    let id = id.as_deref().map(|id| id.trim().trim_matches(['<', '>'])).filter(|id| !id.is_empty());
    let is_named = |id: &str| {
        let pages = pages.get_or_insert_with(|| pages_of(mail));
        pages.iter().any(|page| page.contains(&format!("cid:{id}")))
    };
    part.disposition.value == "inline" || id.is_some_and(is_named)
}

/// The texts with mark-up, mark-up included: what they name is ASCII in any charset.
fn pages_of(mail: &Mail<'_>) -> Vec<String> {
    let pages = mail.parts().filter(|(_, part)| part.kind() == "text/html");
    pages.map(|(_, part)| String::from_utf8_lossy(&mail.content(part)).into_owned()).collect()
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

    /// Which files of a mail go by link: its parts, and the names of those that do.
    #[track_caller]
    fn check_files(parts: &[&str], expected: &[&str]) {
        let parts = parts.join("\r\n--x\r\n");
        let mail = format!(
            "Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\n{parts}\r\n--x--\r\n"
        );
        let mail = Mail::parse(mail.as_bytes(), &MailLimits::default()).unwrap();
        let names: Vec<_> = files(&mail).map(|part| part.file_name().unwrap_or("-")).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn pictures_within_the_text_stay() {
        let page =
            "Content-Type: text/html\r\n\r\n<p>Hello<img src=3D\"x\"><img src=\"cid:logo@a\">";
        let logo = "Content-Type: image/png; name=logo.png\r\nContent-ID: <logo@a>\r\n\r\n1";
        let photo = "Content-Type: image/jpeg; name=photo.jpg\r\nContent-ID: <photo@a>\r\n\r\n1";
        let inline =
            "Content-Type: image/gif\r\nContent-Disposition: inline; filename=a.gif\r\n\r\n1";
        check_files(&[page, logo, photo, inline], &["photo.jpg"]);
        // Whatever else says that it is shown is a file all the same.
        let pdf =
            "Content-Type: application/pdf\r\nContent-Disposition: inline; filename=a.pdf\r\n\r\n1";
        let drawing =
            "Content-Type: image/svg+xml\r\nContent-Disposition: inline; filename=a.svg\r\n\r\n1";
        check_files(&["\r\nHello", pdf, logo, drawing], &["a.pdf", "logo.png", "a.svg"]);
        check("multipart/related", inline, Linkable::Nothing);
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
