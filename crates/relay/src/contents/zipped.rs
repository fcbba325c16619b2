//! ZIP archives, and the office documents that are ZIP archives inside. It unpacks within limits and
//! no password is ever tried.

use std::borrow::Cow;
use std::io::{Cursor, Read as _};

use encoding_rs::SHIFT_JIS;
use zip::ZipArchive;
use zip::result::ZipError;

use super::{Looking, Why, office};

impl Looking<'_> {
    pub(super) fn zip(&mut self, path: &str, bytes: &[u8], depth: usize) {
        let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else {
            return self.close(path, Why::Damaged);
        };
        if depth >= self.limits.depth {
            return self.close(path, Why::TooMuch);
        }
        let document = office::Document::of(archive.file_names().filter_map(Result::ok));
        let mut parts = Vec::new();
        for at in 0..archive.len() {
            if self.files >= self.limits.files {
                return self.close(path, Why::TooMuch);
            }
            self.files += 1;
            let Ok(entry) = archive.by_index_raw(at) else {
                self.close(path, Why::Damaged);
                continue;
            };
            let name = file_name(entry.name_raw());
            let (is_locked, is_folder) = (entry.encrypted(), entry.is_dir());
            drop(entry);
            let is_part = document.is_some() && office::Document::owns(&name);
            if is_folder || (is_part && document.as_ref().is_some_and(|of| !of.reads(&name))) {
                continue;
            }
            let inner = format!("{path}/{name}");
            if is_locked {
                self.close(&inner, Why::Encrypted);
                continue;
            }
            match self.unpack(&mut archive, at) {
                Ok(bytes) if is_part => parts.push((name, bytes)),
                Ok(bytes) => self.file(&inner, Cow::Owned(bytes), depth + 1),
                Err(why) => self.close(&inner, why),
            }
        }
        if let Some(document) = document {
            match document.text(&parts, self.limits.unpacked_bytes) {
                Some(text) => self.found(path, text),
                None => self.close(path, Why::TooMuch),
            }
        }
    }

    /// The bytes of one file. The sizes that the archive states are not believed.
    fn unpack(
        &mut self,
        archive: &mut ZipArchive<Cursor<&[u8]>>,
        at: usize,
    ) -> Result<Vec<u8>, Why> {
        let entry = archive.by_index(at).map_err(|error| match error {
            ZipError::UnsupportedArchive(_) => Why::Unread,
            _ => Why::Damaged,
        })?;
        let packed = usize::try_from(entry.compressed_size()).unwrap_or(usize::MAX);
        let by_ratio = packed.saturating_mul(self.limits.ratio).saturating_add(4096);
        let most = by_ratio.min(self.limits.unpacked_bytes.saturating_sub(self.unpacked));
        let mut bytes = Vec::new();
        entry.take(most as u64 + 1).read_to_end(&mut bytes).map_err(|_| Why::Damaged)?;
        self.unpacked += bytes.len();
        if bytes.len() > most { Err(Why::TooMuch) } else { Ok(bytes) }
    }
}

/// The name of a file in an archive: UTF-8, or what Windows writes in Japan.
fn file_name(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => SHIFT_JIS.decode(raw).0.into_owned(),
    }
}
