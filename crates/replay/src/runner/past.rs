//! The months before: mail of every day, from which the relay of a sandbox has learnt who writes to whom
//! before it starts. It does not know what the relay makes of it.

use std::io;
use std::path::Path;

use jiff::SignedDuration;
use relay::net::learn_beforehand;
use relay::{Address, Envelope, Login, Recipient};

use super::Place;
use crate::mail::{Draft, Mailbox};
use crate::people::Invented;

/// Others in the office, and outside.
const COLLEAGUES: u64 = 8;
const PARTNERS: u64 = 40;
/// Their numbers, apart from those of everybody else.
const OTHERS: u64 = 1 << 41;
/// Every so many mails is one of the scenario's own relations.
const OWN_EVERY: u32 = 10;
/// Mails are so far apart.
const APART: SignedDuration = SignedDuration::from_mins(47);

/// Lets a relay that will start in a folder have learnt from what went out before.
pub(super) fn lay_down(place: &Place<'_>, folder: &Path) -> io::Result<()> {
    let world = &place.scenario.world;
    let mails = (0..world.earlier_mails).filter_map(|number| {
        let (from, to) = pair(place, number)?;
        let ago = APART.checked_mul(i32::try_from(world.earlier_mails - number).ok()?)?;
        let at = world.begins.timestamp().checked_sub(ago).ok()?;
        let envelope = Envelope::new(
            Some(Address::parse(&from.1).ok()?),
            vec![Recipient::new(Address::parse(&to.1).ok()?)],
            Login::Network("127.0.0.0/8".to_owned()),
        );
        let draft = Draft {
            from,
            to: vec![to],
            cc: Vec::new(),
            id: &format!("earlier-{number}@{}", place.cast.domain()),
            at_s: at.as_second(),
            subject: "打合せの件",
            text: "いつもの件です。よろしくお願いします。".to_owned(),
            files: &[],
        };
        Some((envelope, draft.to_bytes(), at))
    });
    learn_beforehand(folder, mails)
}

/// Who wrote to whom in a mail.
fn pair(place: &Place<'_>, number: u32) -> Option<(Mailbox, Mailbox)> {
    let world = &place.scenario.world;
    if number.is_multiple_of(OWN_EVERY) && !world.relations.is_empty() {
        let at = usize::try_from(number / OWN_EVERY).ok()? % world.relations.len();
        let relation = &world.relations[at];
        let of = |name: &str| place.cast.behind(name).first().map(|who| who.mailbox.clone());
        return Some((of(&relation.from)?, of(&relation.to)?));
    }
    let number = u64::from(number);
    let colleague = Invented::of(world.seed, OTHERS + number % COLLEAGUES);
    let domain = place.cast.domain();
    let mailbox = format!("{}{}@{domain}", colleague.family_roman(), number % COLLEAGUES);
    let partner = Invented::of(world.seed, OTHERS + COLLEAGUES + number % PARTNERS);
    Some(((colleague.name(), mailbox), (partner.name(), partner.address())))
}
