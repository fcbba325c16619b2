//! Books in temporary folders, and invented releases to put into them.

use std::fs;
use std::path::{Path, PathBuf};

use ::formats::{Document, Hints};
use book::{Added, Book, Incoming, Who};
use case::{Case, CaseNumber, SourceId};
use rusqlite::Connection;
use tempfile::TempDir;
use text::Limits;

pub(crate) const READER: &str = "reader 1";

/// 第1報: 3,455,754 records, whether they leaked is being looked into.
pub(crate) const FIRST: &str = include_str!("../releases/first.txt");
/// 第2報 of the same case: 3,179,454 records, no leak was found.
pub(crate) const SECOND: &str = include_str!("../releases/second.txt");
/// The same organisation and day, but nothing that says that it is the same case.
pub(crate) const UNSURE: &str = include_str!("../releases/unsure.txt");

/// A book in a folder that goes away with it.
pub(crate) struct Shelf {
    pub(crate) book: Book,
    folder: TempDir,
}

impl Shelf {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { book: Book::open(&folder.path().join("book")).unwrap(), folder }
    }

    /// A book with two cases: one of two reports and a correction, one opened by hand.
    pub(crate) fn filled() -> Self {
        let shelf = Self::new();
        shelf.add(FIRST);
        shelf.add(SECOND);
        let value = serde_json::json!("株式会社みずたま商店");
        let number = number("2031-001");
        shelf.book.correct(number, case::Field::Organisation, &value, "登記名", &mori()).unwrap();
        let known = [(case::Field::Title, serde_json::json!("書類の紛失"))];
        shelf.book.open_case(&known, "電話での連絡", &mori()).unwrap();
        shelf
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.path().join("book")
    }

    /// Another place beside the book.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn add(&self, text: &str) -> Added {
        add(&self.book, &Release::of("release.txt", text.as_bytes()))
    }

    /// The database behind the book's back.
    pub(crate) fn tables(&self) -> Connection {
        Connection::open(self.dir().join("book.sqlite")).unwrap()
    }

    /// The file of the archive under that hash.
    pub(crate) fn archived(&self, sha256: &str) -> PathBuf {
        self.dir().join("archive").join(&sha256[..2]).join(format!("{sha256}.zst"))
    }
}

/// An input, decoded and read.
pub(crate) struct Release {
    name: String,
    bytes: Vec<u8>,
    document: Document,
    pub(crate) cases: Vec<Case>,
}

impl Release {
    pub(crate) fn of(name: &str, bytes: &[u8]) -> Self {
        let limits = Limits::default();
        let hints = Hints { name, charset: None };
        let document = ::formats::decode(bytes.to_vec(), hints, &limits).unwrap();
        let input =
            reader::Input { source: SourceId(1), text: &document.text, parts: &document.parts };
        let cases = reader::read(input, &limits).collect();
        Self { name: name.to_owned(), bytes: bytes.to_vec(), document, cases }
    }

    pub(crate) fn incoming(&self) -> Incoming<'_> {
        Incoming {
            name: &self.name,
            media_type: self.document.media_type,
            bytes: &self.bytes,
            text: &self.document.text,
            reader: READER,
            cases: &self.cases,
        }
    }
}

pub(crate) fn add(book: &Book, release: &Release) -> Added {
    book.add(&[release.incoming()], &mori()).unwrap().remove(0)
}

/// The examples of the repository, in the order of their names.
pub(crate) fn examples() -> Vec<Release> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    let release = |path: &PathBuf| {
        Release::of(path.file_name().unwrap().to_str().unwrap(), &fs::read(path).unwrap())
    };
    paths.iter().map(release).collect()
}

/// One of many releases that have nothing to do with each other.
pub(crate) fn numbered(number: usize) -> String {
    format!(
        "2032年{}月{}日\n株式会社例示第{number}商会\nメール誤送信に関するお詫び\n\n\
         お客様{}名のメールアドレスを誤って宛先に入れて送信しました。深くお詫び申し上げます。\n",
        number % 12 + 1,
        number % 28 + 1,
        number + 2
    )
}

pub(crate) fn mori() -> Who {
    Who("mori".to_owned())
}

pub(crate) fn number(number: &str) -> CaseNumber {
    number.parse().unwrap()
}

/// A folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
