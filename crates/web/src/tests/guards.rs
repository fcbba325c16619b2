//! What must not happen at the web's edge.

use super::*;

const SCRIPT: &str = "2031年4月5日\n株式会社<script>alert(1)</script>商会\n\"><img src=x onerror=alert(2)>に関するお詫び\n\n4月1日、お客様45名の氏名を誤って送信しました。<script>alert(3)</script>";

#[tokio::test]
async fn a_script_in_a_disclosure_stays_text() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    let token = editor.get("/add").await.token().to_owned();
    let read = editor.upload(&token, "<script>.txt", SCRIPT.as_bytes()).await;
    let review = read.location().to_owned();
    let mut pages = vec![editor.get(&review).await];
    let done = editor.submit_from(&review, &format!("{review}/keep"), &[]).await;
    let case = done.location().split('?').next().unwrap().to_owned();
    let number = case.strip_prefix("/case/").unwrap();
    for path in [
        &case,
        "/",
        "/timeline",
        &format!("/compare?case={number}"),
        "/statistics",
        "/?q=%3Cscript%3E",
    ] {
        pages.push(editor.get(path).await);
    }
    for field in ["title", "organisation", "timeline"] {
        pages.push(editor.get(&format!("{case}/correct/{field}")).await);
    }
    for page in &pages {
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        for forbidden in ["<script>alert", "<img src=x", "onerror=alert(2)>", "<script>.txt"] {
            assert!(!page.body.contains(forbidden), "{forbidden} in {}", page.body);
        }
    }
    assert!(pages[0].body.contains("&lt;script&gt;alert(3)"));
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let (_site, mut editor) = Site::with_examples().await;
    for path in ["/", "/case/9999-001", "/api/v1/cases", "/assets/no.css", "/sign-in", "/timeline"]
    {
        let answer = editor.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        for inline in [" style=\"", " onclick", "<style", "<script>"] {
            assert!(!answer.body.contains(inline), "{path}: {inline}");
        }
        assert!(
            !answer.body.contains("src=\"http") && !answer.body.contains("href=\"http"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    let (site, mut editor) = Site::with_examples().await;
    let mut other = site.member(Role::Editor).await;
    let foreign = other.get("/add").await.token().to_owned();
    let before = site.app.book.entries().unwrap();
    for token in ["", "0", foreign.as_str()] {
        for path in [
            "/case/2031-001/correct/title", "/case/2031-001/withdraw", "/case/2031-001/decide",
            "/open", "/live/open", "/sign-out", "/account/tokens", "/account/invite",
            "/account/password", "/account/role", "/account/sign-out-everywhere",
            "/account/tokens/revoke",
        ] {
            let answer = editor.post(path, &[("csrf", token), ("v", "x"), ("why", "x")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {token}");
        }
        let answer = editor.upload(token, "a.txt", b"text").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(site.app.book.entries().unwrap(), before);
    editor.get("/").await.has(&["editor-"]);
}

#[tokio::test]
async fn a_form_from_another_site_changes_nothing() {
    let (_site, mut editor) = Site::with_examples().await;
    let token = editor.get("/add").await.token().to_owned();
    editor.headers.push(("sec-fetch-site", "cross-site".to_owned()));
    let answer = editor.post("/sign-out", &[("csrf", &token)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn another_name_for_this_machine_is_refused() {
    let site = Site::with(|options| options.public_read = true);
    let request = Request::builder().uri("/").header("host", "rebound.example.com");
    let response = site.router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn names_in_addresses_are_no_paths() {
    let (_site, mut editor) = Site::with_examples().await;
    for path in [
        "/assets/..%2f..%2fCargo.toml", "/assets/%2e%2e/accounts.sqlite",
        "/source/..%2faccounts.sqlite", "/source/ledger.key", "/case/..%2f..",
        "/add/..%2f..%2fetc", "/case/2031-001/correct/..%2f", "/language/..%2f",
    ] {
        let answer = editor.get(path).await;
        assert!(
            matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::GONE),
            "{path} {}",
            answer.status
        );
        assert!(!answer.body.contains("SQLite") && !answer.body.contains("[package]"), "{path}");
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    let token = editor.get("/open").await.token().to_owned();
    let long = "あ".repeat(2 << 20);
    let answer = editor.post("/open", &[("csrf", &token), ("title", &long), ("why", "x")]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = editor.upload(&token, "a.txt", &vec![b'a'; 65 << 20]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = editor.get(&format!("/?q={}", "a".repeat(5_000))).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn nothing_is_read_without_an_account_unless_the_book_is_public() {
    let closed = Site::new();
    let open = Site::with(|options| options.public_read = true);
    for path in [
        "/", "/timeline", "/statistics", "/compare", "/case/2031-001", "/api/v1/cases",
        "/api/timeline", "/api/v1/statistics",
    ] {
        let refused = closed.browser().get(path).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
        let read = open.browser().get(path).await;
        assert_ne!(read.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    for path in ["/add", "/open", "/account", "/case/2031-001/correct/title"] {
        assert_eq!(open.browser().get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let mut reader = closed.member(Role::Reader).await;
    for path in ["/add", "/open", "/case/2031-001/correct/title"] {
        assert_eq!(reader.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn failures_tell_nothing_of_the_inside() {
    let (_site, mut editor) = Site::with_examples().await;
    for (path, status) in [
        ("/case/9999-001", 404),
        ("/case/x", 404),
        ("/nowhere", 404),
        ("/timeline?from=x", 200),
        ("/api/timeline?from=x", 422),
        ("/api/v1/cases?page=0", 422),
        ("/case/2031-001/withdraw", 405),
    ] {
        let answer = editor.get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {}", answer.body);
        for inside in ["sqlite", "SQLite", "panicked", ".rs:", "/tmp", "Failed to"] {
            assert!(!answer.body.contains(inside), "{path}: {inside} in {}", answer.body);
        }
    }
}

#[tokio::test]
async fn cookies_are_kept_from_scripts_and_other_sites() {
    let site = Site::with(|options| options.https = true);
    let code = site.app.accounts.invite(Role::Reader).unwrap();
    let mut browser = site.browser();
    let page = browser.get(&format!("/welcome/{code}")).await;
    let cookie = page.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax")
            && cookie.ends_with("Secure"),
        "{cookie}"
    );
}
