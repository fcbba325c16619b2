//! Facts in words for people, in Japanese and English: the same on every page, card and report. They
//! do not know where they stand on the page.

use crate::{Bound, Count, Lang, Moment, Progress, Report, When};

/// A moment, its day and its time apart by a blank.
pub fn moment(moment: Moment) -> String {
    moment.to_string().replace('T', " ")
}

/// A point or period.
pub fn when(when: &When, lang: Lang) -> String {
    let mut words = moment(when.from);
    if let Some(to) = when.to {
        let same_day = to.date() == when.from.date();
        let end = match (to.get_time(), same_day) {
            (Some((hour, minute)), true) => format!("{hour:02}:{minute:02}"),
            _ => moment(to),
        };
        words = format!("{words} – {end}");
    } else if when.ongoing {
        words.push_str(" –");
    }
    match (when.approx, lang) {
        (false, _) => words,
        (true, Lang::Ja) => format!("{words} 頃"),
        (true, Lang::En) => format!("about {words}"),
    }
}

/// A number with its thousands apart.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut words = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

/// A count with its unit, without what is counted.
pub fn count<C>(count: &Count<C>, lang: Lang) -> String {
    let about = if count.approx { lang.of("約", "about ") } else { "" };
    let gap = if count.unit.is_empty() || lang == Lang::Ja { "" } else { " " };
    let words = format!("{about}{}{gap}{}", number(count.value), count.unit);
    match (count.bound, lang) {
        (Bound::Exact, _) => words,
        (Bound::AtMost, Lang::Ja) => format!("最大{words}"),
        (Bound::AtMost, Lang::En) => format!("at most {words}"),
        (Bound::AtLeast, Lang::Ja) => format!("{words}以上"),
        (Bound::AtLeast, Lang::En) => format!("at least {words}"),
    }
}

/// Which report.
pub fn report<C>(report: &Report<C>, lang: Lang) -> String {
    let last = lang.of("最終報", "final report");
    match (report.number, report.is_final, lang) {
        (Some(number), false, Lang::Ja) => format!("第{number}報"),
        (Some(number), true, Lang::Ja) => format!("第{number}報({last})"),
        (Some(number), false, Lang::En) => format!("report {number}"),
        (Some(number), true, Lang::En) => format!("report {number} ({last})"),
        (None, true, _) => last.to_owned(),
        (None, false, _) => lang.of("続報", "further report").to_owned(),
    }
}

/// How far a recovery has come.
pub fn progress<C>(progress: &Progress<C>, lang: Lang) -> String {
    let part = |value: Option<u64>| value.map_or_else(|| "?".to_owned(), number);
    let share = match (progress.done, progress.total) {
        (done, Some(total)) => format!("{} / {}", part(done), number(total)),
        (done, None) => part(done),
    };
    match &progress.at {
        Some(at) => format!("{} {share} ({})", progress.what, when(at, lang)),
        None => format!("{} {share}", progress.what),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let words: Vec<_> = [0, 999, 1_000, 14_127, 3_455_754, 260_000_000].map(number).into();
        assert_eq!(words, ["0", "999", "1,000", "14,127", "3,455,754", "260,000,000"]);
    }

    #[test]
    fn periods_leave_out_what_their_beginning_said() {
        let period = |from: &str, to: &str| When {
            to: Some(to.parse().unwrap()),
            ..When::point(from.parse().unwrap())
        };
        assert_eq!(
            when(&period("2023-06-05T06:00", "2023-06-05T07:30"), Lang::Ja),
            "2023-06-05 06:00 – 07:30"
        );
        assert_eq!(when(&period("2023-06", "2023-07"), Lang::Ja), "2023-06 – 2023-07");
        let open =
            When { ongoing: true, approx: true, ..When::point("2023-06-13".parse().unwrap()) };
        assert_eq!(when(&open, Lang::En), "about 2023-06-13 –");
    }
}
