//! Every page, in both languages, with real cases.

use super::*;

#[tokio::test]
async fn the_book_lists_its_cases_and_filters_them() {
    let (_site, mut editor) = Site::with_examples().await;
    let all = editor.get("/").await;
    all.has(&["<table class=\"book\">", "lang=\"ja\"", "ランサムウェア", "BCC誤り", "/case/"]);
    let filtered = editor.get("/?category=ransomware").await;
    filtered.has(&["ランサムウェア", "aria-current=\"true\""]);
    assert_eq!(filtered.body.matches("data-number=").count(), 1);
    let english = editor.clone().speaking("en").get("/").await;
    english.has(&["lang=\"en\"", "ransomware", "Search", "日本語"]);
}

#[tokio::test]
async fn a_case_leads_from_each_fact_to_its_words_and_back() {
    let (_site, mut editor) = Site::with_examples().await;
    let list = editor.get("/?category=ransomware").await;
    let number = list.body.split("data-number=\"").nth(1).unwrap().split('"').next().unwrap();
    let page = editor.get(&format!("/case/{number}")).await;
    let cite = page.body.split("data-cite=\"").nth(1).unwrap().split('"').next().unwrap();
    page.has(&[
        &format!("href=\"?cite={cite}#c-{cite}\""),
        &format!("id=\"c-{cite}\""),
        "class=\"words",
    ]);
    // Without script the server marks the words.
    let marked = editor.get(&format!("/case/{number}?cite={cite}")).await;
    assert!(marked.body.contains("words lit"), "{}", marked.body);
    for part in page.body.split("data-facts=\"").skip(1) {
        for fact in part.split('"').next().unwrap().split(' ') {
            assert!(page.body.contains(&format!("id=\"{fact}\"")), "{fact} is nowhere");
        }
    }
    page.has(&["台帳の記録", "原文を追加", "class=\"rail\""]);
}

#[tokio::test]
async fn a_correction_says_who_and_why_and_the_old_value_stays() {
    let (_site, mut editor) = Site::with_examples().await;
    let list = editor.get("/?category=bcc_mistake").await;
    let number =
        list.body.split("data-number=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let path = format!("/case/{number}/correct/category");
    let empty = editor.submit(&path, &[("v", "misdirected_mail"), ("why", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.has(&["理由を書いてください"]);
    let wrong = editor.submit(&path, &[("v", "no_such_thing"), ("why", "x")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.body);
    let done = editor.submit(&path, &[("v", "misdirected_mail"), ("why", "宛先欄の<誤り>")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let page = editor.get(&format!("/case/{number}")).await;
    page.has(&["<del>BCC誤り</del>", "<ins>メール誤送信</ins>", "宛先欄の&lt;誤り&gt;", "editor-"]);
    let seq = page
        .body
        .split("name=\"correction\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let form = [("correction", seq.as_str()), ("why", "取り消す理由")];
    let back = editor
        .submit_from(&format!("/case/{number}"), &format!("/case/{number}/withdraw"), &form)
        .await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    editor.get(&format!("/case/{number}")).await.has(&["取消", "badge category\">BCC誤り"]);
}

#[tokio::test]
async fn a_reading_is_looked_at_and_corrected_before_it_is_kept() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    let token = editor.get("/add").await.token().to_owned();
    let read = editor.upload(&token, "a.txt", &example("01-ransomware-manufacturer.txt")).await;
    let review = read.location().to_owned();
    editor.get("/").await.has(&["まだ事件がありません"]);
    let page = editor.get(&review).await;
    page.has(&["name=\"c0.title\"", "name=\"c0.data_kinds\"", "class=\"words"]);
    // The form as a browser sends it, with one field changed.
    let form = [("c0.title", "別の題名"), ("c0.organisation", "別の組織"), ("why", "試し")];
    let keep = format!("{review}/keep");
    let done = editor.submit_from(&review, &keep, &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let kept = editor.get(done.location().split('#').next().unwrap()).await;
    kept.has(&["別の題名", "別の組織", "保存しました"]);
    let gone = editor.get(&review).await;
    assert_eq!(gone.status, StatusCode::GONE);
}

#[tokio::test]
async fn the_form_of_a_reading_sent_as_it_is_corrects_nothing() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    for name in [
        "01-ransomware-manufacturer.txt", "05-cloud-misconfiguration-saas.txt", "11-ddos-bus.txt",
        "08-insider-telecom.txt",
    ] {
        let token = editor.get("/add").await.token().to_owned();
        let read = editor.upload(&token, name, &example(name)).await;
        let review = read.location().to_owned();
        let page = editor.get(&review).await;
        let controls = controls(&page.body);
        let form: Vec<(&str, &str)> =
            controls.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let done = editor.post(&format!("{review}/keep"), &form).await;
        let said =
            done.body.split("role=\"alert\">").nth(1).and_then(|rest| rest.split('<').next());
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{name}: {said:?}");
        let case = editor.get(done.location()).await;
        assert!(!case.body.contains("id=\"corrections\""), "{name}: something was corrected");
    }
}

/// What a browser sends of a page's controls: enough of HTML for our own pages.
fn controls(body: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        tag.split(&format!(" {name}=\"")).nth(1).map(|rest| {
            let value = rest.split('"').next().unwrap();
            value
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
        })
    };
    let mut sent = Vec::new();
    let mut select: Option<String> = None;
    let form = body.split("<form class=\"review\"").nth(1).unwrap();
    for tag in form.split('<').map(|part| part.split('>').next().unwrap_or_default()) {
        if tag.starts_with("input") {
            let checkable = tag.contains("type=\"checkbox\"");
            if let Some(name) =
                attribute(tag, "name").filter(|_| !checkable || tag.ends_with(" checked"))
            {
                let default = if checkable { "on" } else { "" };
                // A text control drops line ends.
                let value =
                    attribute(tag, "value").unwrap_or_else(|| default.to_owned()).replace('\n', "");
                sent.push((name, value));
            }
        } else if tag.starts_with("select") {
            select = attribute(tag, "name");
        } else if tag.starts_with("option") && tag.ends_with(" selected") {
            sent.push((select.clone().unwrap(), attribute(tag, "value").unwrap()));
        }
    }
    sent
}

#[tokio::test]
async fn cases_are_compared_counted_and_drawn() {
    let (_site, mut editor) = Site::with_examples().await;
    let list = editor.get("/").await;
    let numbers: Vec<String> = list
        .body
        .split("data-number=\"")
        .skip(1)
        .map(|part| part.split('"').next().unwrap().to_owned())
        .collect();
    let compared = editor.get(&format!("/compare?case={}&case={}", numbers[0], numbers[1])).await;
    compared.has(&["class=\"differs\"", &numbers[0], &numbers[1]]);
    editor.get("/compare?case=9999-1").await.has(&["該当する事件はありません"]);
    let statistics = editor.get("/statistics").await;
    statistics.has(&["<svg", "<title", "<desc", "<details>", "公表月"]);
    assert!(!statistics.body.contains("style="));
    editor
        .get("/timeline")
        .await
        .has(&["<canvas id=\"axis\"", "<table class=\"book\">", "timeline."]);
    let window = editor.get("/api/timeline").await.json();
    assert_eq!(window["total"], 3, "{window}");
}

#[tokio::test]
async fn a_case_can_be_opened_by_hand() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    let form = [
        ("organisation", "例示市役所"),
        ("category", "loss_or_theft"),
        ("disclosed_on", "2031-04-05"),
        ("data_kinds", "name"),
        ("why", "電話で聞いた"),
    ];
    let done = editor.submit("/open", &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let page = editor.get(done.location()).await;
    page.has(&[
        "例示市役所",
        "紛失・盗難",
        "2031-04-05",
        "電話で聞いた",
        "この事件には原文がありません",
    ]);
}

#[tokio::test]
async fn the_language_is_chosen_and_kept() {
    let site = Site::new();
    let mut browser = site.browser().speaking("en-GB, en");
    browser.get("/sign-in").await.has(&["lang=\"en\"", "Sign in"]);
    let chosen = browser.get("/language/ja?to=/sign-in").await;
    assert_eq!(chosen.location(), "/sign-in");
    browser.get("/sign-in").await.has(&["lang=\"ja\"", "ログイン"]);
    assert_eq!(browser.get("/language/ja?to=//evil.example.com").await.location(), "/");
}

#[tokio::test]
async fn an_original_is_a_file_to_keep_and_no_page() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    let bytes = example("02-bcc-city.html");
    let done = editor.add("02-bcc-city.html", &bytes).await;
    let case = editor.get(done.location()).await;
    let source =
        case.body.split("href=\"/source/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let original = editor.get(&format!("/source/{source}")).await;
    assert_eq!(original.body.as_bytes(), bytes);
    assert_eq!(original.header("content-type"), "application/octet-stream");
    assert!(original.header("content-disposition").starts_with("attachment"));
}

const FIRST: &str = "2031年4月5日\n株式会社例示商会\nランサムウェア感染に関するお知らせ（第1報）\n\n4月1日、当社のサーバーがランサムウェアに感染しました。お客様3,455,754件の氏名が漏えいした可能性があります。\n";
const SECOND: &str = "2031年5月20日\n株式会社例示商会\nランサムウェア感染に関するお知らせ（第2報）\n\n2031年4月5日に公表しました「ランサムウェア感染に関するお知らせ（第1報）」について、調査の結果をお知らせします。4月1日に感染し、対象はお客様3,179,454件の氏名でした。漏えいは確認されておりません。\n";

#[tokio::test]
async fn a_later_report_shows_what_it_changed() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    let one = editor.add("1.txt", FIRST.as_bytes()).await;
    let two = editor.add("2.txt", SECOND.as_bytes()).await;
    assert_eq!(one.location(), two.location());
    let page = editor.get(two.location()).await;
    page.has(&[
        "続報による変化", "<del>3,455,754件", "<ins>3,179,454件", "id=\"report-1\"",
        "id=\"report-2\"",
    ]);
    // A citation of the second report is marked there, and leads there.
    let cite = page.body.split("data-cite=\"").find(|part| {
        part.split('"')
            .next()
            .is_some_and(|cite| cite.ends_with("-2") && cite.matches('-').count() == 2)
    });
    let cite = cite.unwrap().split('"').next().unwrap();
    page.has(&[&format!("id=\"c-{cite}\"")]);
    let path = two.location().split('?').next().unwrap();
    let marked = editor.get(&format!("{path}?cite={cite}")).await;
    let second = marked.body.split("id=\"report-2\"").nth(1).unwrap();
    assert!(second.contains("words lit"), "{second}");
}

#[tokio::test]
async fn cases_leave_in_the_formats_of_others() {
    let (_site, mut editor) = Site::with_examples().await;
    let list = editor.get("/?category=ransomware").await;
    let number = list.body.split("data-number=\"").nth(1).unwrap().split('"').next().unwrap();
    let number = number.to_owned();
    for (format, begins) in [("veris", "["), ("stix", "{"), ("csv", "\u{feff}"), ("ndjson", "{")] {
        let answer = editor.get(&format!("/case/{number}/export/{format}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{format}: {}", answer.body);
        assert!(answer.body.starts_with(begins), "{format}: {}", answer.body);
        assert!(answer.header("content-disposition").contains(&number), "{format}");
    }
    assert_eq!(editor.get("/case/9999-001/export/csv").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        editor.get(&format!("/case/{number}/export/exe")).await.status,
        StatusCode::NOT_FOUND
    );
    let found = editor.get("/export?format=ndjson&category=bcc_mistake").await;
    assert_eq!(found.body.lines().count(), 1, "{}", found.body);
    let feed = editor.get("/feed.atom").await;
    feed.has(&["<feed", &format!("/cases/{number}")]);
    assert_eq!(editor.get(&format!("/cases/{number}")).await.location(), format!("/case/{number}"));
}

#[tokio::test]
async fn questions_in_sql_are_answered_and_nothing_else_is() {
    let (_site, mut editor) = Site::with_examples().await;
    let ask = |sql: &str, format: &str| {
        format!("/sql{}", crate::link::query([("query", sql), ("format", format)]))
    };
    let table = editor.get(&ask("SELECT category, count(*) FROM cases GROUP BY 1", "")).await;
    table.has(&["<svg class=\"chart\"", "<td>ransomware</td>", "format=csv"]);
    let csv = editor.get(&ask("SELECT number FROM cases ORDER BY 1", "csv")).await;
    assert_eq!(csv.body.lines().count(), 4, "{}", csv.body);
    for refused in [
        "DELETE FROM cases", "SELECT * FROM sqlite_schema", "SELECT 1; SELECT 2",
        "ATTACH 'x' AS y", "SELEC",
    ] {
        editor.get(&ask(refused, "")).await.has(&["role=\"alert\""]);
        let json = editor.get(&ask(refused, "json")).await;
        assert_eq!(json.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
    }
}
