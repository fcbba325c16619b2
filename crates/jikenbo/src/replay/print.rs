//! Replays for people: then and now, a line or a card each. It does not know how they were run.

use std::io::{self, Write};

use case::Lang;
use replay::outcome::{Asked, Outcome};
use replay::{Change, Derived, Replayed, Sentence};
use unicode_width::UnicodeWidthStr as _;

use super::sources::Wanted;
use crate::output::plain;
use crate::read::complain;

/// Columns for the name of a case and for its outcome.
const NAME: usize = 24;
const WORD: usize = 12;

/// One line: the case, the word, then and now.
pub(super) fn line(
    out: &mut impl Write,
    name: &str,
    replayed: &Replayed,
    lang: Lang,
) -> io::Result<()> {
    let title = replayed.case.title.as_deref().unwrap_or_default();
    let title: String = plain(title).chars().take(28).collect();
    let word = replayed.outcome.label(lang);
    writeln!(
        out,
        "{}{}{}  {title}",
        padded(&plain(name), NAME),
        padded(word, WORD),
        told(replayed, lang)
    )?;
    match replayed.changes.as_deref() {
        Some([]) => writeln!(out, "{}{}", " ".repeat(NAME), no_change(lang)),
        Some([smallest, ..]) => {
            writeln!(out, "{}{}", " ".repeat(NAME), changed(smallest, lang))
        }
        None => Ok(()),
    }
}

/// A change that would stop it, and its price.
fn changed(change: &Change, lang: Lang) -> String {
    let told = format!("{} {}", lang.of("これで止まる:", "this stops it:"), plain(&change.told()));
    match change.price {
        Some(price) => format!("{told} ({})", sentence(&price.told(), lang)),
        None => told,
    }
}

const fn no_change(lang: Lang) -> &'static str {
    lang.of("検査の設定だけでは止まらない", "no setting of the checks stops it")
}

/// Then and now, or what is missing.
fn told(replayed: &Replayed, lang: Lang) -> String {
    let because = replayed.because.first().map(|said| sentence(said, lang).to_owned());
    let Some(accident) = replayed.accident().filter(|_| because.is_none()) else {
        return because.unwrap_or_default();
    };
    let label = accident.expected.probe.label(lang);
    let mut told = vec![format!("{label} {} → {}", accident.without, accident.counted)];
    let then = replayed.case.noticed_after.map(|then| then.to_string());
    let judged = replayed.with.as_ref().and_then(|with| with.judged_after_ms);
    let now = judged.map(|ms| format!("{ms} ms"));
    let noticed: Vec<String> = then.into_iter().chain(now).collect();
    if !noticed.is_empty() {
        told.push(format!("{} {}", lang.of("気づき", "noticed"), noticed.join(" → ")));
    }
    if !replayed.mutants.is_empty() {
        let failed = replayed.mutants.iter().filter(|mutant| mutant.recurred).count();
        let all = replayed.mutants.len();
        told.push(format!("{} {failed}/{all}", lang.of("変異体の再発", "mutants recurred")));
    }
    told.join("  ")
}

/// A sentence in one language.
pub(super) fn sentence(said: &Sentence, lang: Lang) -> &str {
    match lang {
        Lang::Ja => &said.ja,
        Lang::En => &said.en,
    }
}

/// The scenarios of those that have one.
pub(super) fn scenarios(out: &mut impl Write, found: &[Wanted], lang: Lang) -> io::Result<()> {
    for Wanted { name, derived, .. } in found {
        match derived {
            Derived::Scenario(scenario) => writeln!(out, "{}", scenario.to_toml())?,
            Derived::Missing(_, why) => complain(&format!("{name}: {}", sentence(why, lang))),
        }
    }
    out.flush()
}

/// How many came to which word.
pub(super) fn sum(out: &mut impl Write, done: &[(String, Replayed)], lang: Lang) -> io::Result<()> {
    if done.len() < 2 {
        return Ok(());
    }
    let counts = Outcome::ALL.iter().filter_map(|outcome| {
        let count = done.iter().filter(|(_, replayed)| replayed.outcome == *outcome).count();
        (count > 0).then(|| format!("{} {count}", outcome.label(lang)))
    });
    let counts: Vec<String> = counts.collect();
    writeln!(out, "{}: {}", lang.of("計", "in all"), counts.join(lang.of("、", ", ")))
}

/// A card each: what is known and assumed, what was counted, what was found and said.
pub(super) fn cards(
    out: &mut impl Write,
    done: &[(String, Replayed)],
    lang: Lang,
) -> io::Result<()> {
    for (name, replayed) in done {
        line(out, name, replayed, lang)?;
        for said in replayed.because.iter().skip(1) {
            writeln!(out, "  {}", plain(sentence(said, lang)))?;
        }
        for fact in &replayed.case.facts {
            let words: String = plain(&fact.words).chars().take(60).collect();
            let known = lang.of("記載", "said");
            writeln!(
                out,
                "  {known}  {} = {}  「{words}」 {}",
                fact.what,
                plain(&fact.value),
                plain(&fact.place)
            )?;
        }
        for assumed in &replayed.case.assumed {
            writeln!(
                out,
                "  {}  {} = {}",
                lang.of("仮定", "assumed"),
                assumed.what,
                plain(&assumed.value)
            )?;
        }
        for checked in &replayed.checked {
            let mark = if checked.holds { "○" } else { "×" };
            let label = checked.expected.probe.label(lang);
            let (then, now) = (checked.without, checked.counted);
            writeln!(out, "  {mark} {}: {label} {then} → {now}", checked.expected.id)?;
        }
        let findings = replayed.with.iter().flat_map(|with| &with.findings);
        for finding in findings {
            let mark = if finding.binds { "●" } else { "○" };
            writeln!(
                out,
                "  {mark} {} [{}] {}",
                finding.step,
                finding.check,
                plain(sentence(&finding.says, lang))
            )?;
        }
        for asked in replayed.with.iter().flat_map(|with| &with.asked) {
            writeln!(
                out,
                "  ? {} {}: {}{}",
                asked.step,
                asked.who,
                asked.said,
                times(asked, lang)
            )?;
        }
        for mutant in &replayed.mutants {
            let mark = if mutant.recurred {
                lang.of("再発", "recurred")
            } else {
                lang.of("残存", "survived")
            };
            let counted = mutant.counted.iter().map(|(id, count)| format!("{id} {count}"));
            let counted: Vec<String> = counted.collect();
            writeln!(
                out,
                "  {} {}: {mark} ({})",
                lang.of("変異体", "mutant"),
                mutant.id,
                counted.join(", ")
            )?;
        }
        // The first stands in the line above.
        for change in replayed.changes.iter().flatten().skip(1) {
            writeln!(out, "  {}", changed(change, lang))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// In a drill: how long somebody took to open a mail, and to answer.
fn times(asked: &Asked, lang: Lang) -> String {
    let Some(said) = asked.said_after_ms else { return String::new() };
    let said = format!("{} {:.1} s", lang.of("回答まで", "answered after"), seconds(said));
    let opened = match asked.opened_after_ms {
        Some(opened) => {
            format!("{} {:.1} s", lang.of("開封まで", "opened after"), seconds(opened))
        }
        None => lang.of("開封せず", "never opened").to_owned(),
    };
    format!(" ({opened}, {said})")
}

#[expect(clippy::cast_precision_loss, reason = "a drill is shorter than 2^52 ms")]
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1_000.0
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width()).max(1)))
}
