//! Glyphs on a page to lines in reading order: rows by baseline, gaps by the distance that is left
//! between two glyphs, columns where a gutter runs through many rows, paragraphs by the distance
//! between rows. It does not know fonts or PDF.

use std::ops::Range;

use hayro_interpret::kurbo::Point;

/// One glyph: which text, where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    start: u32,
    end: u32,
    x: f32,
    y: f32,
    size: f32,
    width: f32,
    vertical: bool,
}

impl Place {
    /// A glyph that shows `start..end` of the page's text from `origin` on, `ems` wide.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a page is small; a quarter of a point is precise enough"
    )]
    pub(crate) fn new(
        start: usize,
        end: usize,
        origin: Point,
        size: f64,
        ems: f64,
        vertical: bool,
    ) -> Self {
        // A vertical line is a horizontal one turned: down is forward, and the next line is left.
        let (x, y) = if vertical { (origin.y, -origin.x) } else { (origin.x, origin.y) };
        let ems = if vertical { 1.0 } else { ems };
        Self {
            start: start as u32,
            end: end as u32,
            x: x as f32,
            y: y as f32,
            size: size as f32,
            width: (size * ems) as f32,
            vertical,
        }
    }

    fn right(&self) -> f32 {
        self.x + self.width
    }
}

/// Glyphs of one row without a wide gap between them.
#[derive(Clone, Debug)]
struct Segment {
    text: String,
    left: f32,
    right: f32,
    /// Left edge of the first glyph that is no space.
    inner_left: f32,
}

/// The segments of one baseline.
#[derive(Clone, Debug)]
struct Row {
    y: f32,
    size: f32,
    segments: Vec<Segment>,
}

impl Row {
    fn left(&self) -> f32 {
        self.segments.first().map_or(0.0, |segment| segment.inner_left)
    }

    fn right(&self) -> f32 {
        self.segments.last().map_or(0.0, |segment| segment.right)
    }

    /// Whether the gap before a segment is that of a table.
    fn is_cell(&self, at: usize) -> bool {
        at > 0 && self.segments[at].left - self.segments[at - 1].right > self.size * CELL_GAP
    }

    fn characters(&self) -> usize {
        self.segments.iter().map(|segment| segment.text.chars().count()).sum()
    }
}

/// A gap this many times the size of the glyphs parts two segments, which may be columns.
const SEGMENT_GAP: f32 = 0.75;
/// A gap this many times the size of the glyphs parts the cells of a table.
const CELL_GAP: f32 = 1.6;
/// A gap between Japanese characters that is a space and not justification.
const WIDE_SPACE: f32 = 0.55;
/// Lines of running text are at most so many times their size apart.
const WIDEST_PITCH: f32 = 2.2;
/// A gap between Latin letters that is a space.
const LATIN_SPACE: f32 = 0.18;

/// Writes one page's lines to `out`.
pub(crate) fn write(text: &str, places: Vec<Place>, (width, height): (f32, f32), out: &mut String) {
    let on_page = |place: &Place| {
        let (x, y) = if place.vertical { (-place.y, place.x) } else { (place.x, place.y) };
        x > -width * 0.05 && x < width * 1.05 && y > -height * 0.05 && y < height * 1.05
    };
    let (down, across): (Vec<Place>, Vec<Place>) =
        places.into_iter().filter(on_page).partition(|place| place.vertical);
    for places in [across, down] {
        for block in columns(rows(text, places)) {
            write_rows(&block, out);
        }
    }
}

/// Gathers glyphs to rows from top to bottom.
fn rows(text: &str, mut places: Vec<Place>) -> Vec<Row> {
    places.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut rows = Vec::new();
    let mut start = 0;
    while start < places.len() {
        let mut end = start + 1;
        let mut size = places[start].size;
        // A row goes on while the next baseline is within a third of a glyph of the last one: that
        // takes in raised figures and parts a line from the next.
        while end < places.len()
            && places[end].y - places[end - 1].y < size.min(places[end].size) * 0.34
            && places[end].y - places[start].y < size * 0.6
        {
            size = size.max(places[end].size);
            end += 1;
        }
        if let Some(row) = row(text, &mut places[start..end], size) {
            rows.push(row);
        }
        start = end;
    }
    rows
}

fn row(text: &str, places: &mut [Place], size: f32) -> Option<Row> {
    places.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut segments: Vec<Segment> = Vec::new();
    let mut last: Option<Place> = None;
    let mut edge = f32::MIN;
    for place in places.iter() {
        let shown = &text[place.start as usize..place.end as usize];
        if let Some(last) = last {
            // Bold that is made by drawing twice.
            let again = text[last.start as usize..last.end as usize] == *shown
                && (place.x - last.x).abs() < size * 0.12;
            if again {
                continue;
            }
        }
        let is_blank = shown.chars().all(|c| c.is_whitespace() && c != '\u{3000}');
        let gap = (place.x - edge) / place.size.max(1.0);
        last = Some(*place);
        if is_blank {
            if let Some(segment) = segments.last_mut()
                && gap < SEGMENT_GAP
            {
                if !segment.text.ends_with(' ') {
                    segment.text.push(' ');
                }
                edge = edge.max(place.right());
            }
            continue;
        }
        match segments.last_mut() {
            Some(segment) if gap < SEGMENT_GAP => {
                if needs_space(&segment.text, shown, gap) {
                    segment.text.push(' ');
                }
                segment.text.push_str(shown);
                segment.right = segment.right.max(place.right());
            }
            _ => segments.push(Segment {
                text: shown.to_owned(),
                left: place.x,
                right: place.right(),
                inner_left: if shown == "\u{3000}" { place.right() } else { place.x },
            }),
        }
        edge = edge.max(place.right());
    }
    for segment in &mut segments {
        let kept = segment.text.trim_end_matches([' ', '\u{3000}']).len();
        segment.text.truncate(kept);
    }
    segments.retain(|segment| !segment.text.trim().is_empty());
    let y = places.first()?.y;
    (!segments.is_empty()).then_some(Row { y, size, segments })
}

fn needs_space(before: &str, next: &str, gap: f32) -> bool {
    let last = before.chars().next_back();
    let first = next.chars().next();
    if last.is_none_or(char::is_whitespace) || first.is_none_or(char::is_whitespace) {
        return false;
    }
    let is_latin = |c: Option<char>| c.is_some_and(|c| c < '\u{2e80}');
    gap > if is_latin(last) && is_latin(first) { LATIN_SPACE } else { WIDE_SPACE }
}

/// Two columns of running text: the middle between them, and which rows they take.
struct Gutter {
    x: f32,
    rows: Range<usize>,
}

impl Gutter {
    fn is_crossed(&self, row: &Row) -> bool {
        row.segments.iter().any(|segment| segment.left < self.x && segment.right > self.x)
    }
}

/// Splits rows into blocks to be read one after the other: where a gutter parts the text of many
/// rows in two, the left side comes before the right.
fn columns(mut rows: Vec<Row>) -> Vec<Vec<Row>> {
    let Some(gutter) = gutter(&rows) else { return vec![rows] };
    let after = rows.split_off(gutter.rows.end);
    let between = rows.split_off(gutter.rows.start);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for row in between {
        let (on_left, on_right): (Vec<Segment>, Vec<Segment>) =
            row.segments.into_iter().partition(|segment| segment.right <= gutter.x);
        for (side, segments) in [(&mut left, on_left), (&mut right, on_right)] {
            if !segments.is_empty() {
                side.push(Row { y: row.y, size: row.size, segments });
            }
        }
    }
    vec![rows, left, right, after]
}

/// Where the page has two columns of running text. A table has a gutter too, but its cells are
/// short: both sides must be filled with text.
fn gutter(rows: &[Row]) -> Option<Gutter> {
    let left = rows.iter().map(Row::left).fold(f32::MAX, f32::min);
    let right = rows.iter().map(Row::right).fold(f32::MIN, f32::max);
    let middle = left + (right - left) * 0.3..left + (right - left) * 0.7;
    let gap = |row: &Row| {
        (row.segments.len() == 2)
            .then(|| f32::midpoint(row.segments[0].right, row.segments[1].left))
            .filter(|gap| middle.contains(gap))
    };
    let mut gaps: Vec<f32> = rows.iter().filter_map(gap).collect();
    if gaps.len() < 6 {
        return None;
    }
    gaps.sort_by(f32::total_cmp);
    let x = gaps[gaps.len() / 2];
    let is_at = |row: &Row| gap(row).is_some_and(|gap| (gap - x).abs() < row.size * 2.0);
    let mut gutter =
        Gutter { x, rows: rows.iter().position(is_at)?..rows.iter().rposition(is_at)? + 1 };
    // One column may be longer than the other.
    while let Some(row) = rows.get(gutter.rows.end)
        && !gutter.is_crossed(row)
        && row.characters() >= 10
    {
        gutter.rows.end += 1;
    }
    let between = &rows[gutter.rows.clone()];
    let (mut sides, mut full) = ([0_usize; 2], [0_usize; 2]);
    for segment in between.iter().flat_map(|row| &row.segments) {
        let side = usize::from(segment.left >= x);
        let width = if side == 0 { x - left } else { right - x };
        let is_full = segment.right - segment.left > width * 0.75;
        sides[side] += 1;
        full[side] += usize::from(is_full && segment.text.chars().count() >= 10);
    }
    let is_filled = (0..2).all(|side| sides[side] >= 6 && full[side] * 10 >= sides[side] * 6);
    (is_filled && !between.iter().any(|row| gutter.is_crossed(row))).then_some(gutter)
}

/// Writes rows as lines. A line that reaches the right edge goes on in the next one, as paper has a
/// width and text has none.
fn write_rows(rows: &[Row], out: &mut String) {
    let right = rows.iter().map(Row::right).fold(f32::MIN, f32::max);
    let usual = pitch(rows);
    for (index, row) in rows.iter().enumerate() {
        for (at, segment) in row.segments.iter().enumerate() {
            if at > 0 {
                out.push(if row.is_cell(at) { '\t' } else { ' ' });
            }
            out.push_str(&segment.text);
        }
        let Some(next) = rows.get(index + 1) else { break };
        // Where every line has a blank one below it, the usual step is no step of running text.
        let pitch = usual.min(row.size * WIDEST_PITCH);
        let step = next.y - row.y;
        if goes_on(row, next, right, pitch) {
            if ends_latin(&row.segments)
                && starts_latin(&next.segments)
                && !splits_figures(row, next)
            {
                out.push(' ');
            }
        } else if step > pitch * 2.45 {
            out.push_str("\n\n\n");
        } else if step > pitch * 1.45 {
            out.push_str("\n\n");
        } else {
            out.push('\n');
        }
    }
    if !rows.is_empty() {
        out.push('\n');
    }
}

/// The usual distance between two lines of running text, or of any text where there is none.
fn pitch(rows: &[Row]) -> f32 {
    let steps_of = |at_least: usize| -> Vec<f32> {
        rows.windows(2)
            .filter(|pair| pair.iter().all(|row| row.characters() >= at_least))
            .map(|pair| pair[1].y - pair[0].y)
            .filter(|&step| step > 0.0)
            .collect()
    };
    let mut steps = steps_of(15);
    if steps.len() < 2 {
        steps = steps_of(1);
    }
    if steps.is_empty() {
        return f32::MAX;
    }
    steps.sort_by(f32::total_cmp);
    // The lower third, not the middle: a page of short paragraphs has as many blank lines as lines.
    steps[steps.len() / 3]
}

fn goes_on(row: &Row, next: &Row, right: f32, pitch: f32) -> bool {
    let (Some(this), Some(that)) = (row.segments.last(), next.segments.first()) else {
        return false;
    };
    let is_running = row.segments.len() == 1 && next.segments.len() == 1;
    // Two characters may be pushed to the next line because neither may end or start one. A line
    // of dates is a list, so one that starts with a figure has to follow a line that is truly full.
    let slack = if that.text.starts_with(|c: char| c.is_ascii_digit()) { 1.3 } else { 2.3 };
    let is_full = this.right > right - row.size * slack && row.characters() >= 15;
    let same_size = (row.size - next.size).abs() < row.size * 0.08;
    let is_close = next.y - row.y <= pitch * 1.45;
    let is_beside = that.inner_left < row.left() + row.size * 3.0;
    is_running
        && is_full
        && same_size
        && is_close
        && is_beside
        && !starts_item(&that.text)
        && !this.text.ends_with('。')
}

/// Marks that open a list item, a section or an indented paragraph.
const ITEM_MARKS: &str = "\u{3000}・●○◎■□◆◇▼▲※＊*•-–【〔<＜《";

/// Whether a line opens a list item, a section or an indented paragraph.
fn starts_item(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return false };
    if is_digit(first) {
        let mut rest = text.trim_start_matches(is_digit).chars();
        let marked = rest.next().is_some_and(|c| ".．)）、".contains(c));
        return marked && !rest.next().is_some_and(is_digit);
    }
    if matches!(first, '(' | '（') {
        return characters.next().is_some_and(is_digit);
    }
    ITEM_MARKS.contains(first) || matches!(first, '①'..='⑳' | 'ⅰ'..='ⅹ' | 'Ⅰ'..='Ⅹ')
}

fn ends_latin(segments: &[Segment]) -> bool {
    segments
        .last()
        .and_then(|segment| segment.text.chars().next_back())
        .is_some_and(|c| c.is_ascii_alphanumeric())
}

/// Whether a number is broken at the end of a row: 20 and 23年 are one year.
fn splits_figures(row: &Row, next: &Row) -> bool {
    let ends = row
        .segments
        .last()
        .is_some_and(|segment| segment.text.ends_with(|c: char| c.is_ascii_digit()));
    ends && next
        .segments
        .first()
        .is_some_and(|segment| segment.text.starts_with(|c: char| c.is_ascii_digit()))
}

fn starts_latin(segments: &[Segment]) -> bool {
    segments
        .first()
        .and_then(|segment| segment.text.chars().next())
        .is_some_and(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lays out pieces of text in glyphs of 10 points, ASCII half as wide, from the left edge given.
    fn check(pieces: &[(f64, f64, &str)], expected: &str) {
        let (mut text, mut places) = (String::new(), Vec::new());
        for &(left, y, piece) in pieces {
            let mut x = left;
            for character in piece.chars() {
                let start = text.len();
                text.push(character);
                let ems = if character.is_ascii() { 0.5 } else { 1.0 };
                places.push(Place::new(start, text.len(), Point::new(x, y), 10.0, ems, false));
                x += ems * 10.0;
            }
        }
        let mut out = String::new();
        write(&text, places, (600.0, 800.0), &mut out);
        assert_eq!(out, expected);
    }

    #[test]
    fn lines_come_from_top_to_bottom() {
        check(&[(50.0, 40.0, "二"), (50.0, 20.0, "一"), (50.0, 60.0, "三")], "一\n二\n三\n");
    }

    #[test]
    fn gaps_are_spaces_or_cells() {
        check(&[(50.0, 20.0, "VPN"), (68.0, 20.0, "and")], "VPN and\n");
        check(&[(50.0, 20.0, "令和"), (72.0, 20.0, "6"), (79.0, 20.0, "年")], "令和6年\n");
        check(
            &[
                (50.0, 20.0, "氏名"),
                (200.0, 20.0, "12名"),
                (50.0, 35.0, "住所"),
                (200.0, 35.0, "3名"),
            ],
            "氏名\t12名\n住所\t3名\n",
        );
    }

    #[test]
    fn bold_drawn_twice_is_read_once() {
        check(&[(50.0, 20.0, "重要"), (50.4, 20.0, "重要")], "重要\n");
    }

    #[test]
    fn a_full_line_goes_on_and_a_wide_step_is_a_blank_line() {
        let full = "個人情報が漏えいした可能性があることが判明し";
        check(
            &[
                (50.0, 20.0, full),
                (50.0, 36.0, "ました。"),
                (50.0, 52.0, "以上です。"),
                (50.0, 90.0, "別の段落"),
            ],
            &format!("{full}ました。\n以上です。\n\n別の段落\n"),
        );
        check(&[(50.0, 20.0, full), (50.0, 36.0, "・項目")], &format!("{full}\n・項目\n"));
        check(&[(50.0, 20.0, "お詫び"), (50.0, 52.0, "1.経緯")], "お詫び\n\n1.経緯\n");
        let year = "個人情報が漏えいした可能性があることが判明20";
        check(&[(50.0, 20.0, year), (50.0, 36.0, "23年")], &format!("{year}23年\n"));
    }

    #[test]
    fn the_left_column_comes_before_the_right() {
        let rows = 8_u32;
        let pieces: Vec<(f64, f64, &str)> = (0..rows)
            .flat_map(|row| {
                let y = 20.0 + f64::from(row) * 16.0;
                [
                    (50.0, y, "左の段の文章がここに続いていきます"),
                    (240.0, y, "右の段の文章がここに続いていきます"),
                ]
            })
            .collect();
        let column = |text: &str| format!("{}\n", text.repeat(rows as usize));
        check(
            &pieces,
            &format!(
                "{}{}",
                column("左の段の文章がここに続いていきます"),
                column("右の段の文章がここに続いていきます")
            ),
        );
    }
}
