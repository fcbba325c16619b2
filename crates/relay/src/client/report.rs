//! What a delivery asks of its driver, and what comes of it. It does not know how it is done.

use super::reply::Outcome;

/// What is to be done next.
#[derive(Debug)]
#[must_use = "the delivery waits for it"]
pub enum DeliveryStep {
    /// Send what is in the output, then read more.
    Read,
    /// Send what is in the output, then call again.
    Write,
    /// Hand in bytes of those that are elsewhere ([`Behind::Elsewhere`](super::Behind)), then send what is
    /// in the output and call again.
    Supply {
        /// From which of them on.
        from: usize,
        /// How many.
        bytes: usize,
    },
    /// All is known. What is in the output is still to be sent; the client tells when it can take
    /// another mail.
    Done(Report),
}

/// What became of a mail.
#[derive(Debug, PartialEq, Eq)]
pub struct Report {
    /// Of each recipient, in the order given.
    pub outcomes: Vec<Outcome>,
    /// Whether the connection is still of use.
    pub is_reusable: bool,
}

/// How a connection was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// It was closed, or broke.
    Closed,
    /// The server was waited for too long.
    WaitedTooLong,
}
