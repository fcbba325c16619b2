//! An append-only log: what was changed, when and by whom, so that a later change of the record
//! itself shows.
//!
//! Each [`Entry`] is one line of JSON. It names the hash of the entry before it and the Merkle root
//! over all entries before it (RFC 6962 hashing), so the last entry fixes all others. A
//! [`Checkpoint`] is the size and root of the log, signed with Ed25519 (C2SP tlog-checkpoint in a
//! C2SP signed note), small enough to be mailed or printed; a log that was changed or cut since does
//! not extend it.
//!
//! ```
//! use ledger::{Checkpoint, Draft, Ledger, MemoryLog, SecretKey, Verifier, verify};
//! use serde_json::json;
//!
//! let mut ledger = Ledger::open(MemoryLog::default())?;
//! for (at, what) in [("2031-04-05T06:07:08Z", "case_opened"), ("2031-04-05T07:00:00Z", "noted")] {
//!     ledger.append(Draft::new(at, "mori", what, &json!({ "number": "2031-004" }))?)?;
//! }
//!
//! // The seed comes from the system's randomness; here it is a constant.
//! let key = SecretKey::from_seed("example.jp/book", &[7; 32])?;
//! let checkpoint = Checkpoint::new("example.jp/book", ledger.frontier()).sign(&key)?.to_string();
//!
//! // Later, and elsewhere: the checkpoint is one of ours, and the log still begins with it.
//! let checkpoint = Checkpoint::open(checkpoint.as_bytes(), &[key.public()])?;
//! let verifier = Verifier::remembering([(checkpoint.size, checkpoint.root)]);
//! assert_eq!(verify(ledger.log(), verifier)?.frontier.size(), 2);
//!
//! // A tail that was cut is missed by nothing but the checkpoint.
//! let mut log = ledger.into_log();
//! log.entries.pop();
//! assert!(verify(&log, Verifier::new()).is_ok());
//! let verifier = Verifier::remembering([(checkpoint.size, checkpoint.root)]);
//! let missing = verify(&log, verifier).unwrap_err();
//! assert_eq!(missing.to_string(), "entry 1: it is missing: a checkpoint says that there are 2 entries");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this does not prove
//!
//! - **That nothing was cut off the end.** A log without its last entries is a whole log. Only a
//!   checkpoint that was kept elsewhere remembers them.
//! - **That it is the first log of its kind.** Who can write the data can write all of it anew, chain
//!   and tree included. Again only a checkpoint kept elsewhere tells.
//! - **Who wrote it.** Who steals the signing key can sign a log of their own. Two checkpoints that
//!   do not fit together then prove that something is wrong, not which of them is right.
//! - **When.** The time of an entry is what its writer's clock said. An entry is older than the first
//!   checkpoint that covers it, and that is all; a time stamp of a third party is not asked for.
//! - **That an entry is true.** A log keeps what was said.
//!
//! This room does not know what entries mean, and does no I/O: entries are kept behind [`Log`], and
//! times and seeds come in as values.

mod base64;
mod checkpoint;
mod entry;
mod hash;
mod key;
mod log;
mod note;
mod tree;
mod verifier;

pub use checkpoint::{Checkpoint, CheckpointError, Diverged, Extension};
pub use entry::{Draft, Entry, EntryError, Sealed, VERSION, seal};
pub use hash::{Hash, HashError, empty_root, leaf, node};
pub use key::{KeyId, PublicKey, SecretKey};
pub use log::{Ledger, LedgerError, Log, MemoryLog, verify};
pub use note::{NoteError, NoteLimits, Signature, SignedNote, VerifiedNote};
pub use tree::{
    Frontier, LeafAt, ProofError, Unproved, consistency, inclusion, verify_consistency,
    verify_inclusion,
};
pub use verifier::{Broken, ClockStep, Fault, Verified, Verifier};
