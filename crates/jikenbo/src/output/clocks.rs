//! Clocks for people: a card for each that applies or may, the next one due first, and a line for each
//! that does not. It does not know how days are counted.

use std::fmt::Write as _;
use std::io::{self, Write};

use case::Lang;
use response::{Clock, Question, Stamp, Verdict, clocks, turns};

use super::card::{Card, Row};
use super::{Style, plain};
use crate::cli::book::{PrintArgs, Shape};
use crate::cli::clocks::ClocksArgs;
use crate::clocks::{Subject, Told};

/// Prints the clocks of every subject.
pub(crate) fn print(
    out: &mut impl Write,
    args: &ClocksArgs,
    subjects: &[Subject],
    at: Stamp,
) -> io::Result<()> {
    let print = PrintArgs { format: Shape::Table, lang: args.lang, color: args.color };
    let style = Style::of(print);
    let lang = style.lang;
    for subject in subjects {
        facts(out, &style, subject, at)?;
        let mut all = clocks(&subject.facts);
        all.sort_by_key(|clock| {
            let open = match clock.verdict {
                Verdict::Applies => 0,
                Verdict::CannotTell => 1,
                Verdict::DoesNotApply => 2,
            };
            let by = clock.due.map(|due| due.by);
            (open, by.is_none(), by)
        });
        for clock in all.iter().filter(|clock| has_card(clock)) {
            one(out, &style, subject, clock, at)?;
        }
        writeln!(out)?;
        for clock in all.iter().filter(|clock| clock.verdict == Verdict::CannotTell) {
            if !has_card(clock) {
                let missing = clock.missing.iter().map(|fact| fact.says.of(lang));
                let missing = missing.collect::<Vec<_>>().join(lang.of("、", ", "));
                let (verdict, name) = (clock.verdict.label(lang), clock.name.of(lang));
                let (id, due) = (clock.obligation, due(clock, at, lang));
                let label = lang.of("不足", "missing");
                writeln!(out, "{verdict}  {name} [{id}] {due} ({label}: {missing})")?;
            }
        }
        for clock in all.iter().filter(|clock| clock.verdict == Verdict::DoesNotApply) {
            let why = clock.because.iter().map(|why| why.of(lang)).collect::<Vec<_>>();
            let verdict = clock.verdict.label(lang);
            writeln!(
                out,
                "{verdict}  {} [{}] {}",
                clock.name.of(lang),
                clock.obligation,
                why.join(" / ")
            )?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", response::notice().of(lang))
}

/// Whether a clock has a card: those that apply, and those of Japanese law on personal data that may.
/// Whether one of the other regimes concerns the organisation at all is a line until it is stated.
pub(crate) fn has_card(clock: &Clock) -> bool {
    let outside = clock.missing.iter().any(|fact| SCOPE.contains(&fact.name));
    clock.verdict == Verdict::Applies || (clock.verdict == Verdict::CannotTell && !outside)
}

/// The questions on which it turns whether a regime concerns the organisation.
const SCOPE: &[&str] = &[
    "my_number", "listed", "telecom", "infrastructure", "eu_persons", "nis2", "sec_registrant",
    "hipaa_entity", "hipaa_associate",
];

/// What is known, and from where.
fn facts(out: &mut impl Write, style: &Style, subject: &Subject, at: Stamp) -> io::Result<()> {
    let lang = style.lang;
    let card = Card { style };
    card.heading(out, lang.of("事実", "facts"), &subject.name, subject.title.as_deref())?;
    let told = |label: &'static str, told: &Told| {
        let (place, words) = told.places.first().cloned().unwrap_or_default();
        Row { label, value: told.says.of(lang).to_owned(), place, words, ..Row::default() }
    };
    let read = lang.of("読み取り", "read");
    let open = lang.of("未確定", "unsettled");
    let mut rows: Vec<Row> = subject.drawn.iter().map(|drawn| told(read, drawn)).collect();
    rows.extend(subject.unsettled.iter().map(|drawn| told(open, drawn)));
    rows.push(row(lang.of("現在", "now"), at.says().of(lang)));
    card.rows(out, &rows)
}

fn row(label: &'static str, value: &str) -> Row {
    Row { label, value: plain(value).into_owned(), ..Row::default() }
}

/// One clock.
fn one(
    out: &mut impl Write,
    style: &Style,
    subject: &Subject,
    clock: &Clock,
    at: Stamp,
) -> io::Result<()> {
    let lang = style.lang;
    let card = Card { style };
    let verdict = clock.verdict.label(lang);
    card.heading(out, verdict, clock.obligation, Some(clock.name.of(lang)))?;
    let mut rows = vec![row(lang.of("期限", "due"), &due(clock, at, lang))];
    rows.push(row(lang.of("宛先", "to"), clock.to.of(lang)));
    let because = lang.of("理由", "because");
    rows.extend(clock.because.iter().map(|why| row(because, why.of(lang))));
    let missing = lang.of("不足", "missing");
    rows.extend(
        clock
            .missing
            .iter()
            .map(|fact| row(missing, &format!("{} [{}]", fact.says.of(lang), fact.name))),
    );
    if let Some(started) = &clock.started {
        let words = format!("{} {}", started.at.says().of(lang), started.because.of(lang));
        rows.push(row(lang.of("起算", "starts"), &words));
    }
    let counted = lang.of("数え方", "counted");
    rows.extend(clock.steps.iter().map(|step| row(counted, step.says.of(lang))));
    let note = lang.of("注", "note");
    rows.extend(clock.notes.iter().map(|says| row(note, says.of(lang))));
    rows.push(row(lang.of("根拠", "source"), clock.source.of(lang)));
    if let Some(doubt) = &clock.doubt {
        rows.push(row(lang.of("未確認", "unconfirmed"), doubt.of(lang)));
    }
    if clock.verdict == Verdict::Applies {
        let changes = lang.of("変わる条件", "would change");
        rows.extend(
            turns(&subject.facts, clock).iter().map(|turn| {
                row(changes, &format!("{} → {}", turn.fact.of(lang), turn.then.of(lang)))
            }),
        );
    }
    card.rows(out, &rows)
}

/// When it is due and how it stands.
pub(crate) fn due(clock: &Clock, at: Stamp, lang: Lang) -> String {
    let mut words: Vec<String> = Vec::new();
    if let Some(due) = clock.due {
        let by = due.by.says();
        let span = due.from.map_or_else(String::new, |from| format!("{}〜", from.says().of(lang)));
        let only_if = match clock.verdict {
            Verdict::CannotTell => lang.of("義務があれば ", "if it applies, "),
            Verdict::Applies | Verdict::DoesNotApply => "",
        };
        words.push(format!("{only_if}{span}{}", by.of(lang)));
    }
    if let Some(pace) = clock.pace {
        words.push(pace.says().of(lang).to_owned());
    }
    if clock.started.is_none() {
        words.push(lang.of("起算日が分からない", "not started").to_owned());
    }
    let state = clock.state(at).says();
    if !state.of(lang).is_empty() {
        words.push(state.of(lang).to_owned());
    }
    words.join(lang.of("、", ", "))
}

/// A file of facts to fill in.
pub(crate) fn template() -> String {
    let mut page = String::from(
        "# 事実。分からないものは書かない（# のままにする）。時刻は日本時間、ほかは +hh:mm を付ける。\n\
         # Facts. Leave out what is not known. Times are Japan's unless they say +hh:mm.\n\n\
         # 本人の数 / people concerned: 395, { at_most = 1200 }, { number = 2800, about = true }, { at_least = 300 }\n\
         # people = 395\n\
         # 特定個人情報の本人の数 / people whose My Number is concerned\n\
         # my_number_people = 0\n\
         # 最も多い州の住民の数 / residents of the US state where most live\n\
         # state_residents = 0\n\n\
         # 誰がいつ知ったか（どの部署でも）/ who knew when, any department\n\
         # known = [{ at = 2025-12-01T09:20:00, by = \"情報システム部\" }]\n\
         # 委託先の通知を受けた時 / when a processor's notice was received\n\
         # told_by_processor = 2025-12-01\n\
         # 委託元へ通知した時 / when the principal was told\n\
         # told_principal = 2025-12-01\n\
         # 重要（material）と判断した時 / when it was determined to be material\n\
         # material_on = 2025-12-01\n\
         # 報告したもの / what was reported: obligation, at\n\
         # reported = [{ obligation = \"appi-prompt\", at = 2025-12-03 }]\n\n[answers]\n",
    );
    for question in Question::ALL {
        let usual = match question.usual() {
            Some(false) => "（書かなければいいえ / no unless stated）",
            Some(true) => "（書かなければはい / yes unless stated）",
            None => "",
        };
        // A String takes all that is written to it.
        let _ = writeln!(
            page,
            "# {} / {}{usual}\n# {} = true",
            question.label(Lang::Ja),
            question.label(Lang::En),
            question.name()
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use response::Facts;

    use super::*;

    #[test]
    fn the_template_is_a_file_of_facts_empty_and_filled_in() {
        assert_eq!(toml::from_str::<Facts>(&template()).unwrap(), Facts::default());
        let filled: String = template()
            .lines()
            .map(|line| {
                line.strip_prefix("# ")
                    .filter(|rest| rest.contains(" = ") && !rest.contains(": "))
                    .unwrap_or(line)
            })
            .fold(String::new(), |page, line| page + line + "\n");
        let facts = toml::from_str::<Facts>(&filled).unwrap();
        assert_eq!(facts.answers.len(), Question::ALL.len());
        assert_eq!(facts.reported.len(), 1);
    }
}
