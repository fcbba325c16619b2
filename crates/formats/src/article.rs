//! Which part of a page is the article, and its text in lines. Weights are bytes of text outside
//! links, summed over the tree in two linear passes. It does not know what the article says.

use crate::page::{Event, Page, Tag};

/// What the subtree of an element holds that is kept.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    text: u32,
    link_text: u32,
    links: u32,
    headings: u32,
    titles: u32,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.text = self.text.saturating_add(other.text);
        self.link_text = self.link_text.saturating_add(other.link_text);
        self.links += other.links;
        self.headings += other.headings;
        self.titles += other.titles;
    }
}

/// The text of the article: the page without navigation, advertisements, comments and the like.
pub(crate) fn article(page: &Page) -> String {
    let dropped = dropped(page, &sums(page, &vec![false; page.elements.len()]));
    let (root, title) = {
        let kept = sums(page, &dropped);
        if kept[0].text == 0 {
            return everything(page);
        }
        let root = root(page, &kept);
        (root, if kept[root].titles == 0 { page.title.trim() } else { "" })
    };
    render(page, root, &dropped, title)
}

/// All text of the page.
pub(crate) fn everything(page: &Page) -> String {
    render(page, 0, &vec![false; page.elements.len()], "")
}

/// Sums over each subtree; children come after their parents, so one pass backwards is enough.
fn sums(page: &Page, dropped: &[bool]) -> Vec<Sums> {
    let mut sums: Vec<Sums> = page
        .elements
        .iter()
        .map(|element| Sums {
            text: element.own_text,
            link_text: element.own_link_text,
            links: u32::from(element.tag == Tag::Link),
            headings: u32::from(matches!(element.tag, Tag::Title | Tag::Heading)),
            titles: u32::from(element.tag == Tag::Title),
        })
        .collect();
    for child in (1..sums.len()).rev() {
        if dropped[child] {
            sums[child] = Sums::default();
        } else {
            let sum = sums[child];
            sums[page.elements[child].parent as usize].add(sum);
        }
    }
    sums
}

/// Which subtrees are left out. What holds most of the page's text is never left out, whatever it
/// is called: themes give wrappers names like `has-sidebar`.
fn dropped(page: &Page, all: &[Sums]) -> Vec<bool> {
    let total = u64::from(all[0].text);
    let mut dropped = vec![false; all.len()];
    for (at, (element, sum)) in page.elements.iter().zip(all).enumerate().skip(1) {
        let (text, link_text) = (u64::from(sum.text), u64::from(sum.link_text));
        let is_marked = element.marked && text * 2 <= total;
        let is_container = matches!(
            element.tag,
            Tag::Block | Tag::List | Tag::Definitions | Tag::Table | Tag::Header
        );
        let is_links = is_container
            && sum.links >= 3
            && link_text * 10 >= (text + link_text) * 7
            && text * 10 <= total;
        dropped[at] = is_marked || is_links || dropped[element.parent as usize];
    }
    dropped
}

/// The element that holds the article: the main one if it is marked so, then as far down as one
/// child holds nearly all text and every heading.
fn root(page: &Page, kept: &[Sums]) -> usize {
    let total = u64::from(kept[0].text);
    let main = (0..kept.len())
        .filter(|&at| page.elements[at].tag == Tag::Main)
        .max_by_key(|&at| kept[at].text)
        .filter(|&at| u64::from(kept[at].text) * 4 >= total);
    let mut heaviest = vec![0_u32; kept.len()];
    for child in 1..kept.len() {
        let parent = page.elements[child].parent as usize;
        if heaviest[parent] == 0 || kept[child].text > kept[heaviest[parent] as usize].text {
            heaviest[parent] = u32::try_from(child).unwrap_or(0);
        }
    }
    let mut at = main.or_else(|| articles(page, kept)).unwrap_or(0);
    loop {
        let child = heaviest[at] as usize;
        let is_table_part =
            matches!(page.elements[child].tag, Tag::Row | Tag::RowGroup | Tag::List);
        if child == 0
            || is_table_part
            || kept[child].headings < kept[at].headings
            || u64::from(kept[child].text) * 20 < u64::from(kept[at].text) * 17
        {
            return at;
        }
        at = child;
    }
}

/// The closest element around all `article` elements, where they hold most of the text. A blog's
/// page of many entries is kept whole that way.
fn articles(page: &Page, kept: &[Sums]) -> Option<usize> {
    let (mut common, mut text) = (None, 0_u64);
    for (at, element) in page.elements.iter().enumerate() {
        if element.tag != Tag::Article || kept[at].text == 0 {
            continue;
        }
        text += u64::from(kept[at].text);
        common = Some(common.map_or(at, |other| common_ancestor(page, other, at)));
    }
    common.filter(|&at| text * 2 >= u64::from(kept[0].text) && kept[at].headings > 0)
}

fn common_ancestor(page: &Page, mut a: usize, mut b: usize) -> usize {
    // Parents have smaller numbers, so the larger one climbs.
    while a != b {
        if a > b {
            a = page.elements[a].parent as usize;
        } else {
            b = page.elements[b].parent as usize;
        }
    }
    a
}

/// How far apart two pieces of text are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Cell,
    Line,
    Blank,
}

/// Writes text with the gaps between its pieces.
struct Lines {
    out: String,
    gap: Gap,
    /// White space of the source since the last word, and whether a line ended in it.
    space: Option<bool>,
    /// A cell was opened and nothing is in it yet: its blocks do not break the row.
    fresh_cell: bool,
    /// The row has text already.
    row_has_text: bool,
    preformatted: u32,
}

impl Lines {
    fn at_least(&mut self, gap: Gap) {
        if !self.fresh_cell {
            self.gap = self.gap.max(gap);
        }
    }

    fn separate(&mut self, next: &str) {
        if !self.out.is_empty() {
            match self.gap {
                Gap::Blank => self.out.push_str("\n\n"),
                Gap::Line => self.out.push('\n'),
                Gap::Cell => self.out.push('\t'),
                Gap::None => match self.space {
                    // A line of the source that ends between two Japanese characters is no space.
                    Some(true) if ends_wide(&self.out) && starts_wide(next) => {}
                    Some(_) if !self.out.ends_with(['\n', '\t']) => self.out.push(' '),
                    _ => {}
                },
            }
        }
        self.gap = Gap::None;
        self.space = None;
        self.fresh_cell = false;
        self.row_has_text = true;
    }

    fn text(&mut self, text: &str) {
        if self.preformatted > 0 {
            let text = text.trim_matches('\n');
            if !text.trim().is_empty() {
                self.separate(text);
                self.out.push_str(text);
            }
            return;
        }
        let mut rest = text;
        loop {
            let word_at = rest.find(|c: char| !c.is_ascii_whitespace()).unwrap_or(rest.len());
            if word_at > 0 {
                let ended = self.space == Some(true) || rest[..word_at].contains('\n');
                self.space = Some(ended);
            }
            rest = &rest[word_at..];
            if rest.is_empty() {
                return;
            }
            let end =
                rest.bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(rest.len());
            self.separate(&rest[..end]);
            self.out.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }

    fn open(&mut self, tag: Tag) {
        match tag {
            Tag::Paragraph
            | Tag::Title
            | Tag::Heading
            | Tag::Subheading
            | Tag::Table
            | Tag::Article => {
                self.at_least(Gap::Blank);
            }
            Tag::Row => {
                self.at_least(Gap::Line);
                self.row_has_text = false;
            }
            Tag::Cell => {
                if self.row_has_text {
                    self.gap = Gap::Cell;
                }
                self.fresh_cell = true;
            }
            Tag::Preformatted => {
                self.at_least(Gap::Line);
                self.preformatted += 1;
            }
            Tag::Link | Tag::Ruby | Tag::RubyText | Tag::Hidden | Tag::Head => {}
            _ => self.at_least(Gap::Line),
        }
    }

    fn close(&mut self, tag: Tag) {
        match tag {
            Tag::Paragraph | Tag::Table | Tag::Article => self.at_least(Gap::Blank),
            Tag::Cell => self.fresh_cell = false,
            // Not more than a line, whatever paragraphs the cells have.
            Tag::Row => self.gap = Gap::Line,
            Tag::Preformatted => {
                self.at_least(Gap::Line);
                self.preformatted -= 1;
            }
            Tag::Link | Tag::Ruby | Tag::RubyText | Tag::Hidden | Tag::Head => {}
            _ => self.at_least(Gap::Line),
        }
    }
}

fn ends_wide(text: &str) -> bool {
    text.chars().next_back().is_some_and(|c| c >= '\u{2e80}')
}

fn starts_wide(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c >= '\u{2e80}')
}

/// Writes the text of `root` in lines, after `title` unless the text says it itself.
fn render(page: &Page, root: usize, dropped: &[bool], title: &str) -> String {
    let mut lines = Lines {
        out: String::with_capacity(page.text.len() + title.len()),
        gap: Gap::None,
        space: None,
        fresh_cell: false,
        row_has_text: false,
        preformatted: 0,
    };
    lines.text(title);
    let title_end = lines.out.len();
    lines.at_least(Gap::Blank);
    let (mut text_at, mut inside, mut skipped) = (0, root == 0, None);
    for event in &page.events {
        match *event {
            Event::Open(at) => {
                let at = at as usize;
                inside |= at == root;
                if inside && skipped.is_none() {
                    if dropped[at] && at != root {
                        skipped = Some(at);
                    } else {
                        lines.open(page.elements[at].tag);
                    }
                }
            }
            Event::Close(at) => {
                let at = at as usize;
                if skipped == Some(at) {
                    skipped = None;
                    lines.at_least(Gap::Line);
                } else if inside && skipped.is_none() {
                    lines.close(page.elements[at].tag);
                }
                if at == root {
                    break;
                }
            }
            Event::Text(end) => {
                let text = &page.text[text_at..end as usize];
                text_at = end as usize;
                if inside && skipped.is_none() {
                    lines.text(text);
                }
            }
            Event::Break => {
                if inside && skipped.is_none() {
                    // Two breaks in a row are how many sites write a paragraph.
                    let twice = lines.gap >= Gap::Line;
                    lines.at_least(if twice { Gap::Blank } else { Gap::Line });
                }
            }
        }
    }
    let mut out = lines.out;
    let body_end = (title_end + 4096).min(out.len());
    let looked_at = String::from_utf8_lossy(&out.as_bytes()[title_end..body_end]);
    if title_end > 0 && looked_at.contains(&out[..title_end]) {
        out.drain(..title_end);
        let blank = out.len() - out.trim_start_matches('\n').len();
        out.drain(..blank);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}
