//! Live cases as those who respond meet them, and as those without rights do not.

use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};

use super::*;

/// In every entry of the live case, and nowhere else.
const MARK: &str = "そらまめ機密";

async fn program(site: &Site, role: Role, scopes: &[&str]) -> Browser {
    let mut member = site.member(role).await;
    let mut form = vec![("name", "test")];
    form.extend(scopes.iter().map(|scope| ("scope", *scope)));
    let page = member.submit_from("/account", "/account/tokens", &form).await;
    let token = page.body.split("<code id=\"fresh\">").nth(1).unwrap().split('<').next().unwrap();
    let mut program = site.browser();
    program.headers.push(("authorization", format!("Bearer {token}")));
    program
}

impl Browser {
    async fn call(&mut self, path: &str, body: &Value) -> Answer {
        let body = body.to_string().into_bytes();
        self.send(Method::POST, path, "application/json", body).await
    }
}

/// Opens a live case with the form and fills it; gives its address.
async fn filled(editor: &mut Browser) -> String {
    let form = [
        ("title", MARK),
        ("organisation", MARK),
        ("category", "ransomware"),
        ("known", "2031-06-05T06:00"),
        ("known_by", MARK),
        ("happened", "~2031-06-05T05:00"),
    ];
    let opened = editor.submit("/live/open", &form).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    let case = opened.location().to_owned();
    for (kind, form) in [
        (
            "task",
            vec![("what", MARK), ("owner", MARK), ("due", "2031-06-05T07:00"), ("plan", "隔離")],
        ),
        ("service", vec![("name", MARK), ("status", "affected")]),
        ("counted", vec![("service", MARK), ("done", "3"), ("total", "10"), ("at", "2031-06-06")]),
        ("decided", vec![("what", MARK), ("because", MARK)]),
        (
            "evidence",
            vec![
                ("what", MARK),
                ("sha256", &"ab".repeat(32)),
                ("taken", "2031-06-05"),
                ("holder", MARK),
            ],
        ),
        ("cost", vec![("what", MARK), ("amount", "3,000,000")]),
        ("contact", vec![("name", MARK), ("reach", "03-0000-0000")]),
    ] {
        let added = editor.submit(&format!("{case}/add/{kind}"), &form).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{kind}: {}", added.body);
    }
    case
}

#[tokio::test]
async fn a_case_is_opened_filled_corrected_and_shown_on_one_page() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    let case = filled(&mut editor).await;
    let page = editor.get(&format!("{case}?at=2031-06-07T12:00")).await;
    page.has(&[
        MARK, "ランサムウェア", "非公開", "3 / 10", "3,000,000 JPY", "遅れ", "確報", "06:00",
    ]);
    // Contacts are not on it.
    assert!(!page.body.contains("03-0000-0000"));
    let noticed = page.body.split("/add/noted?entry=").nth(1).unwrap().split('"').next().unwrap();
    let form = [
        ("what", "監視の警告"),
        ("happened", "2031-06-05T05:00"),
        ("known", "2031-06-04T23:00"),
        ("known_by", "夜間当直"),
        ("event", "discovered"),
        ("instead_of", noticed),
        ("reason", "当直が先に気づいた"),
    ];
    let address = format!("{case}/add/noted?entry={noticed}");
    editor.get(&address).await.has(&["2031-06-05T06:00+09:00", "~2031-06-05T05:00+09:00"]);
    let corrected = editor.submit_from(&address, &format!("{case}/add/noted"), &form).await;
    assert_eq!(corrected.status, StatusCode::SEE_OTHER, "{}", corrected.body);
    let page = editor.get(&case).await;
    page.has(&["監視の警告", "訂正前", "当直が先に気づいた", "期限の変化"]);
    let back = editor
        .submit_from(&case, &format!("{case}/withdraw"), &[("entry", noticed), ("why", "別件")])
        .await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    editor.get(&case).await.has(&["取り消した記録", "別件"]);
}

#[tokio::test]
async fn a_wrong_entry_comes_back_with_what_was_written() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    let case = filled(&mut editor).await;
    let form = [("service", MARK), ("done", "20"), ("total", "10"), ("at", "2031-06-08")];
    let refused = editor.submit(&format!("{case}/add/counted"), &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has(&["完了20は全体10より多く", "value=\"2031-06-08\""]);
    let form = [("what", "消えない文"), ("happened", "きのう")];
    let refused = editor.submit(&format!("{case}/add/noted"), &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has(&["消えない文", "書き方が違います"]);
    let refused = editor.submit("/live/open", &[("title", ""), ("category", "ransomware")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn missing_facts_are_answered_on_the_clock_itself() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    let case = filled(&mut editor).await;
    for form in [
        [("question", "leaked"), ("answer", "yes")],
        [("people", "<=1,200"), ("answer", "")],
        [("obligation", "appi-prompt"), ("at", "2031-06-08")],
    ] {
        let said = editor.submit_from(&case, &format!("{case}/answer"), &form).await;
        assert_eq!(said.status, StatusCode::SEE_OTHER, "{form:?}: {}", said.body);
    }
    let page = editor.get(&case).await;
    page.has(&["済（期限内）", "期限の変化"]);
    let wrong = [("obligation", "no-such"), ("at", "2031-06-08")];
    let refused = editor.submit_from(&case, &format!("{case}/answer"), &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn contacts_are_shown_with_an_entry_that_says_who_looked() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    let case = filled(&mut editor).await;
    // Adding the contact by its form has shown nothing yet.
    let before = site.app.book.entries().unwrap();
    editor.get(&case).await;
    assert_eq!(site.app.book.entries().unwrap(), before);
    editor.get(&format!("{case}/contacts")).await.has(&["03-0000-0000", "editor-"]);
    assert_eq!(site.app.book.entries().unwrap(), before + 1);
    let number = case.strip_prefix("/live/").unwrap().parse().unwrap();
    assert_eq!(site.app.book.live_views(number).unwrap().len(), 1);
}

/// Every address that a reader can ask answers the same with a live case in the book as without one.
#[tokio::test]
async fn a_reader_sees_nothing_of_a_live_case() {
    // The same time for both, whatever the minute: what differs is the live case.
    let site = || Site::at(Arc::new(AtomicI64::new(1_938_000_000)));
    let (with, mut editor) = site().filled().await;
    let (without, _) = site().filled().await;
    let case = filled(&mut editor).await;
    editor.get(&format!("{case}/contacts")).await;
    let number = case.strip_prefix("/live/").unwrap();
    let addresses: Vec<String> = [
        "/",
        "/?q=%E6%A9%9F%E5%AF%86",
        "/?q=category:ransomware",
        "/timeline",
        "/statistics",
        "/replays",
        "/compare?case=2031-001",
        "/export?format=csv",
        "/export?format=ndjson",
        "/export?format=stix",
        "/feed.atom",
        "/case/2031-001",
        "/case/2031-001/like",
        "/live",
        "/live/open",
        "/sql?query=SELECT+count(*)+FROM+ledger_entries",
        "/sql?query=SELECT+*+FROM+case_values&format=csv",
        "/sql?query=SELECT+*+FROM+live",
        "/api/v1/cases",
        "/api/v1/cases?q=%E6%A9%9F%E5%AF%86",
        "/api/v1/statistics",
        "/api/v1/live",
        "/api/timeline?from=0&to=30000",
        "/api/openapi.json",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([
        case.clone(),
        format!("{case}/contacts"),
        format!("{case}/add/noted"),
        format!("{case}/status"),
        format!("{case}/draft"),
        format!("/case/{number}"),
        format!("/api/v1/live/{number}"),
        format!("/api/v1/live/{number}/contacts"),
    ])
    .collect();
    let mut told = 0;
    for role in [None, Some(Role::Reader)] {
        let (mut here, mut there) = (with.browser(), without.browser());
        if let Some(role) = role {
            (here, there) = (with.member(role).await, without.member(role).await);
        }
        for path in &addresses {
            let (a, b) = (here.get(path).await, there.get(path).await);
            assert_eq!(a.status, b.status, "{path}");
            assert!(!a.body.contains(MARK), "{path}: {}", a.body);
            assert_eq!(plain(&a.body), plain(&b.body), "{path}");
            told += usize::from(a.status == StatusCode::OK);
        }
        for path in ["answer", "withdraw", "close", "disclose", "add/noted", "fact/title"] {
            let path = format!("{case}/{path}");
            let answer = here.post(&path, &[("csrf", "0")]).await;
            let hidden =
                if role.is_some() { StatusCode::NOT_FOUND } else { StatusCode::UNAUTHORIZED };
            assert_eq!(answer.status, hidden, "{path}");
        }
    }
    assert!(told > 15, "{told}: the addresses lead somewhere");
    let mut reading = program(&with, Role::Reader, &["read", "write"]).await;
    for path in ["/api/v1/live".to_owned(), format!("/api/v1/live/{number}")] {
        assert_eq!(reading.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let entries = format!("/api/v1/live/{number}/entries");
    let noted = json!({ "kind": "noted", "what": "x" });
    assert_eq!(reading.call(&entries, &noted).await.status, StatusCode::FORBIDDEN);
    // Whoever may see it does.
    editor.get("/live").await.has(&[MARK]);
    editor.get(&case).await.has(&[MARK]);
}

/// Without what differs from visitor to visitor.
fn plain(body: &str) -> String {
    let mut out = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("name=\"csrf\" value=\"") {
        out.push_str(before);
        rest = after.split_once('"').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    // Names of accounts are of this run.
    out.split(['<', '>', '"', ' ', ','])
        .filter(|word| {
            let account = ["reader-", "editor-"].iter().any(|role| word.starts_with(role));
            let hash = word.len() >= 32 && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
            !(account || hash)
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[tokio::test]
async fn what_is_disclosed_is_a_case_and_the_rest_stays_inside() {
    let site = Site::new();
    let mut editor = site.member(Role::Editor).await;
    let form = [("title", "停止"), ("category", "ransomware"), ("known", "2031-06-05T06:00")];
    let case = editor.submit("/live/open", &form).await.location().to_owned();
    let inside = [("what", MARK)];
    editor.submit(&format!("{case}/add/noted"), &inside).await;
    let fact = [("v", "業務システム停止のお知らせ")];
    let said = editor.submit(&format!("{case}/fact/title"), &fact).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.body);
    editor.get(&format!("{case}/draft")).await.has(&["公表の前に決めること", "【未記入】"]);
    let done = editor.submit_from(&case, &format!("{case}/disclose"), &[("why", "公表した")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let mut reader = site.member(Role::Reader).await;
    let public = reader.get(done.location()).await;
    public.has(&["業務システム停止のお知らせ", "2031-06-05"]);
    assert!(!public.body.contains(MARK) && !public.body.contains("L20"));
    assert_eq!(reader.get(&case).await.status, StatusCode::NOT_FOUND);
    editor.get(&case).await.has(&[MARK, "公表済み"]);
}

/// A case that goes on: the program that records it, and the clock of the book.
struct Course {
    site: Site,
    now: Arc<AtomicI64>,
    program: Browser,
    number: String,
}

impl Course {
    async fn open(at: &str, opening: Value) -> Self {
        let now = Arc::new(AtomicI64::new(0));
        let site = Site::at(Arc::clone(&now));
        let program = program(&site, Role::Editor, &["read", "write"]).await;
        let mut course = Self { site, now, program, number: String::new() };
        course.is(at);
        let opened = course.program.call("/api/v1/live", &opening).await;
        assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
        opened.json()["number"].as_str().unwrap().clone_into(&mut course.number);
        course
    }

    /// It is that time where entries are written down.
    fn is(&self, at: &str) {
        let at: jiff::Timestamp = at.parse().unwrap();
        self.now.store(at.as_second(), Ordering::Relaxed);
    }

    async fn answer(&mut self, event: &Value) -> Answer {
        self.program.call(&format!("/api/v1/live/{}/entries", self.number), event).await
    }

    async fn record(&mut self, event: Value) -> u64 {
        let answer = self.answer(&event).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{event}: {}", answer.body);
        answer.json()["entry"].as_u64().unwrap()
    }

    /// The case as its clocks stand then.
    async fn at(&mut self, at: &str) -> Value {
        let answer = self.program.get(&format!("/api/v1/live/{}?at={at}", self.number)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }
}

fn clock<'a>(case: &'a Value, id: &str) -> &'a Value {
    let mut clocks = case["clocks"].as_array().unwrap().iter();
    clocks.find(|clock| clock["obligation"] == id).unwrap()
}

/// A ransomware case at a provider of business software, day by day through the API: the shape is that of
/// a published one (nine services down, two not, 2,800 offices to bring back); the organisation, the days
/// and all words are ours.
#[tokio::test]
async fn ransomware_at_a_provider_day_by_day() {
    let opening = json!({ "kind": "opened", "title": "業務システムの停止",
        "organisation": "株式会社そらまめ業務", "category": "ransomware" });
    let mut course = Course::open("2031-06-04T21:30:00Z", opening).await;
    let noticed = first_day(&mut course).await;
    second_day(&mut course).await;

    // Ransomware alone makes the duty, whatever the number; days 3 to 5, the first being that of knowing.
    let case = course.at("2031-06-06T10:00").await;
    let prompt = clock(&case, "appi-prompt");
    assert_eq!(
        (&prompt["verdict"], &prompt["due"]["by"]),
        (&json!("applies"), &json!("2031-06-09"))
    );
    assert_eq!(prompt["now"]["state"], "running");
    // 60 days end on Sunday 2031-08-03 and move to Monday.
    assert_eq!(clock(&case, "appi-full")["due"]["by"], "2031-08-04");
    assert_eq!(case["services"].as_array().unwrap().len(), 11);
    assert_eq!(case["timeline"][0]["entry"], noticed);
    assert_eq!(case["evidence"][0]["has"], "調査会社");

    // Day 4: the prompt report; the clock stands still as met in time.
    course.is("2031-06-08T01:00:00Z");
    let met = json!({ "reported": [{ "obligation": "appi-prompt", "at": "2031-06-08T10:00" }] });
    course.record(json!({ "kind": "stated", "facts": met })).await;
    assert_eq!(clock(&course.at("2031-06-10").await, "appi-prompt")["now"]["in_time"], true);

    offices(&mut course).await;
    disclosure(&mut course).await;
}

/// It is noticed in the morning, and everything is cut. Gives the entry that notices it.
async fn first_day(course: &mut Course) -> u64 {
    let noticed = course
        .record(json!({ "kind": "noted", "what": "サーバが応答せず、暗号化を確認した",
            "event": "discovered", "happened": "~2031-06-05T05:00", "known": "2031-06-05T06:00",
            "known_by": "運用部", "source": "control", "source_name": "監視" }))
        .await;
    let cut = course
        .record(json!({ "kind": "task", "what": "回線を切る", "owner": "運用部",
            "due": "2031-06-05T07:00", "plan": "隔離" }))
        .await;
    course
        .record(json!({ "kind": "task_done", "task": cut, "at": "2031-06-05T06:40", "by": "林" }))
        .await;
    for name in AFFECTED {
        let down = json!({ "kind": "service", "name": name, "status": "affected",
            "at": "2031-06-05T06:00" });
        course.record(down).await;
    }
    for name in ["会社サイト", "メール"] {
        course.record(json!({ "kind": "service", "name": name, "status": "unaffected" })).await;
    }
    course
        .record(json!({ "kind": "noted", "public": true, "happened": "2031-06-05T09:00",
            "what": "サービスを停止しています。復旧の見込みは改めてお知らせします" }))
        .await;
    noticed
}

async fn second_day(course: &mut Course) {
    let piece = course
        .record(json!({ "kind": "evidence", "what": "暗号化されたサーバの複製",
            "sha256": "ab".repeat(32), "taken": "2031-06-05T15:00", "holder": "運用部" }))
        .await;
    course.is("2031-06-06T00:00:00Z");
    let over = json!({ "kind": "handed_over", "evidence": piece, "from": "運用部",
        "to": "調査会社", "at": "2031-06-06T09:00", "why": "解析" });
    course.record(over).await;
    let decided = json!({ "kind": "decided", "what": "身代金を払わない",
        "because": "控えから戻せる", "by": "社長", "at": "2031-06-06" });
    course.record(decided).await;
    let facts = json!({ "people": { "at_most": 900 }, "answers": { "leaked": true } });
    course.record(json!({ "kind": "stated", "facts": facts })).await;
}

/// 2,800 offices come back, counted from time to time.
async fn offices(course: &mut Course) {
    for (day, done) in [
        ("2031-06-19", 0),
        ("2031-06-21", 160),
        ("2031-06-24", 420),
        ("2031-06-28", 700),
        ("2031-07-01", 1_000),
    ] {
        course.is(&format!("{day}T00:00:00Z"));
        let counted = json!({ "kind": "counted", "service": "社労業務", "done": done,
            "total": 2800, "unit": "拠点", "at": day });
        course.record(counted).await;
    }
    let case = course.at("2031-07-01T12:00").await;
    let mut rows = case["services"].as_array().unwrap().iter();
    let row = rows.find(|row| row["name"] == "社労業務").unwrap();
    let count = (&row["count"]["done"], &row["count"]["total"]);
    assert_eq!(count, (&json!(1_000), &json!(2_800)));
    // 1,000 in 12 days: 1,800 more take 21.6.
    assert_eq!(row["forecast"]["likely"], "2031-07-22");
    let limits = [&row["forecast"]["earliest"], &row["forecast"]["latest"]];
    let [earliest, latest] = limits.map(|day| day.as_str().unwrap());
    assert!("2031-07-10" < earliest && earliest < "2031-07-22", "{earliest}");
    assert!("2031-07-22" < latest && latest < "2031-08-15", "{latest}");
}

/// All is back: the status page says so, and the case goes to the book.
async fn disclosure(course: &mut Course) {
    for name in AFFECTED {
        let back = json!({ "kind": "service", "name": name, "status": "restored",
            "at": "2031-07-25" });
        course.record(back).await;
    }
    course
        .record(json!({ "kind": "told", "field": "data_kinds", "value": ["name", "address"] }))
        .await;
    let wrong = json!({ "kind": "told", "field": "data_kinds", "value": ["no such kind"] });
    assert_eq!(course.answer(&wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let case = course.at("2031-07-26").await;
    assert!(case["services"].as_array().unwrap().iter().all(|row| row["status"] != "affected"));
    status_page(&course.site, &course.number);
    let address = format!("/api/v1/live/{}/disclosure", course.number);
    let done = course.program.call(&address, &json!({ "why": "最終報を出した" })).await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.body);
    let public = done.json()["number"].as_str().unwrap().to_owned();
    let kept = course.program.get(&format!("/api/v1/cases/{public}")).await.json();
    assert_eq!(kept["facts"]["services"].as_array().unwrap().len(), 11);
    assert_eq!(kept["facts"]["progress"][0]["total"], 2_800);
    assert_eq!(kept["facts"]["discovered"]["value"]["from"], "2031-06-05T06:00");
    assert!(!kept.to_string().contains("身代金"), "{kept}");
    course.site.app.book.verify(None).unwrap();
}

/// Nine are affected.
const AFFECTED: [&str; 9] = [
    "社労業務", "給与計算", "勤怠", "年末調整", "電子申請", "会計連携", "人事台帳", "明細配信",
    "労務相談",
];

/// What customers see says the services and the news, and nothing of the inside.
fn status_page(site: &Site, number: &str) {
    let kept = site.app.book.live(number.parse().unwrap()).unwrap();
    let entries = kept.entries.into_iter();
    let live = response::live::Live::read(
        entries.map(|entry| (entry.seq, entry.at, entry.who, entry.event)),
    )
    .unwrap();
    let public = live.public("2031-07-26T10:00".parse().unwrap(), None, false);
    let page = crate::status_page(&public, case::Lang::Ja);
    for said in ["社労業務", "1,000 / 2,800拠点", "サービスを停止しています", "11 / 11"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    for hidden in
        ["身代金", "調査会社", "林", "運用部", "<script", "http-equiv=\"refresh\"", "src="]
    {
        assert!(!page.contains(hidden), "{hidden}: {page}");
    }
}
