//! Paths in JSON: words where a name is UTF-8, else its bytes. A name in another charset must be no reason
//! to lose its file. It does not know what the paths lead to.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize as _, Serializer};

/// What stands in JSON.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Words(String),
    Bytes(Vec<u8>),
}

pub(crate) fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    match path.to_str() {
        Some(words) => to.serialize_str(words),
        None => path.as_os_str().as_bytes().serialize(to),
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    Ok(match Written::deserialize(from)? {
        Written::Words(words) => PathBuf::from(words),
        Written::Bytes(bytes) => PathBuf::from(OsString::from_vec(bytes)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Record;

    #[test]
    fn a_name_in_any_charset_comes_back() {
        for name in ["名簿.xlsx".as_bytes(), b"\x96\xbc\x95\xeb.xlsx", b"\xff\n"] {
            let path = Path::new("/srv").join(OsString::from_vec(name.to_vec()));
            let record = Record::Made { ino: 7, path };
            let json = serde_json::to_string(&record).unwrap();
            assert_eq!(serde_json::from_str::<Record>(&json).unwrap(), record, "{json}");
        }
    }
}
