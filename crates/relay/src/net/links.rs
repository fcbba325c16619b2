//! Links that prove an address: who can open one reads the mail that it came in. A link is signed by the
//! relay, ends, and is good once; nothing happens by opening it, so that programs which follow links in
//! mail change nothing. It does not know pages.

use std::io;
use std::path::Path;

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use ring::hmac;

use super::secret;
use crate::Address;
use crate::spool::MailId;

/// The file of the key in the data folder.
const KEY: &str = "links.key";
const NONCE_BYTES: usize = 16;
const ID_BYTES: usize = 16;

/// What something signed is for: nothing that is signed for one purpose is good for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A link in a mail.
    Link = 1,
    /// What a browser keeps after the link was taken up.
    Session = 2,
    /// A link by which somebody says that they deleted a mail.
    Deleted = 3,
    /// What the browser of somebody keeps who may fetch the files of a mail.
    Files = 4,
}

/// Who was proven, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Whose address it is.
    pub who: Address,
    /// The mail that it is about.
    pub mail: Option<MailId>,
    /// When it ends.
    pub until: Timestamp,
    pub(super) nonce: [u8; NONCE_BYTES],
}

/// The key by which links are signed.
pub(super) struct Links(hmac::Key);

impl Links {
    /// Reads the key in the data folder, or makes it.
    pub(super) fn open(data: &Path) -> io::Result<Self> {
        let kept = secret::read_or_make(data, KEY)?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &kept)))
    }

    /// Something signed that names `who`; `None` where the system gives no randomness.
    pub(super) fn sign(
        &self,
        purpose: Purpose,
        who: &Address,
        mail: Option<MailId>,
        until: Timestamp,
    ) -> Option<String> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).ok()?;
        let mut says = vec![purpose as u8];
        says.extend_from_slice(&until.as_second().to_be_bytes());
        says.extend_from_slice(&nonce);
        says.extend_from_slice(&mail.map_or([0; ID_BYTES], MailId::to_bytes));
        says.extend_from_slice(who.to_string().as_bytes());
        let tag = hmac::sign(&self.0, &says);
        says.extend_from_slice(tag.as_ref());
        Some(BASE64URL_NOPAD.encode(&says))
    }

    /// What something signed says, if it is ours, for this purpose and not over.
    pub(super) fn read(&self, purpose: Purpose, signed: &str, now: Timestamp) -> Option<Pass> {
        let bytes = BASE64URL_NOPAD.decode(signed.as_bytes()).ok()?;
        let (says, tag) = bytes.split_at_checked(bytes.len().checked_sub(32)?)?;
        hmac::verify(&self.0, says, tag).ok()?;
        let (&[first], says) = says.split_first_chunk::<1>()?;
        let (until, says) = says.split_first_chunk::<8>()?;
        let (nonce, says) = says.split_first_chunk::<NONCE_BYTES>()?;
        let (id, who) = says.split_first_chunk::<ID_BYTES>()?;
        let until = Timestamp::from_second(i64::from_be_bytes(*until)).ok()?;
        if first != purpose as u8 || until < now {
            return None;
        }
        Some(Pass {
            who: std::str::from_utf8(who).ok()?.parse().ok()?,
            mail: (*id != [0; ID_BYTES]).then(|| MailId::from_bytes(*id)),
            until,
            nonce: *nonce,
        })
    }
}

/// So many hours from now.
pub(super) fn in_hours(now: Timestamp, hours: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(hours)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_ours_unchanged_and_in_time_is_good() {
        let (here, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let links = Links::open(here.path()).unwrap();
        let now = Timestamp::from_second(1_900_000_000).unwrap();
        let who: Address = "mori@example.jp".parse().unwrap();
        let mail = Some("01hf5z4q5t0000000000000001".parse().unwrap());
        let signed = links.sign(Purpose::Link, &who, mail, in_hours(now, 1)).unwrap();
        let read = |links: &Links, purpose, signed: &str, hours| {
            links.read(purpose, signed, in_hours(now, hours)).map(|pass| (pass.who, pass.mail))
        };
        assert_eq!(read(&links, Purpose::Link, &signed, 0), Some((who.clone(), mail)));
        let again = Links::open(here.path()).unwrap();
        assert_eq!(read(&again, Purpose::Link, &signed, 0), Some((who, mail)));
        assert_eq!(read(&links, Purpose::Session, &signed, 0), None);
        assert_eq!(read(&links, Purpose::Link, &signed, 2), None);
        let others = Links::open(elsewhere.path()).unwrap();
        assert_eq!(read(&others, Purpose::Link, &signed, 0), None);
        for place in 0..signed.len() {
            let mut changed = signed.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(read(&links, Purpose::Link, &changed, 0), None, "{place}");
        }
        assert_eq!(read(&links, Purpose::Link, "", 0), None);
    }
}
