//! A search of the pages as the book takes it, and its answer as the pages show it.

use std::sync::Arc;

use book::Hit;
use book::index::Ask;
use book::query::{Field as By, Filter, Parsed, Query};
use case::{CaseNumber, Field, Lang};

use super::with;
use crate::app::App;
use crate::failure::Failure;
use crate::views::book::{Facet, Row, Search, View};
use crate::views::fact;

/// Cases on a page of results.
const PER_PAGE: usize = 50;
/// The values of a facet that are shown.
const VALUES: usize = 24;

/// The filters that pages offer, under their names in the query language.
const FACETS: [(&str, Field); 6] = [
    ("category", Field::Category),
    ("disclosure", Field::DataDisclosure),
    ("sector", Field::Sector),
    ("data", Field::DataKinds),
    ("measure", Field::Prevention),
    ("authority", Field::ReportedTo),
];

/// Whether an address may filter by that name.
pub(crate) fn is_facet(name: &str) -> bool {
    FACETS.iter().any(|(facet, _)| *facet == name)
}

/// A case that was found as a row of the table.
fn row(hit: Hit, lang: Lang) -> Row {
    let line = hit.case;
    Row {
        number: line.number.to_string(),
        organisation: line.organisation,
        title: line.title,
        category: Some(line.category),
        disclosed: line.disclosed,
        affected: line
            .affected
            .map(|count| fact::bounded(count.value, count.approx, count.bound, lang, &count.unit)),
        disclosure: line.data_disclosure,
        reports: line.reports,
        corrections: line.corrections,
        contradictions: line.contradictions,
        snippet: hit.snippet,
    }
}

/// What the book is asked: the words, and the facets that were chosen.
fn query(search: &Search) -> (Query, Parsed) {
    let parsed = Query::parse(&search.words);
    let mut query = parsed.query.clone();
    for (name, value) in &search.chosen {
        let filter = By::from_name(name).and_then(|field| Filter::new(field, value).ok());
        if let Some(filter) = filter {
            query = query.with_filter(filter);
        }
    }
    (query, parsed)
}

/// What is wrong with a query, each with the words it is about.
pub(super) fn problems(parsed: &Parsed, words: &str, lang: Lang) -> Option<String> {
    let told: Vec<String> = parsed
        .problems
        .iter()
        .map(|problem| {
            let about = words.get(problem.range.clone()).unwrap_or_default().trim();
            let message = problem.kind.message(lang);
            if about.is_empty() { message } else { format!("「{about}」: {message}") }
        })
        .collect();
    (!told.is_empty()).then(|| told.join(" / "))
}

/// The numbers of all cases that a search finds.
pub(crate) async fn numbers(app: &Arc<App>, search: &Search) -> Result<Vec<CaseNumber>, Failure> {
    let (query, _) = query(search);
    with(app, move |book| book.search_numbers(&query)).await
}

/// The cases disclosed last.
pub(crate) async fn latest(app: &Arc<App>, most: usize, lang: Lang) -> Result<Vec<Row>, Failure> {
    let ask = Ask { offset: 0, limit: most, facets: &[], days: false };
    let hits = with(app, move |book| book.search(&Query::default(), &ask)).await?;
    Ok(hits.cases.into_iter().map(|hit| row(hit, lang)).collect())
}

/// The cases that a search finds, a page of them.
pub(crate) async fn listing(app: &Arc<App>, search: Search, lang: Lang) -> Result<View, Failure> {
    let (query, parsed) = query(&search);
    let wrong = problems(&parsed, &search.words, lang);
    let offset = (search.page.max(1) - 1).saturating_mul(PER_PAGE);
    let hits = with(app, move |book| {
        let ask =
            Ask { offset, limit: PER_PAGE, facets: &FACETS.map(|(name, _)| name), days: false };
        book.search(&query, &ask)
    })
    .await?;
    let facets = FACETS
        .iter()
        .filter_map(|&(name, field)| {
            let counted = hits.facets.iter().find(|facet| facet.field == name)?;
            let values = counted.values.iter().take(VALUES).cloned().collect();
            Some(Facet { name, field, values })
        })
        .collect();
    Ok(View {
        search,
        total: hits.total.exact().unwrap_or(hits.total.at_least),
        at_least: hits.total.exact().is_none(),
        rows: hits.cases.into_iter().map(|hit| row(hit, lang)).collect(),
        per_page: PER_PAGE,
        facets,
        wrong,
    })
}
