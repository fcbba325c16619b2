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
    check("old.xls", &compound, &["old.xls: Unread"]);
    compound.extend("EncryptedPackage".bytes().flat_map(|b| [b, 0]));
    check("locked.xlsx", &compound, &["locked.xlsx: Encrypted"]);
}

/// A compound file of one stream: header, FAT, directory, the stream.
fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut file = vec![0; 512 * 4];
    file[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    file[30..32].copy_from_slice(&9_u16.to_le_bytes());
    file[48..52].copy_from_slice(&1_u32.to_le_bytes());
    file[512..1024].fill(0xFF);
    // The second entry of the directory, which is sector 1; the stream is sector 2.
    let entry = 1024 + 128;
    for (at, byte) in name.bytes().enumerate() {
        file[entry + at * 2] = byte;
    }
    file[entry + 64..entry + 66]
        .copy_from_slice(&u16::try_from(name.len() * 2 + 2).unwrap().to_le_bytes());
    file[entry + 116..entry + 120].copy_from_slice(&2_u32.to_le_bytes());
    file[1536..1536 + stream.len()].copy_from_slice(stream);
    file
}

#[test]
fn old_documents_say_whether_they_are_locked() {
    let begin = [&[0x09, 0x08, 4, 0][..], &[0; 4]].concat();
    let book = [&begin[..], &[0x2F, 0, 6, 0], &[0; 6]].concat();
    check("a.xls", &compound("Workbook", &book), &["a.xls: Encrypted"]);
    check("b.xls", &compound("Workbook", &begin), &["b.xls: Unread"]);
    let text = |flags| [0xEC, 0xA5, 0, 0, 0, 0, 0, 0, 0, 0, 0, flags];
    check("a.doc", &compound("WordDocument", &text(1)), &["a.doc: Encrypted"]);
    check("b.doc", &compound("WordDocument", &text(0)), &["b.doc: Unread"]);
    check("a.ppt", &compound("EncryptedSummary", b""), &["a.ppt: Encrypted"]);
}

#[test]
fn other_archives_say_whether_they_are_locked() {
    // RAR 4: mark, archive header, one file header with its flags.
    let rar_4 = |archive: u8, file: u8| {
        let mut bytes = b"Rar!\x1A\x07\0".to_vec();
        bytes.extend([0, 0, 0x73, archive, 0, 13, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend([0, 0, 0x74, file, 0, 7, 0]);
        bytes
    };
    check("a.rar", &rar_4(0, 0), &["a.rar: Unread"]);
    check("b.rar", &rar_4(0x80, 0), &["b.rar: Encrypted"]);
    check("c.rar", &rar_4(0, 4), &["c.rar: Encrypted"]);
    // RAR 5: a checksum, the size of the rest, type, flags, size of the records, the records.
    let rar_5 = |header: &[u8]| {
        let size = u8::try_from(header.len()).unwrap();
        [b"Rar!\x1A\x07\x01\0", &[0; 4][..], &[size], header].concat()
    };
    check("d.rar", &rar_5(&[2, 1, 3, 2, 1, 0]), &["d.rar: Encrypted"]);
    check("e.rar", &rar_5(&[2, 1, 3, 2, 3, 0]), &["e.rar: Unread"]);
    check("f.rar", &rar_5(&[4, 0, 0]), &["f.rar: Encrypted"]);
    let seven = |list: &[u8]| {
        let mut bytes = b"7z\xBC\xAF\x27\x1C\0\x04".to_vec();
        bytes.extend([0; 12]);
        bytes.extend(u64::try_from(list.len()).unwrap().to_le_bytes());
        bytes.extend([0; 4]);
        [&bytes[..], list].concat()
    };
    check("a.7z", &seven(&[0x17, 0x06, 0xF1, 0x07, 0x01]), &["a.7z: Encrypted"]);
    check("b.7z", &seven(&[0x17, 0x06]), &["b.7z: Unread"]);
    check("c.7z", b"7z\xBC\xAF\x27\x1C", &["c.7z: Unread"]);
    check("d.lzh", b"\x20\0-lh5-and so on", &["d.lzh: Unread"]);
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
    let gaps = zipped(&[
        ("xl/workbook.xml", b"<workbook/>"),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet><row><c r=\"B1\" t=\"inlineStr\"><is><t>番号</t></is></c><c r=\"D1\" t=\"inlineStr\">\
             <is><t>氏名</t></is></c></row><row><c r=\"B2\"/><c r=\"D2\" t=\"inlineStr\"><is><t>森</t></is></c>\
             </row><row><c r=\"XFD3\"><v>1</v></c></row></worksheet>"
                .as_bytes(),
        ),
    ]);
    let far = "\t".repeat(256);
    check("blank.xlsx", &gaps, &[&format!("blank.xlsx: \t番号\t\t氏名\t\n\t\t\t森\t\n{far}1")]);
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
    fn any_bytes_end(start in 0_usize..7, rest in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let magic: [&[u8]; 7] = [
            b"PK\x03\x04", b"PK\x05\x06", b"%PDF-1.4", b"", b"Rar!\x1A\x07\x01\0", b"Rar!\x1A\x07\0",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        ];
        let bytes = [magic[start], &rest].concat();
        look("any", &bytes, &ContentLimits::default());
    }
}

#[test]
fn a_head_tells_only_what_the_whole_would() {
    let check = |bytes: &[u8], expected: Option<Why>| {
        let head = &bytes[..bytes.len().min(HEAD_BYTES)];
        assert_eq!(closed_by_head("file", head), expected, "{:?}", &bytes[..8]);
        if let Some(why) = expected {
            let whole = look("file", bytes, &ContentLimits::default());
            assert_eq!(whole, Contents::closed("file", why));
        }
    };
    let long = |piece: &[u8]| piece.repeat(4 * HEAD_BYTES / piece.len());
    check(&[b"\x89PNG\r\n\x1a\n", &long(b"12345678")[..]].concat(), Some(Why::Unknown));
    check(&long(&[0x93, 0, 0xff, 7, 0xd8, 1, 0x80]), Some(Why::Damaged));
    check(&long("会員名簿\r\n".as_bytes()), None);
    check(&long(&encoding_rs::SHIFT_JIS.encode("会員名簿\r\n").0), None);
    let wide: Vec<u8> = "会員 name\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&long(&wide), None);
    check(b"PK\x03\x04 and more", None);
    check(b"\x1F\x8B and more", None);
}
