//! Changes of a mail on its way that leave every other byte as it was. Where nothing is to be changed,
//! nothing is written anew. It does not know which changes a policy wants.

mod edits;
mod fold;
mod individual;
mod links;
mod replace;
mod trace;

pub use edits::Edits;
pub use fold::Folded;
pub use individual::{IndividualCopies, individual_copy};
pub use links::{Linkable, files as linked_files, with_links};
pub use replace::replace_parts;
pub use trace::{Protocol, Trace, received};

use crate::mail::{AddressField, Mail};

/// The mail without `Bcc` and `Resent-Bcc`, which nobody but the sender may see; `None` where there are
/// none, and the mail is passed on as it is.
pub fn without_bcc(mail: &Mail<'_>) -> Option<Vec<u8>> {
    no_bcc(mail).map(Edits::mail)
}

/// The header of that mail, with the empty line after it; what follows in the mail is not changed.
pub fn header_without_bcc(mail: &Mail<'_>) -> Option<Vec<u8>> {
    no_bcc(mail).map(Edits::header)
}

fn no_bcc<'m, 'b>(mail: &'m Mail<'b>) -> Option<Edits<'m, 'b>> {
    let mut edits = Edits::new(mail);
    let mut has_bcc = false;
    for field in &mail.header().fields {
        let kind = AddressField::named(mail.name_of(field).as_bytes());
        if kind.is_some_and(|kind| !kind.is_visible()) {
            edits.remove(field);
            has_bcc = true;
        }
    }
    has_bcc.then_some(edits)
}
