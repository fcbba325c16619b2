//! Cases run again on pages: the scoreboard, a case's own replay, who may run one.

use super::*;

#[tokio::test]
async fn a_case_is_replayed_on_its_page_and_stands_on_the_scoreboard() {
    let (_site, mut editor) = Site::with_examples().await;
    let list = editor.get("/?category=bcc_mistake").await;
    let number =
        list.body.split("data-number=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    editor.get("/replays").await.has(&["まだ再現した事件がありません"]);
    let answer = editor.submit(&format!("/case/{number}/replay"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = editor.get(&format!("/case/{number}")).await;
    page.has(&["o-prevented", "見えたアドレス", "再発(あるべき姿)", "文書の記載", "仮定"]);
    let board = editor.get("/replays").await;
    board.has(&["o-prevented", "防止", "3/3", &format!("/case/{number}#replay")]);
    editor.clone().speaking("en").get("/replays").await.has(&["prevented", "addresses exposed"]);
}

#[tokio::test]
async fn a_replay_that_went_wrong_is_red() {
    let (site, mut editor) = Site::with_examples().await;
    let list = editor.get("/?category=bcc_mistake").await;
    let number = list.body.split("data-number=\"").nth(1).unwrap().split('"').next().unwrap();
    editor.submit(&format!("/case/{number}/replay"), &[]).await;
    let shelf = replay::Shelf::beside(site.app.book.dir());
    let mut kept = shelf.of(number.parse().unwrap()).unwrap();
    kept.replayed.outcome = replay::Outcome::Recurred;
    shelf.keep(&kept).unwrap();
    editor.get("/replays").await.has(&["o-recurred", "再発"]);
}

#[tokio::test]
async fn under_ones_own_policy_the_board_says_what_would_stop_a_case() {
    let dir = tempfile::tempdir().unwrap();
    let policy = dir.path().join("relay.toml");
    let own =
        "[organisation]\ndomains = [\"city.example\"]\napprovers = [\"kacho@city.example\"]\n";
    let lax = format!("{own}[checks.exposed-recipients]\nmode = \"monitor\"\n");
    std::fs::write(&policy, lax).unwrap();
    let site = Site::with(|options| options.policy = Some(policy.clone()));
    let mut editor = site.member(Role::Editor).await;
    let added = editor.add("02-bcc-city.html", &example("02-bcc-city.html")).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    let number = site.app.book.numbers().unwrap()[0];
    let order = format!("/case/{number}/replay");
    editor.submit(&order, &[]).await;
    let change = "exposed-recipients: mode &quot;monitor&quot; → &quot;enforce&quot;";
    let stops = ["o-detected", "これで止まる", change, "relay.toml"];
    editor.get("/replays").await.has(&stops);
    editor.get(&format!("/case/{number}")).await.has(&stops);

    std::fs::write(&policy, "[organisation]\n").unwrap();
    let answer = editor.submit(&order, &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.has(&["relay.toml", "line 1"]);
}

#[tokio::test]
async fn who_only_reads_runs_nothing() {
    let (site, _) = Site::with_examples().await;
    let mut reader = site.member(Role::Reader).await;
    let page = reader.get("/replays").await;
    assert!(!page.body.contains("action=\"/replays\""), "{}", page.body);
    for path in ["/replays", "/case/2024-001/replay"] {
        let answer = reader.submit(path, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
}
