//! Reports that may belong to a case: proposed, looked at, decided by a person.

use super::*;

const FIRST: &str = "2031年4月5日\n株式会社例示商会\nランサムウェア感染に関するお知らせ\n\n4月1日、当社のサーバーがランサムウェアに感染しました。\n";
/// Of the same organisation under the same title, but another day is told.
const MAYBE: &str = "2031年6月9日\n株式会社例示商会\nランサムウェア感染に関するお知らせ\n\n6月2日、当社の端末がランサムウェアに感染しました。\n";

/// The paths of the case that is proposed and of the one that it may belong to.
async fn proposed(editor: &mut Browser) -> (String, String) {
    let path = |answer: &Answer| answer.location().split('?').next().unwrap().to_owned();
    let into = path(&editor.add("1.txt", FIRST.as_bytes()).await);
    let number = path(&editor.add("2.txt", MAYBE.as_bytes()).await);
    assert_ne!(number, into);
    (number, into)
}

#[tokio::test]
async fn what_is_found_to_be_the_same_case_is_joined() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    let (number, into) = proposed(&mut editor).await;
    editor.get(&number).await.has(&["同じ事件の続報かもしれません", "組織", &into]);
    let unexplained = [("accept", "yes"), ("why", " ")];
    let refused = editor.submit_from(&number, &format!("{number}/decide"), &unexplained).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    refused.has(&["理由を書いてください"]);
    let form = [("accept", "yes"), ("why", "電話で確かめた")];
    let done = editor.submit_from(&number, &format!("{number}/decide"), &form).await;
    assert_eq!(done.location(), format!("{into}?said=changed"), "{}", done.body);
    let joined = editor.get(&into).await;
    joined.has(&["id=\"report-2\"", "続報かを判断"]);
    assert!(!joined.body.contains("続報かもしれません"));
    editor.get(&number).await.has(&["の続報と判断されました", &into]);
    // What is decided is not decided again.
    let again = editor.submit_from(&into, &format!("{number}/decide"), &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_is_found_to_be_another_case_stays_one() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    let (number, into) = proposed(&mut editor).await;
    let form = [("accept", "no"), ("why", "別の端末")];
    let done = editor.submit_from(&number, &format!("{number}/decide"), &form).await;
    assert_eq!(done.location(), format!("{number}?said=changed"), "{}", done.body);
    for path in [&number, &into] {
        let page = editor.get(path).await;
        assert!(!page.body.contains("続報かもしれません") && !page.body.contains("report-2"));
    }
    let mut reader = site.member(Role::Reader).await;
    let answer = reader.submit_from("/account", &format!("{number}/decide"), &form).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
