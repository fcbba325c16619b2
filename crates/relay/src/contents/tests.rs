//! Attachments of every kind, made here, whole and broken.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Checks texts as `path: text` and what is closed as `path: Why`.
#[track_caller]
fn check(name: &str, bytes: &[u8], expected: &[&str]) {
    check_within(&ContentLimits::default(), name, bytes, expected);
}

#[track_caller]
fn check_within(limits: &ContentLimits, name: &str, bytes: &[u8], expected: &[&str]) {
    let contents = look(name, bytes, limits);
    let texts =
        contents.texts.iter().map(|text| format!("{}: {}", text.path, text.text.trim_end()));
    let closed = contents.closed.iter().map(|closed| format!("{}: {:?}", closed.path, closed.why));
    assert_eq!(texts.chain(closed).collect::<Vec<_>>(), expected);
}

#[test]
fn plain_text_in_any_charset() {
    check("会員.csv", "氏名,電話\n".as_bytes(), &["会員.csv: 氏名,電話"]);
    let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode("会員の氏名と住所の一覧です。");
    check("kaiin.txt", &shift_jis, &["kaiin.txt: 会員の氏名と住所の一覧です。"]);
    check("empty.txt", b"", &[]);
}

#[test]
fn archives_in_archives() {
    let inner = zipped(&[("名簿.txt", "森 一郎".as_bytes())]);
    let outer = zipped(&[("2024/inner.zip", &inner), ("readme.txt", b"see inside")]);
    check(
        "all.zip",
        &outer,
        &["all.zip/2024/inner.zip/名簿.txt: 森 一郎", "all.zip/readme.txt: see inside"],
    );
    let deep = (0..5).fold(inner, |inner, _| zipped(&[("a.zip", &inner)]));
    check("deep.zip", &deep, &["deep.zip/a.zip/a.zip/a.zip: TooMuch"]);
}

#[test]
fn a_bomb_does_not_go_off() {
    let bomb = zipped(&[("zeros.txt", &vec![b'0'; 8 << 20])]);
    check("bomb.zip", &bomb, &["bomb.zip/zeros.txt: TooMuch"]);
    let many: Vec<String> = (0..20).map(|n| format!("{n}.txt")).collect();
    let files: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b"a"[..])).collect();
    let limits = ContentLimits { files: 2, ..ContentLimits::default() };
    check_within(
        &limits,
        "many.zip",
        &zipped(&files),
        &["many.zip/0.txt: a", "many.zip/1.txt: a", "many.zip: TooMuch"],
    );
}

#[test]
fn what_is_locked_is_said_to_be() {
    let mut archive = zipped(&[("a.txt", b"secret")]);
    // Bit 0 of the flags of both headers (APPNOTE 4.4.4).
    for (magic, at) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let found = memchr::memmem::find(&archive, magic).unwrap();
        archive[found + at] |= 1;
    }
    check("locked.zip", &archive, &["locked.zip/a.txt: Encrypted"]);
    let mut compound = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    check("old.xls", &compound, &["old.xls: Unknown"]);
    compound.extend("EncryptedPackage".bytes().flat_map(|b| [b, 0]));
    check("locked.xlsx", &compound, &["locked.xlsx: Encrypted"]);
}

#[test]
fn office_documents_are_read() {
    let sheet = zipped(&[
        ("xl/workbook.xml", b"<workbook/>"),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t>氏名</t></si><si><r><t>森 </t></r><r><t>一郎</t></r><rPh><t>モリ</t></rPh></si></sst>"
                .as_bytes(),
        ),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet><row><c t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><t>A&amp;B</t></is></c></row>\
             <row><c t=\"s\"><v>1</v></c><c><v>0312345678</v></c></row></worksheet>"
                .as_bytes(),
        ),
    ]);
    check("会員.xlsx", &sheet, &["会員.xlsx: 氏名\tA&B\t\n森 一郎\t0312345678"]);
    let word = zipped(&[(
        "word/document.xml",
        "<w:document><w:p><w:r><w:t>拝啓</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>氏名</w:t>\
         </w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>住所</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:document>"
            .as_bytes(),
    )]);
    check("letter.docx", &word, &["letter.docx: 拝啓\n氏名\t住所"]);
}

#[test]
fn names_lie() {
    check("photo.txt", b"\x89PNG\r\n\x1a\n0000", &["photo.txt: Unknown"]);
    check("broken.zip", b"PK\x03\x04 no archive", &["broken.zip: Damaged"]);
    let archive = zipped(&[("a.txt", b"text")]);
    check("letter.pdf", &archive, &["letter.pdf/a.txt: text"]);
}

proptest::proptest! {
    #[test]
    fn any_bytes_end(start in 0_usize..4, rest in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let magic: [&[u8]; 4] = [b"PK\x03\x04", b"PK\x05\x06", b"%PDF-1.4", b""];
        let bytes = [magic[start], &rest].concat();
        look("any", &bytes, &ContentLimits::default());
    }
}
