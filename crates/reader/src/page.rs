//! One entry laid out for the facts: folded text, lines with their headings, sentences, the words
//! of the lexicon, dates and counts. It knows how a page is set, not what it means.

use memchr::{memchr, memchr_iter, memmem};
use text::{Folded, Span};

use crate::grammar::Extent;
use crate::grammar::counts::{self, Quantity};
use crate::grammar::dates::{self, Context, Mention, Resolved};
use crate::header::{self, Header};
use crate::lexicon::{Claim, Cue, Hit, Hits, Plan, Topic, Value, Vocabulary};
use crate::segment::{Entry, Opening};
use crate::words::{AnyOf, any_of, letters};

/// One entry, ready to be asked for facts. Offsets are bytes of the folded text.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    /// The source text that the entry is part of.
    source: &'a str,
    pub entry: Entry,
    pub folded: Folded,
    pub hits: Hits,
    pub lines: Vec<Line>,
    pub sentences: Vec<Sentence>,
    pub mentions: Vec<Mention>,
    pub resolved: Vec<Resolved>,
    pub quantities: Vec<Quantity>,
    pub header: Header,
    /// Where the first sentence ends with 。, if one does.
    opening: Option<usize>,
}

/// What a page is made of, without the page: its memory serves for the next one.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    folded: Folded,
    hits: Hits,
    lines: Vec<Line>,
    sentences: Vec<Sentence>,
    mentions: Vec<Mention>,
    resolved: Vec<Resolved>,
    quantities: Vec<Quantity>,
}

/// How a line opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// With its words.
    None,
    /// `・`, `※` and the like.
    Bullet,
    /// `(1)`, `①`, `◆`.
    Minor,
    /// `1.`, `■`, `【`.
    Major,
}

/// One logical line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub extent: Extent,
    /// After marker and numbering.
    pub body: usize,
    pub marker: Marker,
    /// Whether it is a heading of what follows.
    pub heading: bool,
    /// What it announces itself, as heading or label.
    pub topic: Option<Topic>,
    /// Where the value of a label begins.
    pub value: usize,
    /// The topic of the section that it stands in.
    pub section: Option<Topic>,
}

/// One sentence, or the words of a line that is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sentence {
    pub extent: Extent,
    /// Index of its line.
    pub line: usize,
    /// The label of its line, else the section.
    pub topic: Option<Topic>,
    pub heading: bool,
    /// Which cues stand in it, a bit each.
    cues: u64,
}

impl Sentence {
    pub(crate) fn has(&self, cue: Cue) -> bool {
        self.cues & (1 << cue as u8) != 0
    }
}

impl<'a> Page<'a> {
    /// Lays out one entry of `source` in the place of what `layout` holds.
    pub(crate) fn new(source: &'a str, entry: Entry, layout: Layout) -> Self {
        let mut page = Self {
            source,
            entry,
            folded: layout.folded,
            hits: layout.hits,
            lines: layout.lines,
            sentences: layout.sentences,
            mentions: layout.mentions,
            resolved: layout.resolved,
            quantities: layout.quantities,
            header: Header::default(),
            opening: None,
        };
        page.folded.refold(entry.span.of(source).unwrap_or_default());
        let text = page.folded.text();
        page.hits.find(text);
        dates::scan_into(text, &mut page.mentions);
        counts::scan_into(text, &mut page.quantities);
        lines(&page.folded, &page.hits, &page.mentions, &mut page.lines);
        if !matches!(entry.opening, Opening::Bare | Opening::Report) {
            untitled(&mut page.lines);
        }
        sentences(text, &page.hits, &page.lines, &mut page.sentences);
        page.opening = memmem::find(text.as_bytes(), "。".as_bytes());
        page.resolved.clear();
        page.header = header::read(&page);
        page.resolve();
        if page.header.disclosed_on.is_none()
            && let Some((day, words)) = header::announced(&page)
        {
            (page.header.disclosed_on, page.header.disclosed_at) = (Some(day), Some(words));
            page.resolve();
        }
        page
    }

    /// Its memory, for the next page.
    pub(crate) fn into_layout(self) -> Layout {
        let Self { folded, hits, lines, sentences, mentions, resolved, quantities, .. } = self;
        Layout { folded, hits, lines, sentences, mentions, resolved, quantities }
    }

    fn resolve(&mut self) {
        let book_year = self.header.book_year().or(self.entry.year);
        let context = Context { disclosed: self.header.disclosed_on, book_year };
        dates::resolve_into(&self.mentions, self.folded.text(), &context, &mut self.resolved);
    }

    /// The folded text.
    pub(crate) fn text(&self) -> &str {
        self.folded.text()
    }

    /// The folded words of an extent.
    pub(crate) fn folded_words(&self, extent: Extent) -> &str {
        extent.of(self.folded.text())
    }

    /// Where in the source the folded bytes `start..end` stand.
    pub(crate) fn cite(&self, start: usize, end: usize) -> Option<Span> {
        let words = self.text().get(start..end)?.trim_end();
        let end = start + words.len();
        let start = end - words.trim_start().len();
        Some(self.folded.span(start, end)?.shift(self.entry.span.start()))
    }

    /// Where a span of the source stands in the folded text.
    pub(crate) fn folded_extent(&self, span: Span) -> Option<Extent> {
        let base = self.entry.span.start();
        let start = self.folded.offset_of(span.start().checked_sub(base)?);
        let end = self.folded.offset_of(span.end() - base);
        (start < end).then_some(Extent { start, end })
    }

    /// The words of the source, as written.
    pub(crate) fn words(&self, span: Span) -> &'a str {
        span.of(self.source).unwrap_or_default()
    }

    /// The line that a folded offset stands in.
    pub(crate) fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.extent.start <= at).saturating_sub(1)
    }

    /// The sentence that a folded offset stands in.
    pub(crate) fn sentence_of(&self, at: usize) -> Option<&Sentence> {
        let after = self.sentences.partition_point(|sentence| sentence.extent.start <= at);
        self.sentences[..after].last()
    }

    /// Whether a sentence only asks, as the questions of an answered list do: 情報は漏れましたか?
    pub(crate) fn asks(&self, sentence: &Sentence) -> bool {
        let words = self.folded_words(sentence.extent);
        words.ends_with('?')
            || words.strip_suffix("か。").is_some_and(|asked| asked.ends_with(['た', 'す', 'う']))
    }

    /// Whether a sentence is one and ends with 。, rather than words of a line that is none.
    pub(crate) fn is_full(&self, sentence: &Sentence) -> bool {
        self.folded_words(sentence.extent).ends_with('。')
    }

    /// The parts of an extent that stand in one sentence each, without its 。.
    pub(crate) fn sentences_in(&self, extent: Extent) -> impl Iterator<Item = Extent> {
        let first = self.sentences.partition_point(|sentence| sentence.extent.end <= extent.start);
        let inside = move |sentence: &&Sentence| sentence.extent.start < extent.end;
        self.sentences[first..].iter().take_while(inside).map(move |sentence| {
            let start = sentence.extent.start.max(extent.start);
            let end = sentence.extent.end.min(extent.end);
            let words = &self.text()[start..end];
            Extent { start, end: start + words.strip_suffix('。').unwrap_or(words).len() }
        })
    }

    /// The clause around `at`: the part of its sentence between breaks such as が、.
    pub(crate) fn clause_of(&self, at: usize) -> Extent {
        let Some(sentence) = self.sentence_of(at) else { return Extent { start: at, end: at } };
        let mut clause = sentence.extent;
        for hit in self.breaks(sentence.extent) {
            if hit.end <= at {
                clause.start = hit.end;
            } else if hit.start >= at {
                clause.end = hit.end;
                break;
            }
        }
        clause
    }

    /// The hits of one cue inside an extent.
    pub(crate) fn cues(&self, cue: Cue, extent: Extent) -> impl Iterator<Item = &Hit> {
        self.hits
            .within(Vocabulary::Cue, extent.start, extent.end)
            .iter()
            .filter(move |hit| hit.value == Value::Cue(cue))
    }

    /// Where clauses part inside an extent. が、 behind a noun parts none: 連絡が、12件寄せられた.
    pub(crate) fn breaks(&self, extent: Extent) -> impl Iterator<Item = &Hit> {
        self.cues(Cue::ClauseBreak, extent).filter(|hit| {
            let before = self.text()[..hit.start].chars().next_back();
            !(self.text()[hit.start..].starts_with('が')
                && before.is_some_and(|c| !('ぁ'..='ゖ').contains(&c)))
        })
    }

    /// The first hit of one cue inside an extent.
    pub(crate) fn cue(&self, cue: Cue, extent: Extent) -> Option<&Hit> {
        self.cues(cue, extent).next()
    }

    /// The first hit of one claim inside an extent.
    pub(crate) fn claim(&self, claim: Claim, extent: Extent) -> Option<&Hit> {
        self.within(Vocabulary::Claim, extent).iter().find(|hit| hit.value == Value::Claim(claim))
    }

    /// Whether a word of a plan stands inside an extent.
    pub(crate) fn plans(&self, plan: Plan, extent: Extent) -> bool {
        self.within(Vocabulary::Plan, extent).iter().any(|hit| hit.value == Value::Plan(plan))
    }

    /// From `at`, at most `letters` characters on, and no further than `end`.
    pub(crate) fn ahead(&self, at: usize, letters: usize, end: usize) -> Extent {
        let rest = self.text().get(at..end).unwrap_or_default();
        let length = rest.char_indices().nth(letters).map_or(rest.len(), |(length, _)| length);
        Extent { start: at, end: at + length }
    }

    /// Up to `at`, at most `letters` characters before, and no further than `start`.
    pub(crate) fn before(&self, at: usize, letters: usize, start: usize) -> Extent {
        let rest = self.text().get(start..at).unwrap_or_default();
        let skipped = rest
            .char_indices()
            .rev()
            .nth(letters.saturating_sub(1))
            .map_or(0, |(skipped, _)| skipped);
        Extent { start: start + skipped, end: at }
    }

    /// The hits of a vocabulary inside an extent.
    pub(crate) fn within(&self, vocabulary: Vocabulary, extent: Extent) -> &[Hit] {
        self.hits.within(vocabulary, extent.start, extent.end)
    }

    /// Where the first sentence ends with 。, if one does.
    pub(crate) fn opening(&self) -> Option<usize> {
        self.opening
    }

    /// Whether the first sentence that ends in 。 begins before `at`.
    pub(crate) fn is_after_opening(&self, at: usize) -> bool {
        self.opening.is_some_and(|stop| stop < at)
    }
}

/// What a mark at the beginning of a line makes of it.
#[rustfmt::skip]
fn mark(c: char) -> Option<Marker> {
    Some(match c {
        '・' | '•' | '●' | '○' | '◯' | '◎' | '※' | '*' | '＊' | '‣' | '▪' | '➢' | '➤' | '→' | '⇒' | '-' | '◦' => Marker::Bullet,
        '◆' | '◇' | '▼' | '▽' | '▲' | '△' | '★' | '☆' | '①'..='⑮' | '□' | '<' => Marker::Minor,
        '■' | '【' | '《' | '〈' | '[' | '〔' | '┌' | '├' | '└' => Marker::Major,
        _ => return None,
    })
}

/// The marker of a line and how many bytes it takes.
fn marker(line: &str) -> (Marker, usize) {
    let mut at = 0;
    let mut marker = Marker::None;
    while let Some(c) = line[at..].chars().next() {
        let rest = &line[at..];
        let (kind, length) = if let Some(kind) = mark(c) {
            (kind, c.len_utf8())
        } else if let Some(length) = numbering(rest) {
            (if c == '(' { Marker::Minor } else { Marker::Major }, length)
        } else {
            break;
        };
        if marker == Marker::None {
            marker = kind;
        }
        at += length;
        if at > 40 {
            break;
        }
    }
    (marker, at)
}

/// `1.`, `1)`, `(1)`, `第1`, `1`+space before words: how many bytes.
fn numbering(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let open = usize::from(bytes.first() == Some(&b'('));
    let roman = letters!("ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ");
    if let Some(c) = line.chars().next().filter(|&c| roman.has(c)) {
        let mut length = c.len_utf8();
        length += usize::from(line[length..].starts_with(['.', ')']));
        return Some(length);
    }
    let digits = bytes[open..].iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 || digits > 2 {
        return None;
    }
    let mut at = open + digits;
    let next = line[at..].chars().next()?;
    let ends = matches!(next, '.' | ')' | ':' | '、' | '．' | ']');
    // 3.当社 but not 3.5% and not 12.1
    let decimal = next == '.' && line[at + 1..].starts_with(|c: char| c.is_ascii_digit());
    if decimal || (open == 1 && next != ')') {
        return None;
    }
    if ends {
        at += next.len_utf8();
        return Some(at);
    }
    // `1 概要` folds to `1概要`: a short number straight before a kanji that is no unit or date.
    let unit = "年月日時分秒件名人社台回個か所箇億万千百%円校歳代名度世通枚冊部章条号本点番期次店";
    let word = any_of!["個人", "本件", "本事", "件名", "名簿", "社内", "人的"].opens(&line[at..]);
    (open == 0 && digits == 1 && !next.is_ascii() && (word || !unit.contains(next))).then_some(at)
}

fn lines(folded: &Folded, hits: &Hits, mentions: &[Mention], lines: &mut Vec<Line>) {
    let text = folded.text();
    lines.clear();
    let (mut section, mut outer) = (None, None);
    let mut start = 0;
    let mut mention = 0;
    for end in memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        if start < end {
            while mentions.get(mention).is_some_and(|m| m.range.start < start) {
                mention += 1;
            }
            let dated = mentions.get(mention).is_some_and(|m| m.range.start < end);
            let line = line(folded, hits, Extent { start, end }, dated, section);
            if line.heading {
                // (2) ends what (1) was about, but not the section that both stand in.
                section = match (line.topic, line.marker) {
                    (Some(topic), _) => Some(topic),
                    (None, Marker::Major | Marker::None) => None,
                    (None, _) => outer,
                };
                if line.marker != Marker::Minor {
                    outer = section;
                }
            }
            lines.push(Line { section, ..line });
        }
        start = end + 1;
    }
}

/// Takes from the first line, which is the title, the section that its words seem to open.
fn untitled(lines: &mut [Line]) {
    let Some((first, rest)) = lines.split_first_mut() else { return };
    let Some(topic) = first.topic.take().filter(|_| first.heading) else { return };
    first.section = None;
    for line in rest.iter_mut().take_while(|line| !line.heading) {
        line.section = line.section.filter(|&of| of != topic);
    }
}

/// So many characters may stand before a label.
const MOST_LEAD: usize = 12;

fn line(folded: &Folded, hits: &Hits, extent: Extent, dated: bool, section: Option<Topic>) -> Line {
    let words = extent.of(folded.text());
    let (marker, skipped) = marker(words);
    let body = extent.start + skipped;
    let body_words = &words[skipped..];
    // A character is at most four bytes: a long line is told without counting.
    let length = if body_words.len() > 4 * 40 { usize::MAX } else { body_words.chars().count() };
    let topics = hits.within(Vocabulary::Topic, body, extent.end);
    let longest = || topics.iter().max_by_key(|hit| (hit.end - hit.start, usize::MAX - hit.start));
    // 訪問看護 影響なし: a cell and its state.
    let stated = |hit: &Hit| {
        hit.start > body
            && folded.gap_before(hit.start)
            && matches!(topic_of(hit), Some(Topic::Unaffected | Topic::Services | Topic::Recovery))
    };
    let covers =
        |hit: &Hit| !stated(hit) && folded.text()[hit.start..hit.end].chars().count() * 2 >= length;
    let set_off = matches!(marker, Marker::Major | Marker::Minor)
        || words.ends_with([':', '】', '>', '》', ']', '〕']);
    let short = length <= if set_off { 40 } else { 24 };
    let framed = !dated
        || words.ends_with(['】', '>'])
        || (set_off && any_of!["サービス", "システム", "業務", "機能", "もの"].closes(words));
    let plain = || length > 0 && framed && !letters!("。").stand_in(words);
    // 2 掲載前に作成者以外の者が点検する: an item that says something, though without 。.
    let says = || {
        any_of![
            "する", "した", "します", "しました", "ます", "行う", "ない", "こと", "せる", "れる",
            "ている"
        ]
        .closes(words)
            && length > 10
    };
    let has_value =
        || memchr(b':', body_words.as_bytes()).is_some_and(|at| at + 1 < body_words.len());
    let heading = short
        && ((set_off && marker != Marker::Bullet) || longest().is_some_and(covers))
        && plain()
        && !has_value()
        && !says();
    if heading {
        // 氏名・連絡先 lists data; 連絡先 in it announces nothing.
        let lists_data = || hits.within(Vocabulary::Data, body, extent.end).len() > 1;
        let topic = longest()
            .and_then(topic_of)
            .or_else(|| by_form(words))
            .filter(|&topic| {
                !(matches!(topic, Topic::Contact | Topic::Organisation) && lists_data())
            })
            // 振る舞い検知の導入 is an item of a list of measures.
            .filter(|&topic| topic != Topic::Discovery || !is_measure(words));
        return Line { extent, body, marker, heading, topic, value: extent.end, section };
    }
    // A label before its value: `発生日時: …`, `対象者 …`, or glued to it.
    let mut near = topics.iter().take_while(|hit| hit.start - body <= 4 * MOST_LEAD);
    let label = near.find(|hit| {
        let after = &folded.text()[hit.end..extent.end];
        let letters = folded.text()[hit.start..hit.end].chars().count();
        let lead = folded.text()[body..hit.start].chars().count();
        lead <= MOST_LEAD
            && (colon(after).is_some()
                || (hit.start == body
                    && (folded.gap_before(hit.end)
                        || (letters >= 4
                            && dated
                            && !after.starts_with(['は', 'に', 'を', 'が', 'の', 'で', 'と']))
                        || (letters >= 3
                            && dated
                            && any_of!["19", "20", "令和", "平成"].opens(after))
                        || letters >= 6)))
            && !folded.text()[body..hit.start].contains(['。', '、'])
    });
    let (topic, value) = match label {
        Some(hit) => {
            let after = &folded.text()[hit.end..extent.end];
            let colon = colon(after).map_or(0, |at| at + 1);
            let value = folded.text().ceil_char_boundary(hit.end + colon);
            (topic_of(hit), value)
        }
        None => (None, body),
    };
    Line { extent, body, marker, heading: false, topic, value, section }
}

/// What a heading without a known word announces, told by how it ends: 見られる状態にあった情報.
fn by_form(words: &str) -> Option<Topic> {
    let words = words.trim_end_matches([')', ']', '】', '>', '》', ':', '?', ' ', '〕']);
    let of_data = any_of!["情報", "データ", "項目", "情報の内容", "情報の種類", "データの内容"]
        .closes(words)
        && any_of!["た", "ある", "れる", "対象", "当該", "該当", "含む", "漏", "流出"]
            .stands_in(words)
        && !any_of!["関連情報", "お役立ち", "新着", "でない", "ない情報", "なかった"]
            .stands_in(words);
    if of_data {
        return Some(Topic::Data);
    }
    let forms: [(&AnyOf, Topic); 5] = [
        (
            any_of!["経緯", "経過", "流れ", "これまで", "あゆみ", "時系列", "起きるまで"],
            Topic::Course,
        ),
        (any_of!["原因", "理由", "なぜ起きたか", "なぜ起きたのか", "起きたわけ"], Topic::Cause),
        (
            any_of![
                "これから", "今後", "防止", "防ぐために", "防止策", "対策", "これからのこと",
                "今後のこと", "改善", "約束"
            ],
            Topic::Prevention,
        ),
        (
            any_of!["何が起きたか", "何が起きたのか", "起きたこと", "どのような事故か"],
            Topic::Overview,
        ),
        (
            any_of!["気づいたあと", "対応", "対応したこと", "行ったこと", "したこと", "措置"],
            Topic::Response,
        ),
    ];
    forms.into_iter().find_map(|(ends, topic)| ends.closes(words).then_some(topic))
}

/// Whether words end in what is done with a measure.
fn is_measure(words: &str) -> bool {
    any_of![
        "導入", "強化", "見直し", "実施", "徹底", "適用", "設置", "整備", "構築", "向上", "改善",
        "充実"
    ]
    .closes(words)
}

/// Where a mark ends the label that `after` stands behind.
fn colon(after: &str) -> Option<usize> {
    let mut near = after.char_indices().take_while(|&(at, _)| at <= 24);
    near.find(|(_, c)| matches!(c, ':' | '】' | ']' | '>')).map(|(at, _)| at)
}

fn topic_of(hit: &Hit) -> Option<Topic> {
    match hit.value {
        Value::Topic(topic) => Some(topic),
        _ => None,
    }
}

fn sentences(text: &str, hits: &Hits, lines: &[Line], sentences: &mut Vec<Sentence>) {
    sentences.clear();
    let stop = memmem::Finder::new("。");
    let cues = hits.all(Vocabulary::Cue);
    let mut next_cue = 0;
    for (index, line) in lines.iter().enumerate() {
        let mut start = line.extent.start;
        while start < line.extent.end {
            let rest = &text.as_bytes()[start..line.extent.end];
            let end = stop.find(rest).map_or(line.extent.end, |at| start + at + '。'.len_utf8());
            let mut bits = 0;
            while let Some(hit) = cues.get(next_cue).filter(|hit| hit.start < end) {
                if let Value::Cue(cue) = hit.value {
                    bits |= 1 << cue as u8;
                }
                next_cue += 1;
            }
            sentences.push(Sentence {
                extent: Extent { start, end },
                line: index,
                topic: line.topic.or(line.section),
                heading: line.heading,
                cues: bits,
            });
            start = end;
        }
    }
}
