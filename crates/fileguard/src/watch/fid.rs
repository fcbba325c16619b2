//! Events about names, taken out of the bytes that the kernel gives (fanotify(7), records of file
//! handles). Of a handle only the inode number is read, as ext4, XFS and btrfs write it; so nothing has
//! to be opened to know what an event is about. It does not know what the names mean.

/// The size of the fixed part of an event.
const METADATA_BYTES: usize = 24;
/// The size of the head of a record, and of the file system's id and the handle's head behind it.
const RECORD_BYTES: usize = 4 + 8 + 8;

/// Record types of fanotify.
const DFID_NAME: u8 = 2;
const FID: u8 = 1;
const OLD_DFID_NAME: u8 = 10;
const NEW_DFID_NAME: u8 = 12;

/// A name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The folder's inode.
    pub folder: u64,
    /// The name in it.
    pub name: Vec<u8>,
}

/// One event about names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// What happened, in fanotify's bits.
    pub mask: u64,
    /// The thread that did it.
    pub tid: u32,
    /// The inode that it happened to.
    pub ino: Option<u64>,
    /// Its place, or that from which it was moved.
    pub place: Option<Place>,
    /// The place to which it was moved.
    pub to: Option<Place>,
}

/// All events in what one read gave.
pub fn parse(mut bytes: &[u8]) -> Vec<Named> {
    let mut events = Vec::new();
    while let Some(length) = number::<4>(bytes, 0) {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length < METADATA_BYTES || length > bytes.len() {
            break;
        }
        let (event, rest) = bytes.split_at(length);
        bytes = rest;
        let mut named = Named {
            mask: number::<8>(event, 8).unwrap_or(0),
            tid: number::<4>(event, 20).and_then(|tid| u32::try_from(tid).ok()).unwrap_or(0),
            ..Named::default()
        };
        let mut records = &event[METADATA_BYTES..];
        while let Some((kind, record, rest)) = record(records) {
            records = rest;
            take(&mut named, kind, record);
        }
        events.push(named);
    }
    events
}

/// The next record, with its type and what follows it.
fn record(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let length = usize::try_from(number::<2>(bytes, 2)?).ok()?;
    if length < RECORD_BYTES {
        return None;
    }
    let (record, rest) = bytes.split_at_checked(length)?;
    Some((bytes[0], record, rest))
}

fn take(named: &mut Named, kind: u8, record: &[u8]) {
    let Some(handle_bytes) = number::<4>(record, 12).and_then(|size| usize::try_from(size).ok())
    else {
        return;
    };
    let Some(handle_type) = number::<4>(record, 16) else { return };
    let Some(handle) = record.get(RECORD_BYTES..RECORD_BYTES.saturating_add(handle_bytes)) else {
        return;
    };
    let Some(ino) = inode(handle_type, handle) else { return };
    let name = record[RECORD_BYTES + handle_bytes..].split(|&byte| byte == 0).next();
    let place = || Place { folder: ino, name: name.unwrap_or_default().to_vec() };
    match kind {
        FID => named.ino = Some(ino),
        DFID_NAME | OLD_DFID_NAME => named.place = Some(place()),
        NEW_DFID_NAME => named.to = Some(place()),
        _ => {}
    }
}

/// The inode number in a file handle, by the types of the kernel's `exportfs.h`.
fn inode(kind: u64, handle: &[u8]) -> Option<u64> {
    match kind {
        // 32-bit number and generation: ext4, small XFS.
        0x01 | 0x02 => number::<4>(handle, 0),
        // 64-bit number first: XFS; btrfs calls it the object.
        0x81 | 0x82 | 0x4d..=0x4f => number::<8>(handle, 0),
        _ => None,
    }
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + N)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place_record(kind: u8, ino: u32, name: &[u8]) -> Vec<u8> {
        let mut body = vec![0; 8];
        body.extend(8_u32.to_le_bytes());
        body.extend(1_u32.to_le_bytes());
        body.extend(ino.to_le_bytes());
        body.extend(77_u32.to_le_bytes());
        body.extend(name);
        if !name.is_empty() {
            body.push(0);
        }
        while !body.len().is_multiple_of(4) {
            body.push(0);
        }
        let mut record = vec![kind, 0];
        record.extend(u16::try_from(body.len() + 4).unwrap().to_le_bytes());
        record.extend(body);
        record
    }

    fn event(mask: u64, tid: u32, records: &[Vec<u8>]) -> Vec<u8> {
        let records = records.concat();
        let mut event = u32::try_from(24 + records.len()).unwrap().to_le_bytes().to_vec();
        event.extend([3, 0, 24, 0]);
        event.extend(mask.to_le_bytes());
        event.extend((-1_i32).to_le_bytes());
        event.extend(tid.to_le_bytes());
        event.extend(records);
        event
    }

    #[test]
    fn names_and_numbers_are_told() {
        let moved = event(
            0x1000_0000,
            42,
            &[
                place_record(OLD_DFID_NAME, 2, "名簿.xlsx".as_bytes()),
                place_record(NEW_DFID_NAME, 3, b"x"),
                place_record(FID, 99, b""),
            ],
        );
        let gone =
            event(0x200, 43, &[place_record(DFID_NAME, 2, b"abcd"), place_record(FID, 9, b"")]);
        let found = parse(&[moved, gone].concat());
        let place = |folder, name: &[u8]| Some(Place { folder, name: name.to_vec() });
        assert_eq!(found[0].place, place(2, "名簿.xlsx".as_bytes()));
        assert_eq!(
            (found[0].to.clone(), found[0].ino, found[0].tid),
            (place(3, b"x"), Some(99), 42)
        );
        assert_eq!((found[1].place.clone(), found[1].ino), (place(2, b"abcd"), Some(9)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            parse(&bytes);
            let mut framed = event(1, 1, &[bytes]);
            framed.extend([1, 2, 3]);
            parse(&framed);
        }
    }
}
