//! Making the administrator, signing in and out, languages.

use crate::driver::Browser;
use crate::served::{NAME, PASSWORD, Served};
use crate::{start, start_signed_in};

#[test]
fn the_first_link_makes_the_administrator_once() {
    let Some((browser, served)) = start("ja", &[]) else { return };
    browser.go(&served.at("/"));
    assert_eq!(browser.text("h1"), "ログインが必要です");

    browser.go(&served.first_link);
    browser.fill("#name", NAME);
    browser.fill("#password", PASSWORD);
    browser.fill("#again", "something else entirely");
    browser.follow("main button[type=submit]");
    assert_eq!(browser.text("[role=alert]"), "二つのパスワードが一致しません。");
    served.make_administrator(&browser);
    browser.go(&served.at("/account"));
    assert_eq!(browser.text("h1"), format!("{NAME} 管理者"));

    browser.go(&served.first_link);
    assert_eq!(browser.text("h1"), "ページが見つかりません");
    // The browser itself notes every answer that is an error.
    served.was_quiet(&browser, &["status of 401", "status of 404", "status of 422"]);
}

#[test]
fn signing_in_takes_the_password_and_tells_nobody_who_is_there() {
    let Some((browser, served)) = start_signed_in("en", &["examples/11-ddos-bus.txt"]) else {
        return;
    };
    browser.follow("header.top form[action='/sign-out'] button");
    browser.go(&served.at("/case/2025-001"));
    assert_eq!(browser.text("h1"), "You must sign in");
    assert_eq!(browser.count(".fact, .words"), 0, "nothing of the case is there");
    browser.follow("main a.button");

    let mut told = Vec::new();
    for (name, password) in [(NAME, "not the password"), ("nobody", PASSWORD)] {
        browser.fill("#name", name);
        browser.fill("#password", password);
        browser.follow("main button[type=submit]");
        told.push(browser.text("[role=alert]"));
        assert_eq!(browser.count("header.top form"), 0, "signed in with {password}");
    }
    assert_eq!(told, ["The account name or the password is wrong."; 2]);

    browser.fill("#name", NAME);
    browser.fill("#password", PASSWORD);
    browser.follow("main button[type=submit]");
    assert_eq!(browser.path(), "/case/2025-001", "back to what was asked for");
    assert_eq!(browser.text("header.top .who a[href='/account']"), NAME);

    browser.go(&served.at("/account"));
    browser.follow("form[action='/account/sign-out-everywhere'] button");
    browser.go(&served.at("/"));
    assert_eq!(browser.text("h1"), "You must sign in");
    served.was_quiet(&browser, &["status of 401"]);
}

#[test]
fn the_browser_chooses_the_language_and_a_person_switches_it() {
    for (wanted, name, other, other_name) in
        [("ja", "事件一覧", "en", "Cases"), ("en-GB", "Cases", "ja", "事件一覧")]
    {
        let Some((browser, served)) = start_signed_in(wanted, &["examples/11-ddos-bus.txt"]) else {
            return;
        };
        browser.go(&served.at("/?q=category:dos"));
        assert_eq!(browser.texts("nav a")[0], name);
        let lang = |of: &str| browser.eval(&format!("return document.{of}"));
        assert_eq!(lang("documentElement.lang").as_str(), wanted.get(..2));
        browser.follow("a.language");
        assert_eq!(browser.path(), "/?q=category:dos", "the same page in the other language");
        assert_eq!(lang("documentElement.lang"), other);
        assert_eq!(browser.texts("nav a")[0], other_name);
        browser.go(&served.at("/statistics"));
        assert_eq!(lang("documentElement.lang"), other, "it is remembered");
        served.was_quiet(&browser, &[]);
    }
}

/// What the account's page shows once: a link or a token.
#[track_caller]
fn fresh(browser: &Browser) -> String {
    let fresh = browser.text("#fresh");
    assert!(browser.text(".fresh").contains("一度だけ"), "it is said to be shown once");
    fresh
}

#[test]
fn somebody_invited_chooses_a_password_and_may_do_what_the_role_may() {
    let Some((browser, served)) = start_signed_in("ja", &["examples/11-ddos-bus.txt"]) else {
        return;
    };
    browser.go(&served.at("/account"));
    browser.click("form[action='/account/invite'] option[value=reader]");
    browser.follow("form[action='/account/invite'] button");
    let link = fresh(&browser);
    assert!(link.starts_with(&served.at("/welcome/")), "{link}");

    let guest = Browser::open("ja");
    guest.go(&link);
    assert!(guest.text("main").contains("閲覧者"));
    // Too short is not sent.
    guest.fill("#name", "guest");
    guest.fill("#password", "short");
    guest.fill("#again", "short");
    guest.click("main button[type=submit]");
    assert_eq!(guest.eval("return document.querySelector('main form').checkValidity()"), false);
    guest.fill("#password", PASSWORD);
    guest.fill("#again", PASSWORD);
    guest.follow("main button[type=submit]");
    assert_eq!(guest.text("header.top .who a[href='/account']"), "guest");
    assert_eq!(guest.count("nav a[href='/add']"), 0, "a reader adds nothing");
    guest.go(&served.at("/case/2025-001"));
    assert_eq!(guest.count("a.edit"), 0, "and corrects nothing");
    guest.go(&served.at("/add"));
    assert_eq!(guest.text("h1"), "この操作の権限がありません");
    guest.go(&link);
    assert_eq!(guest.text("h1"), "ページが見つかりません", "the link is used up");

    // The administrator makes an editor of the reader, who may add from then on.
    browser.go(&served.at("/account"));
    let row = "tr:has(input[name=id][value='2'])";
    assert_eq!(browser.text(&format!("{row} th")), "guest");
    browser.click(&format!("{row} option[value=editor]"));
    browser.follow(&format!("{row} button"));
    guest.go(&served.at("/add"));
    guest.see("form.add");

    // And signs the account out for good.
    browser.click(&format!("{row} input[name=active]"));
    browser.follow(&format!("{row} button"));
    guest.go(&served.at("/"));
    assert_eq!(guest.text("h1"), "ログインが必要です");
    served.was_quiet(&browser, &[]);
    served.was_quiet(&guest, &["status of 401", "status of 403", "status of 404"]);
}

#[test]
fn a_token_is_made_used_and_revoked() {
    let Some((browser, served)) = start_signed_in("ja", &["examples/11-ddos-bus.txt"]) else {
        return;
    };
    browser.go(&served.at("/account"));
    let form = "form[action='/account/tokens']";
    browser.fill(&format!("{form} input[name=name]"), "毎朝の取得");
    browser.click(&format!("{form} input[value=write]"));
    browser.follow(&format!("{form} button"));
    let token = fresh(&browser);
    assert!(token.starts_with("jikenbo_"), "{token}");

    assert_eq!(asked(&served, &token), 200);
    browser.go(&served.at("/account"));
    assert_eq!(browser.count("#fresh"), 0, "shown once");
    let held = browser.text("section[aria-labelledby=tokens] li");
    assert!(held.contains("毎朝の取得") && held.contains("read write"), "{held}");
    assert!(held.contains("最終使用"), "{held}");
    browser.follow("section[aria-labelledby=tokens] li button");
    assert_eq!(browser.count("section[aria-labelledby=tokens] li"), 0);
    assert_eq!(asked(&served, &token), 401);
    served.was_quiet(&browser, &[]);
}

/// The status of what a program is answered that comes with a token.
#[track_caller]
fn asked(served: &Served, token: &str) -> u16 {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let asked = agent.get(served.at("/api/v1/cases/2025-001"));
    let answer = asked.header("authorization", format!("Bearer {token}")).call();
    answer.expect("the server answers").status().as_u16()
}

#[test]
fn a_password_is_changed_and_other_browsers_are_signed_out() {
    let Some((browser, served)) = start_signed_in("ja", &[]) else { return };
    let other = Browser::open("ja");
    let sign_in = |browser: &Browser, password: &str| {
        browser.go(&served.at("/sign-in"));
        browser.fill("#name", NAME);
        browser.fill("#password", password);
        browser.follow("main button[type=submit]");
    };
    sign_in(&other, PASSWORD);
    other.see("header.top form[action='/sign-out']");

    let fresh = "赤い鳥 under the same hill";
    browser.go(&served.at("/account"));
    assert_eq!(browser.count("section[aria-labelledby=sessions] li"), 2);
    browser.fill("#old", "not this one at all");
    browser.fill("#new", fresh);
    browser.follow("form[action='/account/password'] button");
    assert_eq!(browser.text("[role=alert]"), "アカウント名かパスワードが違います。");
    browser.fill("#old", PASSWORD);
    browser.fill("#new", fresh);
    browser.follow("form[action='/account/password'] button");
    assert!(browser.text(".notice").contains("パスワードを変えました"));
    assert_eq!(browser.count("section[aria-labelledby=sessions] li"), 1);

    other.go(&served.at("/"));
    assert_eq!(other.text("h1"), "ログインが必要です");
    sign_in(&other, PASSWORD);
    assert_eq!(other.text("[role=alert]"), "アカウント名かパスワードが違います。");
    sign_in(&other, fresh);
    other.see("header.top form[action='/sign-out']");
    served.was_quiet(&browser, &["status of 422"]);
    served.was_quiet(&other, &["status of 401"]);
}
