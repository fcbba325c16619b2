//! Kana to Latin letters, and Latin letters to one spelling: Hepburn, Kunrei and passport spellings
//! of a name come out alike. It does not know which words are names.

/// Syllables in Kunrei spelling, because in it each kana has one spelling and Hepburn folds into it.
const SYLLABLES: &str = "あaいiうuえeおoかkaきkiくkuけkeこkoさsaしsiすsuせseそsoたtaちtiつtuてteとto\
なnaにniぬnuねneのnoはhaひhiふhuへheほhoまmaみmiむmuめmeもmoやyaゆyuよyoらraりriるruれreろro\
わwaをoんnがgaぎgiぐguげgeごgoざzaじziずzuぜzeぞzoだdaぢziづzuでdeどdoばbaびbiぶbuべbeぼbo\
ぱpaぴpiぷpuぺpeぽpoぁaぃiぅuぇeぉoゐiゑeゔbu";

/// Longer spellings first, each with what it is folded to. Applied once, from left to right.
const SPELLINGS: [(&str, &str); 22] = [
    ("shi", "si"),
    ("sh", "sy"),
    ("tchi", "tti"),
    ("tch", "tty"),
    ("chi", "ti"),
    ("ch", "ty"),
    ("tsu", "tu"),
    ("ji", "zi"),
    ("jy", "zy"),
    ("j", "zy"),
    ("fu", "hu"),
    ("dzu", "zu"),
    ("du", "zu"),
    ("di", "zi"),
    ("mb", "nb"),
    ("mp", "np"),
    ("mm", "nm"),
    ("ou", "o"),
    ("oo", "o"),
    ("oh", "o"),
    ("uu", "u"),
    ("n'", "n"),
];

/// Whether it is hiragana, katakana or the long mark.
pub(super) const fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | 'ー')
}

/// Hiragana for katakana; anything else as it is.
const fn to_hiragana(c: char) -> char {
    match c {
        // The two blocks are laid out alike, 0x60 apart.
        '\u{30a1}'..='\u{30f6}' => match char::from_u32(c as u32 - 0x60) {
            Some(hiragana) => hiragana,
            None => c,
        },
        _ => c,
    }
}

/// The sound of kana, in the one spelling of [`of_latin`]. `None` where something else stands in it.
pub(super) fn sound(kana: &str) -> Option<String> {
    let mut latin = String::with_capacity(kana.len());
    let mut doubled = false;
    for c in kana.chars().map(to_hiragana) {
        match c {
            'っ' => doubled = true,
            'ー' => latin.extend(latin.chars().next_back()),
            'ゃ' | 'ゅ' | 'ょ' => {
                let vowel = match c {
                    'ゃ' => 'a',
                    'ゅ' => 'u',
                    _ => 'o',
                };
                latin.pop().filter(|&last| last == 'i')?;
                latin.extend(['y', vowel]);
            }
            _ => {
                let rest = &SYLLABLES[SYLLABLES.find(c)? + c.len_utf8()..];
                let end = rest.find(|c: char| !c.is_ascii()).unwrap_or(rest.len());
                if doubled {
                    latin.extend(rest.chars().next());
                    doubled = false;
                }
                latin.push_str(&rest[..end]);
            }
        }
    }
    Some(of_latin(&latin))
}

/// Latin letters in one spelling: lower case, Kunrei consonants, long vowels short. For a name that
/// is not Japanese it is still the same for the same name, which is all that is asked of it.
pub(super) fn of_latin(written: &str) -> String {
    let lower: String = written
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphabetic() || *c == '\'')
        .collect();
    let mut folded = String::with_capacity(lower.len());
    let mut rest = lower.as_str();
    while let Some(first) = rest.chars().next() {
        match SPELLINGS.iter().find(|(from, _)| rest.starts_with(from)) {
            // The h of "oh" and the o of "ou" belong to a next syllable if a vowel follows: Ohara, Oue.
            Some((from, to)) if *from != "oh" || !vowel_at(rest, from.len()) => {
                folded.push_str(to);
                rest = &rest[from.len()..];
            }
            _ => {
                folded.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    folded
}

fn vowel_at(text: &str, at: usize) -> bool {
    text[at..].starts_with(['a', 'i', 'u', 'e', 'o'])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that kana and every spelling sound the same.
    #[track_caller]
    fn check(kana: &str, spellings: &[&str]) {
        let sound = sound(kana).unwrap();
        for spelling in spellings {
            assert_eq!(of_latin(spelling), sound, "{kana} and {spelling}");
        }
    }

    #[test]
    fn every_spelling_of_a_name_is_one() {
        check("わたなべ", &["Watanabe", "WATANABE"]);
        check("サトウ", &["Satou", "Sato", "Satoh"]);
        check("おおの", &["Ohno", "Oono", "Ono"]);
        check("こうの", &["Kohno", "Kouno", "Kono"]);
        check("しみず", &["Shimizu", "Simizu"]);
        check("つちや", &["Tsuchiya", "Tutiya"]);
        check("ふじい", &["Fujii", "Huzii"]);
        check("なんば", &["Namba", "Nanba"]);
        check("はっとり", &["Hattori"]);
        check("しんじょう", &["Shinjo", "Sinzyou"]);
        check("おはら", &["Ohara"]);
        check("じゅんいち", &["Jun'ichi", "Junichi"]);
    }

    #[test]
    fn other_scripts_have_no_sound_here() {
        assert_eq!(sound("渡辺"), None);
    }
}
