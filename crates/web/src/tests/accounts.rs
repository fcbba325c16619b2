//! Accounts as a browser meets them.

use super::*;

#[tokio::test]
async fn the_first_link_makes_the_administrator() {
    let site = Site::new();
    let code = site.app.accounts.first_invitation().unwrap().unwrap();
    let mut browser = site.browser();
    let path = format!("/welcome/{code}");
    let differs =
        browser.submit(&path, &[("name", "mori"), ("password", PASSWORD), ("again", "x")]).await;
    differs.has(&["一致しません"]);
    let short = browser.submit(&path, &[("name", "mori"), ("password", "x"), ("again", "x")]).await;
    short.has(&["短すぎます"]);
    let done = browser
        .submit(&path, &[("name", "mori"), ("password", PASSWORD), ("again", PASSWORD)])
        .await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/"));
    browser.get("/account").await.has(&["mori", "管理者", "招待"]);
    assert_eq!(site.browser().get(&path).await.status, StatusCode::NOT_FOUND);
}

async fn sign_in(browser: &mut Browser, form: [(&str, String); 3]) -> Answer {
    let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (*a, b.as_str())).collect();
    browser.submit("/sign-in", &form).await
}

#[tokio::test]
async fn signing_in_and_out() {
    let site = Site::new();
    let mut first = site.member(Role::Editor).await;
    let account = first.get("/account").await;
    let name = account.body.split("<h1>").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let mut browser = site.browser();
    let form = |password| {
        [("name", name.clone()), ("password", password), ("to", "/statistics".to_owned())]
    };
    let wrong = sign_in(&mut browser, form("falsch".to_owned())).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let nobody = browser.submit("/sign-in", &[("name", "nobody"), ("password", "falsch")]).await;
    let words = |answer: &Answer| {
        answer.body.split("role=\"alert\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
    };
    assert_eq!(words(&wrong), words(&nobody));
    let right = sign_in(&mut browser, form(PASSWORD.to_owned())).await;
    assert_eq!((right.status, right.location()), (StatusCode::SEE_OTHER, "/statistics"));
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    let stolen = browser.clone();
    browser.submit_from("/account", "/sign-out", &[]).await;
    assert_eq!(browser.get("/").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(stolen.clone().get("/").await.status, StatusCode::UNAUTHORIZED);
    first.submit_from("/account", "/account/sign-out-everywhere", &[]).await;
    assert_eq!(first.get("/").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let site = Site::new();
    let mut browser = site.browser();
    let mut last = StatusCode::OK;
    for _ in 0..7 {
        let answer = browser.submit("/sign-in", &[("name", "mori"), ("password", "x")]).await;
        last = answer.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            assert!(!answer.header("retry-after").is_empty());
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn only_the_administrator_invites_and_gives_roles() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    for path in ["/account/invite", "/account/role"] {
        let answer =
            editor.submit_from("/account", path, &[("role", "administrator"), ("id", "1")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    let mut administrator = site.member(Role::Administrator).await;
    let invited =
        administrator.submit_from("/account", "/account/invite", &[("role", "reader")]).await;
    invited.has(&["http://127.0.0.1:8040/welcome/"]);
    let down = administrator
        .submit_from(
            "/account",
            "/account/role",
            &[("role", "reader"), ("id", "2"), ("active", "on")],
        )
        .await;
    down.has(&["最後の管理者"]);
}

/// What a page shows once.
fn fresh(page: &Answer) -> String {
    page.body.split("<code id=\"fresh\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_invitation_makes_one_account_of_its_role() {
    let site = Site::new();
    let mut administrator = site.member(Role::Administrator).await;
    let page =
        administrator.submit_from("/account", "/account/invite", &[("role", "reader")]).await;
    let link = fresh(&page);
    assert!(!administrator.get("/account").await.body.contains(&link), "it is shown once");
    let path = link.strip_prefix("http://127.0.0.1:8040").unwrap().to_owned();
    let mut guest = site.browser();
    guest.get(&path).await.has(&["閲覧者"]);
    let form = [("name", "guest"), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(guest.submit(&path, &form).await.location(), "/");
    assert_eq!(guest.get("/add").await.status, StatusCode::FORBIDDEN);
    administrator.get("/account").await.has(&["guest"]);
    // Neither the link nor the name is taken twice.
    assert_eq!(site.browser().get(&path).await.status, StatusCode::NOT_FOUND);
    let other = site.app.accounts.invite(Role::Reader).unwrap();
    let taken = site.browser().submit(&format!("/welcome/{other}"), &form).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    taken.has(&["そのアカウント名は使えません"]);
}

#[tokio::test]
async fn a_token_works_until_it_is_revoked_or_its_account_is_inactive() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    let id = |page: &Answer| {
        let id = page.body.split("name=\"id\" value=\"").nth(1).unwrap();
        id.split('"').next().unwrap().to_owned()
    };
    let make = [("name", "script"), ("scope", "read")];
    let page = editor.submit_from("/account", "/account/tokens", &make).await;
    let mut program = site.browser();
    program.headers.push(("authorization", format!("Bearer {}", fresh(&page))));
    assert_eq!(program.get("/api/v1/cases").await.status, StatusCode::OK);
    editor.get("/account").await.has(&["script", "最終使用"]);
    // Somebody else's token is not revoked by its id.
    let revoke = [("id", id(&page))];
    let revoke: Vec<(&str, &str)> = revoke.iter().map(|(name, id)| (*name, id.as_str())).collect();
    let mut other = site.member(Role::Administrator).await;
    other.submit_from("/account", "/account/tokens/revoke", &revoke).await;
    assert_eq!(program.get("/api/v1/cases").await.status, StatusCode::OK);
    editor.submit_from("/account", "/account/tokens/revoke", &revoke).await;
    assert_eq!(program.get("/api/v1/cases").await.status, StatusCode::UNAUTHORIZED);

    let page = editor.submit_from("/account", "/account/tokens", &make).await;
    program.headers = vec![("authorization", format!("Bearer {}", fresh(&page)))];
    assert_eq!(program.get("/api/v1/cases").await.status, StatusCode::OK);
    let inactive = [("id", "1"), ("role", "editor")];
    other.submit_from("/account", "/account/role", &inactive).await;
    assert_eq!(program.get("/api/v1/cases").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(editor.get("/").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_without_a_name_or_a_scope_is_not_made() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    for form in [[("name", "x"), ("other", "")], [("name", " "), ("scope", "read")]] {
        let answer = editor.submit_from("/account", "/account/tokens", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
