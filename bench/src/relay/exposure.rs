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

/// The share of mails above each limit, after the learning period.
pub(crate) fn table(traffic: &Traffic) -> Table {
    let mut history = History::new(PAIRS);
    // Of each mail: how many get it, and how many of them count.
    let mut counted: Vec<(usize, usize)> = Vec::new();
    for (place, mail) in traffic.mails.iter().enumerate() {
        let address = |id: &usize| &traffic.parties[*id].address;
        let shown: Vec<&Address> = mail.recipients.iter().map(address).collect();
        if place >= LEARNING_MAILS {
            let circle = history.circle(&shown).into_iter().filter(|is_in| *is_in).count();
            counted.push((shown.len(), shown.len() - circle + usize::from(circle > 0)));
        }
        let sender = std::iter::once(address(&mail.sender));
        let shown: Vec<Address> = shown.into_iter().chain(sender).cloned().collect();
        history.note_shown(&shown, mail.at);
    }
    let mut table =
        Table::new(&["more than", "split, everybody counted", "split, a circle counted as one"]);
    for limit in LIMITS {
        let share = |is: &dyn Fn(&(usize, usize)) -> bool| {
            let split = counted.iter().filter(|mail| is(mail)).count();
            format!("{split} ({})", super::curve::percent_of(split, counted.len()))
        };
        table.row(&[
            &limit.to_string(),
            &share(&|(all, _)| *all > limit),
            &share(&|(_, counts)| *counts > limit),
        ]);
    }
    table
}
