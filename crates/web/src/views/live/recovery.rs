//! The recovery board: services and tenants, how far they are, when the rest is expected, and a form in
//! each row to count again. It does not know how a forecast is made.

use case::ServiceStatus;
use maud::{Markup, html};
use response::Stamp;
use response::live::Row;

use super::time;
use crate::lang::live::LiveWord as L;
use crate::shelf::LiveShown;
use crate::views::fact;
use crate::views::layout::Frame;

/// The section of the page.
pub(super) fn section(frame: &Frame, shown: &LiveShown, at: Stamp) -> Markup {
    let lang = frame.lang;
    let board = shown.live.board();
    let services = board.iter().filter(|row| row.part_of.is_empty());
    let back = services.clone().filter(|row| row.status != ServiceStatus::Affected).count();
    html! {
        section aria-labelledby="board" {
            h2 #board {
                (L::Board.of(lang))
                @if !board.is_empty() { " " small { (back) " / " (services.count()) } }
            }
            @if board.is_empty() { p.none { (L::NoServices.of(lang)) } }
            ul.board { @for row in &board { (one(frame, shown, row, at)) } }
        }
    }
}

fn one(frame: &Frame, shown: &LiveShown, row: &Row, at: Stamp) -> Markup {
    let lang = frame.lang;
    html! {
        li.tenant[!row.part_of.is_empty()].{ "st-" (row.status.name()) } {
            strong { (row.name) } " "
            span.badge { (row.status.label(lang)) } " "
            small { (time(row.since, lang)) @if !row.site.is_empty() { " · " (row.site) } }
            @if !row.waits_for.is_empty() { " " small { (L::WaitsFor.of(lang)) ": " (row.waits_for.join(lang.of("、", ", "))) } }
            @if let Some(count) = &row.count {
                div.count {
                    progress value=(count.done) max=(count.total.max(1)) aria-label=(row.name) {}
                    " " (fact::thousands(count.done)) " / " (fact::thousands(count.total)) (count.unit)
                    " " small { (count.at.says().of(lang)) }
                }
                @if let Some(forecast) = &row.forecast {
                    p.forecast { (L::Forecast.of(lang)) ": " (forecast.says().of(lang)) }
                }
            }
            details {
                summary { (L::AddCounted.of(lang)) }
                form.answer method="post" action={ "/live/" (shown.number) "/add/counted" } {
                    (frame.token())
                    input type="hidden" name="service" value=(row.name);
                    @let total = row.count.as_ref().map(|count| count.total);
                    @let unit = row.count.as_ref().map_or("", |count| count.unit.as_str());
                    input type="text" inputmode="numeric" name="done" size="6" maxlength="20" required aria-label=(L::DoneCount.of(lang)) placeholder=(L::DoneCount.of(lang));
                    " / "
                    input type="text" inputmode="numeric" name="total" size="6" maxlength="20" required value=[total] aria-label=(L::Total.of(lang)) placeholder=(L::Total.of(lang));
                    input type="text" name="unit" size="4" maxlength="40" value=(unit) aria-label=(L::Unit.of(lang)) placeholder=(L::Unit.of(lang));
                    " " input type="text" name="at" size="22" maxlength="40" required value=(at) aria-label=(L::AsOf.of(lang));
                    " " button.quiet type="submit" { (L::Save.of(lang)) }
                }
                form.answer method="post" action={ "/live/" (shown.number) "/add/service" } {
                    (frame.token())
                    input type="hidden" name="name" value=(row.name);
                    select name="status" aria-label=(L::Status.of(lang)) {
                        @for status in ServiceStatus::ALL {
                            option value=(status.name()) selected[*status == row.status] { (status.label(lang)) }
                        }
                    }
                    " " input type="text" name="at" size="22" maxlength="40" required value=(at) aria-label=(L::Since.of(lang));
                    " " button.quiet type="submit" { (L::Save.of(lang)) }
                }
            }
        }
    }
}
