//! Control: encryption of files noticed, stopped, undone and proven.
//!
//! [`look`] says what a file looks like and what a change did to it; [`checks`] judge what one tree of
//! processes did ([`detector`]).
//!
//! This room does not know cases, pages or the network.

pub mod checks;
pub mod config;
pub mod corpus;
pub mod deed;
pub mod detector;
pub mod evidence;
pub mod incident;
mod lines;
pub mod look;
pub mod sealing;
pub mod undo;
pub mod vault;
pub mod watch;
mod written;

pub use config::{Answer, Config, Guarded};
pub use deed::{Deed, Proc, What};
pub use detector::{Alarm, Detector, Limits};
pub use incident::{Incident, State};
pub use vault::{Vault, VaultError};
pub use watch::{Answered, Guard, GuardError, Notice, Order, Status};
