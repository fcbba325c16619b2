//! The book: a table of cases with search and facets. It does not know how cases are found.

use case::{Category, DataDisclosure, Field, Lang};
use maud::{Markup, html};

use super::layout::{Frame, Place, problem};
use super::{fact, value};
use crate::lang::Word as W;
use crate::link;

/// What is searched for, as the address says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Search {
    /// Words and filters in the query language.
    pub(crate) words: String,
    /// Chosen facets: filter and value.
    pub(crate) chosen: Vec<(String, String)>,
    /// The page of results, from 1.
    pub(crate) page: usize,
}

impl Search {
    /// The address of this search on another page or with a facet more or less.
    fn href(&self, path: &str, chosen: &[(String, String)], page: usize) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        let pairs = [("q", self.words.as_str())]
            .into_iter()
            .chain(chosen.iter().map(|(name, value)| (name.as_str(), value.as_str())))
            .chain([("page", page.as_str())]);
        format!("{path}{}", link::query(pairs))
    }

    /// With the facet, or without it where it is chosen.
    fn toggled(&self, name: &str, value: &str) -> String {
        let mut chosen = self.chosen.clone();
        let before = chosen.len();
        chosen.retain(|(n, v)| n != name || v != value);
        if chosen.len() == before {
            chosen.push((name.to_owned(), value.to_owned()));
        }
        self.href("/", &chosen, 1)
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.chosen.iter().any(|(n, v)| n == name && v == value)
    }
}

/// A case in the table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Its number.
    pub(crate) number: String,
    /// Who suffered or disclosed it.
    pub(crate) organisation: Option<String>,
    /// Its title.
    pub(crate) title: Option<String>,
    /// The kind of incident.
    pub(crate) category: Option<Category>,
    /// The day of the disclosure, as precise as it is known.
    pub(crate) disclosed: Option<String>,
    /// The number that stands for the case, in words of the language.
    pub(crate) affected: Option<String>,
    /// Whether data reached others.
    pub(crate) disclosure: Option<DataDisclosure>,
    /// Reports, corrections, contradictions.
    pub(crate) reports: u64,
    /// How many corrections hold.
    pub(crate) corrections: u64,
    /// How often its text contradicts itself.
    pub(crate) contradictions: u64,
    /// Words around what was found; what was found is marked.
    pub(crate) snippet: Vec<(bool, String)>,
}

/// A filter with the values that the found cases have.
#[derive(Clone, Debug)]
pub(crate) struct Facet {
    /// The filter's name in the query language and in the address.
    pub(crate) name: &'static str,
    /// The field it filters by.
    pub(crate) field: Field,
    /// Values and how many cases have them.
    pub(crate) values: Vec<(String, u64)>,
}

/// What the page shows.
#[derive(Debug, Default)]
pub(crate) struct View {
    /// The search.
    pub(crate) search: Search,
    /// The cases of this page.
    pub(crate) rows: Vec<Row>,
    /// All that were found.
    pub(crate) total: u64,
    /// Whether there may be more.
    pub(crate) at_least: bool,
    /// How many there are on a page.
    pub(crate) per_page: usize,
    /// The facets.
    pub(crate) facets: Vec<Facet>,
    /// What is wrong with the query, in words.
    pub(crate) wrong: Option<String>,
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let lang = frame.lang;
    // "1+" may be many.
    let many = view.total + u64::from(view.at_least);
    let content = html! {
        h1.sr-only { (W::Book.of(lang)) }
        (search_box(view, lang))
        @if let Some(wrong) = &view.wrong { (problem(wrong)) }
        div.found {
            (facets(view, lang))
            section.results aria-labelledby="count" {
                p #count role="status" aria-live="polite" {
                    strong { (fact::thousands(view.total)) @if view.at_least { "+" } } " " (W::CasesFound.after(many, lang))
                    " " small.keys { (W::Keys.of(lang)) }
                }
                @if view.rows.is_empty() { (nothing(frame, view)) } @else { (table(view, lang)) }
                (pages(view, lang))
            }
        }
    };
    frame.page(Place::Book, W::Book.of(lang), &["book.js"], &content)
}

fn search_box(view: &View, lang: Lang) -> Markup {
    html! {
        search {
            form.search method="get" action="/" {
                label.sr-only for="q" { (W::Search.of(lang)) }
                input #q type="search" name="q" value=(view.search.words) maxlength="1000"
                    placeholder=(W::SearchHint.of(lang)) autocomplete="off" enterkeyhint="search"
                    aria-describedby="q-help" aria-keyshortcuts="/";
                @for (name, value) in &view.search.chosen {
                    input type="hidden" name=(name) value=(value);
                }
                button type="submit" { (W::Search.of(lang)) }
            }
            details.help {
                summary #q-help { (W::QueryHelp.of(lang)) }
                (query_help(lang))
            }
        }
    }
}

fn query_help(lang: Lang) -> Markup {
    let rows = [
        ("氏名 住所", W::HelpAll),
        ("\"BCC欄\"", W::HelpPhrase),
        ("-住所", W::HelpNot),
        ("category:ransomware", W::HelpFilter),
        ("data:name measure:mfa", W::HelpData),
        ("date:2023-01..2023-06", W::HelpDates),
        ("count:>=1000", W::HelpCount),
        ("has:contradiction", W::HelpHas),
    ];
    html! {
        dl.query-help {
            @for (example, meaning) in rows {
                div { dt { a href={ "/?q=" (link::encode(example)) } { code { (example) } } } dd { (meaning.of(lang)) } }
            }
        }
    }
}

fn facets(view: &View, lang: Lang) -> Markup {
    let search = &view.search;
    html! {
        aside.facets aria-label=(W::Facets.of(lang)) {
            @if !search.chosen.is_empty() {
                ul.chosen {
                    @for (name, value) in &search.chosen {
                        li { a href=(search.toggled(name, value)) title=(W::TakeAway.of(lang)) {
                            (chosen_label(view, name, value, lang)) " ×"
                        } }
                    }
                }
            }
            @for facet in view.facets.iter().filter(|facet| !facet.values.is_empty()) {
                details.facet open[facet_open(facet, search)] {
                    summary { (facet.field.label(lang)) }
                    ul {
                        @for (name, count) in &facet.values {
                            @let on = search.has(facet.name, name);
                            li { a href=(search.toggled(facet.name, name)) aria-current=[on.then_some("true")] {
                                span { (value::label(facet.field, name, lang)) }
                                span.n { (fact::thousands(*count)) }
                            } }
                        }
                    }
                }
            }
        }
    }
}

fn facet_open(facet: &Facet, search: &Search) -> bool {
    matches!(facet.field, Field::Category | Field::DataDisclosure)
        || search.chosen.iter().any(|(name, _)| name == facet.name)
}

fn chosen_label(view: &View, name: &str, chosen: &str, lang: Lang) -> String {
    let facet = view.facets.iter().find(|facet| facet.name == name);
    facet
        .map_or_else(|| format!("{name}:{chosen}"), |facet| value::label(facet.field, chosen, lang))
}

fn nothing(frame: &Frame, view: &View) -> Markup {
    let lang = frame.lang;
    let empty = view.search.words.is_empty() && view.search.chosen.is_empty();
    html! {
        @if empty {
            p.none { (W::EmptyBook.of(lang)) }
            @if frame.may_edit() { p { a.button href="/add" { (W::Add.of(lang)) } } }
        } @else {
            p.none { (W::NothingFound.of(lang)) " " a href="/" { (W::ShowAll.of(lang)) } }
        }
    }
}

fn table(view: &View, lang: Lang) -> Markup {
    html! {
        table.book {
            caption.sr-only { (W::Book.of(lang)) }
            thead { tr {
                th scope="col" { (W::Number.of(lang)) }
                th scope="col" { (Field::DisclosedOn.label(lang)) }
                th scope="col" { (Field::Organisation.label(lang)) " / " (Field::Title.label(lang)) }
                th scope="col" { (Field::Category.label(lang)) }
                th.right scope="col" { (Field::AffectedCount.label(lang)) }
                th scope="col" { (Field::DataDisclosure.label(lang)) }
            } }
            tbody { @for row in &view.rows { (case_row(row, lang)) } }
        }
    }
}

fn case_row(row: &Row, lang: Lang) -> Markup {
    html! {
        tr data-number=(row.number) {
            td.number { a href={ "/case/" (row.number) } { (row.number) } }
            td.date { (row.disclosed.as_deref().unwrap_or("—")) }
            td.name {
                a href={ "/case/" (row.number) } tabindex="-1" {
                    (row.organisation.as_deref().unwrap_or(W::Unnamed.of(lang)))
                }
                @if let Some(title) = &row.title { span.sub { (title) } }
                @if !row.snippet.is_empty() {
                    span.snippet { @for (hit, words) in &row.snippet { @if *hit { mark { (words) } } @else { (words) } } }
                }
                (marks(row, lang))
            }
            td.category { @if let Some(category) = row.category { (category.label(lang)) } }
            td.right.count { (row.affected.as_deref().unwrap_or("—")) }
            td.disclosure { @if let Some(d) = row.disclosure { span.badge.{ "d-" (d.name()) } { (d.label(lang)) } } }
        }
    }
}

fn marks(row: &Row, lang: Lang) -> Markup {
    html! {
        @if row.reports > 1 { " " span.mini { (W::Reports.of(lang)) " " (row.reports) } }
        @if row.corrections > 0 { " " span.mini { (W::Corrections.of(lang)) " " (row.corrections) } }
        @if row.contradictions > 0 { " " span.mini.warn { (W::Contradictions.of(lang)) " " (row.contradictions) } }
    }
}

fn pages(view: &View, lang: Lang) -> Markup {
    let total = usize::try_from(view.total).unwrap_or(usize::MAX);
    let last = total.div_ceil(view.per_page.max(1)).max(1);
    let page = view.search.page.max(1);
    let search = &view.search;
    html! {
        @if last > 1 {
            nav.pages aria-label=(W::Pages.of(lang)) {
                @if page > 1 {
                    a rel="prev" href=(search.href("/", &search.chosen, page - 1)) { "← " (W::Previous.of(lang)) }
                }
                span { (page) " / " (last) }
                @if page < last {
                    a rel="next" href=(search.href("/", &search.chosen, page + 1)) { (W::Next.of(lang)) " →" }
                }
            }
        }
        @if view.total > 0 {
            p.export {
                (W::Export.of(lang)) ": "
                @for format in ["csv", "ndjson", "veris", "stix"] {
                    a href={ (search.href("/export", &search.chosen, 1)) (if search.words.is_empty() && search.chosen.is_empty() { "?" } else { "&" }) "format=" (format) } { (format.to_uppercase()) } " "
                }
            }
        }
    }
}
