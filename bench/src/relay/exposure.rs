//! How many mails that were really sent would have gone out as individual copies, had all their
//! recipients been outsiders: with everybody counted, and with those who stood beside each other before
//! counted as one. The worst that the check of exposed recipients can do; it judges none of it.

use ::relay::Address;
use ::relay::history::History;

use super::LEARNING_MAILS;
use super::traffic::Traffic;
use crate::table::Table;

/// Addresses, or domains where each address is of one of its own, that may see each other.
const LIMITS: [usize; 6] = [2, 4, 6, 9, 14, 19];
/// As in `sample`: more than there are.
const PAIRS: usize = 1_000_000;

/// The share of mails above each limit, after the learning period. What would have been split has shown
/// nobody to anybody.
pub(crate) fn table(traffic: &Traffic) -> Table {
    let mut table =
        Table::new(&["more than", "split, everybody counted", "split, a circle counted as one"]);
    for limit in LIMITS {
        let mut history = History::new(PAIRS);
        let (mut mails, mut by_count, mut by_circle) = (0, 0, 0);
        for (place, mail) in traffic.mails.iter().enumerate() {
            let address = |id: &usize| &traffic.parties[*id].address;
            let shown: Vec<&Address> = mail.recipients.iter().map(address).collect();
            let circle = history.circle(&shown).into_iter().filter(|is_in| *is_in).count();
            let is_split = shown.len() - circle + usize::from(circle > 0) > limit;
            if place >= LEARNING_MAILS {
                mails += 1;
                by_count += usize::from(shown.len() > limit);
                by_circle += usize::from(is_split);
            }
            if !is_split {
                let sender = std::iter::once(address(&mail.sender));
                let shown: Vec<Address> = shown.into_iter().chain(sender).cloned().collect();
                history.note_shown(&shown, mail.at);
            }
        }
        let share = |split| format!("{split} ({})", super::curve::percent_of(split, mails));
        table.row(&[&limit.to_string(), &share(by_count), &share(by_circle)]);
    }
    table
}
