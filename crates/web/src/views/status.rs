//! The status page for customers: one file that needs nothing beside it, no script and no server of ours,
//! so that it can stand where it survives the outage of everything else. It says what [`Public`] has and
//! knows no more of the case.

use case::{Lang, ServiceStatus};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use response::live::{Public, PublicService};

use super::fact;
use crate::lang::live::LiveWord as W;

/// How it looks; there is no style sheet beside it.
const STYLE: &str = include_str!("../../assets/status.css");

/// The page in a language; the other one is beside it as `index.html` (Japanese) or `en.html`.
pub fn status_page(public: &Public, lang: Lang) -> String {
    let (code, other, file, name) = match lang {
        Lang::Ja => ("ja", "en", "en.html", "English"),
        Lang::En => ("en", "ja", "index.html", "日本語"),
    };
    let page = html! {
        (DOCTYPE)
        html lang=(code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="color-scheme" content="light dark";
                title { (W::StatusTitle.of(lang)) @if !public.organisation.is_empty() { " — " (public.organisation) } }
                style { (PreEscaped(STYLE)) }
            }
            body {
                p.switch { a href=(file) lang=(other) hreflang=(other) { (name) } }
                main { (status(public, lang)) }
            }
        }
    };
    page.into_string()
}

/// What the page says, also for a look at it before it goes out.
pub(crate) fn status(public: &Public, lang: Lang) -> Markup {
    let back = public.services.iter().filter(|s| s.status != ServiceStatus::Affected).count();
    html! {
        div.status {
            @if !public.organisation.is_empty() { p.organisation { (public.organisation) } }
            h1 { (W::StatusTitle.of(lang)) }
            p.asof {
                (W::StatusAsOf.of(lang)) " " time datetime=(public.at) { (public.at.says().of(lang)) }
                @if let Some(next) = public.next {
                    " · " (W::StatusNext.of(lang)) " " time datetime=(next) { (next.says().of(lang)) }
                }
            }
            @if !public.services.is_empty() {
                p.sum { strong { (back) " / " (public.services.len()) } " " (W::StatusBack.of(lang)) }
                ul.services { @for service in &public.services { (one(service, lang)) } }
            }
            @if !public.news.is_empty() {
                h2 { (W::StatusNews.of(lang)) }
                dl.news {
                    @for news in &public.news {
                        dt { @if let Some(at) = news.at { time { (at.says().of(lang)) } } }
                        dd { (news.what) }
                    }
                }
            }
        }
    }
}

fn one(service: &PublicService, lang: Lang) -> Markup {
    let word = match service.status {
        ServiceStatus::Affected => W::StatusDown,
        ServiceStatus::Unaffected => W::StatusUp,
        ServiceStatus::Restored => W::StatusRestored,
    };
    html! {
        li.{ "st-" (service.status.name()) } {
            span.name { (service.name) } " "
            span.state { (word.of(lang)) }
            @if let Some(since) = service.since { " " small { (since.says().of(lang)) } }
            @if let Some(count) = &service.count {
                div.count {
                    progress value=(count.done) max=(count.total.max(1)) aria-label=(service.name) {}
                    " " (fact::thousands(count.done)) " / " (fact::thousands(count.total)) (count.unit)
                    " " small { (count.at.says().of(lang)) }
                }
            }
            @if let Some((back, all)) = service.tenants {
                div.count { (W::StatusTenants.of(lang)) " " (back) " / " (all) }
            }
            @if let Some(forecast) = &service.forecast {
                div.count { (W::StatusForecast.of(lang)) " " (forecast.says().of(lang)) }
            }
        }
    }
}
