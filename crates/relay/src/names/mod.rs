//! People's names as mail writes them, and whether two are one family's: 渡辺太郎, 渡邊, わたなべ,
//! ワタナベ, "WATANABE Taro", `t.watanabe@`. Also whether an address or a domain looks like another.
//!
//! Everything here is a pure function of what is written. It does not know who exists, what was
//! sent, or whether a likeness is dangerous.

mod kana;
mod lookalike;
mod organisation;
mod surnames;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::Address;
pub use lookalike::{DomainLikeness, domain_likeness, is_one_edit_apart, one_edit};
pub use organisation::{Addressed, addressed, organisation};

/// What follows a name out of politeness.
const HONORIFICS: [&str; 9] = ["御中", "先生", "さま", "さん", "くん", "様", "殿", "氏", "君"];
/// What ends a word that names an organisation or a part of it.
const ORGANISATIONS: [&str; 14] = [
    "株式会社", "有限会社", "(株)", "会社", "大学", "病院", "役所", "事務所", "支店", "本部", "部",
    "課", "室", "係",
];
/// Names of addresses that are nobody's.
const ROLES: [&str; 17] = [
    "info", "sales", "support", "contact", "office", "admin", "postmaster", "webmaster", "noreply",
    "no-reply", "soumu", "jinji", "eigyo", "keiri", "news", "recruit", "help",
];

/// Somebody's name, as far as it tells who they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The family name in its own characters, variants folded; empty where only the sound is known.
    characters: String,
    /// As `characters`, before variants were folded.
    written: String,
    /// How the family name may be read, in one spelling.
    sounds: Vec<String>,
    /// The rest of the name, folded the same way.
    given: String,
}

/// In what two family names are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Written the same: 渡辺 and 渡辺, Watanabe and watanabe.
    Same,
    /// The same in an old or another shape: 渡辺 and 渡邊.
    Variant,
    /// Characters and a sound that they may have: 渡辺 and Watanabe, わたなべ and 渡邉.
    Reading,
    /// Other characters that may sound the same: 渡辺 and 渡部.
    Sound,
    /// One letter apart, in names of at least five: Watanabe and Watanebe.
    Spelling,
}

/// That two names are of one family name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likeness {
    /// In what they are alike; the closest that holds.
    pub how: How,
    /// Whether the rest of the name is the same too, where both have one.
    pub same_given: bool,
}

impl Name {
    /// The name that a header shows: `渡辺 太郎 様`, `"WATANABE, Taro"`, `営業部 わたなべ`. `None` where
    /// no family name is recognised, as in a name of a company.
    ///
    /// ```
    /// use relay::names::{How, Name, same_family};
    ///
    /// let colleague = Name::of_display("渡邊 太郎").unwrap();
    /// let stranger = Name::of_display("WATANABE Hanako").unwrap();
    /// assert_eq!(same_family(&colleague, &stranger).unwrap().how, How::Reading);
    /// ```
    pub fn of_display(display: &str) -> Option<Self> {
        let folded: String = without_brackets(display).nfkc().collect();
        let words: Vec<&str> = folded
            .split(|c: char| {
                c.is_whitespace() || matches!(c, '"' | '・' | '/' | '|' | '_' | '<' | '>')
            })
            .map(without_honorific)
            .filter(|word| !word.is_empty() && !is_organisation(word))
            .collect();
        if words.iter().any(|word| word.contains('@')) {
            return None;
        }
        if words.iter().any(|word| word.chars().any(is_japanese)) {
            let words: Vec<_> =
                words.into_iter().filter(|word| word.chars().all(is_japanese)).collect();
            return japanese(&words);
        }
        latin(&words)
    }

    /// The name that an address hints at: `t.watanabe@`, `watanabe-taro@`, `twatanabe@`. `None` for
    /// addresses that are nobody's (`info@`) and where nothing is left to compare.
    pub fn of_address(address: &Address) -> Option<Self> {
        let local: String = address.local().trim_matches('"').nfkc().collect();
        let local = local.to_lowercase();
        if local.chars().any(is_japanese) {
            return Self::of_display(&local);
        }
        let local = local.split('+').next().unwrap_or_default();
        if ROLES.contains(&local) {
            return None;
        }
        let words: Vec<&str> =
            local.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
        match words[..] {
            [] => None,
            [only] => run_together(only),
            _ => latin(&words),
        }
    }

    /// The family name for comparing by equality: its characters, or else its sound.
    pub fn family(&self) -> &str {
        if self.characters.is_empty() {
            self.sounds.first().map_or("", String::as_str)
        } else {
            &self.characters
        }
    }

    /// The rest of the name for comparing by equality; empty where there is none, or an initial.
    pub fn given(&self) -> &str {
        &self.given
    }

    fn of_characters(written: &str, given: &str) -> Self {
        let characters = surnames::fold_variants(written);
        Self {
            sounds: surnames::sounds_of(&characters).to_vec(),
            characters,
            written: written.to_owned(),
            given: surnames::fold_variants(given),
        }
    }

    fn of_sound(sound: String, given: &str) -> Self {
        let given = if given.chars().count() > 1 { kana::of_latin(given) } else { String::new() };
        Self { sounds: vec![sound], given, ..Self::default() }
    }
}

/// Whether two names are of one family name, and in what. `None` where they are not, which also
/// holds where a reading is not in the table.
pub fn same_family(one: &Name, other: &Name) -> Option<Likeness> {
    let (ours, theirs) = (&one.characters, &other.characters);
    let sounds_alike = one.sounds.iter().any(|sound| other.sounds.contains(sound));
    let how = if !ours.is_empty() && ours == theirs {
        if one.written == other.written { How::Same } else { How::Variant }
    } else if sounds_alike {
        match (ours.is_empty(), theirs.is_empty()) {
            (true, true) => How::Same,
            (false, false) => How::Sound,
            _ => How::Reading,
        }
    } else if ours.is_empty() && theirs.is_empty() && is_misspelt(one.family(), other.family()) {
        How::Spelling
    } else {
        return None;
    };
    Some(Likeness { how, same_given: !one.given.is_empty() && one.given == other.given })
}

/// Whether two names are surely of different people: they can be compared, by characters or by sound, and
/// neither the family names are alike nor one's given name is the other's only one.
pub fn are_different(one: &Name, other: &Name) -> bool {
    let by_characters = !one.characters.is_empty() && !other.characters.is_empty();
    let by_sound = !one.sounds.is_empty() && !other.sounds.is_empty();
    let is_given = |one: &Name, other: &Name| !one.given.is_empty() && one.given == other.family();
    (by_characters || by_sound)
        && same_family(one, other).is_none()
        && !is_given(one, other)
        && !is_given(other, one)
}

/// Short names are one letter apart by chance: Sato and Kato.
fn is_misspelt(one: &str, other: &str) -> bool {
    one.len() >= 5 && other.len() >= 5 && is_one_edit_apart(one, other)
}

fn is_japanese(c: char) -> bool {
    kana::is_kana(c)
        || matches!(c, '々' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Without what stands in brackets: a company, a reading, a remark.
fn without_brackets(display: &str) -> String {
    let mut depth = 0_usize;
    display
        .chars()
        .filter(|c| match c {
            '(' | '（' | '[' | '［' | '【' | '〔' | '<' | '＜' => {
                depth += 1;
                false
            }
            ')' | '）' | ']' | '］' | '】' | '〕' | '>' | '＞' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

fn without_honorific(word: &str) -> &str {
    let bare = HONORIFICS.iter().find_map(|honorific| word.strip_suffix(honorific));
    bare.unwrap_or(word)
}

fn is_organisation(word: &str) -> bool {
    ORGANISATIONS.iter().any(|end| word.ends_with(end) || (end.len() > 3 && word.starts_with(end)))
        && !surnames::is_written(&surnames::fold_variants(word))
}

/// Words in Japanese characters. The family name comes first unless only a later word is one.
fn japanese(words: &[&str]) -> Option<Name> {
    let is_family = |word: &&&str| {
        surnames::is_written(&surnames::fold_variants(word))
            || kana::sound(word).is_some_and(|sound| surnames::is_sound(&sound))
    };
    if let [only] = words {
        return one_word(only);
    }
    let family = *words.iter().find(is_family).or(words.first())?;
    let given = words.iter().find(|word| **word != family).copied().unwrap_or_default();
    match kana::sound(family) {
        Some(sound) => {
            Some(Name { sounds: vec![sound], given: given.to_owned(), ..Name::default() })
        }
        None => Some(Name::of_characters(family, given)),
    }
}

/// Family and given name without a space: the longest known family name that begins it, else its
/// first two characters, which is what most unknown ones have.
fn one_word(word: &str) -> Option<Name> {
    let ends = || {
        word.char_indices().map(|(at, c)| at + c.len_utf8()).collect::<Vec<_>>().into_iter().rev()
    };
    if word.chars().all(kana::is_kana) {
        let hiragana = |part: &str| kana::sound(part);
        let known = ends().find(|&end| is_known_kana(&word[..end])).unwrap_or(word.len());
        return Some(Name {
            sounds: vec![hiragana(&word[..known])?],
            given: word[known..].to_owned(),
            ..Name::default()
        });
    }
    let known = ends().find(|&end| surnames::is_written(&surnames::fold_variants(&word[..end])));
    let guessed = || match word.chars().count() {
        0 => None,
        1 | 2 => Some(word.len()),
        _ => word.char_indices().nth(2).map(|(at, _)| at),
    };
    let end = known.or_else(guessed)?;
    Some(Name::of_characters(&word[..end], &word[end..]))
}

fn is_known_kana(word: &str) -> bool {
    surnames::is_kana_name(word) || kana::sound(word).is_some_and(|s| surnames::is_sound(&s))
}

/// Words in Latin letters. The family name is before a comma, or in capitals among others that are
/// not, or the one that is known as Japanese, or the last.
fn latin(words: &[&str]) -> Option<Name> {
    let comma = words.iter().position(|word| word.ends_with(','));
    let bare: Vec<&str> = words
        .iter()
        .map(|word| word.trim_matches(|c: char| !c.is_alphabetic()))
        .filter(|word| !word.is_empty())
        .collect();
    let long = |word: &&&str| word.chars().count() > 1;
    let is_capital = |word: &str| word.chars().all(char::is_uppercase);
    let capital = bare.iter().filter(long).find(|word| is_capital(word));
    let mixed = bare.iter().filter(long).any(|word| !is_capital(word));
    let known = || {
        let mut known = bare.iter().filter(|word| surnames::is_sound(&kana::of_latin(word)));
        known.next().filter(|_| known.next().is_none())
    };
    let family = *match (comma, capital) {
        (Some(at), _) => bare.get(at),
        (None, Some(capital)) if mixed => Some(capital),
        _ => known().or_else(|| bare.iter().rfind(long)),
    }?;
    let given = bare.iter().filter(long).find(|word| **word != family).copied().unwrap_or_default();
    Some(Name::of_sound(kana::of_latin(family), given)).filter(|name| name.family().len() > 1)
}

/// A name without a sign between its parts: a known family name with an initial before or after it,
/// or with a given name after it; else the whole.
fn run_together(word: &str) -> Option<Name> {
    let is_known = |part: &str| part.len() >= 3 && surnames::is_sound(&kana::of_latin(part));
    let name = |family: &str, given| Some(Name::of_sound(kana::of_latin(family), given));
    if word.chars().count() < 3 {
        return None;
    }
    if is_known(word) || !word.is_ascii() {
        return name(word, "");
    }
    let (last, first) = (word.len() - 1, &word[1..]);
    if is_known(first) {
        return name(first, &word[..1]);
    }
    if is_known(&word[..last]) {
        return name(&word[..last], &word[last..]);
    }
    // Five letters or more, so that no syllable is taken for a family.
    let known = (5..word.len() - 1).rev().find(|&end| is_known(&word[..end]));
    match known {
        Some(end) => name(&word[..end], &word[end..]),
        None => name(word, ""),
    }
}

#[cfg(test)]
mod tests;
