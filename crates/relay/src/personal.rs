//! Data on people in a text, counted: names in tables, mail addresses, telephone numbers, postal
//! addresses, My Numbers, payment cards. Only numbers leave this file, no data. It does not know
//! whose text it is.

use std::collections::HashSet;
use std::fmt;

use crate::Address;

/// How many different ones of each kind a text holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PersonalData {
    /// Rows with a name in a table that has a column of names.
    pub names: usize,
    /// Addresses of mail.
    pub mail_addresses: usize,
    /// Japanese telephone numbers.
    pub telephones: usize,
    /// Postal addresses: a prefecture and a municipality in it.
    pub addresses: usize,
    /// My Numbers (個人番号), by their check digit.
    pub my_numbers: usize,
    /// Numbers of payment cards, by their check digit.
    pub cards: usize,
}

/// The prefectures, but for their last character.
const PREFECTURES: &str = "北海 青森 岩手 宮城 秋田 山形 福島 茨城 栃木 群馬 埼玉 千葉 東京 神奈川 新潟 富山 石川 福井 山梨 \
    長野 岐阜 静岡 愛知 三重 滋賀 京都 大阪 兵庫 奈良 和歌山 鳥取 島根 岡山 広島 山口 徳島 香川 愛媛 高知 福岡 佐賀 長崎 \
    熊本 大分 宮崎 鹿児島 沖縄";

/// Headings of a column of names, without white space.
const NAME_HEADINGS: &[&str] = &[
    "氏名", "お名前", "名前", "姓名", "会員名", "氏名漢字", "顧客名", "患者名", "患者氏名",
    "生徒名", "児童名", "生徒氏名", "児童氏名", "担当者名", "担当者氏名", "代表者氏名", "姓",
    "name", "fullname", "lastname",
];

/// Numbers with a check digit count where most of their length pass it: one in ten or eleven does by
/// chance.
const SOUND_OF_TEN: usize = 8;

/// What was found on people in one text or several. What stands in two texts is one thing.
#[derive(Clone, Default)]
pub struct Found {
    names: HashSet<String>,
    mail_addresses: HashSet<Address>,
    telephones: HashSet<String>,
    addresses: HashSet<String>,
    my_numbers: HashSet<String>,
    cards: HashSet<String>,
}

impl Found {
    /// Looks through a text. A table has a line for each row, its cells parted by tabs or commas.
    pub fn of(text: &str) -> Self {
        let narrow: String = text.chars().map(narrowed).collect();
        let numbers = Numbers::of(&narrow);
        Self {
            names: names(&narrow),
            mail_addresses: mail_addresses(&narrow),
            my_numbers: most(&numbers.twelve, is_my_number),
            cards: most(&numbers.long, is_card),
            telephones: numbers.telephones,
            addresses: addresses(&narrow),
        }
    }

    /// Adds what was found in another text.
    pub fn add(&mut self, other: Self) {
        self.names.extend(other.names);
        self.mail_addresses.extend(other.mail_addresses);
        self.telephones.extend(other.telephones);
        self.addresses.extend(other.addresses);
        self.my_numbers.extend(other.my_numbers);
        self.cards.extend(other.cards);
    }

    /// How much it is.
    pub fn count(&self) -> PersonalData {
        PersonalData {
            names: self.names.len(),
            mail_addresses: self.mail_addresses.len(),
            telephones: self.telephones.len(),
            addresses: self.addresses.len(),
            my_numbers: self.my_numbers.len(),
            cards: self.cards.len(),
        }
    }
}

impl fmt::Debug for Found {
    /// How much, and never what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.count().fmt(f)
    }
}

impl PersonalData {
    /// At least of so many people is something told: the most of one kind.
    pub fn people(&self) -> usize {
        [
            self.names, self.mail_addresses, self.telephones, self.addresses, self.my_numbers,
            self.cards,
        ]
        .into_iter()
        .max()
        .unwrap_or(0)
    }
}

/// Full-width digits, signs and letters as half-width ones; every dash as a hyphen.
fn narrowed(c: char) -> char {
    match c {
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '－' | 'ｰ' => '-',
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// Rows under a heading of names.
fn names(text: &str) -> HashSet<String> {
    let (mut column, mut rows) = (None, HashSet::new());
    for line in text.lines() {
        let parting = if line.contains('\t') { '\t' } else { ',' };
        let cells: Vec<&str> =
            line.split(parting).map(|cell| cell.trim().trim_matches('"')).collect();
        let heading = cells.iter().position(|cell| {
            let bare: String = cell.chars().filter(|c| c.is_alphanumeric()).collect();
            NAME_HEADINGS.contains(&bare.to_lowercase().as_str())
        });
        if heading.is_some() && cells.len() > 1 {
            column = heading;
        } else if let Some(name) = column.and_then(|at| cells.get(at)).filter(|name| is_name(name))
        {
            rows.insert((*name).to_owned());
        }
    }
    rows
}

/// A name is short and has letters and no digits.
fn is_name(cell: &str) -> bool {
    let length = cell.chars().count();
    (2..=30).contains(&length)
        && cell.chars().all(|c| !c.is_ascii_digit())
        && cell.chars().any(char::is_alphabetic)
}

fn mail_addresses(text: &str) -> HashSet<Address> {
    let is_of_name = |b: u8| b.is_ascii_alphanumeric() || b"._%+-=~/'!#$&*?^`{|}".contains(&b);
    let is_of_domain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'@', bytes)
        .filter_map(|at| {
            let before = bytes[..at].iter().rev().take(64).take_while(|b| is_of_name(**b)).count();
            let after = bytes[at + 1..].iter().take(253).take_while(|b| is_of_domain(**b)).count();
            let address = text.get(at - before..=at + after)?.trim_end_matches('.');
            Address::parse(address).ok().filter(|address| address.domain().as_str().contains('.'))
        })
        .collect()
}

/// Different lines with a prefecture, shortly after it a municipality, and after that a house number.
fn addresses(text: &str) -> HashSet<String> {
    let has_address = |line: &&str| {
        PREFECTURES.split_whitespace().any(|prefecture| {
            line.match_indices(prefecture).any(|(at, _)| {
                let mut rest = line[at + prefecture.len()..].chars();
                rest.next().is_some_and(|c| "都道府県".contains(c))
                    && rest.by_ref().take(12).any(|c| "市区郡町村".contains(c))
                    && rest
                        .take(20)
                        .take_while(|c| !matches!(c, ',' | '\t' | '。' | ' '))
                        .any(|c| c.is_ascii_digit() || "一二三四五六七八九十丁番".contains(c))
            })
        })
    };
    text.lines().map(str::trim).filter(has_address).map(str::to_owned).collect()
}

/// The numbers of a text that have the length of one of the kinds.
#[derive(Default)]
struct Numbers {
    telephones: HashSet<String>,
    /// Of twelve digits.
    twelve: HashSet<String>,
    /// Of fourteen to sixteen digits.
    long: HashSet<String>,
}

impl Numbers {
    fn of(text: &str) -> Self {
        let mut numbers = Self::default();
        // Groups of digits with single hyphens, brackets or spaces between them.
        let mut written = String::new();
        for c in text.chars().chain(['\n']) {
            let joins = matches!(c, '-' | '(' | ')' | ' ' | '+');
            // (03) 0000-0000
            let is_after_bracket = c == ' ' && written.ends_with(')');
            let is_apart = written.ends_with(|last: char| !last.is_ascii_digit());
            let twice = joins && is_apart && !is_after_bracket;
            if c.is_ascii_digit() || (joins && !twice) || (c == '(' && written.is_empty()) {
                written.push(c);
            } else if !written.is_empty() {
                numbers.see(&written);
                written.clear();
            }
        }
        numbers
    }

    /// What stands between spaces is a number by itself, unless several together have the form in which
    /// such a number is written: neighbouring cells of a table are no number.
    fn see(&mut self, written: &str) {
        let words: Vec<&str> = written
            .split(' ')
            .map(|word| word.trim_matches('-'))
            .filter(|w| !w.is_empty())
            .collect();
        let mut at = 0;
        while at < words.len() {
            at += self.take(&words[at..]);
        }
    }

    /// Takes the number that begins with the first word; how many words it has.
    fn take(&mut self, words: &[&str]) -> usize {
        let lengths: Vec<usize> = words.iter().map(|word| digits(word).len()).collect();
        let fours = lengths.iter().take_while(|length| **length == 4).count();
        match fours {
            // Several of a kind beside each other fill their run; of two kinds, nobody can tell.
            3.. if fours.is_multiple_of(4) && !fours.is_multiple_of(3) => {
                self.long.insert(digits(&words[..4].concat()));
                return 4;
            }
            3.. if fours.is_multiple_of(3) => {
                self.twelve.insert(digits(&words[..3].concat()));
                return 3;
            }
            _ => {}
        }
        if lengths.starts_with(&[4, 6, 5]) {
            self.long.insert(digits(&words[..3].concat()));
            return 3;
        }
        let is_one = |count: usize| {
            let together = words[..count].concat();
            (words[0].starts_with('+') || lengths[..count].iter().all(|length| *length <= 8))
                && is_telephone(&digits(&together), &together)
        };
        if let Some(count) = (2..=3.min(words.len())).rev().find(|count| is_one(*count)) {
            self.telephones.insert(digits(&words[..count].concat()));
            return count;
        }
        let (word, all) = (words[0], digits(words[0]));
        match all.len() {
            12 if !word.starts_with('+') => self.twelve.insert(all),
            14..=16 => self.long.insert(all),
            _ => is_telephone(&all, word) && self.telephones.insert(all),
        };
        1
    }
}

fn digits(written: &str) -> String {
    written.chars().filter(char::is_ascii_digit).collect()
}

/// Those that are sound, if most are.
fn most(numbers: &HashSet<String>, is_sound: impl Fn(&str) -> bool) -> HashSet<String> {
    let sound: HashSet<String> =
        numbers.iter().filter(|digits| is_sound(digits)).cloned().collect();
    if sound.len() * 10 >= numbers.len() * SOUND_OF_TEN { sound } else { HashSet::new() }
}

fn is_card(digits: &str) -> bool {
    matches!(digits.as_bytes().first(), Some(b'3'..=b'6')) && is_luhn(digits)
}

/// Numbers of the Japanese plan (電気通信番号計画): ten digits from 0, eleven for 050, 070, 080, 090.
fn is_telephone(digits: &str, written: &str) -> bool {
    let national = match written.strip_prefix("+81") {
        Some(_) => {
            format!("0{}", digits.strip_prefix("81").unwrap_or(digits).trim_start_matches('0'))
        }
        None => digits.to_owned(),
    };
    let is_mobile = ["050", "070", "080", "090"].iter().any(|start| national.starts_with(start));
    let second = national.as_bytes().get(1).is_some_and(|b| *b != b'0');
    national.starts_with('0') && second && national.len() == if is_mobile { 11 } else { 10 }
}

/// The check digit of a My Number (平成26年総務省令第85号 第5条).
fn is_my_number(digits: &str) -> bool {
    let digits: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    let [rest @ .., check] = digits.as_slice() else { return false };
    let sum: u32 = rest
        .iter()
        .rev()
        .zip(1_u32..)
        .map(|(digit, n)| digit * if n <= 6 { n + 1 } else { n - 5 })
        .sum();
    let remainder = sum % 11;
    rest.len() == 11 && *check == if remainder <= 1 { 0 } else { 11 - remainder }
}

/// The check digit of payment cards (ISO/IEC 7812-1, Annex B).
fn is_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .zip([false, true].into_iter().cycle())
        .map(|(digit, doubles)| if doubles { digit * 2 % 10 + digit / 5 } else { digit })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: PersonalData) {
        assert_eq!(Found::of(text).count(), expected, "{text}");
    }

    const NONE: PersonalData = PersonalData {
        names: 0,
        mail_addresses: 0,
        telephones: 0,
        addresses: 0,
        my_numbers: 0,
        cards: 0,
    };

    #[test]
    fn a_table_of_members() {
        check(
            "No,氏名,住所,電話\n1,森 一郎,東京都千代田区一番町1,03-0000-0001\n2,佐藤 花,大阪府堺市二条2,０９０－００００－０００２\n",
            PersonalData { names: 2, addresses: 2, telephones: 2, ..NONE },
        );
        check(
            "氏名\tメール\n森\t\n佐藤 花\ta@example.jp\n",
            PersonalData { names: 1, mail_addresses: 1, ..NONE },
        );
    }

    #[test]
    fn the_same_thing_counts_once() {
        check(
            "a@example.jp, A@example.jp; b@example.jp.",
            PersonalData { mail_addresses: 2, ..NONE },
        );
        check("電話 03-0000-0000 / (03)0000-0000", PersonalData { telephones: 1, ..NONE });
    }

    #[test]
    fn what_stands_in_two_texts_counts_once() {
        let mut all = Found::of("氏名,電話\n森 一郎,03-0000-0001\n");
        all.add(Found::of("氏名,電話\n森 一郎,03-0000-0001\n佐藤 花,03-0000-0002\n"));
        assert_eq!(all.count(), PersonalData { names: 2, telephones: 2, ..NONE });
        assert!(!format!("{all:?}").contains("森"), "what was found stays where it is");
    }

    #[test]
    fn neighbours_are_no_number() {
        check("1001 03-0000-0000 2002 03-0000-0001", PersonalData { telephones: 2, ..NONE });
        check("090-0000-0001 090-0000-0002", PersonalData { telephones: 2, ..NONE });
        check("12345 1234567", NONE);
        check("090 0000 0001 / (03) 0000-0000", PersonalData { telephones: 2, ..NONE });
        let two = "4111 1111 1111 1111 4012 8888 8888 1881";
        check(two, PersonalData { cards: 2, ..NONE });
        check("3782 822463 10005", PersonalData { cards: 1, ..NONE });
    }

    #[test]
    fn what_only_looks_like_data_is_none() {
        check("2024-01-15 10:20, 1,234,567円, 型番 0123-45, a@b", NONE);
        check("東京都の市場規模は 03 年に", NONE);
        check("注文番号 123456789012 と 123456789013", NONE);
    }

    #[test]
    fn numbers_pass_their_check_digit() {
        // Made for this test: eleven digits and the digit that the ordinance gives them.
        check("123456789018", PersonalData { my_numbers: 1, ..NONE });
        check("1234 5678 9018", PersonalData { my_numbers: 1, ..NONE });
        check("4111 1111 1111 1111", PersonalData { cards: 1, ..NONE });
        check("4111 1111 1111 1112", NONE);
    }

    #[test]
    fn numbers_of_abroad_are_written_with_81() {
        check("+81-3-0000-0000", PersonalData { telephones: 1, ..NONE });
        check("+81 90-0000-0000", PersonalData { telephones: 1, ..NONE });
    }
}
