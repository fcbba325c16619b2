//! Cases run again: the scoreboard fills while the round runs, a case's own page says what happened then
//! and what happens now.

use crate::pictures::keep;
use crate::start_signed_in;

#[test]
fn the_scoreboard_says_then_and_now() {
    let examples = [
        "examples/01-ransomware-manufacturer.txt",
        "examples/02-bcc-city.html",
        "examples/03-misdirected-mail-foundation.eml",
        "examples/05-cloud-misconfiguration-saas.txt",
    ];
    let Some((browser, served)) = start_signed_in("ja", &examples) else { return };
    browser.go(&served.at("/replays"));
    assert!(browser.text("main p.none").contains("まだ再現した事件がありません"));
    browser.follow("main form button");
    browser.wait(
        "the round ends",
        "return document.querySelectorAll('table.replays tbody tr').length === 4 && !document.querySelector('progress')",
    );
    let prevented = browser.text("table.replays tr:has(.o-prevented)");
    assert!(prevented.contains("見えたアドレス") && prevented.contains("3/3"), "{prevented}");
    let missing = browser.texts("table.replays tr:has(.o-inconclusive)").concat();
    assert!(missing.contains("ランサムウェアに対する統制がまだない"), "{missing}");
    keep(&browser, "replays");

    browser.follow("table.replays tr:has(.o-prevented) a");
    let told = browser.text("section[aria-labelledby=replay]");
    for expected in ["防止", "文書の記載", "仮定", "再発(あるべき姿)", "removed"] {
        assert!(told.contains(expected), "{expected} in {told}");
    }
    served.was_quiet(&browser, &[]);
}
