//! Addresses and domains that are taken for others: one slip of the fingers away, or alike to the eye
//! (UTS 39 skeletons, and the digraphs rn/m, vv/w, cl/d that it does not have). It does not know
//! which domains are common, nor who owns them.

use serde::{Deserialize, Serialize};
use unicode_security::skeleton;

use crate::{Address, Domain};

/// Domains shorter than this in front of their suffix are one letter from many others by chance.
const SHORTEST_FOR_AN_EDIT: usize = 5;

/// In what a domain is like another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DomainLikeness {
    /// It looks the same: other scripts, `rn` for `m`, `0` for `o`.
    Looks,
    /// One letter more, less, other, or two in the wrong order.
    Edit,
    /// The same name under another ending: `example.co.jp` and `example.com`.
    Ending,
}

/// In what `domain` is like `known`; `None` where it is the same domain or one below it, or not alike.
pub fn domain_likeness(domain: &Domain, known: &Domain) -> Option<DomainLikeness> {
    if domain.is_within(known) || known.is_within(domain) {
        return None;
    }
    let (ours, theirs) = (shown(domain), shown(known));
    let (our_name, our_end) = split(&ours);
    let (their_name, their_end) = split(&theirs);
    if looks(&ours) == looks(&theirs) {
        Some(DomainLikeness::Looks)
    } else if our_name == their_name && our_end != their_end {
        (our_name.chars().count() >= SHORTEST_FOR_AN_EDIT).then_some(DomainLikeness::Ending)
    } else if their_name.chars().count() >= SHORTEST_FOR_AN_EDIT
        && is_one_edit_apart(&ours, &theirs)
    {
        Some(DomainLikeness::Edit)
    } else {
        None
    }
}

/// Whether the addresses are one edit apart: in the name at one domain, or in the domain with one
/// name. `false` for the same address.
///
/// Names shorter than four letters are one edit from each other by chance and are not compared.
pub fn one_edit(one: &Address, other: &Address) -> bool {
    if one.domain() == other.domain() {
        let (ours, theirs) = (one.local().to_lowercase(), other.local().to_lowercase());
        ours.chars().count().min(theirs.chars().count()) >= 4
            // Numbers tell people apart on purpose: sato1, sato2.
            && without_digits(&ours) != without_digits(&theirs)
            && is_one_edit_apart(&ours, &theirs)
    } else {
        one.local().eq_ignore_ascii_case(other.local())
            && is_one_edit_apart(one.domain().key(), other.domain().key())
    }
}

fn without_digits(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Whether one insertion, deletion, substitution, or exchange of neighbours makes one of the other
/// (Damerau-Levenshtein distance 1). `false` for equal texts.
pub fn is_one_edit_apart(one: &str, other: &str) -> bool {
    if one.len().abs_diff(other.len()) > 4 {
        return false;
    }
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[same..], &long[same..]);
    match (short, long) {
        ([], [_]) => true,
        ([a, rest @ ..], [b, others @ ..]) if short.len() == long.len() => {
            rest == others
                || matches!((rest, others), ([c, rest @ ..], [d, others @ ..])
                    if a == d && b == c && rest == others)
        }
        (_, [_, others @ ..]) => short == others,
        _ => false,
    }
}

/// A domain in the letters that a person sees.
fn shown(domain: &Domain) -> String {
    idna::domain_to_unicode(domain.key()).0
}

/// The name that somebody registered, and the ending under which they did: two labels where the
/// second is one of those under which Japan and others register (`co.jp`, `ac.uk`).
fn split(domain: &str) -> (&str, &str) {
    const SECOND: [&str; 12] =
        ["co", "or", "ne", "ac", "go", "gr", "ed", "lg", "ad", "com", "org", "net"];
    let labels: Vec<(usize, &str)> = domain
        .split('.')
        .scan(0, |at, label| {
            let start = *at;
            *at += label.len() + 1;
            Some((start, label))
        })
        .collect();
    let is_second = |&(_, label): &(usize, &str)| SECOND.contains(&label);
    let ending = match labels.len() {
        0 | 1 => return (domain, ""),
        n if n > 2 && is_second(&labels[n - 2]) => n - 2,
        n => n - 1,
    };
    let (start, name) = labels[ending - 1];
    (name, &domain[start + name.len()..])
}

/// What the eye sees: the skeleton, with digraphs and digits as the letters they pass for.
fn looks(shown: &str) -> String {
    let skeleton: String = skeleton(&shown.to_lowercase()).collect();
    // The skeleton of m is rn already.
    let letters = skeleton.to_lowercase().replace("vv", "w").replace("cl", "d");
    letters.replace('0', "o").replace(['1', 'i'], "l")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(domain: &str, known: &str, expected: Option<DomainLikeness>) {
        let parse = |written| Domain::parse(written).unwrap();
        assert_eq!(domain_likeness(&parse(domain), &parse(known)), expected, "{domain} {known}");
        assert_eq!(domain_likeness(&parse(known), &parse(domain)), expected, "{known} {domain}");
    }

    #[test]
    fn domains_that_pass_for_others() {
        check("exarnple.jp", "example.jp", Some(DomainLikeness::Looks));
        check("examp1e.jp", "example.jp", Some(DomainLikeness::Looks));
        check("еxample.jp", "example.jp", Some(DomainLikeness::Looks)); // Cyrillic е
        check("vvidget.example", "widget.example", Some(DomainLikeness::Looks));
        check("g00d.example", "good.example", Some(DomainLikeness::Looks));
        check("exmaple.jp", "example.jp", Some(DomainLikeness::Edit));
        check("examplle.jp", "example.jp", Some(DomainLikeness::Edit));
        check("example.co.jp", "example.com", Some(DomainLikeness::Ending));
        check("example.jp", "example.jp", None);
        check("mail.example.jp", "example.jp", None);
        check("abc.jp", "abd.jp", None);
        check("sample.jp", "example.jp", None);
    }

    #[track_caller]
    fn check_edit(one: &str, other: &str, expected: bool) {
        let parse = |written| Address::parse(written).unwrap();
        assert_eq!(one_edit(&parse(one), &parse(other)), expected, "{one} {other}");
        assert_eq!(one_edit(&parse(other), &parse(one)), expected, "{other} {one}");
    }

    #[test]
    fn addresses_one_slip_apart() {
        check_edit("watanabe@example.jp", "watanbe@example.jp", true);
        check_edit("watanabe@example.jp", "wataanbe@example.jp", true);
        check_edit("watanabe@example.jp", "watanabe@exmaple.jp", true);
        check_edit("watanabe@example.jp", "Watanabe@example.jp", false);
        check_edit("watanabe@example.jp", "watanebi@example.jp", false);
        check_edit("sato1@example.jp", "sato2@example.jp", false);
        check_edit("abe@example.jp", "ebe@example.jp", false);
        check_edit("watanabe@example.jp", "watanbe@exmaple.jp", false);
    }

    proptest::proptest! {
        #[test]
        fn one_edit_is_one_edit(text in "[a-c]{0,6}", at in 0_usize..7, c in "[a-c]") {
            let at = at.min(text.len());
            let mut longer = text.clone();
            longer.insert_str(at, &c);
            proptest::prop_assert!(is_one_edit_apart(&text, &longer));
            proptest::prop_assert!(is_one_edit_apart(&longer, &text));
            proptest::prop_assert!(!is_one_edit_apart(&text, &text));
        }
    }
}
