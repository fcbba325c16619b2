//! Looking for cases: search, facets, keys, comparison, statistics.

use crate::start_signed_in;

const ALL: &[&str] = &["examples"];

#[test]
fn two_characters_filters_facets_and_errors() {
    let Some((browser, served)) = start_signed_in("ja", ALL) else { return };
    browser.go(&served.at("/"));
    let all = browser.count("table.book tbody tr");
    assert!(all >= 17, "{all}");

    browser.fill("#q", "氏名");
    browser.follow("form.search button");
    let found = browser.count("table.book tbody tr");
    assert!(found > 0 && found < all, "{found} of {all}");
    assert!(browser.texts("table.book mark").iter().all(|mark| mark == "氏名"));
    assert!(browser.count("table.book mark") > 0);

    // Choosing a facet narrows, and says how far before it is chosen.
    let said = browser.text(".facets a .n");
    browser.follow(".facets a");
    assert_eq!(browser.count("table.book tbody tr").to_string(), said);
    assert_eq!(browser.text("#count strong"), said);
    browser.follow(".facets ul.chosen a");
    assert_eq!(browser.count("table.book tbody tr"), found);

    browser.fill("#q", "category:ransomware");
    browser.follow("form.search button");
    for category in browser.texts("td.category") {
        assert!(category.contains("ランサムウェア"), "{category}");
    }

    // What is wrong is said, and the words stay to be mended.
    browser.fill("#q", "category:ransomwear");
    browser.follow("form.search button");
    let wrong = browser.text("[role=alert]");
    assert!(wrong.contains("ransomwear"), "{wrong}");
    assert_eq!(browser.eval("return document.getElementById('q').value"), "category:ransomwear");

    browser.go(&served.at("/?q=%E6%B1%BA%E3%81%97%E3%81%A6%E7%84%A1%E3%81%84%E8%AA%9E"));
    assert_eq!(browser.count("table.book tbody tr"), 0);
    assert!(browser.text("main p.none").contains("該当する事件はありません"));
    served.was_quiet(&browser, &["status of 400", "status of 422"]);
}

#[test]
fn the_table_is_used_by_keys() {
    let Some((browser, served)) = start_signed_in("en", ALL) else { return };
    browser.go(&served.at("/"));
    let numbers = browser.texts("td.number a");
    browser.press(&["j", "j", "j", "k"]);
    let focused = browser.eval("return document.activeElement.textContent");
    assert_eq!(focused.as_str(), Some(numbers[1].as_str()));
    browser.press(&["/"]);
    assert_eq!(browser.eval("return document.activeElement.id"), "q");
    browser.press(&["j"]);
    assert_eq!(browser.eval("return document.getElementById('q').value"), "j", "typed, not moved");

    browser.go(&served.at("/"));
    browser.press(&["j", "j"]);
    browser.eval("window.before = true");
    browser.press(&["\u{e007}"]);
    browser.arrived();
    assert_eq!(browser.path(), format!("/case/{}", numbers[1]));
    // The first stop of the Tab key leads past the navigation.
    browser.press(&["\u{e004}"]);
    assert_eq!(browser.eval("return document.activeElement.className"), "skip");
    served.was_quiet(&browser, &[]);
}

#[test]
fn cases_are_compared() {
    let Some((browser, served)) = start_signed_in("ja", ALL) else { return };
    browser.go(&served.at("/case/2024-001"));
    browser.follow("p.tools a[href^='/compare']");
    browser.fill("#another", "2024-008");
    browser.follow("main form button[type=submit]");
    assert_eq!(browser.path(), "/compare?case=2024-001&case=2024-008");
    assert_eq!(browser.count("table.compare thead th"), 3);
    let heads = browser.texts("table.compare thead th");
    assert!(
        heads[1].contains("みさき野市") && heads[2].contains("株式会社ふたば出版"),
        "{heads:?}"
    );
    assert!(browser.count("table.compare tr.differs") > 2, "they are told apart");
    assert!(browser.count("table.compare tbody tr:not(.differs)") > 0, "both are of one category");

    browser.fill("#another", "1999-999");
    browser.follow("main form button[type=submit]");
    assert_eq!(browser.text("[role=alert]"), "該当する事件はありません。");
    assert_eq!(browser.count("table.compare thead th"), 3, "the others stay");
    served.was_quiet(&browser, &["status of 400", "status of 404", "status of 422"]);
}

#[test]
fn a_figure_leads_to_its_cases() {
    let Some((browser, served)) = start_signed_in("en", ALL) else { return };
    browser.go(&served.at("/statistics"));
    assert!(browser.count("section.chart svg a") > 10);
    browser.click("section.chart details summary");
    let said = browser.text("section.chart details[open] td.right a");
    browser.follow("section.chart details[open] td.right a");
    assert_eq!(browser.text("#count strong"), said);
    assert_eq!(browser.count("table.book tbody tr").to_string(), said);

    // A bar itself is a link as well.
    browser.go(&served.at("/statistics"));
    let bars = browser.eval(
        "return Array.from(document.querySelectorAll('section.chart svg a'), one => one.getAttribute('href'))",
    );
    let bars: Vec<String> = serde_json::from_value(bars).expect("addresses");
    for bar in bars.iter().step_by(7) {
        browser.go(&served.at(bar));
        assert_eq!(browser.count("[role=alert]"), 0, "{bar} is no query");
        assert!(browser.count("table.book tbody tr") > 0, "{bar} finds nothing");
    }
    served.was_quiet(&browser, &[]);
}
