//! Statistics as SVG: bars that stand for times, bars that lie for kinds, with their title,
//! description and links. Pure: text in, text out. It does not know where links lead or what
//! colours a page has: marks take the colour of the text around them (`currentColor`) and carry
//! classes, with no style and no script, so that the strictest policy lets them be.

use std::fmt::Write as _;

use case::words::number;
use case::{Lang, Moment};

use super::delay::bucket_label;
use super::sizes::Exactness;
use super::{Affected, Breakdown, By, Delay, Figure};

/// Makes the address of a page from a query, or gives none.
pub type Link<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Longer series are not filled with months in which nothing happened.
const MOST_TIMES: usize = 600;

const WIDTH: usize = 640;
const ROW: usize = 24;
const LABELS: usize = 200;
const BASE: usize = 180;
const TOP: usize = 24;
const LEFT: usize = 56;

struct Bar {
    label: String,
    value: u64,
    href: Option<String>,
}

/// A breakdown: months and years stand side by side, all else lies with the most frequent first.
pub fn breakdown(breakdown: &Breakdown, lang: Lang, link: Link<'_>) -> String {
    let title = match lang {
        Lang::Ja => format!("{}別の件数", breakdown.by.label(lang)),
        Lang::En => format!("Cases by {}", breakdown.by.label(lang)),
    };
    let bars = |figures: &[Figure]| -> Vec<Bar> {
        let label = |figure: &Figure| breakdown.by.key_label(&figure.key, lang);
        figures.iter().map(|figure| bar(label(figure), figure, link)).collect()
    };
    match breakdown.by {
        By::Month | By::Year => standing(&title, &bars(&without_gaps(breakdown)), lang),
        _ => {
            let mut all = bars(&breakdown.figures);
            if breakdown.unknown.cases > 0 {
                all.push(bar(unknown(lang).to_owned(), &breakdown.unknown, link));
            }
            lying(&title, &all, lang)
        }
    }
}

/// How many are affected, by order of magnitude; cases without a number below them.
pub fn affected(affected: &Affected, lang: Lang, link: Link<'_>) -> String {
    let title = match lang {
        Lang::Ja => "影響の規模（記載された最大の数）",
        Lang::En => "Number affected (the largest number given)",
    };
    let mut bars: Vec<Bar> = affected
        .orders
        .iter()
        .map(|order| Bar {
            label: if order.from == order.to {
                number(order.from)
            } else {
                format!("{}–{}", number(order.from), number(order.to))
            },
            value: order.cases,
            href: link(&order.query),
        })
        .collect();
    bars.push(bar(unknown(lang).to_owned(), &affected.unknown, link));
    lying(title, &bars, lang)
}

/// How exact the numbers of those affected are.
pub fn exactness(affected: &Affected, lang: Lang, link: Link<'_>) -> String {
    let title = match lang {
        Lang::Ja => "影響の規模の確かさ",
        Lang::En => "How exact the number affected is",
    };
    let mut bars: Vec<Bar> = Vec::new();
    for &exactness in Exactness::ALL {
        let groups = affected.groups.iter().filter(|group| group.exactness == exactness);
        bars.extend(groups.map(|group| Bar {
            label: format!("{}・{}", exactness.label(lang), group.counted.label(lang)),
            value: group.cases,
            href: link(&group.query),
        }));
    }
    bars.push(bar(unknown(lang).to_owned(), &affected.unknown, link));
    lying(title, &bars, lang)
}

/// How long something took, with what gives no number of days below.
pub fn delay(delay: &Delay, lang: Lang, link: Link<'_>) -> String {
    let title = match lang {
        Lang::Ja => format!("{}の日数", delay.stretch.label(lang)),
        Lang::En => format!("Days {}", delay.stretch.label(lang)),
    };
    let bars: Vec<Bar> = delay
        .histogram
        .iter()
        .chain([&delay.imprecise, &delay.backwards])
        .map(|figure| bar(bucket_label(&figure.key, lang).to_owned(), figure, link))
        .collect();
    lying(&title, &bars, lang)
}

fn bar(label: String, figure: &Figure, link: Link<'_>) -> Bar {
    Bar { label, value: figure.cases, href: link(&figure.query) }
}

const fn unknown(lang: Lang) -> &'static str {
    match lang {
        Lang::Ja => "記載なし",
        Lang::En => "not said",
    }
}

/// The months or years with those between them in which there is no case.
fn without_gaps(breakdown: &Breakdown) -> Vec<Figure> {
    let known = &breakdown.figures;
    let ends = known.first().zip(known.last());
    let Some((first, last)) =
        ends.and_then(|(a, b)| Some((a.key.parse().ok()?, b.key.parse().ok()?)))
    else {
        return known.clone();
    };
    let series: Vec<Moment> =
        std::iter::successors(Some(first), |&moment| (moment < last).then(|| next(moment))?)
            .take(MOST_TIMES + 1)
            .collect();
    if series.len() > MOST_TIMES {
        return known.clone();
    }
    let mut known = known.iter().peekable();
    series
        .iter()
        .map(|moment| {
            let key = moment.to_string();
            match known.next_if(|figure| figure.key == key) {
                Some(figure) => figure.clone(),
                None => Figure { key, cases: 0, query: String::new() },
            }
        })
        .collect()
}

fn next(moment: Moment) -> Option<Moment> {
    match moment.get_month() {
        None => Moment::year(moment.get_year() + 1),
        Some(12) => Moment::month(moment.get_year() + 1, 1),
        Some(month) => Moment::month(moment.get_year(), month + 1),
    }
}

fn standing(title: &str, bars: &[Bar], lang: Lang) -> String {
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
    let mut svg = open(title, bars, BASE + 32, lang);
    let room = WIDTH - LEFT;
    rule(&mut svg, "chart-grid", TOP, 0.2);
    rule(&mut svg, "chart-axis", BASE, 0.6);
    tick(&mut svg, LEFT - 6, TOP + 4, "end", &number(most));
    tick(&mut svg, LEFT - 6, BASE + 4, "end", "0");
    let every = (bars.len() * 60).div_ceil(room).max(1);
    for (at, bar) in bars.iter().enumerate() {
        let (left, right) = (LEFT + room * at / bars.len(), LEFT + room * (at + 1) / bars.len());
        let gap = usize::from(right - left > 4);
        let height = scaled(bar.value, most, BASE - TOP);
        if bar.value > 0 {
            let place = [left + gap, BASE - height, (right - left - 2 * gap).clamp(1, 48), height];
            linked(&mut svg, bar, |svg| rect(svg, place));
        }
        if at % every == 0 {
            tick(&mut svg, left + (right - left).min(48) / 2, BASE + 18, "middle", &bar.label);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn lying(title: &str, bars: &[Bar], lang: Lang) -> String {
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
    let mut svg = open(title, bars, bars.len() * ROW + 8, lang);
    for (at, bar) in bars.iter().enumerate() {
        let y = at * ROW + 4;
        let width = scaled(bar.value, most, WIDTH - LABELS - 80);
        linked(&mut svg, bar, |svg| {
            label(svg, y + 16, &bar.label);
            if bar.value > 0 {
                rect(svg, [LABELS, y + 3, width, ROW - 6]);
            }
            text(svg, "chart-value", LABELS + width + 6, y + 16, "start", &number(bar.value));
        });
    }
    svg.push_str("</svg>\n");
    svg
}

/// The beginning with title and description: a reader that hears the chart is told the largest.
fn open(title: &str, bars: &[Bar], height: usize, lang: Lang) -> String {
    let total: u64 = bars.iter().map(|bar| bar.value).sum();
    let most = bars.iter().max_by_key(|bar| bar.value).filter(|bar| bar.value > 0);
    let about = match (most, lang) {
        (None, Lang::Ja) => "該当する件はありません。".to_owned(),
        (None, Lang::En) => "There are no cases.".to_owned(),
        (Some(bar), Lang::Ja) => {
            format!("計{}。最多は{}の{}。", number(total), bar.label, number(bar.value))
        }
        (Some(bar), Lang::En) => {
            format!("{} in all; most: {}, {}.", number(total), bar.label, number(bar.value))
        }
    };
    // An image has no children to follow; a chart with links is a group of them.
    let role = if bars.iter().any(|bar| bar.href.is_some()) { "group" } else { "img" };
    let title = escaped(title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"{role}\" \
         aria-label=\"{title}\" viewBox=\"0 0 {WIDTH} {height}\" fill=\"currentColor\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<title>{title}</title>\n\
         <desc>{}</desc>\n",
        escaped(&about)
    )
}

fn linked(svg: &mut String, bar: &Bar, draw: impl FnOnce(&mut String)) {
    let name = escaped(&format!("{}: {}", bar.label, number(bar.value)));
    // A figure of nought has no cases to lead to.
    let (opening, closing) = match bar.href.as_ref().filter(|_| bar.value > 0) {
        Some(href) => (format!("<a href=\"{}\">", escaped(href)), "</a>\n"),
        None => ("<g>".to_owned(), "</g>\n"),
    };
    let _ = write!(svg, "{opening}<title>{name}</title>");
    draw(svg);
    svg.push_str(closing);
}

fn rect(svg: &mut String, [x, y, width, height]: [usize; 4]) {
    let _ = write!(
        svg,
        "<rect class=\"chart-bar\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
         fill-opacity=\"0.7\"/>"
    );
}

fn rule(svg: &mut String, class: &str, y: usize, opacity: f32) {
    let _ = writeln!(
        svg,
        "<line class=\"{class}\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y}\" y2=\"{y}\" \
         stroke=\"currentColor\" stroke-opacity=\"{opacity}\"/>"
    );
}

fn tick(svg: &mut String, x: usize, y: usize, anchor: &str, words: &str) {
    text(svg, "chart-tick", x, y, anchor, words);
    svg.push('\n');
}

fn text(svg: &mut String, class: &str, x: usize, y: usize, anchor: &str, words: &str) {
    let words = escaped(words);
    let _ = write!(
        svg,
        "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{words}</text>"
    );
}

/// A label beside a lying bar. One that is too long for its column is drawn narrower: cut, it would
/// say something else.
fn label(svg: &mut String, y: usize, words: &str) {
    // A Japanese character takes the room of two letters.
    let taken: usize = words.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    let room = LABELS - 8;
    if taken <= 30 {
        return text(svg, "chart-label", room, y, "end", words);
    }
    let words = escaped(words);
    let _ = write!(
        svg,
        "<text class=\"chart-label\" x=\"{room}\" y=\"{y}\" text-anchor=\"end\" \
         textLength=\"{room}\" lengthAdjust=\"spacingAndGlyphs\">{words}</text>"
    );
}

/// The length of a bar; one case is never invisible.
fn scaled(value: u64, most: u64, room: usize) -> usize {
    let length = u128::from(value) * room as u128 / u128::from(most.max(1));
    usize::try_from(length).unwrap_or(room).max(usize::from(value > 0))
}

/// Text for an element or an attribute in double quotes. What XML 1.0 cannot hold is dropped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(key: &str, cases: u64) -> Figure {
        Figure { key: key.into(), cases, query: format!("q:{key}") }
    }

    fn sample(by: By, figures: &[(&str, u64)]) -> Breakdown {
        let figures = figures.iter().map(|(key, cases)| figure(key, *cases)).collect();
        Breakdown { by, figures, unknown: figure("unknown", 2) }
    }

    #[test]
    fn months_without_a_case_have_their_place() {
        let months = sample(By::Month, &[("2030-11", 3), ("2031-02", 1200)]);
        let keys: Vec<String> = without_gaps(&months).into_iter().map(|x| x.key).collect();
        assert_eq!(keys, ["2030-11", "2030-12", "2031-01", "2031-02"]);
        let far = sample(By::Month, &[("1026-01", 1), ("2031-02", 1)]);
        assert_eq!(without_gaps(&far).len(), 2);
        let svg = breakdown(&months, Lang::Ja, &|query| Some(format!("/?q={query}")));
        assert_eq!(svg.matches("<rect").count(), 2, "{svg}");
        assert!(svg.contains("href=\"/?q=q:2031-02\"") && svg.contains("1,200"), "{svg}");
    }

    #[test]
    fn words_stay_words() {
        let kinds = sample(By::Category, &[("<script>\"&'\u{7}", 1), ("insider", 4)]);
        let svg = breakdown(&kinds, Lang::Ja, &|_| Some("/?q=\"><script>".to_owned()));
        assert!(!svg.contains("<script") && !svg.contains('\u{7}'), "{svg}");
        assert!(!svg.contains("style") && svg.contains("内部者") && svg.contains("記載なし"));
        assert!(svg.contains("role=\"group\""));
        assert!(breakdown(&kinds, Lang::En, &|_| None).contains("role=\"img\""));
    }

    #[test]
    fn nothing_draws_too() {
        for by in By::ALL {
            let svg = breakdown(&sample(*by, &[]), Lang::En, &|_| None);
            assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"), "{svg}");
        }
    }
}
