//! Making the administrator, signing in and out, languages.

use crate::served::{NAME, PASSWORD};
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
