//! What is looked for in a mail that is about to go out: one check a file, one line each in [`all`].
//! They are functions of [`Outgoing`] alone. They do not know what is done about what they find beyond
//! asking the policy, nor how it is shown.

mod attachment_to_stranger;
mod bulk;
mod encrypted_attachment;
mod exposed_recipients;
mod forgotten_attachment;
mod internal_mark;
mod outgoing;
mod personal_data;
mod unreadable;

use guard::Check;

pub use outgoing::{Known, Outgoing};

/// Every check, in the order in which their findings are told.
pub const fn all<'a>() -> [Check<Outgoing<'a>>; 8] {
    [
        unreadable::check(),
        exposed_recipients::check(),
        attachment_to_stranger::check(),
        personal_data::check(),
        encrypted_attachment::check(),
        forgotten_attachment::check(),
        bulk::check(),
        internal_mark::check(),
    ]
}

#[cfg(test)]
mod tests;
