//! A small PDF writer: Japanese text with a CID font that is not embedded, in the encodings of old
//! Japanese releases. It lays text out in lines and pages and does not know how they are read.

use std::fmt::Write as _;

use encoding_rs::SHIFT_JIS;

/// The predefined character map that the text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cmap {
    /// Two bytes a character, UCS-2.
    UniJisUcs2,
    /// `Shift_JIS`.
    Rksj,
    /// UTF-16.
    UniJisUtf16,
}

impl Cmap {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::UniJisUcs2, Self::Rksj, Self::UniJisUtf16];

    const fn name(self) -> &'static str {
        match self {
            Self::UniJisUcs2 => "UniJIS-UCS2-H",
            Self::Rksj => "90ms-RKSJ-H",
            Self::UniJisUtf16 => "UniJIS-UTF16-H",
        }
    }

    fn hex(self, line: &str) -> String {
        let bytes: Vec<u8> = match self {
            Self::Rksj => SHIFT_JIS.encode(line).0.into_owned(),
            Self::UniJisUcs2 | Self::UniJisUtf16 => {
                line.encode_utf16().flat_map(u16::to_be_bytes).collect()
            }
        };
        bytes.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02X}");
            hex
        })
    }
}

const SIZE: usize = 11;
const LEADING: usize = 18;
const LEFT: usize = 60;
const TOP: usize = 780;
const LINES_ON_PAGE: usize = 40;
/// Width of a line in half-width characters.
const LINE_HALVES: usize = 84;

/// A PDF of `text`, wrapped to lines and broken to pages.
pub fn document(text: &str, cmap: Cmap) -> Vec<u8> {
    let lines: Vec<String> = text.lines().flat_map(wrap).collect();
    let pages: Vec<String> =
        lines.chunks(LINES_ON_PAGE).map(|lines| content(lines, cmap)).collect();
    file(&pages, cmap)
}

/// A PDF of pages that are only painted, as a scanner makes them.
pub fn without_text(pages: usize) -> Vec<u8> {
    file(&vec!["0.9 g 60 60 400 700 re f 0 g 80 600 300 4 re f".to_owned(); pages], Cmap::Rksj)
}

/// A PDF that asks for a password before it can be read.
pub fn encrypted() -> Vec<u8> {
    let page = "BT /F1 11 Tf 60 700 Td <0102> Tj ET".to_owned();
    let whole = String::from_utf8(file(&[page], Cmap::Rksj)).unwrap_or_default();
    let owner = "A1".repeat(32);
    let encrypt = format!(
        "/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -64 /O <{owner}> /U <{owner}> >> /ID [<{id}> <{id}>] /Root",
        id = "0F".repeat(16)
    );
    whole.replace("/Root", &encrypt).into_bytes()
}

/// Lines of at most [`LINE_HALVES`], the rest of a long line on the next.
fn wrap(line: &str) -> Vec<String> {
    let (mut lines, mut width) = (vec![String::new()], 0);
    for character in line.chars() {
        let halves = if character.is_ascii() { 1 } else { 2 };
        if width + halves > LINE_HALVES {
            lines.push(String::new());
            width = 0;
        }
        width += halves;
        if let Some(last) = lines.last_mut() {
            last.push(character);
        }
    }
    lines
}

fn content(lines: &[String], cmap: Cmap) -> String {
    let mut content = format!("BT /F1 {SIZE} Tf {LEADING} TL {LEFT} {TOP} Td\n");
    for line in lines {
        let _ = writeln!(content, "<{}> Tj T*", cmap.hex(line));
    }
    content.push_str("ET");
    content
}

fn file(pages: &[String], cmap: Cmap) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 6 + page * 2)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Count {} /Kids [{}] >>", pages.len(), kids.join(" ")),
        format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin-Light /Encoding /{} /DescendantFonts [4 0 R] >>",
            cmap.name()
        ),
        // The half-width characters of Adobe-Japan1, proportional and fixed, are half as wide.
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Ryumin-Light /FontDescriptor 5 0 R /DW 1000 \
         /W [1 94 500 231 632 500] /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> >>"
            .to_owned(),
        "<< /Type /FontDescriptor /FontName /Ryumin-Light /Flags 6 /FontBBox [0 -120 1000 880] /ItalicAngle 0 \
         /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>"
            .to_owned(),
    ];
    for (number, page) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
            7 + number * 2
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()));
    }
    let mut file = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", number + 1);
    }
    let table = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for offset in offsets {
        let _ = writeln!(file, "{offset:010} 00000 n ");
    }
    let _ = write!(
        file,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    );
    file.into_bytes()
}
