//! A case in one line for people, in Japanese or English: who, what kind, when, how many, which
//! data. It says what is known and leaves out what is not.

use case::{Bound, Count, Facts, Lang, Origin, When, words};

/// The line.
pub(crate) fn summary(facts: &Facts<Origin>, lang: Lang) -> String {
    let says = |ja: &'static str, en: &'static str| if lang == Lang::Ja { ja } else { en };
    let mut parts: Vec<String> = Vec::new();
    parts.extend(facts.organisation.as_ref().map(|name| name.value.clone()));
    parts.push(facts.category.value.label(lang).to_owned());
    for (label, when) in [
        (says("発生", "occurred"), &facts.occurred),
        (says("発覚", "discovered"), &facts.discovered),
    ] {
        parts.extend(when.as_ref().map(|when| format!("{label} {}", period(when.value, lang))));
    }
    if let Some(day) = &facts.disclosed_on {
        parts.push(format!("{} {}", says("公表", "disclosed"), day.value));
    }
    if let Some(count) = facts.affected_count.first() {
        parts.push(format!("{} {}", says("影響", "affected"), amount(count, lang)));
    }
    if !facts.data_kinds.is_empty() {
        let kinds: Vec<&str> = facts.data_kinds.iter().map(|kind| kind.value.label(lang)).collect();
        parts.push(kinds.join(says("・", ", ")));
    }
    if let Some(said) = &facts.data_disclosure {
        parts.push(format!("{} {}", says("漏えい", "disclosure"), said.value.label(lang)));
    }
    parts.join(says("、", "; "))
}

/// `2023-06-05〜2023-06-07`
fn period(when: When, lang: Lang) -> String {
    let to = match (when.to, lang) {
        (Some(to), Lang::Ja) => format!("〜{to}"),
        (Some(to), Lang::En) => format!(" to {to}"),
        (None, Lang::Ja) if when.ongoing => "〜".to_owned(),
        (None, Lang::En) if when.ongoing => " on".to_owned(),
        _ => String::new(),
    };
    let about = match lang {
        _ if !when.approx => "",
        Lang::Ja => "頃",
        Lang::En => " or so",
    };
    format!("{}{to}{about}", when.from)
}

/// `約1,000件以上`, in English `at least about 1,000 件`: the unit is as written.
pub(crate) fn amount(count: &Count<Origin>, lang: Lang) -> String {
    let number = words::number(count.value);
    match lang {
        Lang::Ja => {
            let limit = match count.bound {
                Bound::Exact => "",
                Bound::AtMost => "以下",
                Bound::AtLeast => "以上",
            };
            format!("{}{number}{}{limit}", if count.approx { "約" } else { "" }, count.unit)
        }
        Lang::En => {
            let limit = match count.bound {
                Bound::Exact => "",
                Bound::AtMost => "at most ",
                Bound::AtLeast => "at least ",
            };
            let about = if count.approx { "about " } else { "" };
            format!("{limit}{about}{number} {}", count.unit).trim_end().to_owned()
        }
    }
}
