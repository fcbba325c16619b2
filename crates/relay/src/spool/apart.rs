//! A long mail in a file of its own, written while it comes in: it is on stable storage nearly as soon as
//! its last byte is there, and no short mail waits for it in the log. The file holds nothing but bytes of
//! the mail; where it belongs stands in the log. It does not know what they say.

use std::io;
use std::sync::Arc;

use super::SpoolError;
use super::commit::Shared;
use super::disk::ApartFile;
use super::event::{Rest, Sum};

/// The bytes of a mail that are written apart. Dropped before a record names them, they are removed.
pub struct Apart {
    shared: Arc<Shared>,
    file: Box<dyn ApartFile>,
    number: u64,
    bytes: usize,
    crc: u32,
    is_synced: bool,
    /// A record on stable storage names it, or may.
    is_named: bool,
}

impl Apart {
    pub(super) fn begin(shared: Arc<Shared>, number: u64) -> Result<Self, SpoolError> {
        let file =
            shared.disk.begin_apart(number).map_err(SpoolError::refused("begin a mail of"))?;
        let (bytes, crc, is_synced, is_named) = Default::default();
        Ok(Self { shared, file, number, bytes, crc, is_synced, is_named })
    }

    /// How many bytes it has.
    pub const fn len(&self) -> usize {
        self.bytes
    }

    /// Whether it has none.
    pub const fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Whether it begins `mail`: what was written is what the mail turned out to be.
    pub fn begins(&self, mail: &[u8]) -> bool {
        mail.get(..self.bytes).is_some_and(|first| crc32c::crc32c(first) == self.crc)
    }

    /// Writes further bytes. After an error it is of no use.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), SpoolError> {
        self.is_synced = false;
        self.file.write(bytes).map_err(SpoolError::refused("write a mail to"))?;
        self.bytes += bytes.len();
        self.crc = crc32c::crc32c_append(self.crc, bytes);
        Ok(())
    }

    /// Puts what was written on stable storage. After an error it is of no use: see `Committer::store`.
    pub fn sync(&mut self) -> Result<(), SpoolError> {
        if !self.is_synced {
            self.file.sync().map_err(SpoolError::io("sync a mail of"))?;
            self.is_synced = true;
        }
        Ok(())
    }

    /// What a record says of it, behind the first bytes of the mail; `None` where it is too long.
    pub(super) fn rest(&self) -> Option<Rest> {
        let bytes = u32::try_from(self.bytes).ok()?;
        Some(Rest { number: self.number, sum: Sum { bytes, crc: self.crc } })
    }

    /// From now on it is removed by whoever knows that its mail is done.
    pub(super) fn is_named_now(&mut self) {
        self.is_named = true;
    }

    pub(super) const fn number(&self) -> u64 {
        self.number
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        if !self.is_named {
            // What stays is removed when the spool is opened.
            let _removed: io::Result<()> = self.shared.disk.remove_apart(self.number);
        }
    }
}
