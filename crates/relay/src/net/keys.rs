//! The secret keys that mail is signed with, read when the relay starts. It does not know which mail.

use std::fs;

use super::NetError;
use crate::dkim::Signer;
use crate::settings::DkimKey;

/// Reads every key.
pub(super) fn read(keys: &[DkimKey]) -> Result<Vec<Signer>, NetError> {
    let read = |key: &DkimKey| {
        let wrong = |because| NetError::SigningKey { path: key.key.clone().into(), because };
        let pem = fs::read(&key.key).map_err(|error| wrong(error.into()))?;
        Signer::new(key.domain.clone(), key.selector.clone(), &pem)
            .map_err(|error| wrong(error.into()))
    };
    keys.iter().map(read).collect()
}
