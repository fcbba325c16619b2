//! Made-up files for trying the guard, harmless loads that attack them, and a ground on a loop device on
//! which both happen. The loads refuse every folder that was not made for this.

pub mod files;
pub mod ground;
pub mod loads;
pub mod scripts;
pub mod trial;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::vault::Digest;

/// The file that says that a folder was made for this, and may be attacked.
pub const MARKER: &str = ".TESTCORPUS";
/// What stands in it.
pub const MARKER_WORDS: &str =
    "Made by jikenbo to try its file guard. Every file here is made up.\n";

/// Makes a file of about so many bytes, the same for the same seed.
type Maker = fn(usize, u64) -> Vec<u8>;

/// Endings, and how a file of each is made.
const TYPES: &[(&str, Maker)] = &[
    ("docx", office),
    ("xlsx", office),
    ("pptx", office),
    ("odt", office),
    ("ods", office),
    ("epub", office),
    ("jar", office),
    ("pdf", |size, _| files::pdf(size)),
    ("jpg", |size, seed| files::jpeg(size + seed_bytes(seed))),
    ("jpeg", |size, seed| files::jpeg(size + seed_bytes(seed))),
    ("png", |size, seed| files::png(size + seed_bytes(seed))),
    ("gz", gzip),
    ("zst", zst),
    ("txt", text),
    ("csv", text),
    ("tsv", text),
    ("md", text),
    ("html", text),
    ("xml", text),
    ("json", text),
    ("yaml", text),
    ("ini", text),
    ("log", text),
    ("sql", text),
    ("rs", text),
    ("py", text),
    ("c", text),
    ("h", text),
    ("js", text),
    ("css", text),
    ("sh", text),
    ("tex", text),
    ("eml", text),
    ("ics", text),
    ("svg", text),
    ("doc", |size, seed| headed(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", size, seed)),
    ("bmp", |size, seed| headed(b"BM\x36\x10\0\0", size, seed)),
    ("sqlite", |size, seed| headed(b"SQLite format 3\0", size, seed)),
    ("mp4", |size, seed| packed(b"\0\0\0\x20ftypisom", size, seed)),
    ("mp3", |size, seed| packed(b"ID3\x04\0\0", size, seed)),
    ("7z", |size, seed| packed(b"7z\xbc\xaf\x27\x1c\0\x04", size, seed)),
];

fn seed_bytes(seed: u64) -> usize {
    usize::try_from(seed % 4096).unwrap_or(0)
}

fn text(size: usize, seed: u64) -> Vec<u8> {
    files::words(size, seed).into_bytes()
}

fn office(size: usize, seed: u64) -> Vec<u8> {
    let words = files::words(size, seed);
    let picture = files::jpeg(size / 2);
    files::zip(&[("content.xml", words.as_bytes()), ("media/image1.jpeg", &picture)])
}

fn gzip(size: usize, seed: u64) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    // Memory takes everything.
    let _ = packer.write_all(&text(size, seed));
    packer.finish().unwrap_or_default()
}

fn zst(size: usize, seed: u64) -> Vec<u8> {
    zstd::encode_all(&text(size, seed)[..], 1).unwrap_or_default()
}

/// A head, and numbers with structure behind it.
fn headed(head: &[u8], size: usize, seed: u64) -> Vec<u8> {
    let numbers = files::random(size, seed).into_iter().map(|byte| byte & 0x1f);
    head.iter().copied().chain(numbers).collect()
}

/// A head, and bytes as even as packed ones behind it.
fn packed(head: &[u8], size: usize, seed: u64) -> Vec<u8> {
    [head, &files::random(size, seed)].concat()
}

/// Fills a folder with so many files, in folders of thirty, and gives their hashes.
pub fn fill(folder: &Path, count: usize) -> io::Result<BTreeMap<PathBuf, Digest>> {
    fs::write(folder.join(MARKER), MARKER_WORDS)?;
    let mut hashes = BTreeMap::new();
    for number in 0..count {
        let seed = number as u64 + 1;
        let (ending, make) = TYPES[number % TYPES.len()];
        let size = 6_000 + usize::try_from(seed * 7919 % 60_000).unwrap_or(0);
        let place = folder.join(format!("課{:02}", number / 30));
        fs::create_dir_all(&place)?;
        let path = place.join(format!("資料{number:05}.{ending}"));
        let bytes = make(size, seed);
        fs::write(&path, &bytes)?;
        hashes.insert(path, Digest::of(&bytes));
    }
    Ok(hashes)
}

/// The files that are not as they were, or not there.
pub fn altered(hashes: &BTreeMap<PathBuf, Digest>) -> Vec<&Path> {
    let is = |path: &Path| File::open(path).and_then(Digest::of_reader).ok();
    hashes
        .iter()
        .filter(|(path, was)| is(path) != Some(**was))
        .map(|(path, _)| path.as_path())
        .collect()
}
