//! Whether an entry tells an incident. A page that only speaks about incidents, or about something
//! else altogether, is a column.

use case::{Category, Decided, Kind};

use crate::lexicon::{Cue, Topic};
use crate::page::Page;
use crate::segment::Opening;

/// An entry between numbered ones is commentary unless somebody apologises in it; any other page is
/// an incident when it says that something happened and names what.
pub(super) fn read(page: &Page<'_>, category: &Decided<Category>) -> Kind {
    let count = |cue: Cue| page.sentences.iter().filter(|sentence| sentence.has(cue)).count();
    let apology = count(Cue::Apology);
    let happened = page
        .sentences
        .iter()
        .filter(|sentence| sentence.has(Cue::Happened) && sentence.topic != Some(Topic::Prevention))
        .count();
    let incident = match page.entry.opening {
        Opening::Numbered => true,
        Opening::Headline => apology >= 1 && happened >= 1 && category.value != Category::Other,
        Opening::Report | Opening::Bare => {
            let commentary = count(Cue::Commentary);
            let unrelated = count(Cue::Unrelated);
            let evidence = 4 * apology.min(3) + 2 * happened.min(3) + 3 * usize::from(category.value != Category::Other);
            let against = 2 * commentary.min(4) + 2 * unrelated.min(6);
            (apology > 0 || happened > 0) && evidence >= 5 && evidence > against
        }
    };
    if incident { Kind::Incident } else { Kind::Column }
}
