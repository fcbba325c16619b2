//! Files in many formats, made of numbers and invented words: no two alike, each whole by the rules of
//! its format. It knows nothing of how they are guarded or attacked.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

/// Bytes as random as a cipher's, the same for the same seed (xorshift64*).
pub fn random(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        bytes.extend(state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_be_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Words of an office, the same for the same seed.
pub fn words(length: usize, seed: u64) -> String {
    const WORDS: &[&str] = &[
        "会議", "議事録", "見積", "請求", "契約", "納品", "住所", "担当者", "東京", "大阪", "の",
        "は", "を", "に", "について", "です。", "ます。\n", "meeting", "invoice ", "order ",
        "1,200", "35", "2031-04-05", "example.jp ", "、", "\n", "一覧", "報告書", "案件", "予定",
    ];
    let mut text = String::with_capacity(length + 32);
    for byte in random(length, seed) {
        if text.len() >= length {
            break;
        }
        text.push_str(WORDS[usize::from(byte) % WORDS.len()]);
    }
    text
}

/// A ZIP archive of these members, deflated.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in members {
        let begun = archive.start_file(*name, options).map_err(std::io::Error::other);
        // Memory takes everything.
        let _ = begun.and_then(|()| archive.write_all(bytes));
    }
    archive.finish().map(Cursor::into_inner).unwrap_or_default()
}

/// A grey picture of noise.
pub fn png(length: usize) -> Vec<u8> {
    let width = 128_u32;
    let height = u32::try_from(length / 129).unwrap_or(1).max(1);
    let mut rows = Vec::new();
    for (row, pixels) in random((width * height) as usize, length as u64).chunks(128).enumerate() {
        rows.push(0);
        rows.extend(pixels.iter().map(|pixel| (pixel >> 2) + u8::try_from(row % 128).unwrap_or(0)));
    }
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let _ = packed.write_all(&rows);
    let packed = packed.finish().unwrap_or_default();
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 0, 0, 0, 0]);
    for (name, body) in [(b"IHDR", &header), (b"IDAT", &packed), (b"IEND", &Vec::new())] {
        let mut crc = flate2::Crc::new();
        crc.update(name);
        crc.update(body);
        bytes.extend(u32::try_from(body.len()).unwrap_or(0).to_be_bytes());
        bytes.extend(name);
        bytes.extend(body);
        bytes.extend(crc.sum().to_be_bytes());
    }
    bytes
}

/// A photo as far as its markers go: segments, then data in which a 0xFF is stuffed.
pub fn jpeg(length: usize) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
    bytes.extend(b"\xff\xdb\0\x43\0");
    bytes.extend([16; 64]);
    bytes.extend(b"\xff\xda\0\x08\x01\x01\0\0\x3f\0");
    for byte in random(length, length as u64 + 1) {
        bytes.push(byte);
        if byte == 0xff {
            bytes.push(0);
        }
    }
    bytes.extend(b"\xff\xd9");
    bytes
}

/// A PDF with deflated pages and a table of contents that holds.
pub fn pdf(length: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let mut number = 1;
    while bytes.len() < length {
        let page: Vec<u8> = words(8000, number)
            .into_bytes()
            .into_iter()
            .zip(random(8000, number))
            .fold(Vec::new(), |mut page, (word, noise)| {
                page.push(word);
                page.push(noise >> 3);
                page
            });
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        let _ = packed.write_all(&page);
        let packed = packed.finish().unwrap_or_default();
        places.push(bytes.len());
        let head =
            format!("{number} 0 obj\n<</Filter/FlateDecode/Length {}>>\nstream\n", packed.len());
        bytes.extend(head.as_bytes());
        bytes.extend(packed);
        bytes.extend(b"\nendstream\nendobj\n");
        number += 1;
    }
    let table = bytes.len();
    let mut end = format!("xref\n0 {number}\n0000000000 65535 f \n");
    for place in places {
        let _ = writeln!(end, "{place:010} 00000 n ");
    }
    let _ = write!(end, "trailer\n<</Size {number}>>\nstartxref\n{table}\n%%EOF\n");
    bytes.extend(end.as_bytes());
    bytes
}

/// Base64 in lines of 64, as tools write it.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (at, three) in bytes.chunks(3).enumerate() {
        let word = three.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        let word = word << (8 * (3 - three.len()));
        for six in 0..4 {
            let value = (word >> (18 - 6 * six) & 63) as usize;
            text.push(if six > three.len() { '=' } else { char::from(LETTERS[value]) });
        }
        if at % 16 == 15 {
            text.push('\n');
        }
    }
    text
}
