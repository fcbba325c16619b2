//! The timeline: one event a dated statement, typed by what the statement says. It does not know
//! which of the events is the one that matters; see `moments`.

use case::{Event, EventType, When};

use super::acts::{self, Act};
use super::one_line;
use super::statement::{
    Statement, is_bare, is_embedded, label_before, names_something, sends, statement,
    tells_of_cards,
};
use crate::grammar::Extent;
use crate::grammar::dates::{Field, Mention, Resolved};
use crate::lexicon::{Cue, Hit, Topic, Value, Vocabulary};
use crate::page::{Line, Page, Sentence};
use crate::words::{AnyOf, any_of};

/// A dated statement of the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dated {
    pub when: When,
    pub event_type: EventType,
    /// The date's own words.
    pub date: Extent,
    /// The statement, the date included.
    pub statement: Extent,
    /// What the line or section announces.
    pub topic: Option<Topic>,
}

/// All dated statements, in the order of the text.
pub(super) fn events(page: &Page<'_>) -> Vec<Dated> {
    let mut events = Vec::new();
    for nth in 0..page.resolved.len() {
        event(page, nth, &mut events);
    }
    later_findings(page, &mut events);
    happened_before(page, &mut events);
    events
}

/// The events as the case shows them: in the order of time, none twice.
pub(super) fn read(page: &Page<'_>, events: &[Dated]) -> Vec<Event> {
    let mut told: Vec<&Dated> = events.iter().collect();
    told.sort_by_key(|dated| (dated.when, dated.event_type as usize, dated.statement.start));
    told.dedup_by_key(|dated| (dated.when, dated.event_type));
    let event = |dated: &Dated| {
        let cite = page.cite(dated.statement.start, dated.statement.end)?;
        Some(Event {
            at: dated.when,
            event_type: dated.event_type,
            text: one_line(page.words(cite)),
            cite,
        })
    };
    let mut shown: Vec<Event> = told.into_iter().filter_map(event).collect();
    shown.sort_by_key(|event| (event.at, event.cite));
    shown
}

/// Where nothing is said to have happened in so many words, what moments take for it is it.
fn happened_before(page: &Page<'_>, events: &mut [Dated]) {
    if events.iter().any(|event| event.event_type == EventType::Occurred) {
        return;
    }
    let Some(at) = super::moments::last_before_notice(page, events) else { return };
    if let Some(event) = events.get_mut(at)
        && event.event_type == EventType::Other
    {
        event.event_type = EventType::Occurred;
    }
}

/// What is found days after the first notice is a result of the investigation, unless somebody
/// else reports it or a label calls it the discovery.
fn later_findings(page: &Page<'_>, events: &mut [Dated]) {
    let first = events
        .iter()
        .filter(|event| event.event_type == EventType::Discovered)
        .map(|event| event.when.from)
        .min();
    let Some(first) = first else { return };
    for event in events {
        let later = event.when.from.date() > first.date();
        if event.event_type != EventType::Discovered
            || !later
            || event.topic == Some(Topic::Discovery)
        {
            continue;
        }
        let words = page.folded_words(event.statement);
        if any_of!["調査", "調べ", "解析", "精査", "点検"].stands_in(words) {
            event.event_type = EventType::Investigation;
        }
    }
}

fn event(page: &Page<'_>, nth: usize, events: &mut Vec<Dated>) {
    let resolved = &page.resolved[nth];
    let mention = &page.mentions[resolved.mention];
    let date = mention.range;
    let Some(&sentence) = page.sentence_of(date.start) else { return };
    if is_no_event(page, mention, &sentence) {
        return;
    }
    let embedded = is_embedded(page, nth);
    if embedded && mention.from.day.is_none() {
        return;
    }
    let line = &page.lines[sentence.line];
    let labelled = (line.value > line.body && date.start >= line.value)
        .then_some(line.topic)
        .flatten()
        .filter(|_| !page.text()[line.value..date.start].contains('。'));
    let labelled = label_before(page, sentence.line, date).or(labelled);
    let Some(statement) = statement(page, nth, &sentence, labelled.is_some()) else { return };
    let mut acts = acts_of(page, nth, &sentence, &statement, labelled);
    // A row that opens with a day and goes on in words is one of a chronology.
    let opens = date.start <= line.body + 3
        && mention.from.day.is_some()
        && mention.to.is_none()
        && line.extent.end - date.end > 24;
    let table_row = acts.is_empty()
        && !statement.full
        && !opens
        && line.topic.is_none()
        && line.section != Some(Topic::Course);
    // 株式会社○○ 2022年6月10日: who signs, and when.
    let foot = acts.is_empty() && sentence.line + 3 >= page.lines.len() && !statement.full;
    if foot || table_row || is_standing(page, resolved, mention, &statement, &acts) {
        return;
    }
    if embedded {
        acts = vec![Act { event_type: EventType::Occurred, words: statement.words }];
    }
    if let Some(only) = instead(page, resolved, mention, &statement) {
        acts = vec![Act { event_type: only, words: statement.words }];
    }
    if acts.is_empty() {
        let event_type = unnamed(page, &sentence, &statement);
        acts.push(Act { event_type, words: statement.words });
    }
    let several = acts.len() > 1;
    for act in acts {
        let words = if several { act.words } else { statement.words };
        let cited = Extent { start: words.start.max(statement.cited.start), end: words.end };
        events.push(Dated {
            when: resolved.when,
            event_type: act.event_type,
            date,
            statement: cited,
            topic: sentence.topic,
        });
    }
}

/// What a statement tells that has no word for it: what its heading is about where it only says
/// that it was done (警察への届出 / 6月3日に行いました。), and what befell somebody where it says so
/// in the passive.
fn unnamed(page: &Page<'_>, sentence: &Sentence, statement: &Statement) -> EventType {
    const DONE_LETTERS: usize = 16;
    let words = page.folded_words(statement.words).trim_end_matches(['。', ')', '」']);
    let only_done = any_of![
        "行った", "行いました", "行っております", "済ませた", "済ませました", "完了", "実施",
        "済み"
    ]
    .closes(words)
        && words.chars().count() <= 2 * DONE_LETTERS;
    if only_done {
        let above = page.lines[..=sentence.line].iter().rev().find(|line| line.heading);
        let reported = above.and_then(|line| {
            page.within(Vocabulary::Event, line.extent).iter().find_map(|hit| match hit.value {
                Value::Event(
                    event_type @ (EventType::ReportedPolice
                    | EventType::ReportedRegulator
                    | EventType::NotifiedSubjects),
                ) => Some(event_type),
                _ => None,
            })
        });
        return reported.unwrap_or(EventType::Other);
    }
    let befell = any_of![
        "われた", "かれた", "がれた", "された", "まれた", "られた", "われました", "かれました",
        "されました", "まれました", "られました", "れていた", "れていました", "れておりました",
        "てしまった", "てしまいました", "でしまった", "でしまいました", "なくなった",
        "なくなりました", "なくなっていた", "なくなっていました", "になっていた",
        "になっていました", "となっていた", "となっていました",
    ]
    .closes(words);
    if befell && statement.full { EventType::Occurred } else { EventType::Other }
}

/// What is done in a statement: by its label, its predicates, what stands beside it, its section.
fn acts_of(
    page: &Page<'_>,
    nth: usize,
    sentence: &Sentence,
    statement: &Statement,
    labelled: Option<Topic>,
) -> Vec<Act> {
    let mention = &page.mentions[page.resolved[nth].mention];
    let date = mention.range;
    let one = |event_type: EventType| Act { event_type, words: statement.words };
    let mut acts = match labelled {
        Some(Topic::Occurrence | Topic::Period) => vec![one(EventType::Occurred)],
        Some(Topic::Discovery) => vec![one(EventType::Discovered)],
        _ if sentence.topic == Some(Topic::Recovery) && !statement.full => {
            vec![one(EventType::Recovered)]
        }
        Some(Topic::Recovery) if !statement.full => vec![one(EventType::Recovered)],
        _ if opens_period(page, nth, sentence) => vec![one(EventType::Occurred)],
        _ => match beside(page, mention) {
            Some(event_type) => vec![one(event_type)],
            None => {
                behind(page, date, statement).unwrap_or_else(|| acts::acts(page, statement.words))
            }
        },
    };
    if acts.is_empty() {
        // 17時12分に70名、17時20分に46名へ送信した: the first shares the predicate of the second.
        let far = page
            .resolved
            .get(nth + 4)
            .map_or(usize::MAX, |far| page.mentions[far.mention].range.start);
        let rest = Extent { start: statement.words.end, end: sentence.extent.end.min(far) };
        // 6月1日に使用した後、6月5日に…: what was done before is an act of its own.
        let done = any_of!["後、", "のち、", "たが、", "ましたが、"]
            .closes(page.folded_words(statement.words))
            || page.text()[date.end..statement.words.end.max(date.end)].contains('を');
        let shared =
            (statement.cut && !done && rest.start < rest.end).then(|| acts::acts(page, rest));
        let named = || {
            let next = page.resolved.get(nth + 1)?;
            let next = &page.mentions[next.mention];
            (statement.cut
                && is_bare(page.folded_words(Extent { start: date.end, end: next.range.start })))
            .then(|| beside(page, next))
            .flatten()
        };
        let shared =
            named().or_else(|| shared.and_then(|acts| acts.first().map(|act| act.event_type)));
        let mistake = || page.cue(Cue::Mistake, statement.words).map(|_| EventType::Occurred);
        acts.extend(shared.or_else(|| by_section(mention, sentence)).or_else(mistake).map(one));
    }
    // 6月3日から9月25日までの間にカードで支払われたお客様: when they were skimmed.
    if acts.is_empty() && mention.to.is_some() && tells_of_cards(page.folded_words(statement.words))
    {
        acts = vec![one(EventType::Occurred)];
    }
    // 5月20日から6月2日まで掲載した: what was on show for so long was no announcement.
    if mention.to.is_some()
        && acts.iter().all(|act| act.event_type == EventType::Disclosed)
        && !acts.is_empty()
    {
        acts = vec![one(EventType::Occurred)];
    }
    // 調べたところ、6月3日に侵入されていたことが分かった: the later date is of what was found.
    if acts.len() == 1
        && acts[0].event_type == EventType::Discovered
        && is_content(page, nth, statement)
    {
        acts = vec![one(EventType::Occurred)];
    }
    // 3月2日頃から…届いていることを確認: the period is that of what was found.
    // 9月17日以降に順次判明: when they were found out, one by one.
    let by_and_by = mention.ongoing
        && any_of![
            "に判明", "に発覚", "に順次判明", "に順次発覚", "に相次いで判明", "に次々と判明"
        ]
        .opens(&page.text()[date.end..]);
    if (mention.to.is_some() || mention.ongoing)
        && !by_and_by
        && !acts.is_empty()
        && (acts.iter().all(|act| act.event_type == EventType::Discovered)
            || found_out(page, statement, &acts))
    {
        acts = vec![one(EventType::Occurred)];
    }
    acts
}

/// What is done behind a date that stands within its sentence: 原因が判明し、…の結果、3時20分に復旧した
/// tells of the recovery alone. None where that says nothing, or where the date is the first word.
fn behind(page: &Page<'_>, date: Extent, statement: &Statement) -> Option<Vec<Act>> {
    const ENDED: &AnyOf = any_of![
        "し、", "結果、", "ところ、", "おり、", "れ、", "ため、", "が、", "って、", "んで、",
        "いて、", "て、", "り、", "き、", "え、", "め、", "後、",
    ];
    let before = page.text().get(statement.words.start..date.start)?;
    let clause = ENDED.places(before).last()?;
    // 個人情報保護委員会には6月2日に報告済み: to whom stands before the date.
    let rest = Extent { start: statement.words.start + clause, end: date.start };
    if statement.words.end <= date.end || !page.within(Vocabulary::Authority, rest).is_empty() {
        return None;
    }
    let acts = acts::acts(page, Extent { start: date.start, end: statement.words.end });
    (!acts.is_empty()).then_some(acts)
}

/// Whether a date behind another in its sentence stands in what was found out.
fn is_content(page: &Page<'_>, nth: usize, statement: &Statement) -> bool {
    let range = |at: usize| page.resolved.get(at).map(|at| page.mentions[at.mention].range);
    let (Some(date), Some(before)) = (range(nth), nth.checked_sub(1).and_then(range)) else {
        return false;
    };
    let same = page.sentence_of(before.start).is_some_and(|of| date.start < of.extent.end);
    let words = &page.text()[date.end..statement.words.end.max(date.end)];
    same && !words.trim_start_matches("頃").starts_with(['、', ','])
        && any_of!["ていたことが", "れたことが", "ていたことを", "れたことを", "ていたものと"]
            .stands_in(words)
}

/// 21時から翌7時までの間に…送られたことを記録から確かめました: what was found out is of the period.
fn found_out(page: &Page<'_>, statement: &Statement, acts: &[Act]) -> bool {
    acts.iter().all(|act| act.event_type == EventType::Investigation)
        && any_of!["たことを", "たことが", "いたことを", "いたことが"]
            .stands_in(page.folded_words(statement.words))
}

/// 受付を始めた6月24日から、設定を直した6月26日まで: from a date to one that has words of its own.
fn opens_period(page: &Page<'_>, nth: usize, sentence: &Sentence) -> bool {
    let range =
        |at: usize| page.resolved.get(at).map(|resolved| page.mentions[resolved.mention].range);
    let (Some(from), Some(to)) = (range(nth), range(nth + 1)) else { return false };
    if to.end > sentence.extent.end || from.end > to.start {
        return false;
    }
    let text = page.text();
    // The mention may hold から and まで already.
    let after = &text[from.end..to.start];
    let since = after
        .strip_prefix("から")
        .or_else(|| text[from.start..from.end].ends_with("から").then_some(after));
    let Some(between) = since else { return false };
    let between = between.trim_start_matches('、');
    let until = text[to.end..].starts_with("まで") || text[to.start..to.end].ends_with("まで");
    until
        && !text[to.end..].starts_with("までに")
        && !text[to.end..].starts_with('に')
        && !between.contains(['、', '。'])
        && (between.is_empty() || between.ends_with(['た', 'る', 'の']))
}

/// Dates that tell no event whatever is said of them.
fn is_no_event(page: &Page<'_>, mention: &Mention, sentence: &Sentence) -> bool {
    let date = mention.range;
    let header =
        page.header.disclosed_at.is_some_and(|at| at.start <= date.start && date.end <= at.end);
    // 市は10日、…と発表した: the day of the news is told as an event.
    (header && !page.is_full(sentence))
        || mention.hours
        || any_of!["停職", "減給", "出勤停止", "懲役", "拘禁"].closes(&page.text()[..date.start])
        || matches!(sentence.topic, Some(Topic::Contact | Topic::About))
        || (sentence.topic == Some(Topic::Date)
            && date.start < page.lines[sentence.line].value + 24)
        || names_something(page, mention)
        || is_frame(page, &page.lines[sentence.line], date)
}

/// The lines at the head of a release are no statements: its date, its title.
fn is_frame(page: &Page<'_>, line: &Line, date: Extent) -> bool {
    let title = page
        .header
        .title
        .is_some_and(|title| line.extent.start <= title.start && title.end <= line.extent.end);
    let words = page.folded_words(line.extent);
    let labelled = matches!(line.topic, Some(Topic::Occurrence | Topic::Discovery | Topic::Period));
    let alone = words.len() <= (date.end - date.start) + 12 && line.section.is_none() && !labelled;
    title
        || (alone && !page.is_after_opening(line.extent.start))
        || (page.within(Vocabulary::Topic, line.extent).iter().any(dates_a_page)
            && any_of!["更新日", "掲載日", "公開日:"].stands_in(words))
}

fn dates_a_page(hit: &Hit) -> bool {
    hit.value == Value::Topic(Topic::Date)
}

/// What a date is the date of by the words that follow it straight: 9月1日に公表いたしました件,
/// 午後3時の復旧まで.
fn beside(page: &Page<'_>, mention: &Mention) -> Option<EventType> {
    let at = mention.range.end;
    let after = &page.text()[at..];
    let told =
        ["お知らせ", "お知らせ", "ご報告", "お伝え", "公表", "発表", "公開"].iter().any(|verb| {
            after
                .strip_prefix("に")
                .or_else(|| after.strip_prefix("付で"))
                .or_else(|| after.strip_prefix("で"))
                .is_some_and(|rest| rest.starts_with(verb))
        });
    if told {
        let end = after.find(['。', '\n', '、']).unwrap_or(after.len());
        let told = [
            "しました", "いたしました", "致しました", "した", "しておりました",
            "させていただきました", "のとおり", "の通り",
        ];
        // Where the sentence goes on behind the verb, it names what was told then.
        let goes_on = told.iter().any(|word| {
            after[..end]
                .find(word)
                .is_some_and(|found| !after[found + word.len()..].starts_with(['。', '\n']))
        });
        return goes_on.then_some(EventType::Disclosed);
    }
    if sends(after) {
        return Some(EventType::Occurred);
    }
    let noun = after.strip_prefix("の").map(|_| at + "の".len())?;
    let hit = page
        .within(Vocabulary::Event, Extent { start: noun, end: (noun + 12).min(page.text().len()) })
        .first()
        .filter(|hit| hit.start == noun)?;
    match hit.value {
        Value::Event(EventType::Recovered) => Some(EventType::Recovered),
        _ => None,
    }
}

/// What a dated statement without a predicate is about, by its section.
fn by_section(mention: &Mention, sentence: &Sentence) -> Option<EventType> {
    match sentence.topic? {
        Topic::Discovery => Some(EventType::Discovered),
        Topic::Occurrence | Topic::Period => Some(EventType::Occurred),
        Topic::Recovery => Some(EventType::Recovered),
        Topic::Data | Topic::Count if mention.to.is_some() => Some(EventType::Occurred),
        _ => None,
    }
}

/// Whether the statement tells how things stand and not what happened: as-of dates, 8月末までに
/// 被害はない, what is true of this very release (本日より個別にご連絡), customers of a period.
fn is_standing(
    page: &Page<'_>,
    resolved: &Resolved,
    mention: &Mention,
    statement: &Statement,
    acts: &[Act],
) -> bool {
    let has = |event_type: EventType| acts.iter().any(|act| act.event_type == event_type);
    let words = page.folded_words(statement.words);
    if mention.as_of && !has(EventType::Recovered) {
        return true;
    }
    // 6月中に行う。 of a year that was only guessed and lies before the release: a plan, wrongly dated.
    let past_year = resolved.year_inferred
        && page.header.disclosed_on.is_some_and(|disclosed| resolved.when.from.date() < disclosed);
    let plan = [
        "予定", "行います。", "行う。", "いたします。", "する。", "します。", "予定です。",
        "させる。", "送る。", "図る。", "設ける。", "設置する。",
    ];
    let untold =
        acts.iter().all(|act| matches!(act.event_type, EventType::Planned | EventType::Other));
    if past_year
        && untold
        && !mention.dated
        && !mention.ongoing
        && mention.to.is_none()
        && plan.iter().any(|end| words.ends_with(end))
    {
        return true;
    }
    let denied = || {
        page.cue(Cue::NotConfirmed, statement.words).is_some()
            || any_of!["ございません", "ありません"].stands_in(words)
    };
    if (mention.until || mention.ongoing) && denied() {
        return true;
    }
    // 本日14時35分に送信した mail tells when it happened.
    let today = mention.from.day == Some(Field::FromDisclosure(0))
        && !(mention.from.time.is_some() && has(EventType::Occurred));
    if today
        && acts.iter().all(|act| {
            matches!(
                act.event_type,
                EventType::NotifiedSubjects
                    | EventType::Disclosed
                    | EventType::Apology
                    | EventType::Occurred
                    | EventType::Other
            )
        })
    {
        return true;
    }
    // 6月1日から29日までの伝票: the period of papers.
    let behind = page.text()[mention.range.end..].trim_start_matches(')');
    if mention.to.is_some()
        && behind.starts_with('の')
        && !any_of!["の間", "の期間", "のあいだ", "の約", "の計", "の延べ"].opens(behind)
        && !is_span(behind)
    {
        return true;
    }
    let dated = mention.from.day.is_some() || mention.from.time.is_some();
    let period = mention.to.is_some() || mention.ongoing || mention.until || !dated;
    // 2016年以降の申込者: which persons.
    let of_whom = behind.starts_with('の')
        && page
            .cues(Cue::Person, page.ahead(mention.range.end, 12, statement.words.end))
            .next()
            .is_some();
    if mention.ongoing && of_whom {
        return true;
    }
    period && is_of_persons(page, mention.range.end, statement.words.end)
}

/// の5日間, の約2時間.
fn is_span(behind: &str) -> bool {
    let rest = behind.trim_start_matches('の').trim_start_matches('約');
    let figures = rest.bytes().take_while(u8::is_ascii_digit).count();
    figures > 0
        && any_of!["日間", "時間", "分間", "週間", "か月", "ヶ月", "カ月", "年間"]
            .opens(&rest[figures..])
}

/// 4月から9月までにお申し込みいただいたお客様: the period says which persons or papers. Where they
/// paid by card, it is when the cards were skimmed.
fn is_of_persons(page: &Page<'_>, start: usize, end: usize) -> bool {
    let words = &page.text()[start..end.max(start)];
    if any_of!["カード", "決済", "クレジット", "購入"].stands_in(words) {
        return false;
    }
    // 令和5年10月から令和6年4月に満期を迎えたご契約: which papers.
    let papers = any_of![
        "たご契約", "た契約", "たご注文", "た注文", "たお取引", "た取引", "たお申込", "た申込",
        "たご予約", "た予約", "た案件", "た書類", "た伝票"
    ];
    if papers
        .find(words)
        .is_some_and(|at| at <= 4 * 30 && !words[..at].contains(['、', '。', 'は', 'が']))
    {
        return true;
    }
    let near = |hit: &&Hit| hit.start < start + 120;
    page.cues(Cue::Person, Extent { start, end }).take_while(near).any(|hit| {
        let before = &page.text()[start..hit.start];
        before.chars().count() <= 30
            && before.ends_with(['た', 'る'])
            && !before.contains(['。', '、'])
    })
}

/// What the statement is whatever its predicates say: a plan, a paper that was published.
fn instead(
    page: &Page<'_>,
    resolved: &Resolved,
    mention: &Mention,
    statement: &Statement,
) -> Option<EventType> {
    let after = &page.text()[mention.range.end..];
    if mention.dated && !after.starts_with('で') {
        return Some(EventType::Disclosed);
    }
    let words = page.folded_words(statement.words).trim_end_matches(['。', ')', '」']);
    let past = words.ends_with('た')
        || words.ends_with("ている")
        || words.ends_with("ています")
        || words.ends_with("ております");
    let future =
        page.header.disclosed_on.is_some_and(|disclosed| resolved.when.from.date() > disclosed);
    let to_come = page.cue(Cue::Planned, statement.words).is_some()
        || words.ends_with(['る', 'う', '定', 'す']);
    // 研修を行うこととしています: a present that means a future.
    let intended = any_of![
        "こととしています", "こととしている", "こととしております", "予定しています",
        "予定している", "予定しております", "計画しています", "計画している", "計画しております",
        "目指しています", "目指している", "目指しております", "見込んでいます", "見込んでいる",
    ]
    .closes(words);
    (future && (intended || (!past && to_come))).then_some(EventType::Planned)
}
