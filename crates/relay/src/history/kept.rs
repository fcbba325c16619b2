//! A history as bytes and back. The bytes are a cache of the relay's record, from which a history is
//! made anew where they are of another version. It does not know where they are kept.

use super::History;

/// What the bytes begin with; the number is the version. Version 1 ends where what was shown and the places
/// of organisations begin.
const HEAD: &[u8] = b"jikenbo-history 2\n";
const HEAD_1: &[u8] = b"jikenbo-history 1\n";

/// Why bytes are no history.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// They are of another version, or something else: learn from the record again.
    #[error("the bytes are not a history of this version")]
    Version,
    /// They are cut off or damaged.
    #[error("the history is damaged")]
    Damaged(#[from] postcard::Error),
}

impl History {
    /// The history as bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, KeptError> {
        let core = postcard::to_extend(self, HEAD.to_vec())?;
        Ok(postcard::to_extend(&(&self.seen, &self.places), core)?)
    }

    /// The history of such bytes, or of those of version 1.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeptError> {
        let (head, rest) = bytes.split_at_checked(HEAD.len()).ok_or(KeptError::Version)?;
        if head != HEAD && head != HEAD_1 {
            return Err(KeptError::Version);
        }
        let (mut history, rest): (Self, &[u8]) = postcard::take_from_bytes(rest)?;
        if head == HEAD {
            (history.seen, history.places) = postcard::from_bytes(rest)?;
        }
        Ok(history)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_of_version_1_is_read() {
        let address = |written| crate::Address::parse(written).unwrap();
        let (a, b) = (address("a@one.example"), address("b@two.example"));
        let mut history = History::new(100);
        history.note_shown(&[a.clone(), b.clone()], 0);
        let again = History::from_bytes(&history.to_bytes().unwrap()).unwrap();
        assert_eq!(again.circle(&[&a, &b]), [true, true]);
        // What version 1 wrote is what version 2 writes first.
        let old = postcard::to_extend(&history, HEAD_1.to_vec()).unwrap();
        let old = History::from_bytes(&old).unwrap();
        assert_eq!((old.mails(), old.circle(&[&a, &b])), (0, vec![false, true]));
        assert!(matches!(History::from_bytes(b"jikenbo-history 3\n"), Err(KeptError::Version)));
    }
}
