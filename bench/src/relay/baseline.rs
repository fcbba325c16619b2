//! The simple check that the history is compared with: flag whoever has neither written to nor heard
//! from the sender, nor been addressed together with them. It knows addresses and no names.

use std::collections::BTreeSet;

use super::traffic::Sent;

/// Pairs that were in one mail.
#[derive(Debug, Default)]
pub(crate) struct Baseline(BTreeSet<(usize, usize)>);

impl Baseline {
    /// Whether it would flag this recipient.
    pub(crate) fn flags(&self, sender: usize, recipient: usize) -> bool {
        sender != recipient && !self.0.contains(&(sender.min(recipient), sender.max(recipient)))
    }

    /// Learns who was in a mail.
    pub(crate) fn learn(&mut self, mail: &Sent) {
        let everybody: Vec<_> = mail.recipients.iter().copied().chain([mail.sender]).collect();
        for (place, &one) in everybody.iter().enumerate() {
            for &other in &everybody[place + 1..] {
                self.0.insert((one.min(other), one.max(other)));
            }
        }
    }
}
