//! The ledger.
mod entry;
mod hash;
mod log;
mod tree;

pub use entry::{Draft, Entry, EntryError, Sealed, VERSION, seal};
pub use hash::{Hash, HashError, empty_root, leaf, node};
pub use log::{
    Broken, ClockStep, Fault, Ledger, LedgerError, Log, MemoryLog, Verified, Verifier, verify,
};
pub use tree::{
    Frontier, LeafAt, ProofError, Unproved, consistency, inclusion, verify_consistency,
    verify_inclusion,
};
