//! A live case on one page for whoever is in charge: what happened, what runs, what is due next, who does
//! what. It does not know how days or rates are counted.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Paint};
use case::Lang;
use response::live::{Row as Service, Standing, Time, stamp};
use response::{Clock, Stamp, State, Verdict, clocks};

use super::card::{Card, Row};
use super::clocks::{due, has_card};
use super::{Style, plain};
use crate::cli::book::PrintArgs;
use crate::live::Shown;

const LATE: Paint = AnsiColor::Red.on_default().bold();

/// Prints the case.
pub(crate) fn print(
    out: &mut impl Write,
    print: PrintArgs,
    shown: &Shown,
    at: Stamp,
) -> io::Result<()> {
    let style = Style::of(print);
    let card = Card { style: &style };
    let lang = style.lang;
    let opened = shown.live.opened();
    card.heading(out, &shown.number.to_string(), opened.category.label(lang), Some(&opened.title))?;
    card.rows(out, &head(shown, at, lang))?;
    let mut part = |ja: &'static str, en: &'static str, rows: Vec<Row>| {
        if rows.is_empty() {
            return Ok(());
        }
        card.heading(out, lang.of(ja, en), "", None)?;
        card.rows(out, &rows)
    };
    part("期限", "due next", clocks_of(shown, at, lang))?;
    part("作業", "who does what", tasks(shown, at, lang))?;
    part("復旧", "recovery", board(shown, lang))?;
    part("経過", "what happened", timeline(shown, lang))?;
    part("決定", "decisions", decisions(shown, lang))?;
    part("証拠", "evidence", evidence(shown, lang))?;
    part("費用", "costs", costs(shown, lang))?;
    part("期限の変化", "clocks that changed", changes(shown, lang))?;
    writeln!(out, "{}", response::notice().of(lang))
}

fn row(label: &'static str, value: &str, place: String) -> Row {
    Row { label, value: plain(value).into_owned(), place, ..Row::default() }
}

/// Which entry says it, and who made it.
fn said(entry: &Standing, lang: Lang) -> String {
    let corrected = if entry.earlier.is_empty() { "" } else { lang.of(" 訂正", " corrected") };
    match lang {
        Lang::Ja => format!("台帳 {} {}{corrected}", entry.seq, plain(&entry.who)),
        Lang::En => format!("entry {} {}{corrected}", entry.seq, plain(&entry.who)),
    }
}

fn head(shown: &Shown, at: Stamp, lang: Lang) -> Vec<Row> {
    let opened = shown.live.opened();
    let mut rows = Vec::new();
    let mut add = |ja, en, value: &str| {
        if !value.is_empty() {
            rows.push(row(lang.of(ja, en), value, String::new()));
        }
    };
    add("組織", "organisation", &opened.organisation);
    add("現在", "now", at.says().of(lang));
    let first = shown.live.log().first();
    if let Some(first) = first {
        let when = stamp(&first.at).map_or_else(String::new, |at| at.says().of(lang).to_owned());
        add("起票", "opened", &format!("{when} {}", first.who));
    }
    if let Some((_, why)) = shown.live.closed() {
        add("終結", "closed", why);
    }
    match shown.disclosed {
        Some(number) => add("公表", "disclosed", &number.to_string()),
        None => add("公表", "disclosed", lang.of("していない（非公開）", "no (confidential)")),
    }
    if shown.contacts > 0 {
        let command = format!("jikenbo live {} contacts", shown.number);
        add("連絡先", "contacts", &format!("{} ({command})", shown.contacts));
    }
    rows
}

/// The clocks that apply or may, what is due next first.
fn clocks_of(shown: &Shown, at: Stamp, lang: Lang) -> Vec<Row> {
    let mut all: Vec<Clock> =
        clocks(&shown.known.clocks.facts).into_iter().filter(has_card).collect();
    all.sort_by_key(|clock| {
        let by = clock.due.map(|due| due.by);
        (clock.met.is_some(), by.is_none(), by)
    });
    let rows = all.iter().map(|clock| {
        let mut value = format!("{} — {}", clock.name.of(lang), due(clock, at, lang));
        if clock.verdict == Verdict::CannotTell {
            let missing: Vec<&str> = clock.missing.iter().map(|fact| fact.says.of(lang)).collect();
            let label = lang.of("不足", "missing");
            let missing = missing.join(lang.of("、", ", "));
            let _ = write!(value, " ({label}: {missing})");
        }
        let mut row = row(clock.verdict.label(lang), &value, clock.obligation.to_owned());
        if matches!(clock.state(at), State::Over { .. }) {
            row.paint = LATE;
        }
        row
    });
    rows.collect()
}

fn tasks(shown: &Shown, at: Stamp, lang: Lang) -> Vec<Row> {
    let tasks = shown.live.tasks();
    let rows = tasks.iter().map(|doing| {
        let mut value = doing.task.what.clone();
        if !doing.task.plan.is_empty() {
            value = format!("[{}] {value}", doing.task.plan);
        }
        if let Some(due) = doing.task.due {
            let _ = write!(value, " — {} {}", lang.of("期限", "due"), due.says().of(lang));
        }
        let owner = match (doing.done_by(), doing.task.owner.as_str()) {
            (Some(by), _) => by,
            (None, "") => lang.of("担当なし", "nobody"),
            (None, owner) => owner,
        };
        let _ = write!(value, " — {owner}");
        if let Some((_, done)) = doing.done {
            let _ = write!(value, " {} {}", lang.of("完了", "done"), done.at.says().of(lang));
        }
        let late = doing.is_late(at);
        let label = match (doing.done.is_some(), late) {
            (true, _) => lang.of("済", "done"),
            (false, true) => lang.of("遅れ", "late"),
            (false, false) => lang.of("未", "open"),
        };
        let mut row = row(label, &value, said(doing.entry, lang));
        if late {
            row.paint = LATE;
        }
        row
    });
    rows.collect()
}

fn board(shown: &Shown, lang: Lang) -> Vec<Row> {
    let rows = shown.live.board();
    rows.iter()
        .map(|service| row(service.status.label(lang), &standing(service, lang), String::new()))
        .collect()
}

/// How a service stands, in a line.
fn standing(service: &Service, lang: Lang) -> String {
    let mut value = service.name.clone();
    if !service.part_of.is_empty() {
        value = format!("{} › {value}", service.part_of);
    }
    if !service.site.is_empty() {
        let _ = write!(value, " ({})", service.site);
    }
    if let Some(count) = &service.count {
        let (done, total, unit) = (count.done, count.total, &count.unit);
        let _ = write!(value, " {done} / {total}{unit} ({})", count.at.says().of(lang));
    }
    if let Some(forecast) = &service.forecast {
        let _ = write!(value, " — {}", forecast.says().of(lang));
    }
    if !service.waits_for.is_empty() {
        let waits = service.waits_for.join(lang.of("、", ", "));
        let _ = write!(value, " — {} {waits}", lang.of("待ち:", "waits for"));
    }
    value
}

fn timeline(shown: &Shown, lang: Lang) -> Vec<Row> {
    let lines = shown.live.timeline();
    let rows = lines.iter().map(|(entry, note)| {
        let written = stamp(&entry.written).map(Time::exactly);
        let times = [
            (lang.of("発生", "happened"), note.happened),
            (lang.of("認識", "known"), note.known),
            (lang.of("記録", "written"), written),
        ];
        let times = times.iter().filter_map(|(label, time)| {
            Some(format!("{label} {}", time.as_ref()?.says().of(lang)))
        });
        let times: Vec<String> = times.collect();
        let mut value = format!("{} — {}", note.what, times.join(lang.of("、", ", ")));
        if !note.source_name.is_empty() {
            let _ = write!(value, " — {}: {}", note.source.says().of(lang), note.source_name);
        }
        let label = note.event.map_or("", |event| event.label(lang));
        row(label, &value, said(entry, lang))
    });
    rows.collect()
}

fn decisions(shown: &Shown, lang: Lang) -> Vec<Row> {
    let decisions = shown.live.decisions();
    let rows = decisions.iter().map(|(entry, decision)| {
        let mut value = format!("{} — {}", decision.what, decision.because);
        if !decision.by.is_empty() {
            let _ = write!(value, " — {}", decision.by);
        }
        if let Some(at) = decision.at {
            let _ = write!(value, " {}", at.says().of(lang));
        }
        row("", &value, said(entry, lang))
    });
    rows.collect()
}

fn evidence(shown: &Shown, lang: Lang) -> Vec<Row> {
    let mut rows = Vec::new();
    for held in shown.live.evidence() {
        let evidence = held.evidence;
        let value = format!(
            "{} — {} {} — {} {}",
            evidence.what,
            lang.of("採取", "taken"),
            evidence.taken.says().of(lang),
            lang.of("所持", "held by"),
            held.holder()
        );
        let mut first = row("", &value, said(held.entry, lang));
        first.words.clone_from(&evidence.sha256);
        rows.push(first);
        for (entry, handed) in &held.handed {
            let at = handed.at.says();
            let value = format!("  {} → {} {} {}", handed.from, handed.to, at.of(lang), handed.why);
            rows.push(row("", &value, said(entry, lang)));
        }
    }
    rows
}

fn costs(shown: &Shown, lang: Lang) -> Vec<Row> {
    let costs = shown.live.costs();
    let mut rows: Vec<Row> = costs
        .iter()
        .map(|(entry, cost)| {
            row(
                "",
                &format!("{} — {} {}", cost.what, cost.amount, cost.currency),
                said(entry, lang),
            )
        })
        .collect();
    for (currency, sum) in shown.live.cost_in_all() {
        rows.push(row(lang.of("計", "in all"), &format!("{sum} {currency}"), String::new()));
    }
    rows
}

/// What entries did to the clocks that apply or may.
fn changes(shown: &Shown, lang: Lang) -> Vec<Row> {
    let runs = clocks(&shown.known.clocks.facts);
    let runs = |id: &str| runs.iter().any(|clock| clock.obligation == id && has_card(clock));
    let mut rows = Vec::new();
    for change in &shown.changed {
        let when = stamp(&change.at).map_or_else(String::new, |at| at.says().of(lang).to_owned());
        for clock in change.changes.iter().filter(|c| runs(c.obligation) && c.before != c.after) {
            let value = format!(
                "{}: {} → {} ({when})",
                clock.name.of(lang),
                clock.before.of(lang),
                clock.after.of(lang)
            );
            let entry = lang.of("台帳", "entry");
            rows.push(row("", &value, format!("{entry} {} {}", change.entry, plain(&change.who))));
        }
    }
    rows
}
