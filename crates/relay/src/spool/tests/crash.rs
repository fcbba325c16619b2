//! Power cuts at every kind of moment: after any number of calls of the disk, with any pages of what
//! was not synced lost. What was confirmed must be there; what is done must not come back.

use std::collections::BTreeMap;

use super::memory::Memory;
use super::*;

/// A sequence of numbers that a seed decides (xorshift64, Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

/// What the writer knows of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    number: u64,
    bytes: usize,
    /// `None` once it is done.
    status: Option<Status>,
}

/// What is confirmed, and what was handed in and may be so.
#[derive(Default)]
struct Model {
    confirmed: BTreeMap<MailId, Known>,
    possible: BTreeMap<MailId, Known>,
    numbers: u64,
}

impl Model {
    /// Some events of different mails, handed in together; false where the power went.
    fn act(&mut self, spool: &Spool, dice: &mut Dice) -> bool {
        let mut tickets = Vec::new();
        for _ in 0..=dice.below(4) {
            let (event, known) = self.event(spool, dice);
            let id = event.id();
            if self.possible.insert(id, known).is_none() {
                let is_apart = matches!(event, Event::Accepted { .. }) && dice.below(3) == 0;
                let ticket =
                    if is_apart { hand_in_apart(spool, event) } else { spool.append(&[event]) };
                tickets.push((id, ticket));
            }
        }
        let mut is_on = true;
        for (id, ticket) in tickets {
            match ticket.wait() {
                Ok(()) => drop(self.confirmed.insert(id, self.possible.remove(&id).unwrap())),
                Err(SpoolError::Misfit { misfit, .. }) => panic!("{id}: {misfit}"),
                Err(_) => is_on = false,
            }
        }
        is_on
    }

    /// The next event of a mail that is not waited for, or a new mail.
    fn event(&mut self, spool: &Spool, dice: &mut Dice) -> (Event, Known) {
        let live: Vec<(&MailId, &Known)> = self
            .confirmed
            .iter()
            .filter(|(id, known)| known.status.is_some() && !self.possible.contains_key(id))
            .collect();
        let pick = usize::try_from(dice.below(12)).unwrap();
        let Some((id, known)) = live.get(pick) else {
            self.numbers += 1;
            let (id, number) = (spool.new_id(now(1)), self.numbers);
            let bytes = usize::try_from(dice.below(900)).unwrap();
            let event = Event::Accepted { id, envelope: envelope(2), mail: mail(number, bytes) };
            return (event, Known { number, bytes, status: Some(Status::received(2)) });
        };
        let mut known = (*known).clone();
        let status = known.status.as_mut().unwrap();
        let step = match status.phase {
            Phase::Received if dice.below(2) == 0 => {
                Step::Held { by: "window".to_owned(), until: Some(now(5)) }
            }
            Phase::Received | Phase::Held { .. } => released(),
            _ if status.is_settled() => Step::Done,
            _ => delivered(u32::from(status.recipients[0].is_final())),
        };
        status.take(step.clone()).unwrap();
        if step == Step::Done {
            known.status = None;
        }
        (Event::step(**id, step), known)
    }

    /// Compares with what is there after a restart, and goes on from that.
    fn check(&mut self, spool: &Spool, told: &str) {
        let mut found = BTreeMap::new();
        for id in spool.mails() {
            let status = spool.status(id);
            let known = [self.confirmed.get(&id), self.possible.get(&id)];
            let known = known.into_iter().flatten().find(|known| known.status == status);
            let known = known.unwrap_or_else(|| panic!("{told}: {id} is {status:?}")).clone();
            assert_eq!(spool.mail(id).unwrap(), mail(known.number, known.bytes), "{told}");
            assert_eq!(spool.envelope(id).unwrap(), envelope(2), "{told}");
            found.insert(id, known);
        }
        for (id, known) in &self.confirmed {
            let may_be_gone = self.possible.get(id).unwrap_or(known).status.is_none();
            assert!(found.contains_key(id) || may_be_gone, "{told}: {id} is lost");
        }
        (self.confirmed, self.possible) = (found, BTreeMap::new());
    }
}

/// Some lives of one spool, each ended by a power cut. Where pages are written in order, a write that
/// was cut short is no damage; where they are not, it cannot be told from damage and is reported.
fn lives(seed: u64, in_order: bool) {
    let disk = Memory::default();
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut model = Model::default();
    let mut damage = Vec::new();
    for life in 0..6 {
        disk.power_off_after(dice.below(120));
        if let Ok(spool) = Spool::on(Box::new(disk.clone()), SMALL) {
            damage = spool.damage();
            model.check(&spool, &format!("seed {seed}, life {life}, while it runs"));
            while model.act(&spool, &mut dice) {}
        }
        let mut is_kept = true;
        disk.power_cut(|| {
            is_kept = dice.below(3) > 0 && (is_kept || !in_order);
            is_kept
        });
    }
    let spool = Spool::on(Box::new(disk.clone()), SMALL).unwrap();
    model.check(&spool, &format!("seed {seed}, at the end"));
    let named = spool.index(|index| index.apart().keys().copied().collect::<Vec<_>>());
    assert!(named.iter().all(|number| disk.apart().contains(number)), "seed {seed}");
    assert!(!spool.damage().is_empty() || disk.apart() == named, "seed {seed}: files of no mail");
    damage.extend(spool.damage());
    damage.retain(|it| in_order || !matches!(it.what, DamageKind::Record | DamageKind::SetAside));
    assert_eq!(damage, [], "seed {seed}");
}

#[test]
fn what_is_confirmed_outlives_power_cuts() {
    for seed in 1..=100 {
        lives(seed, true);
        lives(seed, false);
    }
}
