//! The head of an entry: its number, organisation, title and date, as far as layout gives them.
//! What the body says about the organisation or the date is for the facts.

mod story;

use case::{CaseNumber, Moment};

use crate::grammar::Extent;
use crate::grammar::dates::{Field, Mention, Year};
use crate::lexicon::{Cue, OrganisationWord, Topic, Value, Vocabulary};
use crate::page::{Marker, Page};
use crate::segment::{Opening, case_number_at, column_label};
use crate::words::{AnyOf, any_of, letters};

/// What stands at the head of an entry.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Header {
    pub case_number: Option<(CaseNumber, Extent)>,
    pub organisation: Option<Extent>,
    pub title: Option<Extent>,
    /// The day of the disclosure.
    pub disclosed_on: Option<Moment>,
    /// The words that give it.
    pub disclosed_at: Option<Extent>,
}

impl Header {
    /// The year of the book that numbered the case.
    pub(crate) fn book_year(&self) -> Option<i16> {
        i16::try_from(self.case_number?.0.year).ok()
    }
}

/// Reads the head of a page.
pub(crate) fn read(page: &Page<'_>) -> Header {
    let Some(first) = page.lines.first() else { return Header::default() };
    let mut header = match page.entry.opening {
        Opening::Numbered => numbered(page, first.extent),
        Opening::Headline => {
            Header { title: Some(column(page, first.extent)), ..Header::default() }
        }
        Opening::Story => story::heading(page, first.extent),
        Opening::Report | Opening::Bare => Header { title: title_line(page), ..Header::default() },
    };
    if header.disclosed_on.is_none() && page.entry.opening != Opening::Headline {
        let found = release_date(page);
        header.disclosed_on = found.map(|(moment, _)| moment);
        header.disclosed_at = found.map(|(_, extent)| extent);
    }
    header
}

/// The title of a column, without the words that only call it one: 《編集後記》 ….
fn column(page: &Page<'_>, line: Extent) -> Extent {
    let words = page.folded_words(line);
    let at = column_label(words, |at| page.folded.gap_before(line.start + at));
    if at < words.len() { Extent { start: line.start + at, ..line } } else { line }
}

/// `【…#2023-208】organisation title date`.
fn numbered(page: &Page<'_>, line: Extent) -> Header {
    let words = page.folded_words(line);
    let number = case_number_at(words).and_then(|(start, end)| {
        let extent = Extent { start: line.start + start, end: line.start + end };
        Some((
            words[start..end]
                .replace(['ー', '‐', '‑', '–', '—', '―', '−'], "-")
                .parse::<CaseNumber>()
                .ok()?,
            extent,
        ))
    });
    let counted = case_number_at(words).map_or(0, |(_, end)| end);
    let closed = words.find(['】', ']', '〕', '〗', '》']).filter(|&at| counted <= at);
    let after = closed.map_or(line.start + counted, |at| {
        line.start + at + words[at..].chars().next().map_or(0, char::len_utf8)
    });
    let frame =
        page.text()[after..line.end].trim_start_matches([')', ':', '」', '/', ' ', '-', '|']);
    let after = line.end - frame.len();
    let date = page
        .mentions
        .iter()
        .filter(|mention| mention.range.start > after && mention.range.end <= line.end)
        .rfind(|mention| {
            page.text()[mention.range.end..line.end].chars().all(|c| letters!(")】」").has(c))
        });
    let dated = date.and_then(|mention| Some((absolute_day(mention)?, mention.range)));
    let end = dated.map_or(line.end, |(_, range)| range.start);
    let (organisation, title) = split_name(page, Extent { start: after, end });
    Header {
        case_number: number,
        organisation,
        title,
        disclosed_on: dated.map(|(moment, _)| moment),
        disclosed_at: dated.map(|(_, range)| range),
    }
}

/// Splits `organisation title` at the white space of the source, or at 、 behind the name.
fn split_name(page: &Page<'_>, head: Extent) -> (Option<Extent>, Option<Extent>) {
    let text = page.text();
    let head = trim(text, head);
    let tokens = tokens(page, head);
    let Some(last) = tokens.len().checked_sub(1) else { return (None, None) };
    if last == 0 {
        return story::at_comma(page, head).unwrap_or((None, Some(head)));
    }
    let mut name_end = 0;
    while name_end + 1 < last && continues_name(page, tokens[name_end], tokens[name_end + 1]) {
        name_end += 1;
    }
    let name = Extent { start: tokens[0].start, end: tokens[name_end].end };
    if looks_like_title(page, name) {
        return story::at_comma(page, head).unwrap_or((None, Some(head)));
    }
    (Some(name), Some(Extent { start: tokens[name_end + 1].start, end: head.end }))
}

/// Whether the name goes on from one token to the next: a legal form set apart, words in Latin
/// letters, or a second level (○○市 教育委員会).
fn continues_name(page: &Page<'_>, token: Extent, next: Extent) -> bool {
    let ascii = |extent: Extent| page.folded_words(extent).is_ascii();
    let form = |extent: Extent| {
        page.within(Vocabulary::Organisation, extent).iter().any(|hit| {
            hit.value == Value::Organisation(OrganisationWord::LegalForm)
                && hit.start == extent.start
                && hit.end == extent.end
        })
    };
    let ends_in_name = |extent: Extent| {
        page.within(Vocabulary::Organisation, extent).iter().any(|hit| {
            matches!(
                hit.value,
                Value::Organisation(OrganisationWord::LegalForm | OrganisationWord::Suffix)
            ) && hit.end == extent.end
        })
    };
    let short = page.folded_words(next).chars().count() <= 16;
    form(token)
        || form(next)
        || (ascii(token) && short && (ascii(next) || ends_in_name(next)))
        || (short && ends_in_name(next) && !looks_like_title(page, next))
}

fn looks_like_title(page: &Page<'_>, extent: Extent) -> bool {
    const TITLES: &AnyOf = any_of![
        "について", "お知らせ", "お詫び", "ご報告", "に関する", "における", "による", "おわび",
        "、",
    ];
    let words = page.folded_words(extent);
    TITLES.stands_in(words)
}

fn tokens(page: &Page<'_>, head: Extent) -> Vec<Extent> {
    let text = page.text();
    let mut tokens = Vec::new();
    let mut start = head.start;
    for (at, c) in text[head.start..head.end].char_indices().map(|(at, c)| (head.start + at, c)) {
        if at > start && (c == ' ' || page.folded.gap_before(at)) {
            tokens.push(trim(text, Extent { start, end: at }));
            start = at;
        }
    }
    if start < head.end {
        tokens.push(trim(text, Extent { start, end: head.end }));
    }
    tokens.retain(|token| token.start < token.end);
    tokens
}

fn trim(text: &str, extent: Extent) -> Extent {
    let words = extent.of(text);
    let start = extent.start + (words.len() - words.trim_start().len());
    Extent { start, end: start + words.trim().len() }
}

/// No title has more bytes; a date further on does not end one.
const MOST_TITLE_BYTES: usize = 1_000;

/// On a longer line no date stands for itself. Such a line may hold a hundred thousand dates, so it
/// is not looked at once for each.
const MOST_DATE_LINE_BYTES: usize = 2_000;

/// How titles end.
const TITLE_ENDS: &AnyOf = any_of![
    "お知らせ", "お詫び", "ご報告", "について", "おわび", "お願い", "報告", "ご連絡", "の件",
    "紛失", "漏えい", "漏洩", "流出", "発生", "誤送信", "ご案内", "公表", "発表", "事案",
    "お詫び申し上げます", "ご注意ください", "ご注意", "注意喚起", "ご質問", "謝罪", "報告書",
    "障害情報", "の障害",
];

/// The line near the top that is the title of a release.
fn title_line(page: &Page<'_>) -> Option<Extent> {
    let stop = page.opening().unwrap_or(page.text().len());
    let mut best: Option<(usize, Extent)> = None;
    for line in page.lines.iter().take(16).filter(|line| line.extent.start < stop) {
        let Some(extent) = title_on(page, line, stop) else { continue };
        let score = title_score(page, line, extent);
        if score >= 3 && best.is_none_or(|(most, _)| score > most) {
            best = Some((score, extent));
        }
    }
    best.map(|(_, extent)| extent).or_else(|| headline(page))
}

/// The words of a line that can be a title: without marks before them and a date or a site's name
/// after them; on a line of prose, what stands apart before it.
fn title_on(page: &Page<'_>, line: &crate::page::Line, stop: usize) -> Option<Extent> {
    let text = page.text();
    let mut extent = Extent { start: line.body_of_title(page), end: line.extent.end };
    if line.extent.end > stop || page.folded_words(extent).contains('。') {
        let apart = *tokens(page, extent).first()?;
        if apart.end > stop || !ends_like_title(page.folded_words(apart)) {
            return None;
        }
        extent = apart;
    }
    let date = page.mentions.iter().find(|mention| {
        mention.range.start > extent.start
            && mention.range.start - extent.start <= MOST_TITLE_BYTES
            && mention.range.end <= extent.end
            && absolute_day(mention).is_some()
            && ends_like_title(
                text[extent.start..mention.range.start].trim_end_matches(['(', '[', ' ']),
            )
    });
    if let Some(date) = date {
        extent.end = date.range.start;
    }
    // `title | site`, not `お詫び:title`.
    if let Some(at) = page.folded_words(extent).rfind([':', '|', '–', '-']) {
        let (title, site) = page.folded_words(extent).split_at(at);
        if ends_like_title(title) && title.chars().count() >= 8 && !ends_like_title(site) {
            extent.end = extent.start + at;
        }
    }
    let open = page.folded_words(extent).trim_end_matches(['(', '[', ' ']).len();
    extent.end = extent.start + open;
    let marks = page.folded_words(extent).len()
        - page
            .folded_words(extent)
            .trim_start_matches(['◆', '■', '●', '◇', '○', '□', '▼', '・', '*', ' ', '★', '◎', '▪'])
            .len();
    extent.start += marks;
    Some(trim(text, extent))
}

fn ends_like_title(words: &str) -> bool {
    let bare = words.trim_end_matches(|c: char| letters!(")】」』>").has(c) || c.is_ascii_digit());
    TITLE_ENDS.closes(bare)
        || any_of!["について(", "お知らせ(", "お詫び(", "報告("].stands_in(words)
}

fn title_score(page: &Page<'_>, line: &crate::page::Line, extent: Extent) -> usize {
    let words = page.folded_words(extent);
    let length = words.chars().count();
    // TOP > お知らせ > …: where the page stands in its site.
    let trail = words.contains('>')
        && any_of!["top", "ホーム", "home", "トップ"].opens(words.trim_start_matches([' ', '[']));
    if trail
        || !(5..=120).contains(&length)
        || matches!(line.topic, Some(Topic::Contact | Topic::Date))
    {
        return 0;
    }
    let subject = page.within(Vocabulary::Category, extent).len().min(2);
    let about = ["個人情報", "に関する", "による", "について", "お詫び", "お知らせ"]
        .iter()
        .filter(|part| words.contains(*part))
        .count()
        .min(2);
    4 * usize::from(ends_like_title(words)) + 2 * subject + about
}

/// A newspaper's headline: the first line, without 。, that prose follows.
fn headline(page: &Page<'_>) -> Option<Extent> {
    let [first, second, ..] = page.lines.as_slice() else { return None };
    let words = page.folded_words(first.extent);
    let plain = !words.contains(['。', ':'])
        && !words.ends_with("各位")
        && !words.ends_with('様')
        && !words.ends_with('、')
        && first.topic.is_none()
        && first.marker == Marker::None;
    let telling = !page.within(Vocabulary::Category, first.extent).is_empty();
    let dated = page.mentions.iter().any(|mention| mention.range.start == first.extent.start);
    (plain
        && telling
        && !dated
        && (8..=80).contains(&words.chars().count())
        && page.folded_words(second.extent).contains('。'))
    .then(|| trim(page.text(), first.extent))
}

impl crate::page::Line {
    /// Where a title begins on its line: after a list mark or a `件名:`.
    fn body_of_title(&self, page: &Page<'_>) -> usize {
        let words = page.folded_words(self.extent);
        for label in
            ["件名:", "title:", "subject:", "標題:", "題名:", "表題:", "タイトル:", "件名 "]
        {
            if words.starts_with(label) {
                return self.extent.start + label.len();
            }
        }
        self.extent.start
    }
}

/// The date that a release bears: alone on a line at its head or foot, or after a label.
fn release_date(page: &Page<'_>) -> Option<(Moment, Extent)> {
    let stop = page.opening().unwrap_or(page.text().len());
    let count = page.lines.len();
    let mut best: Option<(u8, Moment, Extent)> = None;
    for mention in &page.mentions {
        let at = page.line_of(mention.range.start);
        let line = &page.lines[at];
        if mention.to.is_some() || mention.as_of {
            continue;
        }
        let Some(day) = absolute_day(mention) else { continue };
        let early = mention.range.start < stop && at < 14;
        let announces = early
            && any_of!["発表", "公表"].opens(&page.text()[mention.range.end..])
            && !any_of![
                "発表会", "公表いたし", "公表し", "公表の", "発表し", "発表いたし", "発表の"
            ]
            .opens(&page.text()[mention.range.end..]);
        let words = page.folded_words(line.extent);
        if words.len() > MOST_DATE_LINE_BYTES {
            if announces && best.is_none_or(|(most, ..)| most < 6) {
                best = Some((6, day, mention.range));
            }
            continue;
        }
        let rest = words.len() - (mention.range.end.min(line.extent.end) - mention.range.start);
        let alone = rest <= 4 || only_frame(words, page.folded_words(mention.range));
        // 日時: below 差出人: in the head of a mail.
        let of_mail = line.topic == Some(Topic::Occurrence)
            && at < 6
            && words.starts_with("日時")
            && page.lines[..=at].iter().chain(page.lines.get(at + 1)).any(|line| {
                any_of!["差出人", "from:", "件名:", "宛先:", "送信者"]
                    .opens(page.folded_words(line.extent))
            });
        let labelled = line.topic == Some(Topic::Date)
            || of_mail
            || ["掲載", "公開日", "更新日", "発表日", "date:", "日付:", "投稿日", "配信日"]
                .iter()
                .any(|label| words.contains(label) && words.chars().count() < 40);
        let dates_events = (line.marker != Marker::None
            && page.lines.get(at + 1).is_some_and(|next| next.marker == Marker::Bullet))
            // Right below a title that speaks of recovery stands the day of the release.
            || (at > 4 || !early) && matches!(
                line.section,
                Some(
                    Topic::Course
                        | Topic::Response
                        | Topic::Occurrence
                        | Topic::Discovery
                        | Topic::Recovery
                )
            );
        let late = at + 8 >= count && mention.range.start > stop;
        let update = words.contains("更新");
        let signed =
            early && at < 6 && signs(page, line, mention.range) && names_somebody(page, line);
        let with_name = early
            && page
                .within(Vocabulary::Organisation, line.extent)
                .iter()
                .any(|hit| matches!(hit.value, Value::Organisation(OrganisationWord::LegalForm)))
            && words.chars().count() < 60;
        let rank = match (alone, labelled, early, late) {
            (_, true, true, _) if !update => 6,
            _ if announces => 6,
            (true, _, true, _) if !dates_events => 5,
            _ if alone && !dates_events && is_beside_name(page, at) => 4,
            (_, true, true, _) => 4,
            _ if signed => 4,
            (true, _, _, true) => 3,
            (_, true, _, true) => 2,
            _ if with_name && page.cue(Cue::Happened, line.extent).is_none() => 2,
            _ if (late || at + 3 >= count) && signs(page, line, mention.range) => 3,
            _ if early && ends_title(words, page.folded_words(mention.range)) => 3,
            _ => 0,
        };
        if rank > 0 && best.is_none_or(|(most, ..)| rank > most) {
            best = Some((rank, day, mention.range));
        }
    }
    best.map(|(_, day, extent)| (day, extent))
}

/// Whether the line above or below one near the top names who signs: below a greeting the release is
/// dated there.
fn is_beside_name(page: &Page<'_>, at: usize) -> bool {
    const TOP: usize = 12;
    const LONGEST_BYTES: usize = 120;
    at < TOP
        && page.lines[at].section.is_none()
        && at.checked_sub(1).into_iter().chain([at + 1]).any(|near| {
            page.lines.get(near).is_some_and(|near| {
                let words = page.folded_words(near.extent);
                near.marker == Marker::None
                    && words.len() <= LONGEST_BYTES
                    && !words.contains('。')
                    && names_somebody(page, near)
            })
        })
}

/// Whether a line ends in a word by which organisations are named: 平成30年11月20日 ○○高等学校.
fn names_somebody(page: &Page<'_>, line: &crate::page::Line) -> bool {
    page.within(Vocabulary::Organisation, line.extent).iter().any(|hit| {
        matches!(
            hit.value,
            Value::Organisation(
                OrganisationWord::Suffix | OrganisationWord::LegalForm | OrganisationWord::Place
            )
        ) && (hit.end == line.extent.end
            || page.folded.gap_before(hit.end)
            || hit.value == Value::Organisation(OrganisationWord::LegalForm))
    })
}

/// Whether all that stands beside the date frames it: brackets, 各位, report numbers, weekdays.
fn only_frame(words: &str, date: &str) -> bool {
    let rest = words.replacen(date, "", 1);
    let rest = rest.trim_matches(|c: char| letters!("()[]【】「」<>:・,.-_|/ ").has(c));
    rest.chars().count() <= 8
        && (rest.is_empty()
            || any_of![
                "各位", "報", "現在", "プレスリリース", "お知らせ", "ニュース", "news", "重要",
                "発表", "付", "公表", "更新", "情報", "掲載", "公開", "作成", "発行", "記",
            ]
            .stands_in(rest))
}

/// Whether the date stands beside a signature: `2023年4月10日 ○○園`, `(2023.4.10 ○○株式会社)`.
fn signs(page: &Page<'_>, line: &crate::page::Line, date: Extent) -> bool {
    let words = page.folded_words(line.extent);
    let before = page.text()[line.extent.start..date.start].trim_matches(['(', ' ', '[']);
    // A range of dates can end on the next line.
    let end = date.end.min(line.extent.end);
    let after = page.text()[end..line.extent.end].trim_matches([')', ' ', ']']);
    let (rest, apart) = if before.is_empty() { (after, true) } else { (before, after.is_empty()) };
    apart
        && rest.chars().count() <= 30
        && !words.contains(['。', '、', ':', '~'])
        && !rest.contains(['は', 'が', 'を', 'に', 'で', 'へ'])
        && line.marker == Marker::None
        && !rest.contains("頃")
}

/// The day on which a page that bears no date says that the incident was announced: `○○市は3日、…と
/// 発表した`.
pub(crate) fn announced(page: &Page<'_>) -> Option<(Moment, Extent)> {
    let telling = page
        .sentences
        .iter()
        .filter(|sentence| page.folded_words(sentence.extent).ends_with('。'))
        .take(2);
    for sentence in telling.filter(|sentence| sentence.has(Cue::Announced)) {
        let found = page.resolved.iter().find_map(|resolved| {
            let mention = page.mentions.get(resolved.mention)?;
            let inside = sentence.extent.start <= mention.range.start
                && mention.range.end <= sentence.extent.end;
            if !inside {
                return None;
            }
            let after = &page.text()[mention.range.end..];
            let before = page.text()[sentence.extent.start..mention.range.start].trim_end();
            let topic =
                before.is_empty() || before.ends_with(['は', '、']) || before.ends_with("が");
            let point = mention.to.is_none()
                && !mention.ongoing
                && !mention.until
                && mention.from.month.is_some()
                && mention.from.time.is_none();
            let spoken = any_of!["、", "に発表", "に公表", "に会見", "付で", "までに"].opens(after);
            let day = resolved.when.from;
            (topic && point && spoken && day.get_day().is_some()).then_some((
                Moment::day(day.get_year(), day.get_month()?, day.get_day()?)?,
                mention.range,
            ))
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Whether the date closes a title line: `…のお知らせ 2023年6月1日`.
fn ends_title(words: &str, date: &str) -> bool {
    words.trim_end_matches([')', '】']).ends_with(date)
        && any_of!["お知らせ", "お詫び", "について", "報告"].stands_in(words)
}

/// The day that a mention gives by itself.
pub(crate) fn absolute_day(mention: &Mention) -> Option<Moment> {
    let (Some(Year::Absolute(year)), Some(Field::Number(month)), Some(Field::Number(day))) =
        (mention.from.year, mention.from.month, mention.from.day)
    else {
        return None;
    };
    Moment::day(year, month, day)
}
