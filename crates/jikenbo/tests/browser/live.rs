//! A live case by hand: opened, filled, counted and corrected on its one page, without any script; looked
//! at as it would go out; and not there for whoever may only read.

use crate::accessible::examine;
use crate::pictures::keep;
use crate::start_signed_in;

#[test]
fn a_case_is_carried_from_its_opening_to_its_status_page() {
    let Some((browser, served)) = start_signed_in("ja", &[]) else { return };
    browser.without_script(true);
    browser.go(&served.at("/live"));
    browser.follow("main a.button");
    browser.fill("#open-title", "業務システムの停止");
    browser.fill("#open-organisation", "株式会社そらまめ業務");
    browser.click("#open-category option[value=ransomware]");
    browser.fill("#known_by", "運用部");
    browser.follow("form.entry-form button");
    let path = browser.path();
    assert!(path.starts_with("/live/L"), "{path}");
    assert!(browser.text("section.next").contains("速報"), "{}", browser.text("section.next"));

    // What is missing is said on the clock itself.
    browser.follow("#clock-appi-prompt form.answer button[value=yes]");
    for (form, fields) in [
        ("task", &[("what", "回線を切る"), ("owner", "林"), ("plan", "隔離")][..]),
        ("service", &[("name", "給与計算")]),
        (
            "counted",
            &[("service", "給与計算"), ("done", "160"), ("total", "2800"), ("unit", "拠点")],
        ),
        ("decided", &[("what", "支払わない"), ("because", "控えから戻せる")]),
        ("noted", &[("what", "サービスを停止しています")]),
    ] {
        let open = format!("#add-{form}[open]");
        if browser.count(&open) == 0 {
            browser.click(&format!("#add-{form} > summary"));
        }
        for (name, words) in fields {
            browser.fill(&format!("#{form}-{name}"), words);
        }
        if form == "noted" {
            browser.click("#add-noted input[name=public]");
        }
        browser.follow(&format!("#add-{form} button[type=submit]"));
        assert_eq!(browser.path().split('#').next(), Some(path.as_str()), "{form}");
    }
    browser.follow("#tasks ~ ul form.answer button");
    assert_eq!(browser.count("ul.tasks > li.done"), 1);
    assert!(browser.text("ul.board").contains("160 / 2,800拠点"), "{}", browser.text("ul.board"));
    browser.go(&served.at(&path));
    keep(&browser, "live");

    browser.go(&served.at(&format!("{path}/status")));
    assert!(browser.text(".preview").contains("サービスを停止しています"));
    assert!(!browser.text(".preview").contains("支払わない"));
    keep(&browser, "live-status");
    browser.go(&served.at(&format!("{path}/draft")));
    assert!(browser.count("ul.gaps li") > 3);
    served.was_quiet(&browser, &[]);

    // The pages about one case as others are examined.
    browser.without_script(false);
    let pages = [path.clone(), format!("{path}/contacts"), format!("{path}/status")];
    let beside =
        [format!("{path}/draft"), format!("{path}/add/noted"), format!("{path}/fact/data_kinds")];
    let pages: Vec<&str> = pages.iter().chain(&beside).map(String::as_str).collect();
    let wrong = examine(&browser, &served, "ja", &pages);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
