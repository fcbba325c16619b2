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
