//! What is asked of the whole book: figures that follow it, files that hold all of it, cases alike.

use ::book::{Book, Who};
use case::Field;
use serde_json::json;

use super::*;

/// Opens so many cases by hand.
fn open(book: &Book, many: usize) {
    for at in 0..many {
        let known = [
            (Field::Organisation, json!(format!("架空商店{at}"))),
            (Field::DisclosedOn, json!("2031-04-05")),
        ];
        book.open_case(&known, "試験", &Who("test".to_owned())).unwrap();
    }
}

#[tokio::test]
async fn figures_follow_the_book() {
    let site = Site::with(|options| options.public_read = true);
    let mut anybody = site.browser().speaking("en");
    for (more, told) in
        [(1, "<strong>1</strong> case counted"), (2, "<strong>3</strong> cases counted")]
    {
        open(&site.app.book, more);
        // The second time the answer is the remembered one.
        for _ in 0..2 {
            anybody.get("/statistics").await.has(&[told]);
            anybody.get("/statistics?q=disclosed:2031").await.has(&[told]);
        }
    }
    let api = |found: Answer| found.json()["cases"].as_u64();
    assert_eq!(api(anybody.get("/api/v1/statistics").await), Some(3));
    assert_eq!(api(anybody.get("/api/v1/statistics?q=disclosed:2030").await), Some(0));
}

#[tokio::test]
async fn a_query_that_is_not_understood_has_no_figures() {
    let site = Site::with(|options| options.public_read = true);
    let page = site.browser().get("/statistics?q=category:ransomwear").await;
    page.has(&["role=\"alert\"", "ransomwear"]);
    let api = site.browser().get("/api/v1/statistics?q=category:ransomwear").await;
    assert_eq!(api.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_file_holds_every_case_however_many() {
    let site = Site::with(|options| options.public_read = true);
    // More than are made ready at a time, and not a multiple of it.
    open(&site.app.book, 123);
    let file = async |format: &str| {
        let answer = site.browser().get(&format!("/export?format={format}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{format}: {}", answer.body);
        answer
    };
    assert_eq!(file("csv").await.body.lines().count(), 1 + 123);
    let lines = file("ndjson").await.body;
    assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    assert_eq!(lines.lines().count(), 123);
    assert_eq!(file("veris").await.json().as_array().map(Vec::len), Some(123));
    assert!(file("stix").await.json()["objects"].as_array().is_some_and(|all| all.len() > 123));
}

#[tokio::test]
async fn a_file_is_sent_to_its_end_packed_too() {
    let site = Site::with(|options| options.public_read = true);
    open(&site.app.book, 60);
    let mut browser = site.browser();
    browser.headers.push(("accept-encoding", "gzip".to_owned()));
    let answer = browser.get("/export?format=csv").await;
    assert_eq!((answer.status, answer.header("content-encoding")), (StatusCode::OK, "gzip"));
    assert!(!answer.body.is_empty());
}

#[tokio::test]
async fn a_file_of_no_case_is_whole_too() {
    let site = Site::with(|options| options.public_read = true);
    let mut anybody = site.browser();
    assert_eq!(anybody.get("/export?format=csv").await.body.lines().count(), 1);
    assert_eq!(anybody.get("/export?format=ndjson").await.body, "");
    assert_eq!(anybody.get("/export?format=veris").await.json(), json!([]));
    assert_eq!(anybody.get("/export?format=stix").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn similar_cases_are_asked_for_apart_and_say_why() {
    let (_site, mut editor) = Site::with_examples().await;
    let list = editor.get("/?category=bcc_mistake").await;
    let number = list.body.split("data-number=\"").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/case/{number}");
    editor.get(&path).await.has(&[&format!("href=\"{path}/like\"")]);
    let alone = editor.get(&format!("{path}/like")).await;
    alone.has(&["似た事件は見つかりませんでした"]);
    // The same release by somebody else is as like as it can be.
    let text = String::from_utf8(example("02-bcc-city.html")).unwrap();
    let other = text.replace("みさき野市", "うみべ野市");
    editor.add("other.html", other.as_bytes()).await;
    let found = editor.get(&format!("{path}/like")).await;
    found.has(&[
        "うみべ野市", "分類：BCC誤り", "題名：「", "似た事件のその後", "複数人による確認 1/1",
    ]);
    assert_eq!(editor.get("/case/9999-001/like").await.status, StatusCode::NOT_FOUND);
}
