//! Goes through the traffic in the order of time: each mail is judged as it was sent and with one
//! recipient swapped, and then learnt. It does not know what is made of the scores.

use ::relay::history::{Budget, Features, History, Model, Outgoing, Party};
use ::relay::names::same_family;

use super::LEARNING_MAILS;
use super::baseline::Baseline;
use super::traffic::{Sent, Traffic};

/// Swaps of each kind for each mail.
const SWAPS: usize = 3;
/// More than the pairs of 184 people.
const PAIRS: usize = 1_000_000;

/// How a recipient came into the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It was sent to them.
    Meant,
    /// In place of somebody: anybody.
    Anybody,
    /// In place of somebody of the same family or given name.
    Namesake,
}

/// One recipient, judged.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// Which mail.
    pub(crate) mail: usize,
    pub(crate) kind: Kind,
    pub(crate) score: f32,
    pub(crate) namesake_score: Option<f32>,
    pub(crate) baseline: bool,
    pub(crate) features: Features,
    /// The history's own thresholds at that moment, at 10 and at 5 per mille.
    pub(crate) thresholds: [Option<f32>; 2],
}

/// All recipients of the mails after the learning period.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    pub(crate) all: Vec<Sample>,
    pub(crate) judged: usize,
    pub(crate) state_bytes: usize,
}

impl Samples {
    /// Judges and learns every mail.
    pub(crate) fn take(traffic: &Traffic, model: &Model, seed: u64) -> Self {
        let alike = namesakes(traffic);
        let mut random = Random(seed);
        let mut history = History::new(PAIRS);
        let mut baseline = Baseline::default();
        let mut samples = Self::default();
        let mut thresholds = [None; 2];
        for (place, mail) in traffic.mails.iter().enumerate() {
            let recipients: Vec<Party> =
                mail.recipients.iter().map(|&id| traffic.parties[id].clone()).collect();
            let sender = &traffic.parties[mail.sender];
            let outgoing = Outgoing { at: mail.at, sender, recipients: &recipients };
            let judgement = history.judge_with(&outgoing, model);
            samples.judged += 1;
            if place >= LEARNING_MAILS {
                if place % 50 == 0 {
                    thresholds = [
                        history.threshold(Budget { per_mille: 10 }),
                        history.namesake_threshold(Budget { per_mille: 5 }),
                    ];
                }
                let mut add = |kind, who, surprise: &::relay::history::Surprise| {
                    samples.all.push(Sample {
                        mail: place,
                        kind,
                        score: surprise.score,
                        namesake_score: surprise.namesake.as_ref().map(|namesake| namesake.score),
                        baseline: baseline.flags(mail.sender, who),
                        features: surprise.features,
                        thresholds,
                    });
                };
                for (&who, surprise) in mail.recipients.iter().zip(&judgement.surprises) {
                    add(Kind::Meant, who, surprise);
                }
                for (kind, at, who) in swaps(traffic, &alike, mail, &mut random) {
                    let mut swapped = recipients.clone();
                    swapped[at] = traffic.parties[who].clone();
                    let swapped = Outgoing { recipients: &swapped, ..outgoing };
                    add(kind, who, &history.judge_with(&swapped, model).surprises[at]);
                    samples.judged += 1;
                }
            }
            history.learn(&outgoing, &judgement);
            baseline.learn(mail);
        }
        samples.state_bytes = history.to_bytes().map_or(0, |bytes| bytes.len());
        samples
    }
}

/// For everybody, who else has the same family or given name; other addresses of the same person
/// are nobody else.
fn namesakes(traffic: &Traffic) -> Vec<Vec<usize>> {
    let everybody = || traffic.parties.iter().enumerate();
    let of = |(one, party): (usize, &Party)| {
        let is_alike = |(other, them): &(usize, &Party)| {
            traffic.person[one] != traffic.person[*other]
                && party.name.as_ref().zip(them.name.as_ref()).is_some_and(|(ours, theirs)| {
                    same_family(ours, theirs).is_some()
                        || (!ours.given().is_empty() && ours.given() == theirs.given())
                })
        };
        everybody().filter(is_alike).map(|(other, _)| other).collect()
    };
    everybody().map(of).collect()
}

/// Which recipients are swapped for whom.
fn swaps(
    traffic: &Traffic,
    alike: &[Vec<usize>],
    mail: &Sent,
    random: &mut Random,
) -> Vec<(Kind, usize, usize)> {
    let is_other = |&who: &usize| {
        let is_it = |id: &usize| traffic.person[*id] == traffic.person[who];
        !is_it(&mail.sender) && !mail.recipients.iter().any(is_it)
    };
    let everybody: Vec<usize> = (0..traffic.parties.len()).filter(is_other).collect();
    let mut swaps = Vec::new();
    for _ in 0..SWAPS {
        let at = random.below(mail.recipients.len());
        if let Some(who) = random.one_of(&everybody) {
            swaps.push((Kind::Anybody, at, who));
        }
        let alike: Vec<usize> =
            alike[mail.recipients[at]].iter().copied().filter(is_other).collect();
        if let Some(who) = random.one_of(&alike) {
            swaps.push((Kind::Namesake, at, who));
        }
    }
    swaps
}

/// `SplitMix64`, so that every run draws the same.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        usize::try_from(z % u64::try_from(end).unwrap_or(1).max(1)).unwrap_or(0)
    }

    fn one_of(&mut self, of: &[usize]) -> Option<usize> {
        let at = self.below(of.len());
        of.get(at).copied()
    }
}
