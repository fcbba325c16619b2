//! What is looked for in a mail that is about to go out: one check a file, one line each in [`all`].
//! They are functions of [`Outgoing`] alone. They do not know what is done about what they find beyond
//! asking the policy, nor how it is shown.

mod attachment_to_stranger;
mod bulk;
mod encrypted_attachment;
mod exposed_recipients;
mod familiar_stranger;
mod forgotten_attachment;
mod internal_mark;
mod learnt;
mod outgoing;
pub(crate) mod password_mail;
mod personal_data;
mod recent;
mod salutation;
mod unreadable;
mod unusual_recipient;
mod words;

use guard::Check;

pub use learnt::{Learnt, Sending};
pub use outgoing::Outgoing;
pub use recent::{Recent, Stands, senders};

/// Every check, in the order in which their findings are told.
pub const fn all<'a>() -> [Check<Outgoing<'a>>; 12] {
    [
        unreadable::check(),
        exposed_recipients::check(),
        familiar_stranger::check(),
        unusual_recipient::check(),
        salutation::check(),
        attachment_to_stranger::check(),
        personal_data::check(),
        encrypted_attachment::check(),
        password_mail::check(),
        forgotten_attachment::check(),
        bulk::check(),
        internal_mark::check(),
    ]
}

#[cfg(test)]
mod tests;
