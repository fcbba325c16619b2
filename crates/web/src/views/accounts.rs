//! Signing in, one's own account, and for the administrator those of others. It does not know how
//! passwords and tokens are kept.

use maud::{Markup, html};

use super::layout::{Frame, Place, notice, problem};
use super::record::day;
use crate::lang::Word as W;
use crate::visitor::Role;

/// The shortest password that is taken.
pub(crate) const SHORTEST_PASSWORD: usize = 10;

/// Signing in.
pub(crate) fn sign_in(frame: &Frame, to: &str, wrong: Option<&str>) -> Markup {
    let lang = frame.lang;
    let content = html! {
        div.narrow {
            h1 { (W::SignIn.of(lang)) }
            @if let Some(wrong) = wrong { (problem(wrong)) }
            form.stacked method="post" action="/sign-in" {
                (frame.token())
                input type="hidden" name="to" value=(to);
                label for="name" { (W::AccountName.of(lang)) }
                input #name name="name" autocomplete="username" required maxlength="100" autocapitalize="none";
                label for="password" { (W::Password.of(lang)) }
                input #password type="password" name="password" autocomplete="current-password" required maxlength="1000";
                button type="submit" { (W::SignIn.of(lang)) }
            }
        }
    };
    frame.page(Place::Account, W::SignIn.of(lang), &[], &content)
}

/// Taking up an invitation: choosing a name and a password.
pub(crate) fn welcome(frame: &Frame, code: &str, role: Role, wrong: Option<&str>) -> Markup {
    let lang = frame.lang;
    let content = html! {
        div.narrow {
            h1 { (W::MakeAccount.of(lang)) }
            p { (W::YourRole.of(lang)) ": " strong { (role.word().of(lang)) } }
            @if let Some(wrong) = wrong { (problem(wrong)) }
            form.stacked method="post" action={ "/welcome/" (code) } {
                (frame.token())
                label for="name" { (W::AccountName.of(lang)) }
                input #name name="name" autocomplete="username" required maxlength="100" autocapitalize="none";
                label for="password" { (W::Password.of(lang)) }
                input #password type="password" name="password" autocomplete="new-password" required
                    minlength=(SHORTEST_PASSWORD) maxlength="1000" aria-describedby="password-help";
                p.about #password-help { (W::PasswordHelp.of(lang)) }
                label for="again" { (W::PasswordAgain.of(lang)) }
                input #again type="password" name="again" autocomplete="new-password" required maxlength="1000";
                button type="submit" { (W::MakeAccount.of(lang)) }
            }
        }
    };
    frame.page(Place::Account, W::MakeAccount.of(lang), &[], &content)
}

/// A session or token in a list.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// Its id in the list.
    pub(crate) id: i64,
    /// The browser of a session, the name of a token.
    pub(crate) name: String,
    /// Scopes of a token.
    pub(crate) scopes: String,
    /// When it began.
    pub(crate) since: String,
    /// When it was used last.
    pub(crate) used: Option<String>,
    /// Whether it is the session of this very page.
    pub(crate) here: bool,
}

/// An account in the administrator's list.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    /// Its id.
    pub(crate) id: i64,
    /// Its name.
    pub(crate) name: String,
    /// Its role.
    pub(crate) role: Role,
    /// Since when.
    pub(crate) since: String,
    /// Whether it may sign in.
    pub(crate) active: bool,
}

/// What the page of one's account shows.
#[derive(Debug, Default)]
pub(crate) struct View {
    /// Where one is signed in.
    pub(crate) sessions: Vec<Held>,
    /// One's API tokens.
    pub(crate) tokens: Vec<Held>,
    /// All accounts, for the administrator.
    pub(crate) accounts: Vec<Listed>,
    /// A token or link just made: shown once.
    pub(crate) fresh: Option<String>,
    /// What was done.
    pub(crate) done: Option<String>,
    /// What is wrong.
    pub(crate) wrong: Option<String>,
}

/// One's account.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let lang = frame.lang;
    let role = frame.account.as_ref().map_or(Role::Reader, |(_, role)| *role);
    let name = frame.account.as_ref().map_or("", |(name, _)| name);
    let content = html! {
        h1 { (name) " " small { (role.word().of(lang)) } }
        @if let Some(done) = &view.done { (notice(done)) }
        @if let Some(wrong) = &view.wrong { (problem(wrong)) }
        @if let Some(fresh) = &view.fresh {
            div.fresh role="status" { p { (W::ShownOnce.of(lang)) } p { code #fresh { (fresh) } } }
        }
        (sessions(frame, view))
        (password(frame))
        (tokens(frame, view, role))
        @if role == Role::Administrator { (accounts(frame, view)) }
    };
    frame.page(Place::Account, W::Account.of(lang), &[], &content)
}

fn sessions(frame: &Frame, view: &View) -> Markup {
    let lang = frame.lang;
    html! {
        section aria-labelledby="sessions" {
            h2 #sessions { (W::Sessions.of(lang)) }
            ul.plain {
                @for session in &view.sessions {
                    li {
                        (session.name) " · " (day(&session.since))
                        @if session.here { " · " strong { (W::ThisOne.of(lang)) } }
                    }
                }
            }
            form method="post" action="/account/sign-out-everywhere" {
                (frame.token())
                button.quiet type="submit" { (W::SignOutEverywhere.of(lang)) }
            }
        }
    }
}

fn password(frame: &Frame) -> Markup {
    let lang = frame.lang;
    html! {
        section aria-labelledby="password" {
            h2 #password { (W::ChangePassword.of(lang)) }
            form.stacked method="post" action="/account/password" {
                (frame.token())
                label for="old" { (W::OldPassword.of(lang)) }
                input #old type="password" name="old" autocomplete="current-password" required maxlength="1000";
                label for="new" { (W::NewPassword.of(lang)) }
                input #new type="password" name="new" autocomplete="new-password" required
                    minlength=(SHORTEST_PASSWORD) maxlength="1000" aria-describedby="new-help";
                p.about #new-help { (W::PasswordHelp.of(lang)) }
                button type="submit" { (W::ChangePassword.of(lang)) }
            }
        }
    }
}

fn tokens(frame: &Frame, view: &View, role: Role) -> Markup {
    let lang = frame.lang;
    html! {
        section aria-labelledby="tokens" {
            h2 #tokens { (W::Tokens.of(lang)) }
            p.about { (W::TokensHelp.of(lang)) }
            ul.plain {
                @for token in &view.tokens {
                    li {
                        strong { (token.name) } " · " (token.scopes) " · " (day(&token.since))
                        @if let Some(used) = &token.used { " · " (W::LastUsed.of(lang)) " " (day(used)) }
                        " "
                        form.inline method="post" action="/account/tokens/revoke" {
                            (frame.token())
                            input type="hidden" name="id" value=(token.id);
                            button.quiet type="submit" aria-label={ (W::Revoke.of(lang)) ": " (token.name) } { (W::Revoke.of(lang)) }
                        }
                    }
                }
            }
            form.line method="post" action="/account/tokens" {
                (frame.token())
                label { (W::TokenName.of(lang)) " " input name="name" required maxlength="100"; } " "
                label { input type="checkbox" name="scope" value="read" checked; " read" } " "
                @if role >= Role::Editor { label { input type="checkbox" name="scope" value="write"; " write" } " " }
                button type="submit" { (W::MakeToken.of(lang)) }
            }
        }
    }
}

fn accounts(frame: &Frame, view: &View) -> Markup {
    let lang = frame.lang;
    html! {
        section aria-labelledby="accounts" {
            h2 #accounts { (W::Accounts.of(lang)) }
            div.scroll tabindex="0" role="group" aria-labelledby="accounts" {
                table {
                    thead { tr {
                        th scope="col" { (W::AccountName.of(lang)) }
                        th scope="col" { (W::Since.of(lang)) }
                        th scope="col" { (W::Role.of(lang)) }
                    } }
                    tbody {
                        @for account in &view.accounts {
                            tr.silent[!account.active] {
                                th scope="row" { (account.name) }
                                td { (day(&account.since)) }
                                td { (role_form(frame, account)) }
                            }
                        }
                    }
                }
            }
            form.line method="post" action="/account/invite" {
                (frame.token())
                label { (W::Role.of(lang)) " " (role_choice(frame, Role::Reader, W::Role.of(lang))) } " "
                button type="submit" { (W::Invite.of(lang)) }
            }
        }
    }
}

fn role_choice(frame: &Frame, chosen: Role, label: &str) -> Markup {
    html! {
        select name="role" aria-label=(label) {
            @for role in Role::ALL {
                option value=(role.name()) selected[role == chosen] { (role.word().of(frame.lang)) }
            }
        }
    }
}

fn role_form(frame: &Frame, account: &Listed) -> Markup {
    let lang = frame.lang;
    html! {
        form.line method="post" action="/account/role" {
            (frame.token())
            input type="hidden" name="id" value=(account.id);
            (role_choice(frame, account.role, &format!("{}: {}", W::Role.of(lang), account.name))) " "
            label { input type="checkbox" name="active" checked[account.active]; " " (W::Active.of(lang)) } " "
            button.quiet type="submit" aria-label={ (W::Change.of(lang)) ": " (account.name) } { (W::Change.of(lang)) }
        }
    }
}
