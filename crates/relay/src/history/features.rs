//! What speaks for or against somebody being meant: numbers read from the ties. It does not know
//! what they weigh; that is in the model.

use super::people::{People, Person, PersonId};
use super::ties::{LONG, MIDDLE, Now, SHORT, days};

/// The names of the features, as the weights give them. `ln` of one plus a count where it is a count.
pub const FEATURES: [&str; 44] = [
    "others", "sent-middle", "sent-long", "got-middle", "got-long", "near-short", "near-middle",
    "near-long", "share-middle", "share-long", "sent-ever", "got-ever", "sent-days", "got-days",
    "popular", "active", "sender-active", "unknown", "common-cosine", "common", "common-share",
    "two-steps", "two-steps-back", "two-steps-lately", "together-most", "together-mean",
    "together-least", "near-others-most", "near-others-mean", "near-others-share",
    "together-share", "predicted", "predicted-most", "others-familiar", "others-two-steps",
    "others-lift", "writes-to-new", "hears-from-new", "age", "sender-age", "lately-with-sender",
    "lately-with-all", "namesake-near", "namesake-together",
];

/// The value of each of [`FEATURES`].
pub type Features = [f32; FEATURES.len()];

/// Other recipients beyond these are not compared with: what is unusual among twelve is unusual.
const COMPARED: usize = 12;
/// Recent mails fade by a third in as many days, and are forgotten after two weeks.
const RECENT_DAYS: f32 = 4.0;
const RECENT_END_DAYS: f32 = 14.0;

/// A mail, its people numbered. `None` for people never seen.
pub(super) struct Asked<'a> {
    pub(super) people: &'a People,
    /// The nearness of everybody to everybody.
    pub(super) near_of_all: f32,
    pub(super) at: i64,
    pub(super) sender: Option<PersonId>,
    /// Recipients but the one asked about and the sender, each once.
    pub(super) others: &'a [PersonId],
}

/// Which weights apply: whether the sender ever had to do with the person, and whether there are others.
pub(super) fn regime(features: &Features) -> usize {
    let met = features[7] > 0.0 || features[10] > 0.0 || features[11] > 0.0;
    usize::from(met) * 2 + usize::from(features[0] > 0.0)
}

impl Asked<'_> {
    /// The features of one recipient, but those of the namesake.
    pub(super) fn features(&self, who: Option<PersonId>) -> Features {
        let nobody = Person { first_at: self.at, ..Person::default() };
        let person = |id: Option<PersonId>| id.map_or(&nobody, |id| self.people.get(id));
        let (sender, recipient) = (person(self.sender), person(who));
        let mut features = [0.0; FEATURES.len()];
        self.pair(&mut features, sender, recipient, who);
        self.common(&mut features, sender, recipient, who);
        self.group(&mut features, recipient);
        self.lately(&mut features, recipient);
        features
    }

    fn tie(&self, from: &Person, to: Option<PersonId>) -> Now {
        to.map_or(Now { sent_days: f32::MAX, ..Now::default() }, |to| from.ties.now(to, self.at))
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of people and mails")]
    fn pair(&self, f: &mut Features, sender: &Person, recipient: &Person, who: Option<PersonId>) {
        let (out, back) = (self.tie(sender, who), self.tie(recipient, self.sender));
        let since = |days: f32| days.min(400.0).ln_1p();
        f[0] = (self.others.len() as f32).ln_1p();
        f[1..5].copy_from_slice(
            &[out.sent[0], out.sent[1], back.sent[0], back.sent[1]].map(f32::ln_1p),
        );
        f[5..8].copy_from_slice(&out.near.map(f32::ln_1p));
        f[8] = ((out.sent[0] + 0.05) / (sender.sent_lately.now(self.at, MIDDLE) + 5.0)).ln();
        f[9] = ((out.sent[1] + 0.05) / (sender.sent_all.now(self.at, LONG) + 5.0)).ln();
        f[10] = (out.sent_ever as f32).ln_1p();
        f[11] = (back.sent_ever as f32).ln_1p();
        f[12] = since(out.sent_days);
        f[13] = since(back.sent_days);
        f[14] = recipient.received.now(self.at, LONG).ln_1p();
        f[15] = recipient.sent.now(self.at, LONG).ln_1p();
        f[16] = sender.sent.now(self.at, LONG).ln_1p();
        f[17] = f32::from(u8::from(who.is_none()));
        f[36] = sender.writes_to_new.value();
        f[37] = recipient.hears_from_new.value();
        f[38] = days(recipient.first_at, self.at).ln_1p();
        f[39] = days(sender.first_at, self.at).ln_1p();
    }

    /// What sender and recipient have in common: whom both deal with, and the way over these.
    fn common(&self, f: &mut Features, sender: &Person, recipient: &Person, who: Option<PersonId>) {
        let at = self.at;
        let (mut dot, mut least, mut both) = (0.0_f32, 0.0_f32, 0.0_f32);
        let (mut there, mut back, mut lately) = (0.0_f32, 0.0_f32, 0.0_f32);
        sender.ties.shared(&recipient.ties, |ours, theirs| {
            let (our, their) = (ours.now(at).near, theirs.near_long(at));
            let between = self.people.get(ours.with).near.now(at, LONG) + 0.5;
            dot += our[2] * their;
            least += our[2].min(their);
            both += f32::from(u8::from(our[2] > 0.2 && their > 0.2));
            there += our[2] * their / between;
            back += their * our[2] / between;
            lately += our[0] * their / between;
        });
        let (our, their) = (near(sender, at), near(recipient, at));
        let norm = |person: &Person, without: Option<PersonId>| {
            let squares = person.ties.iter().filter(|tie| Some(tie.with) != without);
            squares.map(|tie| tie.near_long(at).powi(2)).sum::<f32>().sqrt() + 0.5
        };
        let degree = |person: &Person| {
            person.ties.iter().filter(|tie| tie.near_long(at) > 0.2).map(|_| 1.0).sum::<f32>()
        };
        f[18] = dot / (norm(sender, who) * norm(recipient, self.sender));
        f[19] = least.ln_1p();
        f[20] = both / (3.0 + degree(sender).min(degree(recipient)));
        f[21] = (there / (our + 0.5) + 1e-4).ln();
        f[22] = (back / (their + 0.5) + 1e-4).ln();
        f[23] = (lately / (sender.near_lately.now(at, SHORT) + 0.2) + 1e-4).ln();
    }

    /// What the other recipients have to do with this one.
    #[expect(clippy::cast_precision_loss, reason = "at most twelve, and a count of people")]
    fn group(&self, f: &mut Features, recipient: &Person) {
        let at = self.at;
        let compared = &self.others[..self.others.len().min(COMPARED)];
        let base =
            ((near(recipient, at) + 1.0) / (self.near_of_all + self.people.len() as f32)).ln();
        if compared.is_empty() {
            f[34] = f[21];
            f[35] = f[21] - base;
            return;
        }
        let count = compared.len() as f32;
        let (mut together, mut nearness) = ([0.0, 0.0, f32::MAX, 0.0], [0.0, 0.0, 0.0_f32]);
        let (mut predicted, mut best, mut familiar, mut steps) = (0.0, f32::MIN, 0.0, 0.0);
        for &other in compared {
            let tie = recipient.ties.now(other, at);
            let person = self.people.get(other);
            let ln = tie.together.ln_1p();
            together = [
                together[0].max(ln),
                together[1] + ln,
                together[2].min(ln),
                together[3] + f32::from(u8::from(tie.together > 0.0)),
            ];
            let ln = tie.near[2].ln_1p();
            nearness = [
                nearness[0].max(ln),
                nearness[1] + ln,
                nearness[2] + f32::from(u8::from(tie.near[2] > 0.0)),
            ];
            let share = ((tie.together + 0.02) / (person.together.now(at, LONG) + 2.0)).ln();
            predicted += share;
            best = share.max(best);
            familiar +=
                f32::from(u8::from(self.sender.is_some_and(|sender| {
                    self.people.get(sender).ties.now(other, at).sent_ever > 0
                })));
            let mut over = 0.0;
            person.ties.shared(&recipient.ties, |a, b| {
                over +=
                    a.near_long(at) * b.near_long(at) / (near(self.people.get(a.with), at) + 0.5);
            });
            steps += over / (near(person, at) + 0.5);
        }
        f[24..28].copy_from_slice(&[together[0], together[1] / count, together[2], nearness[0]]);
        f[28..32].copy_from_slice(&[
            nearness[1] / count,
            nearness[2] / count,
            together[3] / count,
            predicted / count,
        ]);
        f[32..34].copy_from_slice(&[best, familiar / count]);
        f[34] = (steps / count + 1e-4).ln();
        f[35] = f[34] - base;
    }

    /// Recent mails with the recipient, and the sender or the others in them.
    #[expect(clippy::cast_precision_loss, reason = "a number of recipients")]
    fn lately(&self, f: &mut Features, recipient: &Person) {
        let Some(sender) = self.sender else { return };
        let all = (self.others.len() + 1) as f32;
        for recent in recipient.recent.iter().rev() {
            let gone = days(recent.at, self.at);
            if gone > RECENT_END_DAYS {
                break;
            }
            let weight = (-gone / RECENT_DAYS).exp();
            let with_sender = recent.members.contains(&sender);
            let others = self
                .others
                .iter()
                .take(COMPARED)
                .filter(|other| recent.members.contains(other))
                .count();
            let overlap = (others + usize::from(with_sender)) as f32 / all;
            if with_sender {
                f[40] = f[40].max(weight);
            }
            f[41] = f[41].max(weight * overlap);
        }
    }

    /// Adds what a namesake has to do with the sender and with the others, against the recipient.
    pub(super) fn add_namesake(&self, f: &mut Features, namesake: PersonId) {
        let person = self.people.get(namesake);
        let near = self.sender.map_or(0.0, |sender| person.ties.now(sender, self.at).near[2]);
        f[42] = near.ln_1p();
        f[43] = self.together(namesake).ln_1p();
    }

    /// How much somebody was together with one of the others, the most.
    pub(super) fn together(&self, who: PersonId) -> f32 {
        let ties = &self.people.get(who).ties;
        let others = self.others.iter().take(COMPARED);
        others.map(|&other| ties.now(other, self.at).together).fold(0.0, f32::max)
    }
}

fn near(person: &Person, at: i64) -> f32 {
    person.near.now(at, LONG)
}
