//! A browser driven over `WebDriver` (W3C), as a test uses it: an action fails the test by itself, and
//! waiting is for a condition of the page, never for a time. It does not know the pages.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a page may take to become what is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the browser is started with: no window, no connections of its own, nothing kept.
const FLAGS: &[&str] = &[
    "--headless", "--no-sandbox", // the tests run as root on machines of their own
    "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--force-color-profile=srgb",
];

/// Where files are kept, in the profile.
const DOWNLOADS: &str = "downloads";

/// The name under which `WebDriver` sends elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with one page, an empty profile, and its driver.
#[derive(Debug)]
pub(crate) struct Browser {
    driver: Child,
    _said: BufReader<ChildStdout>,
    profile: TempDir,
    agent: ureq::Agent,
    session: String,
}

impl Browser {
    /// A fresh browser that asks for pages in `language`.
    pub(crate) fn open(language: &str) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut said = BufReader::new(driver.stdout.take().expect("stdout is piped"));
        let port = port(&mut said);
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(90)))
            .build()
            .into();
        let mut args: Vec<String> = FLAGS.iter().map(|&flag| flag.to_owned()).collect();
        args.push(format!("--user-data-dir={}", profile.path().display()));
        args.push(format!("--accept-lang={language}"));
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": args, "prefs": {
                "download.default_directory": profile.path().join(DOWNLOADS).display().to_string(),
            } },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } });
        let address = format!("http://127.0.0.1:{port}/session");
        let opened = command(&agent, "POST", &address, &wanted).expect("the browser opens");
        let id = opened["sessionId"].as_str().expect("a session has an id");
        let session = format!("{address}/{id}");
        let browser = Self { driver, _said: said, profile, agent, session };
        browser.wide(1280);
        browser.medium("screen", "light");
        browser
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        command(&self.agent, method, &format!("{}/{path}", self.session), body)
    }

    #[track_caller]
    fn post(&self, path: &str, body: &Value) -> Value {
        self.send("POST", path, body)
            .unwrap_or_else(|error| panic!("{path}: {error}\nat {}", self.address()))
    }

    /// A command of Chromium's own protocol.
    #[track_caller]
    pub(crate) fn chromium(&self, name: &str, parameters: &Value) -> Value {
        self.post("goog/cdp/execute", &json!({ "cmd": name, "params": parameters }))
    }

    /// Opens an address and waits until it is loaded.
    #[track_caller]
    pub(crate) fn go(&self, address: &str) {
        self.post("url", &json!({ "url": address }));
    }

    /// Where the browser is.
    pub(crate) fn address(&self) -> String {
        let answer = self.send("GET", "url", &Value::Null).unwrap_or_default();
        answer.as_str().unwrap_or_default().to_owned()
    }

    /// The path and query of where the browser is.
    pub(crate) fn path(&self) -> String {
        let address = self.address();
        let rest = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
        rest.find('/').map_or_else(String::new, |at| rest[at..].to_owned())
    }

    /// What the body of a function says in the page.
    #[track_caller]
    pub(crate) fn eval(&self, body: &str) -> Value {
        self.post("execute/sync", &json!({ "script": body, "args": [] }))
    }

    /// What a function that calls `done` says.
    #[track_caller]
    pub(crate) fn later(&self, body: &str) -> Value {
        let script = format!("const done = arguments[arguments.length - 1];\n{body}");
        self.post("execute/async", &json!({ "script": script, "args": [] }))
    }

    /// Waits until the body of a function says something true, and gives it.
    #[track_caller]
    pub(crate) fn wait(&self, what: &str, body: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];\n\
             const end = performance.now() + 1000;\n\
             const told = () => {{ try {{ {body} }} catch (error) {{ return null; }} }};\n\
             const look = () => {{\n\
               const said = told();\n\
               if (said || performance.now() > end) done(said);\n\
               else setTimeout(look, 20);\n\
             }};\n\
             look();"
        );
        let end = Instant::now() + PATIENCE;
        let mut last = String::new();
        while Instant::now() < end {
            // A page that is left while it is asked answers with an error; the next one is asked.
            match self.send("POST", "execute/async", &json!({ "script": script, "args": [] })) {
                Ok(Value::Null | Value::Bool(false)) => {}
                Ok(said) => return said,
                Err(error) => last = error,
            }
        }
        let text = self.eval("return document.body.innerText.slice(0, 3000)");
        panic!("waited in vain for {what} at {} {last}\n{text}", self.address())
    }

    /// Waits until there is an element.
    #[track_caller]
    pub(crate) fn see(&self, css: &str) {
        self.wait(css, &format!("return !!document.querySelector({})", json!(css)));
    }

    #[track_caller]
    fn element(&self, css: &str) -> String {
        self.see(css);
        let found = self.post("element", &json!({ "using": "css selector", "value": css }));
        found[ELEMENT].as_str().expect("an element has an id").to_owned()
    }

    /// Clicks as a person does: what lies over the element would get the click, and that fails.
    #[track_caller]
    pub(crate) fn click(&self, css: &str) {
        let element = self.element(css);
        let chosen = json!({ "script": "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", "args": [{ ELEMENT: element }] });
        self.post("execute/sync", &chosen);
        self.post(&format!("element/{element}/click"), &json!({}));
    }

    /// Clicks, and waits until another page is there.
    #[track_caller]
    pub(crate) fn follow(&self, css: &str) {
        self.eval("window.before = true");
        self.click(css);
        self.arrived();
    }

    /// Waits until the page that was marked as the one before is gone.
    #[track_caller]
    pub(crate) fn arrived(&self) {
        self.wait("another page", "return !window.before && document.readyState === 'complete'");
    }

    /// Types into a field that is emptied first.
    #[track_caller]
    pub(crate) fn fill(&self, css: &str, text: &str) {
        let element = self.element(css);
        self.post(&format!("element/{element}/clear"), &json!({}));
        self.post(&format!("element/{element}/value"), &json!({ "text": text }));
    }

    /// Chooses a file for a field; its path must be absolute.
    #[track_caller]
    pub(crate) fn choose_file(&self, css: &str, path: &str) {
        let element = self.element(css);
        self.post(&format!("element/{element}/value"), &json!({ "text": path }));
    }

    /// Presses keys one after the other, wherever the focus is.
    #[track_caller]
    pub(crate) fn press(&self, keys: &[&str]) {
        let actions: Vec<Value> = keys
            .iter()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key })))
            .collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.post("actions", &json!({ "actions": [keyboard] }));
    }

    /// Puts fingers on the page, one for each path, moves all of them step by step and lifts them. The
    /// places are pixels from the upper left of what is seen.
    #[track_caller]
    pub(crate) fn touch(&self, paths: &[&[(i64, i64)]]) {
        let place = |&(x, y): &(i64, i64), ms: u32| json!({ "type": "pointerMove", "duration": ms, "x": x, "y": y });
        let fingers: Vec<Value> = paths
            .iter()
            .enumerate()
            .map(|(at, path)| {
                let (first, rest) = path.split_first().expect("a finger is somewhere");
                let mut actions =
                    vec![place(first, 0), json!({ "type": "pointerDown", "button": 0 })];
                actions.extend(rest.iter().map(|to| place(to, 60)));
                actions.push(json!({ "type": "pointerUp", "button": 0 }));
                json!({ "type": "pointer", "id": format!("finger {at}"),
                        "parameters": { "pointerType": "touch" }, "actions": actions })
            })
            .collect();
        self.post("actions", &json!({ "actions": fingers }));
    }

    /// The text of the first such element as it is seen.
    #[track_caller]
    pub(crate) fn text(&self, css: &str) -> String {
        self.see(css);
        let said = self.eval(&format!("return document.querySelector({}).innerText", json!(css)));
        said.as_str().unwrap_or_default().trim().to_owned()
    }

    /// The texts of all such elements.
    #[track_caller]
    pub(crate) fn texts(&self, css: &str) -> Vec<String> {
        let body = format!(
            "return Array.from(document.querySelectorAll({}), (one) => one.textContent.trim())",
            json!(css)
        );
        let said = self.eval(&body);
        let all = said.as_array().into_iter().flatten();
        all.map(|one| one.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// How many such elements there are.
    #[track_caller]
    pub(crate) fn count(&self, css: &str) -> usize {
        self.texts(css).len()
    }

    /// Makes the page so many pixels wide; narrow ones are telephones.
    #[track_caller]
    pub(crate) fn wide(&self, width: u32) {
        let phone = width < 600;
        let height = if phone { 844 } else { 900 };
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone,
        });
        self.chromium("Emulation.setDeviceMetricsOverride", &size);
        self.wait("the width", &format!("return window.innerWidth === {width} || document.documentElement.clientWidth >= {width}"));
    }

    /// Asks for light or dark pages, on a screen or on paper.
    #[track_caller]
    pub(crate) fn medium(&self, medium: &str, scheme: &str) {
        let wanted = json!({
            "media": medium,
            "features": [
                { "name": "prefers-color-scheme", "value": scheme },
                { "name": "prefers-reduced-motion", "value": "reduce" },
            ],
        });
        self.chromium("Emulation.setEmulatedMedia", &wanted);
    }

    /// Runs no script of pages from here on, or does again.
    #[track_caller]
    pub(crate) fn without_script(&self, without: bool) {
        self.chromium("Emulation.setScriptExecutionDisabled", &json!({ "value": without }));
    }

    /// Waits for a file of that name to be there whole, and gives its bytes.
    #[track_caller]
    pub(crate) fn downloaded(&self, name: &str) -> Vec<u8> {
        let file = self.profile.path().join(DOWNLOADS).join(name);
        let end = Instant::now() + PATIENCE;
        // The browser gives a file its name when all of it is there.
        while Instant::now() < end {
            if let Ok(bytes) = std::fs::read(&file) {
                return bytes;
            }
            // A turn of the browser, so that nothing is asked in vain more often than it can act.
            self.later("setTimeout(() => done(true), 20)");
        }
        panic!("waited in vain for {} at {}", file.display(), self.address())
    }

    /// What the window shows, as PNG.
    #[track_caller]
    pub(crate) fn picture(&self) -> Vec<u8> {
        let shot = self.send("GET", "screenshot", &Value::Null).expect("a screenshot");
        let coded = shot.as_str().expect("a screenshot is a string");
        data_encoding::BASE64.decode(coded.as_bytes()).expect("a screenshot is base64")
    }

    /// The page as it is printed, as PDF.
    #[track_caller]
    pub(crate) fn printed(&self) -> Vec<u8> {
        let coded = self.post("print", &json!({ "background": true }));
        let coded = coded.as_str().expect("a print is a string");
        data_encoding::BASE64.decode(coded.as_bytes()).expect("a print is base64")
    }

    /// The messages of a log since it was read last.
    #[track_caller]
    fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.post("se/log", &json!({ "type": kind }));
        entries.as_array().cloned().unwrap_or_default()
    }

    /// The console's errors and warnings, what the Content-Security-Policy refused among them.
    #[track_caller]
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.log("browser")
            .iter()
            .filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")))
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Every address that pages asked for since this was read last.
    #[track_caller]
    pub(crate) fn requests(&self) -> Vec<String> {
        let told = |entry: &Value| -> Option<String> {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &message["message"];
            let asked = matches!(
                message["method"].as_str()?,
                "Network.requestWillBeSent" | "Network.webSocketCreated"
            );
            let parameters = &message["params"];
            let address = parameters["request"]["url"].as_str().or(parameters["url"].as_str())?;
            asked.then(|| address.to_owned())
        };
        self.log("performance").iter().filter_map(told).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends its browser with the session; without it the browser would stay.
        let _ = command(&self.agent, "DELETE", &self.session, &Value::Null);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The port that the driver says it was given.
fn port(said: &mut BufReader<ChildStdout>) -> u16 {
    let mut line = String::new();
    while said.read_line(&mut line).expect("chromedriver says where it listens") > 0 {
        if let Some((_, rest)) = line.split_once("successfully on port ") {
            return rest.trim().trim_end_matches('.').parse().expect("a port is a number");
        }
        line.clear();
    }
    panic!("chromedriver ended before it listened")
}

/// One command of `WebDriver` and the value of its answer.
fn command(
    agent: &ureq::Agent,
    method: &str,
    address: &str,
    body: &Value,
) -> Result<Value, String> {
    let answer = match method {
        "GET" => agent.get(address).call(),
        "DELETE" => agent.delete(address).call(),
        _ => agent.post(address).header("content-type", "application/json").send(body.to_string()),
    };
    let mut answer = answer.map_err(|error| error.to_string())?;
    let text = answer
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_to_string()
        .map_err(|error| error.to_string())?;
    let mut said: Value =
        serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
    let value = said["value"].take();
    match value["error"].as_str() {
        Some(error) => Err(format!("{error}: {}", value["message"].as_str().unwrap_or_default())),
        None => Ok(value),
    }
}
