//! Twenty inputs, each broken in another way. Each must be refused with its reason; it does not
//! know the reasons' words.

use crate::charset::Charset;
use crate::{html, mail, pdf};

/// An input that cannot be read.
#[derive(Clone, Debug)]
pub struct Broken {
    /// What is wrong with it, in a word or two.
    pub what: &'static str,
    /// The name of its file.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

const TEXT: &str = "お詫びとお知らせ\n\n弊社のサーバーが不正アクセスを受け、約1,200件の個人情報が漏えいした可能性があります。";

/// All twenty.
pub fn all() -> Vec<Broken> {
    let one = |what, name, bytes| Broken { what, name, bytes };
    let whole_pdf = pdf::document(TEXT, pdf::Cmap::UniJisUcs2);
    let cut_utf8 = TEXT.as_bytes()[..TEXT.len() - 1].to_vec();
    let gzip = [&b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..], &[0x4b, 0x4c, 0x4a]].concat();
    vec![
        one("empty file", "empty.txt", Vec::new()),
        one("only white space", "blank.txt", b"\n  \r\n\t\n".to_vec()),
        one("a NUL inside text", "nul.txt", [TEXT.as_bytes(), b"\0\0\0", TEXT.as_bytes()].concat()),
        one("UTF-8 cut inside a character", "cut.txt", cut_utf8),
        one("bytes of no charset", "noise.txt", b"\xff\x81\xfe\xff\x90\xf5\xc1\xff\xf8\x88\xfd\xfe\x80\xff".repeat(40)),
        one("control characters", "control.txt", (1..=31_u8).cycle().take(600).collect()),
        one("zip archive", "release.zip", b"PK\x03\x04\x14\0\0\0\x08\0release.txt".to_vec()),
        one("Word document", "release.docx", b"PK\x03\x04\x14\0\x06\0\x08\0\0\0word/document.xml".to_vec()),
        one("Excel workbook named as text", "list.txt", b"PK\x03\x04\x14\0\x06\0\x08\0\0\0xl/workbook.xml".to_vec()),
        one("PNG image", "scan.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0".to_vec()),
        one("truncated gzip", "release.txt.gz", gzip),
        one("encrypted PDF", "encrypted.pdf", pdf::encrypted()),
        one("truncated PDF", "truncated.pdf", whole_pdf[..whole_pdf.len() * 2 / 3].to_vec()),
        one("PDF without a text layer", "scanned.pdf", pdf::without_text(2)),
        one("PDF without pages", "nothing.pdf", b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n".to_vec()),
        one("HTML without text", "empty.html", empty_page()),
        one("HTML nested without end", "deep.html", b"<!DOCTYPE html><body>".iter().copied().chain(b"<div>".repeat(5_000)).chain(*b"text").collect()),
        one("malformed feed", "news.atom", "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>例</title><entry><title>お知らせ</entry>".into()),
        one("feed without entries", "news.rss", "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>例</title></channel></rss>".into()),
        one("mail without a body", "empty.eml", mail::message("お知らせ", "", mail::Body::Iso2022Jp7Bit)),
    ]
}

fn empty_page() -> Vec<u8> {
    let mut page = String::from(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><script>start()</script></head><body>",
    );
    page.push_str("<nav><ul><li></li></ul></nav><div id=\"app\"></div></body></html>");
    debug_assert!(!page.contains(html::AROUND[0]));
    Charset::Utf8.encode(&page)
}
