//! Control: outgoing mail that cannot expose or misdirect. A relay between an organisation's mail
//! and the world: it takes mail in, keeps it, judges it, and lets go only what a verdict or a person
//! released.
//!
//! The way of a mail: [`session`] takes it in, [`spool`] keeps it before anybody is told so,
//! [`checks`] look at it, one decision is made of what they find, and delivery takes a proof that it
//! was released.
//!
//! It does not know how its pages look, nor what a case is.

pub mod address;
pub mod checks;
pub mod client;
pub mod contents;
pub mod directory;
pub mod disposition;
pub mod dkim;
pub mod envelope;
pub mod history;
pub mod judge;
mod line;
pub mod mail;
pub mod names;
pub mod net;
pub mod personal;
pub mod policy;
pub mod rewrite;
mod sasl;
pub mod session;
pub mod settings;
pub mod shown;
pub mod spool;
mod xtext;

pub use address::{Address, AddressError, Domain};
pub use directory::{Directory, Person};
pub use disposition::{Disposition, Gate};
pub use envelope::{Envelope, Login, Recipient};
pub use judge::{Judgement, Released};
pub use policy::{Policy, PolicyError};
pub use settings::Settings;
