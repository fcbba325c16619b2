//! Who else is named: processors, clients, parents, vendors, experts. Authorities are told apart by
//! their own names. It does not know who discloses; that name is left out.

use case::{Cited, Organisation, Role};
use text::Folded;

use super::one_line;
use crate::grammar::Extent;
use crate::lexicon::{OrganisationWord, Topic, Value, Vocabulary};
use crate::names::{Basis, Name};
use crate::page::Page;
use crate::words::{AnyOf, any_of};

/// Names with a legal form, and others with a role word beside them, each once.
pub(super) fn read(
    page: &Page<'_>,
    names: &[Name],
    own: Option<&Cited<String>>,
) -> Vec<Organisation> {
    let own = own.map(|cited| Folded::new(&cited.value)).unwrap_or_default();
    let own = bare(own.text());
    let mut found: Vec<(&str, Organisation)> = Vec::new();
    for name in names {
        let line = &page.lines[page.line_of(name.extent.start)];
        if matches!(line.section, Some(Topic::Contact | Topic::About))
            || line.topic == Some(Topic::Contact)
        {
            continue;
        }
        let role = role(page, name.extent);
        let counts = match name.basis {
            Basis::LegalForm => true,
            Basis::Suffix => role.is_some(),
            Basis::Place => entrusts(page, name.extent),
        };
        if !counts || is_authority(page, name.extent) {
            continue;
        }
        let Some(cite) = page.cite(name.extent.start, name.extent.end) else { continue };
        let value = one_line(page.words(cite));
        let key = bare(page.folded_words(name.extent));
        if key.is_empty() || (!own.is_empty() && (own.contains(key) || key.contains(own))) {
            continue;
        }
        let role = role.unwrap_or(Role::Other);
        match found.iter_mut().find(|(known, _)| known.ends_with(key)) {
            Some((_, known)) if known.role == Role::Other => known.role = role,
            Some(_) => {}
            None => found.push((key, Organisation { value, role, cite })),
        }
    }
    for (words, role) in quoted(page) {
        let Some(cite) = page.cite(words.start, words.end) else { continue };
        let value = one_line(page.words(cite));
        let key = bare(page.folded_words(words));
        let other = own.is_empty() || !(own.contains(key) || key.contains(own));
        if other && !key.is_empty() && found.iter().all(|(known, _)| *known != key) {
            found.push((key, Organisation { value, role, cite }));
        }
    }
    found.into_iter().map(|(_, organisation)| organisation).collect()
}

/// A city or prefecture whose business the discloser does: 淡海県から受託した.
fn entrusts(page: &Page<'_>, name: Extent) -> bool {
    const CLIENT: &AnyOf = any_of![
        "から受託", "から委託", "より受託", "より委託", "の外郭団体", "から業務", "から依頼",
        "からの受託", "からの委託",
    ];
    let rest = &page.text()[name.end..];
    CLIENT.opens(rest)
}

/// Names that only quotation marks show, straight after their role: 業務を委託する「○○ロジ」.
fn quoted(page: &Page<'_>) -> Vec<(Extent, Role)> {
    const THINGS: &AnyOf = any_of![
        "システム", "サイト", "アプリ", "クラウド", "ツール", "ソフト", "について", "業務", "事業",
        "お知らせ", "委託先", "受託者", "同社",
    ];
    let text = page.text();
    let mut found = Vec::new();
    for hit in page.hits.all(Vocabulary::Organisation) {
        if hit.value != Value::Organisation(OrganisationWord::Processor) {
            continue;
        }
        let after = &text[hit.end..];
        let Some(inside) = ["「", "である「", "の「", "する「", "している「", "先「"]
            .iter()
            .find_map(|open| after.strip_prefix(open))
        else {
            continue;
        };
        let Some((close, _)) = inside.char_indices().take(24).find(|(_, c)| *c == '」') else {
            continue;
        };
        let words = &inside[..close];
        let start = text.len() - inside.len();
        let named = (3..=20).contains(&words.chars().count())
            && !THINGS.closes(words)
            && !words.contains(['。', '\n']);
        if named {
            found.push((Extent { start, end: start + close }, Role::Processor));
        }
    }
    found
}

/// A name without its legal form, as it stands in folded text, to compare it.
fn bare(mut name: &str) -> &str {
    #[rustfmt::skip]
    const FORMS: &[&str] = &[
        "株式会社", "有限会社", "合同会社", "(株)", "(有)", "一般社団法人", "公益社団法人", "一般財団法人", "公益財団法人",
        "特定非営利活動法人", "学校法人", "医療法人", "社会福祉法人",
    ];
    name = name.trim();
    for form in FORMS {
        if let Some(rest) = name.strip_prefix(form).or(name.strip_suffix(form)) {
            name = rest.trim();
        }
    }
    name
}

fn is_authority(page: &Page<'_>, name: Extent) -> bool {
    page.within(Vocabulary::Authority, name)
        .iter()
        .any(|hit| hit.end == name.end || hit.start == name.start)
}

/// The role word nearest to the name in its clause.
fn role(page: &Page<'_>, name: Extent) -> Option<Role> {
    let clause = page.clause_of(name.start);
    page.within(Vocabulary::Organisation, clause)
        .iter()
        .filter_map(|hit| {
            let role = match hit.value {
                Value::Organisation(OrganisationWord::Processor) => Role::Processor,
                Value::Organisation(OrganisationWord::Client) => Role::Client,
                Value::Organisation(OrganisationWord::Parent) => Role::Parent,
                Value::Organisation(OrganisationWord::Vendor) => Role::Vendor,
                Value::Organisation(OrganisationWord::Expert) => Role::Expert,
                Value::Organisation(OrganisationWord::Related) => Role::Other,
                _ => return None,
            };
            let distance = if hit.end <= name.start {
                name.start - hit.end
            } else {
                hit.start.checked_sub(name.end)?
            };
            (distance <= 60).then_some((distance, role))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, role)| role)
}
