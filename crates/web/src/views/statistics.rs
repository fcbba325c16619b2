//! Statistics of the book: the charts that the book draws, each with a table of the same figures,
//! and every figure a link to its cases. It does not know how they are counted.

use std::sync::Arc;

use book::stats::delay::bucket_label;
use book::stats::{Affected, Breakdown, Delay, Figure, Stats, svg};
use case::{Field, Lang};
use maud::{Markup, PreEscaped, html};

use super::fact;
use super::layout::{Frame, Place, problem};
use crate::lang::Word as W;
use crate::link;

/// What the page shows.
#[derive(Debug)]
pub(crate) struct View {
    /// The search that the statistics are of.
    pub(crate) words: String,
    /// The figures, or what is wrong with the search.
    pub(crate) stats: Result<Arc<Stats>, String>,
}

/// The cases of a query, as the book's charts ask for their address.
#[expect(clippy::unnecessary_wraps, reason = "a chart may have no links; ours has")]
fn cases(query: &str) -> Option<String> {
    Some(format!("/{}", link::query([("q", query)])))
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let lang = frame.lang;
    let content = html! {
        h1 { (W::Statistics.of(lang)) }
        search {
            form.search method="get" action="/statistics" {
                label.sr-only for="q" { (W::Search.of(lang)) }
                input #q type="search" name="q" value=(view.words) maxlength="1000" placeholder=(W::StatisticsOf.of(lang));
                button type="submit" { (W::Show.of(lang)) }
            }
        }
        @match &view.stats {
            Err(wrong) => (problem(wrong)),
            Ok(stats) => (figures(stats, lang)),
        }
    };
    frame.page(Place::Statistics, W::Statistics.of(lang), &["book.js"], &content)
}

fn figures(stats: &Stats, lang: Lang) -> Markup {
    html! {
        p role="status" {
            strong { (fact::thousands(stats.cases)) } " " (W::CasesCounted.after(stats.cases, lang))
            @if stats.columns > 0 { " " small { (W::Columns.of(lang)) " " (fact::thousands(stats.columns)) } }
        }
        p.about { (W::AboutCharts.of(lang)) }
        @if stats.cases == 0 {
            p.none { (W::NoFigures.of(lang)) }
        } @else {
            div.charts {
                @for breakdown in stats.breakdowns.iter().filter(|by| by.figures.len() > 1 || by.by.name() != "year") {
                    (by(breakdown, lang))
                }
                (affected(&stats.affected, lang))
                @for delay in &stats.delays { (how_long(delay, lang)) }
            }
        }
    }
}

/// A chart under its heading, and its table folded away.
fn section(id: &str, title: &str, chart: &str, table: &Markup, lang: Lang) -> Markup {
    html! {
        section.chart aria-labelledby=(id) {
            h2 #(id) { (title) }
            // The book writes charts with everything in them escaped.
            (PreEscaped(chart))
            details {
                summary { (W::AsTable.of(lang)) }
                div.scroll tabindex="0" role="group" aria-labelledby=(id) { (table) }
            }
        }
    }
}

fn row(label: &str, figure: &Figure) -> Markup {
    html! {
        tr {
            th scope="row" { (label) }
            td.right {
                @match cases(&figure.query).filter(|_| figure.cases > 0) {
                    Some(href) => a href=(href) { (fact::thousands(figure.cases)) },
                    None => (fact::thousands(figure.cases)),
                }
            }
        }
    }
}

fn head(lang: Lang, title: &str) -> Markup {
    html! { thead { tr { th scope="col" { (title) } th.right scope="col" { (W::Cases.of(lang)) } } } }
}

fn by(breakdown: &Breakdown, lang: Lang) -> Markup {
    let title = breakdown.by.label(lang);
    let table = html! {
        table {
            (head(lang, title))
            tbody {
                @for figure in &breakdown.figures { (row(&breakdown.by.key_label(&figure.key, lang), figure)) }
                (row(W::NotSaid.of(lang), &breakdown.unknown))
            }
        }
    };
    let chart = svg::breakdown(breakdown, lang, &cases);
    section(&format!("by-{}", breakdown.by.name()), title, &chart, &table, lang)
}

fn affected(affected: &Affected, lang: Lang) -> Markup {
    let title = Field::AffectedCount.label(lang);
    let table = html! {
        table {
            thead { tr {
                th scope="col" { (W::NumberGiven.of(lang)) }
                th.right scope="col" { (W::Cases.of(lang)) }
                th.right scope="col" { (W::Sum.of(lang)) }
                th.right scope="col" { (W::Median.of(lang)) }
                th.right scope="col" { (W::Largest.of(lang)) }
            } }
            tbody {
                @for group in affected.groups.iter().filter(|group| group.cases > 0) {
                    tr {
                        th scope="row" { (group.exactness.label(lang)) "・" (group.counted.label(lang)) }
                        td.right { a href=[cases(&group.query)] { (fact::thousands(group.cases)) } }
                        td.right { (fact::thousands(group.sum)) }
                        td.right { (fact::thousands(group.median)) }
                        td.right { (fact::thousands(group.largest)) }
                    }
                }
                tr {
                    th scope="row" { (W::NotSaid.of(lang)) }
                    td.right { a href=[cases(&affected.unknown.query)] { (fact::thousands(affected.unknown.cases)) } }
                    td.right { "—" } td.right { "—" } td.right { "—" }
                }
            }
        }
    };
    html! {
        section.chart aria-labelledby="by-affected" {
            h2 #by-affected { (title) }
            (PreEscaped(svg::affected(affected, lang, &cases)))
            p.about { (W::AffectedAbout.of(lang)) }
            div.scroll tabindex="0" role="group" aria-labelledby="by-affected" { (table) }
        }
    }
}

fn how_long(delay: &Delay, lang: Lang) -> Markup {
    let title = delay.stretch.label(lang);
    let all = delay.histogram.iter().chain([&delay.imprecise, &delay.backwards]);
    let table = html! {
        table {
            (head(lang, title))
            tbody { @for figure in all { (row(bucket_label(&figure.key, lang), figure)) } }
        }
    };
    let chart = svg::delay(delay, lang, &cases);
    let days = |days: i64| {
        if days == 0 {
            bucket_label("same_day", lang).to_owned()
        } else {
            fact::length(days * 1_440, lang)
        }
    };
    html! {
        div {
            (section(&format!("delay-{}", delay.stretch.name().replace('_', "-")), title, &chart, &table, lang))
            @if !delay.quantiles.is_empty() {
                dl.quantiles {
                    @for quantile in &delay.quantiles {
                        div { dt { (quantile.share) "%" } dd { (days(quantile.days)) } }
                    }
                }
            }
        }
    }
}
