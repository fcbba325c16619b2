//! Ties between people: counts that fade. It does not know what is concluded from them.

use serde::{Deserialize, Serialize};

use super::people::PersonId;

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;
/// After how many days a count of each memory is worth half.
pub(super) const SHORT: f32 = 3.0;
pub(super) const MIDDLE: f32 = 20.0;
pub(super) const LONG: f32 = 120.0;

/// How many days lie between, at least none.
pub(super) fn days(from: i64, to: i64) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a difference in seconds, told in days")]
    let seconds = to.saturating_sub(from).max(0) as f32;
    seconds / 86_400.0
}

fn faded(value: f32, days: f32, half_days: f32) -> f32 {
    value * (-days / half_days).exp2()
}

/// A count that fades.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Count {
    value: f32,
    at: i64,
}

impl Count {
    pub(super) fn add(&mut self, amount: f32, at: i64, half_days: f32) {
        self.value = self.now(at, half_days) + amount;
        self.at = self.at.max(at);
    }

    /// What is left of it.
    pub(super) fn now(self, at: i64, half_days: f32) -> f32 {
        faded(self.value, days(self.at, at), half_days)
    }
}

/// What one person has to do with another, seen from the one. Nearness and being together are the
/// same from both sides.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Tie {
    pub(super) with: PersonId,
    /// When the counts were last faded.
    at: i64,
    /// In one mail, in any role, over each memory; a mail to many counts less.
    near: [f32; 3],
    /// Mails from the one to the other, over the middle and the long memory.
    sent: [f32; 2],
    /// Both recipients of one mail, over the long memory.
    together: f32,
    /// All mails from the one to the other.
    pub(super) sent_ever: u32,
    pub(super) sent_at: i64,
}

/// A tie as it is at a moment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Now {
    /// Over the short, middle and long memory.
    pub(super) near: [f32; 3],
    pub(super) sent: [f32; 2],
    pub(super) together: f32,
    pub(super) sent_ever: u32,
    /// Days since the last mail; a long time if there was none.
    pub(super) sent_days: f32,
}

impl Tie {
    pub(super) fn now(&self, at: i64) -> Now {
        let days_gone = days(self.at, at);
        let [short, middle, long] = [SHORT, MIDDLE, LONG].map(|half| (-days_gone / half).exp2());
        Now {
            near: [self.near[0] * short, self.near[1] * middle, self.near[2] * long],
            sent: [self.sent[0] * middle, self.sent[1] * long],
            together: self.together * long,
            sent_ever: self.sent_ever,
            sent_days: if self.sent_ever == 0 { f32::MAX } else { days(self.sent_at, at) },
        }
    }

    pub(super) fn near_long(&self, at: i64) -> f32 {
        faded(self.near[2], days(self.at, at), LONG)
    }

    fn fade(&mut self, at: i64) {
        let now = self.now(at);
        (self.near, self.sent, self.together) = (now.near, now.sent, now.together);
        self.at = self.at.max(at);
    }

    pub(super) fn add_near(&mut self, amount: f32) {
        self.near = self.near.map(|near| near + amount);
    }

    pub(super) fn add_sent(&mut self, at: i64) {
        self.sent = self.sent.map(|sent| sent + 1.0);
        self.sent_ever = self.sent_ever.saturating_add(1);
        self.sent_at = at;
    }

    pub(super) fn add_together(&mut self, amount: f32) {
        self.together += amount;
    }
}

/// The ties of one person, in the order of the others' numbers, so that two people's are compared in
/// one pass and sums always come out the same.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Ties(Vec<Tie>);

impl Ties {
    pub(super) fn get(&self, with: PersonId) -> Option<&Tie> {
        self.0.binary_search_by_key(&with, |tie| tie.with).ok().map(|at| &self.0[at])
    }

    /// The tie as it is; none is a tie of nothing.
    pub(super) fn now(&self, with: PersonId, at: i64) -> Now {
        self.get(with).map_or(Now { sent_days: f32::MAX, ..Now::default() }, |tie| tie.now(at))
    }

    /// The tie, faded to `at`, made if there is none. Beyond `most` ties the weakest eighth goes.
    pub(super) fn touch(&mut self, with: PersonId, at: i64, most: usize) -> &mut Tie {
        if self.0.len() >= most && self.get(with).is_none() {
            self.keep_strongest(at, most - most / 8);
        }
        let place = match self.0.binary_search_by_key(&with, |tie| tie.with) {
            Ok(place) => place,
            Err(place) => {
                self.0.insert(place, Tie { with, at, ..Tie::default() });
                place
            }
        };
        let tie = &mut self.0[place];
        tie.fade(at);
        tie
    }

    fn keep_strongest(&mut self, at: i64, most: usize) {
        self.0
            .sort_by(|a, b| b.near_long(at).total_cmp(&a.near_long(at)).then(a.with.cmp(&b.with)));
        self.0.truncate(most);
        self.0.sort_by_key(|tie| tie.with);
    }

    pub(super) fn drop_weak(&mut self, at: i64, weakest: f32) {
        self.0.retain(|tie| tie.near_long(at) >= weakest);
    }

    pub(super) fn drop_people(&mut self, is_gone: impl Fn(&PersonId) -> bool) {
        self.0.retain(|tie| !is_gone(&tie.with));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Tie> {
        self.0.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Calls for everybody to whom both are tied.
    pub(super) fn shared(&self, other: &Self, mut each: impl FnMut(&Tie, &Tie)) {
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(our), Some(their)) = (ours.peek(), theirs.peek()) {
            match our.with.cmp(&their.with) {
                std::cmp::Ordering::Less => drop(ours.next()),
                std::cmp::Ordering::Greater => drop(theirs.next()),
                std::cmp::Ordering::Equal => {
                    each(our, their);
                    ours.next();
                    theirs.next();
                }
            }
        }
    }
}
