//! The API as programs meet it.

use super::*;

async fn token(site: &Site, role: Role, scopes: &[&str]) -> Browser {
    let mut member = site.member(role).await;
    let mut form = vec![("name", "test")];
    form.extend(scopes.iter().map(|scope| ("scope", *scope)));
    let page = member.submit_from("/account", "/account/tokens", &form).await;
    let token = page.body.split("<code id=\"fresh\">").nth(1).unwrap().split('<').next().unwrap();
    let mut program = site.browser();
    program.headers.push(("authorization", format!("Bearer {token}")));
    program
}

#[tokio::test]
async fn a_program_adds_finds_reads_and_corrects() {
    let site = Site::new();
    let mut program = token(&site, Role::Editor, &["read", "write"]).await;
    let bytes = example("01-ransomware-manufacturer.txt");
    let kind = "application/octet-stream";
    let added = program.send(Method::POST, "/api/v1/cases?name=a.txt", kind, bytes.clone()).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    let number = added.json()["cases"][0]["number"].as_str().unwrap().to_owned();
    let again = program.send(Method::POST, "/api/v1/cases?name=b.txt", kind, bytes.clone()).await;
    assert_eq!((again.status, again.json()["known"].as_bool()), (StatusCode::OK, Some(true)));
    let found = program.get("/api/v1/cases").await.json();
    assert_eq!(found["cases"][0]["number"], number.as_str());
    let path = format!("/api/v1/cases/{number}");
    let case = program.get(&path).await.json();
    let sha256 = case["reports"][0]["source"]["sha256"].as_str().unwrap();
    let text = program.get(&format!("/api/v1/sources/{sha256}/text")).await;
    // The example is in Shift_JIS; its text is not.
    assert!(text.body.starts_with("ランサムウェアによる被害"), "{}", text.body);
    let correction = br#"{"field":"category","value":"insider","why":"test"}"#.to_vec();
    let path = format!("{path}/corrections");
    let done = program.send(Method::POST, &path, "application/json", correction).await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.body);
    let wrong = br#"{"field":"category","value":"no","why":"test"}"#.to_vec();
    let refused = program.send(Method::POST, &path, "application/json", wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["error"]["code"], "wrong");
    assert_eq!(program.get("/api/v1/statistics").await.json()["cases"], 1);
}

#[tokio::test]
async fn a_token_does_no_more_than_its_scopes() {
    let site = Site::new();
    let mut reader = token(&site, Role::Editor, &["read"]).await;
    assert_eq!(reader.get("/api/v1/cases").await.status, StatusCode::OK);
    let add = reader.send(Method::POST, "/api/v1/cases", "", b"text".to_vec()).await;
    assert_eq!(add.status, StatusCode::FORBIDDEN);
    let mut writer = token(&site, Role::Editor, &["write"]).await;
    assert_eq!(writer.get("/api/v1/cases").await.status, StatusCode::FORBIDDEN);
    let mut nobody = site.browser();
    nobody.headers.push(("authorization", "Bearer jikenbo_no".to_owned()));
    assert_eq!(nobody.get("/api/v1/cases").await.status, StatusCode::UNAUTHORIZED);
    // A session's cookie comes by itself; it does not let a forged request write.
    let mut session = site.member(Role::Editor).await;
    let add = session.send(Method::POST, "/api/v1/cases", "", b"text".to_vec()).await;
    assert_eq!(add.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn every_operation_of_the_document_is_there() {
    let site = Site::with(|options| options.public_read = true);
    let document = site.browser().get("/api/openapi.json").await.json();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let path = path
                .replace("{number}", "2031-001")
                .replace("{live}", "L2031-001")
                .replace("{sha256}", &"0".repeat(64));
            let method: Method = method.to_uppercase().parse().unwrap();
            let answer = site.browser().send(method.clone(), &path, "", Vec::new()).await;
            let declared = &operations[method.as_str().to_lowercase()]["responses"];
            assert!(
                declared[answer.status.as_str()].is_object(),
                "{method} {path}: {}",
                answer.status
            );
            assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
    }
}
