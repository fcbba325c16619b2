//! A page as two flat lists: its elements, and the order in which they open, close and hold text.
//! End tags that HTML lets authors leave out are supplied. Elements that only change how words look
//! are not kept. It does not know which part of the page matters.

use std::collections::HashSet;
use std::sync::LazyLock;

/// What an element means for the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Tag {
    Root,
    Main,
    Article,
    Block,
    Header,
    Aside,
    Paragraph,
    Title,
    Heading,
    Subheading,
    List,
    Item,
    Definitions,
    Term,
    Table,
    RowGroup,
    Row,
    Cell,
    Preformatted,
    Link,
    Ruby,
    /// Never text: scripts, controls, readings of ruby.
    Hidden,
    RubyText,
    Head,
}

const TAGS: usize = Tag::Head as usize + 1;

impl Tag {
    /// `None` for elements that only change how words look.
    fn of(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"main" => Self::Main,
            b"article" => Self::Article,
            b"div" | b"section" | b"address" | b"blockquote" | b"figure" | b"figcaption"
            | b"fieldset" | b"details" | b"summary" | b"hgroup" | b"legend" | b"caption" => {
                Self::Block
            }
            b"header" => Self::Header,
            b"nav" | b"aside" | b"footer" => Self::Aside,
            b"p" => Self::Paragraph,
            b"h1" => Self::Title,
            b"h2" | b"h3" => Self::Heading,
            b"h4" | b"h5" | b"h6" => Self::Subheading,
            b"ul" | b"ol" | b"menu" => Self::List,
            b"li" => Self::Item,
            b"dl" => Self::Definitions,
            b"dt" | b"dd" => Self::Term,
            b"table" => Self::Table,
            b"thead" | b"tbody" | b"tfoot" => Self::RowGroup,
            b"tr" => Self::Row,
            b"td" | b"th" => Self::Cell,
            b"pre" | b"xmp" | b"listing" => Self::Preformatted,
            b"a" => Self::Link,
            b"ruby" => Self::Ruby,
            b"rt" | b"rp" => Self::RubyText,
            b"head" => Self::Head,
            b"script" | b"style" | b"noscript" | b"template" | b"iframe" | b"noembed"
            | b"noframes" | b"svg" | b"math" | b"canvas" | b"object" | b"video" | b"audio"
            | b"map" | b"dialog" | b"button" | b"select" | b"textarea" | b"datalist" => {
                Self::Hidden
            }
            _ => return None,
        })
    }

    const fn is_silent(self) -> bool {
        matches!(self, Self::Hidden | Self::RubyText | Self::Head)
    }

    /// Whether opening it ends an open paragraph.
    const fn ends_paragraph(self) -> bool {
        !matches!(self, Self::Link | Self::Ruby | Self::RubyText | Self::Hidden | Self::Head)
    }
}

/// One element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element {
    pub(crate) tag: Tag,
    /// Marked by its class, id or role as something beside the article.
    pub(crate) marked: bool,
    pub(crate) parent: u32,
    /// Bytes of text directly inside, not in a link.
    pub(crate) own_text: u32,
    /// Bytes of text of links directly inside.
    pub(crate) own_link_text: u32,
}

/// What comes next on the page.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    Open(u32),
    Close(u32),
    /// Text up to this offset of [`Page::text`].
    Text(u32),
    /// A line break without an element.
    Break,
}

/// A page, flat.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) elements: Vec<Element>,
    pub(crate) events: Vec<Event>,
}

static BOILERPLATE: LazyLock<HashSet<&'static [u8]>> = LazyLock::new(|| {
    include_str!("boilerplate.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(str::as_bytes)
        .collect()
});

/// The attributes that matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attribute {
    Name,
    Role,
    AriaHidden,
    Style,
    Other,
}

/// Builds a [`Page`] from tokens in order.
#[derive(Debug)]
pub(crate) struct Builder {
    page: Page,
    stack: Vec<u32>,
    /// How many elements of each tag are open.
    open: [u32; TAGS],
    silent: u32,
    /// The start tag that is being read.
    starting: Option<Tag>,
    attribute: Attribute,
    marked: bool,
    is_main: bool,
    in_title: bool,
    depth_limit: usize,
    too_deep_at: Option<usize>,
}

impl Builder {
    pub(crate) fn new(depth_limit: usize) -> Self {
        let mut builder = Self {
            page: Page::default(),
            stack: Vec::new(),
            open: [0; TAGS],
            silent: 0,
            starting: None,
            attribute: Attribute::Other,
            marked: false,
            is_main: false,
            in_title: false,
            depth_limit,
            too_deep_at: None,
        };
        builder.push(Tag::Root, false);
        builder
    }

    /// The page, or where it is nested too deep.
    pub(crate) fn finish(mut self) -> Result<Page, usize> {
        if let Some(at) = self.too_deep_at {
            return Err(at);
        }
        while !self.stack.is_empty() {
            self.pop();
        }
        Ok(self.page)
    }

    pub(crate) const fn is_too_deep(&self) -> bool {
        self.too_deep_at.is_some()
    }

    pub(crate) fn start_tag(&mut self, name: &[u8]) {
        self.marked = false;
        self.is_main = false;
        self.attribute = Attribute::Other;
        self.in_title =
            name == b"title" && self.page.title.is_empty() && self.open[Tag::Hidden as usize] == 0;
        self.starting = Tag::of(name);
        match name {
            // Forms and `center` are often closed in the wrong place: a line break is all they are.
            b"br" | b"hr" | b"form" | b"center" => self.page.events.push(Event::Break),
            b"body" => self.close_open(Tag::Head),
            _ => {}
        }
    }

    pub(crate) fn attribute_name(&mut self, name: &[u8]) {
        self.attribute = match name {
            b"class" | b"id" => Attribute::Name,
            b"role" => Attribute::Role,
            b"aria-hidden" => Attribute::AriaHidden,
            b"style" => Attribute::Style,
            b"hidden" => {
                self.marked = true;
                Attribute::Other
            }
            _ => Attribute::Other,
        };
    }

    pub(crate) fn attribute_value(&mut self, value: &[u8]) {
        if self.starting.is_none() {
            return;
        }
        match self.attribute {
            Attribute::Name => {
                self.marked |= is_boilerplate(value);
                self.is_main |=
                    matches!(value, b"main" | b"main-content" | b"maincontent" | b"main_content");
            }
            Attribute::Role => {
                self.marked |= matches!(
                    value,
                    b"navigation"
                        | b"banner"
                        | b"contentinfo"
                        | b"search"
                        | b"complementary"
                        | b"dialog"
                        | b"alertdialog"
                );
                self.is_main |= value == b"main";
            }
            Attribute::AriaHidden => self.marked |= value == b"true",
            Attribute::Style => {
                let hides = |text: &[u8]| memchr::memmem::find(value, text).is_some();
                self.marked |= hides(b"display:none") || hides(b"display: none");
            }
            Attribute::Other => {}
        }
    }

    pub(crate) fn end_of_start_tag(&mut self, at: usize) {
        let Some(tag) = self.starting.take() else { return };
        if tag.ends_paragraph() && self.open[Tag::Paragraph as usize] > 0 {
            self.close_up_to(Tag::Paragraph, &[Tag::Cell, Tag::Table]);
        }
        match tag {
            Tag::Item => self.close_up_to(tag, &[Tag::List]),
            Tag::Term => self.close_up_to(tag, &[Tag::Definitions]),
            Tag::Cell => self.close_up_to(tag, &[Tag::Row, Tag::Table]),
            Tag::Row | Tag::RowGroup => self.close_up_to(tag, &[Tag::Table]),
            Tag::RubyText => self.close_up_to(tag, &[Tag::Ruby]),
            Tag::Link => self.close_up_to(tag, &[Tag::Cell, Tag::Table]),
            _ => {}
        }
        if !matches!(tag, Tag::Hidden) {
            self.close_open(Tag::Head);
        }
        if self.stack.len() > self.depth_limit {
            self.too_deep_at.get_or_insert(at);
            return;
        }
        let tag = if self.is_main && tag == Tag::Block { Tag::Main } else { tag };
        let inside_article = self.open[Tag::Article as usize] + self.open[Tag::Main as usize] > 0;
        let marked = match tag {
            Tag::Main
            | Tag::Article
            | Tag::Title
            | Tag::Link
            | Tag::Cell
            | Tag::Row
            | Tag::RowGroup => false,
            Tag::Header => !inside_article || self.marked,
            Tag::Aside => true,
            _ => self.marked,
        };
        self.push(tag, marked);
    }

    pub(crate) fn end_tag(&mut self, name: &[u8]) {
        self.in_title = false;
        // Attributes of an end tag must not be taken for those of the start tag before it.
        self.starting = None;
        match name {
            b"br" | b"p" if self.open[Tag::Paragraph as usize] == 0 => {
                self.page.events.push(Event::Break);
            }
            _ => {
                let Some(tag) = Tag::of(name) else { return };
                let found =
                    if tag == Tag::Block && self.open[tag as usize] == 0 { Tag::Main } else { tag };
                match found {
                    Tag::Table | Tag::Row | Tag::RowGroup | Tag::Cell => {
                        self.close_up_to(found, &[Tag::Table]);
                    }
                    Tag::Hidden | Tag::Head => self.close_open(found),
                    Tag::Block => self.close_block(),
                    _ => self.close_up_to(found, &[Tag::Cell, Tag::Table]),
                }
            }
        }
    }

    pub(crate) fn text(&mut self, value: &[u8]) {
        if self.in_title {
            self.page.title.push_str(&String::from_utf8_lossy(value));
            return;
        }
        if self.silent > 0 || self.too_deep_at.is_some() {
            return;
        }
        let Some(&top) = self.stack.last() else { return };
        let weight = u32::try_from(value.trim_ascii().len()).unwrap_or(u32::MAX);
        let in_link = self.open[Tag::Link as usize] > 0;
        let element = &mut self.page.elements[top as usize];
        let sum = if in_link { &mut element.own_link_text } else { &mut element.own_text };
        *sum = sum.saturating_add(weight);
        self.page.text.push_str(&String::from_utf8_lossy(value));
        self.page.events.push(Event::Text(id(self.page.text.len())));
    }

    fn push(&mut self, tag: Tag, marked: bool) {
        let parent = self.stack.last().copied().unwrap_or(0);
        let new = id(self.page.elements.len());
        self.page.elements.push(Element { tag, marked, parent, own_text: 0, own_link_text: 0 });
        self.page.events.push(Event::Open(new));
        self.stack.push(new);
        self.open[tag as usize] += 1;
        self.silent += u32::from(tag.is_silent());
    }

    fn pop(&mut self) {
        let Some(top) = self.stack.pop() else { return };
        let tag = self.page.elements[top as usize].tag;
        self.page.events.push(Event::Close(top));
        self.open[tag as usize] -= 1;
        self.silent -= u32::from(tag.is_silent());
    }

    /// Closes the innermost open `tag` with all inside it, unless one of `barriers` comes first.
    fn close_up_to(&mut self, tag: Tag, barriers: &[Tag]) {
        if self.open[tag as usize] == 0 {
            return;
        }
        let found = self.stack.iter().rposition(|&element| {
            let open = self.page.elements[element as usize].tag;
            open == tag || barriers.contains(&open)
        });
        if let Some(at) = found.filter(|&at| self.page.elements[self.stack[at] as usize].tag == tag)
        {
            while self.stack.len() > at {
                self.pop();
            }
        }
    }

    fn close_open(&mut self, tag: Tag) {
        self.close_up_to(tag, &[]);
    }

    /// A `</div>` closes what a `<div>` opened, be it a plain block or the main one.
    fn close_block(&mut self) {
        let found = self.stack.iter().rposition(|&element| {
            matches!(
                self.page.elements[element as usize].tag,
                Tag::Block | Tag::Main | Tag::Cell | Tag::Table
            )
        });
        let tag_at = |at: usize| self.page.elements[self.stack[at] as usize].tag;
        if let Some(at) = found.filter(|&at| matches!(tag_at(at), Tag::Block | Tag::Main)) {
            while self.stack.len() > at {
                self.pop();
            }
        }
    }
}

fn id(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// Whether a class or id marks something beside the article.
fn is_boilerplate(value: &[u8]) -> bool {
    let mut word = [0_u8; 24];
    let mut is_whole = false;
    for whole in value.split(u8::is_ascii_whitespace) {
        if whole.len() < 20 && !whole.is_empty() {
            let word = &mut word[..=whole.len()];
            word[1..].copy_from_slice(whole);
            word.make_ascii_lowercase();
            word[0] = b'!';
            if BOILERPLATE.contains(&*word) {
                return false;
            }
            word[0] = b'=';
            is_whole |= BOILERPLATE.contains(&*word);
        }
    }
    if is_whole {
        return true;
    }
    let mut start = 0;
    for at in 0..=value.len() {
        let ends = match value.get(at) {
            None => true,
            Some(byte) => {
                !byte.is_ascii_alphanumeric()
                    || (byte.is_ascii_uppercase()
                        && at > start
                        && value[at - 1].is_ascii_lowercase())
            }
        };
        if ends {
            if is_word(&value[start..at]) {
                return true;
            }
            let on_separator = value.get(at).is_some_and(|byte| !byte.is_ascii_alphanumeric());
            start = at + usize::from(on_separator);
        }
    }
    false
}

fn is_word(piece: &[u8]) -> bool {
    let mut word = [0_u8; 16];
    if piece.len() < 2 || piece.len() > word.len() {
        return false;
    }
    let word = &mut word[..piece.len()];
    word.copy_from_slice(piece);
    word.make_ascii_lowercase();
    BOILERPLATE.contains(&*word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_classes_mark_boilerplate() {
        for marked in
            ["gnav", "l-sidebar wide", "snsShareArea", "header", "entry-comments", "adsbygoogle x"]
        {
            assert!(is_boilerplate(marked.as_bytes()), "{marked}");
        }
        for kept in [
            "entry-header", "inside", "news-detail", "padded", "article_body", "addressee",
            "widget Blog", "",
        ] {
            assert!(!is_boilerplate(kept.as_bytes()), "{kept}");
        }
    }
}
