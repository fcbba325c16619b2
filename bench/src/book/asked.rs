//! The queries: drawn from the texts, so that they stand in many, few and no cases. It does not
//! know who answers them.

use book::query::Query;

use super::Failed;
use super::scan::Scanned;
use super::seeded::Seeded;

/// One query.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Which row of the table it belongs to.
    pub(crate) class: &'static str,
    /// Folded words that all have to be there, as they stand.
    pub(crate) terms: Vec<String>,
    /// A category by its name.
    pub(crate) category: Option<String>,
    /// Days of disclosure.
    pub(crate) years: Option<Years>,
}

/// Whole years, in days since 1970-01-01.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Years {
    from: u16,
    to: u16,
    pub(crate) first: i32,
    pub(crate) last: i32,
}

/// The classes, in the order of the table.
pub(crate) const CLASSES: [&str; 4] =
    ["one term", "two terms", "three terms", "term, category and years"];

impl Asked {
    /// As it is asked of the book.
    pub(crate) fn query(&self) -> Result<Query, Failed> {
        let mut words: Vec<String> = self.terms.iter().map(|term| format!("\"{term}\"")).collect();
        words.extend(self.category.as_ref().map(|name| format!("category:{name}")));
        words.extend(self.years.map(|years| format!("disclosed:{}..{}", years.from, years.to)));
        let parsed = Query::parse(&words.join(" "));
        if parsed.problems.is_empty() {
            Ok(parsed.query)
        } else {
            Err(format!("{words:?}: {:?}", parsed.problems).into())
        }
    }

    /// Whether an index of three characters can look for it.
    pub(crate) fn has_trigrams(&self) -> bool {
        self.terms.iter().all(|term| term.chars().count() >= 3)
    }
}

/// So many queries of each class, mixed, so that nobody has a class to himself at a busy moment.
pub(crate) fn drawn(cases: &[Scanned], of_each: usize, seed: u64) -> Result<Vec<Asked>, Failed> {
    let mut chance = Seeded::new(seed);
    let mut all = Vec::new();
    for _ in 0..of_each {
        for (at, class) in CLASSES.into_iter().enumerate() {
            let count = if at == 3 { 1 } else { at + 1 };
            let case = chance.pick(cases);
            let terms = (0..count).map(|_| term(case, &mut chance)).collect::<Result<_, _>>()?;
            let mut asked = Asked { class, terms, category: None, years: None };
            if at == 3 {
                asked.category = Some(case.category.clone());
                asked.years = Some(years(&mut chance)?);
            }
            all.push(asked);
        }
    }
    Ok(all)
}

/// Two to six characters: of any of its words (many cases have them), of its organisation's name
/// (few have it), or of nobody's.
fn term(case: &Scanned, chance: &mut Seeded) -> Result<String, Failed> {
    for _ in 0..1_000 {
        let from = if chance.below(3) == 0 { &case.organisation } else { &case.text };
        let chars: Vec<char> = from.chars().collect();
        let length = 2 + chance.below(5);
        if chars.len() < length {
            continue;
        }
        let start = chance.below(chars.len() - length + 1);
        let mut cut = chars[start..start + length].to_vec();
        if !cut.iter().all(|c| c.is_alphanumeric()) {
            continue;
        }
        if chance.below(10) == 0 {
            // Turned round, a word is hardly ever one.
            cut.reverse();
        }
        return Ok(cut.into_iter().collect());
    }
    Err("no words to ask for".into())
}

fn years(chance: &mut Seeded) -> Result<Years, Failed> {
    let from = 2008 + u16::try_from(chance.below(14))?;
    let to = from + u16::try_from(chance.below(5))?;
    let day = |text: String| -> Result<i32, Failed> {
        let moment = text.parse().map_err(|_| "no such day")?;
        Ok(book::epoch_day(moment).ok_or("no such day")?)
    };
    Ok(Years { from, to, first: day(format!("{from}-01-01"))?, last: day(format!("{to}-12-31"))? })
}
