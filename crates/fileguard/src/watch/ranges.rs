//! Asked before stretches of large files are written (`FAN_PRE_ACCESS`, Linux 6.14): events with a range,
//! taken out of the bytes that the kernel gives. A descriptor here is a number only: what it leads to is
//! seen through `/proc/self/fd`, and it is closed with the answer. It does not know what is kept.

use std::fs;
use std::os::fd::{AsFd as _, RawFd};
use std::os::unix::fs::MetadataExt as _;

use nix::sys::fanotify::{Fanotify, MaskFlags};

/// `FAN_PRE_ACCESS`, which nix does not name yet.
pub(super) const PRE_ACCESS: MaskFlags = MaskFlags::from_bits_retain(0x0010_0000);
/// The record of a range.
const RANGE: u8 = 6;
/// Fixed part of an event; length of a record of a range.
const METADATA_BYTES: usize = 24;
const RANGE_BYTES: usize = 24;
/// `FAN_ALLOW` and `FAN_DENY`.
const ALLOW: u32 = 1;
const DENY: u32 = 2;

/// Somebody waits to read or write a stretch.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ranged {
    fd: RawFd,
    /// The thread that waits.
    pub(super) tid: u32,
    /// Where the stretch begins.
    pub(super) offset: u64,
    /// How long it is.
    pub(super) bytes: u64,
}

impl Ranged {
    /// The file.
    pub(super) fn ino(&self) -> Option<u64> {
        Some(fs::metadata(format!("/proc/self/fd/{}", self.fd)).ok()?.ino())
    }

    /// Lets it go on, or fail.
    pub(super) fn answer(self, group: &Fanotify, goes_on: bool) {
        let response = if goes_on { ALLOW } else { DENY };
        let mut bytes = self.fd.to_ne_bytes().to_vec();
        bytes.extend(response.to_ne_bytes());
        // It fails only where the waiting process was killed, and then nobody waits.
        let _ = rustix::io::write(group.as_fd(), &bytes);
        let _ = nix::unistd::close(self.fd);
    }
}

/// All events in what one read gave.
pub(super) fn parse(mut bytes: &[u8]) -> Vec<Ranged> {
    let mut events = Vec::new();
    while let Some(length) = field::<4>(bytes, 0).map(u32::from_ne_bytes) {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length < METADATA_BYTES || length > bytes.len() {
            break;
        }
        let (event, rest) = bytes.split_at(length);
        bytes = rest;
        let fd = field::<4>(event, 16).map_or(-1, RawFd::from_ne_bytes);
        if fd < 0 {
            continue;
        }
        let tid = field::<4>(event, 20).map_or(0, u32::from_ne_bytes);
        let record = event.get(METADATA_BYTES..METADATA_BYTES + RANGE_BYTES);
        let record = record.filter(|record| record[0] == RANGE);
        // Without a range, all of it may be meant.
        let (offset, count) = record.map_or((0, u64::MAX), |record| {
            let number = |at| field::<8>(record, at).map_or(0, u64::from_ne_bytes);
            (number(8), number(16))
        });
        events.push(Ranged { fd, tid, offset, bytes: count });
    }
    events
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_range_is_told_and_its_absence_means_all() {
        let event = |record: &[u8]| {
            let mut event = u32::try_from(24 + record.len()).unwrap().to_ne_bytes().to_vec();
            event.extend([3, 0, 24, 0]);
            event.extend(PRE_ACCESS.bits().to_ne_bytes());
            event.extend(9_i32.to_ne_bytes());
            event.extend(77_u32.to_ne_bytes());
            event.extend(record);
            event
        };
        let mut record = vec![RANGE, 0, 24, 0, 0, 0, 0, 0];
        record.extend(8192_u64.to_ne_bytes());
        record.extend(4096_u64.to_ne_bytes());
        let found = parse(&[event(&record), event(&[])].concat());
        assert_eq!(found[0], Ranged { fd: 9, tid: 77, offset: 8192, bytes: 4096 });
        assert_eq!(found[1], Ranged { fd: 9, tid: 77, offset: 0, bytes: u64::MAX });
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            parse(&bytes);
        }
    }
}
