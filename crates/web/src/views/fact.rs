//! How single facts are written: moments, counts, values. It does not know where a fact comes from
//! or where on a page it stands.

use std::fmt::Write as _;

pub(crate) use case::words::{moment, number as thousands};
use case::{Bound, Count, Lang, When};

/// A point or period of time. The end of a period within one day is a time alone.
pub(crate) fn when(when: &When, lang: Lang) -> String {
    let mut out = String::new();
    if when.approx && lang == Lang::En {
        out.push_str("about ");
    }
    out.push_str(&moment(when.from));
    if let Some(to) = when.to {
        out.push_str(if lang == Lang::Ja { " 〜 " } else { " – " });
        match to.get_time() {
            Some((hour, minute)) if to.date() == when.from.date() => {
                let _ = write!(out, "{hour:02}:{minute:02}");
            }
            _ => out.push_str(&moment(to)),
        }
    } else if when.ongoing {
        out.push_str(if lang == Lang::Ja { " 〜" } else { " –" });
    }
    if when.approx && lang == Lang::Ja {
        out.push('頃');
    }
    out
}

/// How many, with what the text says about the number: `約1,000名以上`.
pub(crate) fn count<C>(count: &Count<C>, lang: Lang) -> String {
    let number = bounded(count.value, count.approx, count.bound, lang, &count.unit);
    match (&count.what, lang) {
        (Some(what), _) => format!("{number}（{what}）"),
        (None, _) => number,
    }
}

/// A number with its unit and its limits.
pub(crate) fn bounded(value: u64, approx: bool, bound: Bound, lang: Lang, unit: &str) -> String {
    let number = thousands(value);
    match lang {
        Lang::Ja => {
            let about = if approx { "約" } else { "" };
            let limit = match bound {
                Bound::Exact => "",
                Bound::AtMost => "以下",
                Bound::AtLeast => "以上",
            };
            format!("{about}{number}{unit}{limit}")
        }
        Lang::En => {
            let limit = match bound {
                Bound::Exact => "",
                Bound::AtMost => "at most ",
                Bound::AtLeast => "at least ",
            };
            let about = if approx { "about " } else { "" };
            format!("{limit}{about}{number}{unit}")
        }
    }
}

/// How long, in the two largest units that matter: `8年3か月`, `19分`.
pub(crate) fn length(minutes: i64, lang: Lang) -> String {
    const DAY: i64 = 24 * 60;
    let ja = lang == Lang::Ja;
    let unit = |number: i64, ja_unit: &str, en_unit: &str| {
        if ja { format!("{number}{ja_unit}") } else { format!("{number} {en_unit}") }
    };
    let two = |first: String, second: Option<String>| match second {
        Some(second) if ja => first + &second,
        Some(second) => format!("{first} {second}"),
        None => first,
    };
    let minutes = minutes.abs();
    if minutes < 60 {
        unit(minutes, "分", "min")
    } else if minutes < DAY {
        let rest = minutes % 60;
        two(unit(minutes / 60, "時間", "h"), (rest > 0).then(|| unit(rest, "分", "min")))
    } else if minutes < 60 * DAY {
        unit(minutes / DAY, "日", "d")
    } else {
        let months = (minutes / DAY) * 100 / 3044;
        if months < 24 {
            unit(months, "か月", if months == 1 { "month" } else { "months" })
        } else {
            let rest = months % 12;
            two(unit(months / 12, "年", "y"), (rest > 0).then(|| unit(rest, "か月", "m")))
        }
    }
}

/// Size in bytes for people.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KiB", bytes.div_ceil(1_024)),
        _ => format!("{} MiB", bytes.div_ceil(1_048_576)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: &str) -> case::Moment {
        s.parse().unwrap()
    }

    #[test]
    fn numbers_have_their_thousands_apart() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(3_455_754), "3,455,754");
    }

    #[test]
    fn periods_say_what_the_text_said() {
        let mut period =
            When { to: Some(at("2031-04-05T18:57")), ..When::point(at("2031-04-05T18:24")) };
        assert_eq!(when(&period, Lang::Ja), "2031-04-05 18:24 〜 18:57");
        period.to = Some(at("2031-05"));
        period.approx = true;
        assert_eq!(when(&period, Lang::En), "about 2031-04-05 18:24 – 2031-05");
        let ongoing = When { ongoing: true, ..When::point(at("2030")) };
        assert_eq!(when(&ongoing, Lang::Ja), "2030 〜");
    }

    #[test]
    fn lengths_are_told_in_units_that_fit() {
        assert_eq!(length(19, Lang::Ja), "19分");
        assert_eq!(length(33 * 60 + 5, Lang::Ja), "1日");
        assert_eq!(length(90, Lang::En), "1 h 30 min");
        assert_eq!(length(3_014 * 24 * 60, Lang::Ja), "8年3か月");
        assert_eq!(length(60 * 24 * 60, Lang::En), "1 month");
    }
}
