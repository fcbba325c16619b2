//! How people decide about mail, month by month: how long it takes, how often it is yes, and how often
//! the yes came without a look. A question that is always answered yes has become noise.

use case::Lang;
use maud::{Markup, html};
use relay::net::record::{Asked, Month};

use super::tabs;
use crate::lang::Word as W;
use crate::views::fact;
use crate::views::layout::{Frame, Place};

/// The page.
pub(crate) fn page(frame: &Frame, months: &[Month]) -> Markup {
    let lang = frame.lang;
    let content = html! {
        h1 { (W::MailDecisions.of(lang)) }
        (tabs(lang, W::MailDecisions))
        p.about { (W::MailDecisionsHelp.of(lang)) }
        @if months.is_empty() { p.none { (W::MailNothingAsked.of(lang)) } }
        @else {
            (table("approver", W::MailToApprove, months, |month| &month.approver, lang))
            (table("sender", W::MailOwn, months, |month| &month.sender, lang))
        }
    };
    frame.page(Place::Mail, W::MailDecisions.of(lang), &[], &content)
}

fn table(
    id: &str,
    heading: W,
    months: &[Month],
    of: impl Fn(&Month) -> &Asked,
    lang: Lang,
) -> Markup {
    html! {
        section aria-labelledby=(id) {
            h2 #(id) { (heading.of(lang)) }
            div.scroll tabindex="0" role="group" aria-labelledby=(id) {
                table {
                    thead { tr {
                        @for word in [W::MailMonth, W::MailAsked, W::MailLetGoCount, W::MailCancelled, W::MailSilent, W::MailUnread, W::MailWaitHalf, W::MailWaitMost] {
                            th scope="col" { (word.of(lang)) }
                        }
                    } }
                    tbody { @for month in months {
                        @let asked = of(month);
                        tr {
                            th scope="row" { (month.month) }
                            td.number { (count(asked.mails)) }
                            td.number { (count(asked.let_go)) " " small { (share(asked.let_go, asked.mails)) } }
                            td.number { (count(asked.cancelled)) }
                            td.number { (count(asked.silent)) }
                            td.number { (count(asked.unread)) " " small { (share(asked.unread, asked.let_go)) } }
                            td.number { (wait(asked.wait_ms(50), lang)) }
                            td.number { (wait(asked.wait_ms(90), lang)) }
                        }
                    } }
                }
            }
        }
    }
}

fn count(number: usize) -> String {
    fact::thousands(number as u64)
}

fn share(part: usize, whole: usize) -> String {
    (part * 100).checked_div(whole).map_or_else(String::new, |percent| format!("{percent} %"))
}

fn wait(ms: Option<i64>, lang: Lang) -> String {
    let Some(seconds) = ms.map(|ms| ms / 1_000) else { return "–".to_owned() };
    let (number, ja, en) = match seconds {
        ..120 => (seconds, "秒", "s"),
        120..7_200 => (seconds / 60, "分", "min"),
        _ => (seconds / 3_600, "時間", "h"),
    };
    if lang == Lang::Ja { format!("{number} {ja}") } else { format!("{number} {en}") }
}
