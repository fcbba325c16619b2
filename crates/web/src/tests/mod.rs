//! Requests to a whole site: the router over a book and accounts in a folder of its own, asked as
//! a browser asks, with cookies and the tokens of its forms.

mod accounts;
mod api;
mod deciding;
mod guards;
mod live;
mod pages;
mod replays;
mod whole;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use book::Book;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::accounts::Hasher;
use crate::app::{App, Options, router};
use crate::visitor::Role;

const PASSWORD: &str = "とても長い合言葉です";

/// A site in a folder that is gone with it.
struct Site {
    _dir: tempfile::TempDir,
    app: Arc<App>,
    router: Router,
}

impl Site {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Options)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let book = Book::open(dir.path()).unwrap();
        let mut options = Options::local("127.0.0.1:8040".parse().unwrap());
        change(&mut options);
        let hasher = Hasher::weak().unwrap();
        let app = Arc::new(App::with_hasher(book, dir.path(), options, hasher).unwrap());
        Self { _dir: dir, router: router(Arc::clone(&app)), app }
    }

    /// A site whose book takes this for the time, in seconds since 1970.
    fn at(now: Arc<std::sync::atomic::AtomicI64>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let book = Book::open(dir.path()).unwrap().with_clock(move || {
            jiff::Timestamp::from_second(now.load(std::sync::atomic::Ordering::Relaxed)).unwrap()
        });
        let options = Options::local("127.0.0.1:8040".parse().unwrap());
        let hasher = Hasher::weak().unwrap();
        let app = Arc::new(App::with_hasher(book, dir.path(), options, hasher).unwrap());
        Self { _dir: dir, router: router(Arc::clone(&app)), app }
    }

    fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: BTreeMap::new(), headers: Vec::new() }
    }

    /// A browser that is signed in.
    async fn member(&self, role: Role) -> Browser {
        let mut browser = self.browser();
        let code = self.app.accounts.invite(role).unwrap();
        let name = format!("{}-{}", role.name(), &code[..6]);
        let form = [("name", name.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
        let answer = browser.submit(&format!("/welcome/{code}"), &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }

    /// A site with the examples in its book, and an editor.
    async fn with_examples() -> (Self, Browser) {
        Self::new().filled().await
    }

    async fn filled(self) -> (Self, Browser) {
        let site = self;
        let mut editor = site.member(Role::Editor).await;
        for name in [
            "01-ransomware-manufacturer.txt", "05-cloud-misconfiguration-saas.txt",
            "02-bcc-city.html",
        ] {
            let answer = editor.add(name, &example(name)).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name}: {}", answer.body);
        }
        (site, editor)
    }
}

/// An input that the authors of the repository wrote.
fn example(name: &str) -> Vec<u8> {
    let path = format!("{}/../../examples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

/// A browser: what it keeps, and what it sends with every request.
#[derive(Clone)]
struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    headers: Vec<(&'static str, String)>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn location(&self) -> &str {
        self.header(header::LOCATION)
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The token of the forms of this page.
    fn token(&self) -> &str {
        let after = self.body.split(r#"name="csrf" value=""#).nth(1).unwrap_or_default();
        after.split('"').next().unwrap_or_default()
    }

    #[track_caller]
    fn has(&self, words: &[&str]) {
        for words in words {
            assert!(self.body.contains(words), "{words:?} is not in {}", self.body);
        }
    }
}

impl Browser {
    fn speaking(mut self, lang: &str) -> Self {
        self.headers.push(("accept-language", lang.to_owned()));
        self
    }

    async fn send(&mut self, method: Method, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request =
            Request::builder().method(method).uri(path).header("host", "127.0.0.1:8040");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let response =
            self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (name, rest) = set.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if set.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, "", Vec::new()).await
    }

    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        let body = body.finish().into_bytes();
        self.send(Method::POST, path, "application/x-www-form-urlencoded", body).await
    }

    /// Opens the page at the same address, takes its token and sends the form.
    async fn submit(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.submit_from(path, path, form).await
    }

    async fn submit_from(&mut self, page: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let token = self.get(page).await.token().to_owned();
        let mut all = vec![("csrf", token.as_str())];
        all.extend(form);
        self.post(path, &all).await
    }

    /// Sends a file to be read; the answer leads to the review.
    async fn upload(&mut self, token: &str, name: &str, bytes: &[u8]) -> Answer {
        let mut body = Vec::new();
        let part = "--edge\r\nContent-Disposition: form-data; name=";
        body.extend_from_slice(format!("{part}\"csrf\"\r\n\r\n{token}\r\n").as_bytes());
        body.extend_from_slice(format!("{part}\"text\"\r\n\r\n\r\n").as_bytes());
        body.extend_from_slice(
            format!("{part}\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                .as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        self.send(Method::POST, "/add", "multipart/form-data; boundary=edge", body).await
    }

    /// Reads a file and keeps it as it was read.
    async fn add(&mut self, name: &str, bytes: &[u8]) -> Answer {
        let token = self.get("/add").await.token().to_owned();
        let read = self.upload(&token, name, bytes).await;
        assert_eq!(read.status, StatusCode::SEE_OTHER, "{}", read.body);
        let review = read.location().to_owned();
        self.submit_from(&review, &format!("{review}/keep"), &[]).await
    }
}
