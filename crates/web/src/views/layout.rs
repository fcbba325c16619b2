//! What every page has around its content: head, navigation, language switch, account, foot. It
//! does not know any content.

use case::Lang;
use maud::{DOCTYPE, Markup, html};

use crate::assets;
use crate::lang::Word as W;
use crate::lang::live::LiveWord as L;
use crate::visitor::Role;

/// The pages of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The table of cases.
    Book,
    /// The timeline of all cases.
    Timeline,
    /// Statistics.
    Statistics,
    /// Cases run again.
    Replays,
    /// Questions in SQL.
    Sql,
    /// Adding a disclosure.
    Add,
    /// Live cases.
    Live,
    /// Outgoing mail.
    Mail,
    /// Accounts and tokens.
    Account,
    /// None of them.
    Elsewhere,
}

/// What surrounds a page's content.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// Language of the page.
    pub(crate) lang: Lang,
    /// Who is signed in.
    pub(crate) account: Option<(String, Role)>,
    /// The token that forms of this visitor carry.
    pub(crate) csrf: String,
    /// Whether there are pages of mail.
    pub(crate) has_mail: bool,
    /// Path and query of this page, to come back to after switching the language.
    pub(crate) path: String,
}

impl Frame {
    /// The field that proves a form is ours.
    pub(crate) fn token(&self) -> Markup {
        html! { input type="hidden" name="csrf" value=(self.csrf); }
    }

    /// Whether the visitor may change cases.
    pub(crate) fn may_edit(&self) -> bool {
        self.account.as_ref().is_some_and(|(_, role)| *role >= Role::Editor)
    }

    /// A whole page.
    pub(crate) fn page(
        &self,
        place: Place,
        title: &str,
        scripts: &[&str],
        content: &Markup,
    ) -> Markup {
        let around = html! {
            (self.header(place))
            main #content tabindex="-1" { (content) }
            (self.footer())
        };
        self.document(title, scripts, &around)
    }

    /// A whole page for people outside, who have no use for the book: nothing around its content but the
    /// name and the other language.
    pub(crate) fn page_outside(&self, title: &str, content: &Markup) -> Markup {
        let around = html! {
            header.top {
                span.name {
                    img src=(assets::path("mark.svg")) alt="" width="22" height="22";
                    span { (W::Name.of(self.lang)) }
                }
                div.who { (self.switch()) }
            }
            main #content tabindex="-1" { (content) }
        };
        self.document(title, &[], &around)
    }

    fn document(&self, title: &str, scripts: &[&str], around: &Markup) -> Markup {
        let lang = self.lang;
        html! {
            (DOCTYPE)
            html lang=(code(lang)) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) " — " (W::Name.of(lang)) }
                    link rel="icon" href=(assets::path("mark.svg"));
                    link rel="stylesheet" href=(assets::path("style.css"));
                    link rel="stylesheet" href=(assets::path("pages.css"));
                    @for script in scripts {
                        script src=(assets::path(script)) defer {}
                    }
                }
                body {
                    a.skip href="#content" { (W::Skip.of(lang)) }
                    (around)
                }
            }
        }
    }

    fn header(&self, place: Place) -> Markup {
        let lang = self.lang;
        let link = |to: Place, href: &str, word: W| {
            html! {
                li { a href=(href) aria-current=[(place == to).then_some("page")] { (word.of(lang)) } }
            }
        };
        let live = {
            let current = (place == Place::Live).then_some("page");
            html! { li { a href="/live" aria-current=[current] { (L::Cases.of(lang)) } } }
        };
        html! {
            header.top {
                a.name href="/" {
                    img src=(assets::path("mark.svg")) alt="" width="22" height="22";
                    span { (W::Name.of(lang)) }
                }
                nav aria-label=(W::Navigation.of(lang)) {
                    ul {
                        (link(Place::Book, "/", W::Book))
                        (link(Place::Timeline, "/timeline", W::Timeline))
                        (link(Place::Statistics, "/statistics", W::Statistics))
                        (link(Place::Replays, "/replays", W::Replays))
                        (link(Place::Sql, "/sql", W::Sql))
                        @if self.may_edit() { (live) }
                        @if self.has_mail { (link(Place::Mail, "/mail", W::Mail)) }
                        @if self.may_edit() { (link(Place::Add, "/add", W::Add)) }
                    }
                }
                div.who {
                    @match &self.account {
                        Some((name, _)) => {
                            a href="/account" aria-current=[(place == Place::Account).then_some("page")] { (name) }
                            form method="post" action="/sign-out" {
                                (self.token())
                                button.quiet type="submit" { (W::SignOut.of(lang)) }
                            }
                        }
                        None => { a href="/sign-in" { (W::SignIn.of(lang)) } }
                    }
                    (self.switch())
                }
            }
        }
    }

    /// The link to the same page in the other language, named in that language.
    fn switch(&self) -> Markup {
        let other = if self.lang == Lang::Ja { Lang::En } else { Lang::Ja };
        let name = if other == Lang::Ja { "日本語" } else { "English" };
        let href = format!("/language/{}?to={}", code(other), crate::link::encode(&self.path));
        html! { a.language href=(href) lang=(code(other)) hreflang=(code(other)) { (name) } }
    }

    fn footer(&self) -> Markup {
        let lang = self.lang;
        html! {
            footer.foot {
                p { (W::FootCites.of(lang)) }
                p { a href="/api/openapi.json" { "API" } " · " a href="/feed.atom" { "Atom" } }
            }
        }
    }
}

/// The language as HTML names it.
pub(crate) const fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Ja => "ja",
        Lang::En => "en",
    }
}

/// A message at the head of a page, read out by screen readers when it appears.
pub(crate) fn notice(text: &str) -> Markup {
    html! { p.notice role="status" { (text) } }
}

/// What is wrong with what was sent.
pub(crate) fn problem(text: &str) -> Markup {
    html! { p.problem role="alert" { (text) } }
}
