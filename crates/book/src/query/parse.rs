//! Reading a query. It never fails: what it cannot use it leaves out and names. `OR` binds closer
//! than the AND between words: `氏名 住所 OR 電話` wants 氏名 and one of the two.

use std::ops::Range;

use super::field::Field;
use super::filter::Filter;
use super::problem::{Problem, ProblemKind};
use super::{Node, Query};
use crate::index::fold;

/// What reading a query may cost at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes read. Default 4,096.
    pub bytes: usize,
    /// Most parentheses in parentheses. Default 16.
    pub depth: usize,
    /// Most words and filters. Default 64.
    pub parts: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 4_096, depth: 16, parts: 64 }
    }
}

/// What was understood, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// The query without what could not be understood.
    pub query: Query,
    /// What could not, in the order of their places.
    pub problems: Vec<Problem>,
}

/// The ASCII form of a sign typed with a Japanese keyboard.
pub(super) fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{201c}' | '\u{201d}' => '"',
        '\u{2212}' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

pub(super) fn parse(text: &str, limits: &Limits) -> Parsed {
    let end = text.floor_char_boundary(limits.bytes);
    let mut parser = Parser {
        text: &text[..end],
        at: 0,
        depth: 0,
        parts: 0,
        limits: *limits,
        problems: Vec::new(),
    };
    let mut nodes = Vec::new();
    loop {
        nodes.push(parser.group());
        let at = parser.at;
        if !parser.take(')') {
            break;
        }
        parser.problem(at, ProblemKind::StrayClose);
    }
    if end < text.len() {
        parser.problems.push(Problem { range: end..text.len(), kind: ProblemKind::TooLong });
    }
    parser.problems.sort_by_key(|problem| problem.range.start);
    Parsed { query: Query(Node::all(nodes)), problems: parser.problems }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    parts: usize,
    limits: Limits,
    problems: Vec<Problem>,
}

/// A word that is none.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Or,
    And,
    Not,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next().map(narrow)
    }

    /// The sign after the next.
    fn peek_second(&self) -> Option<char> {
        self.text[self.at..].chars().nth(1).map(narrow)
    }

    fn step(&mut self) {
        self.at += self.text[self.at..].chars().next().map_or(0, char::len_utf8);
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.peek() == Some(sign);
        if found {
            self.step();
        }
        found
    }

    fn problem(&mut self, start: usize, kind: ProblemKind) {
        self.problems.push(Problem { range: start..self.at, kind });
    }

    /// Gives up on the rest.
    fn stop(&mut self, start: usize, kind: ProblemKind) {
        self.at = self.text.len();
        self.problem(start, kind);
    }

    /// Everything up to a closing parenthesis or the end.
    fn group(&mut self) -> Node {
        let mut all: Vec<Vec<Node>> = Vec::new();
        // Where an `OR` or a `NOT` stands that still waits for what comes after it.
        let (mut or, mut not): (Option<Range<usize>>, Option<Range<usize>>) = (None, None);
        loop {
            while self.take(' ') {}
            let start = self.at;
            match self.peek() {
                None | Some(')') => break,
                _ => {}
            }
            match self.operator() {
                Some(Operator::And) => continue,
                Some(Operator::Or) if all.is_empty() || or.is_some() || not.is_some() => {
                    self.problem(start, ProblemKind::StrayOperator);
                    continue;
                }
                Some(Operator::Or) => {
                    or = Some(start..self.at);
                    continue;
                }
                Some(Operator::Not) => {
                    not = Some(start..self.at);
                    continue;
                }
                None => {}
            }
            let node = self.part();
            let denied = not.take().is_some();
            let Some(node) = node else { continue };
            let node = if denied { Node::not(node) } else { node };
            match all.last_mut() {
                Some(last) if or.take().is_some() => last.push(node),
                _ => all.push(vec![node]),
            }
        }
        for range in or.into_iter().chain(not) {
            self.problems.push(Problem { range, kind: ProblemKind::StrayOperator });
        }
        Node::all(all.into_iter().map(Node::any))
    }

    fn operator(&mut self) -> Option<Operator> {
        let rest = &self.text[self.at..];
        let word: String =
            rest.chars().map(narrow).take_while(char::is_ascii_alphabetic).take(4).collect();
        let operator = match word.as_str() {
            "OR" => Operator::Or,
            "AND" => Operator::And,
            "NOT" => Operator::Not,
            _ => return None,
        };
        let after = rest.char_indices().nth(word.len()).map_or(rest.len(), |(at, _)| at);
        let next = rest[after..].chars().next().map(narrow);
        next.is_none_or(|c| matches!(c, ' ' | '(' | ')' | '"')).then(|| {
            self.at += after;
            operator
        })
    }

    /// Words, a phrase, a filter or a group, and the signs that deny it.
    fn part(&mut self) -> Option<Node> {
        let start = self.at;
        let mut denied = false;
        while self.peek() == Some('-') && self.peek_second().is_some_and(|c| !" )".contains(c)) {
            self.step();
            denied = !denied;
        }
        let node = match self.peek() {
            Some('(') if self.opens_group() => self.parentheses(start),
            Some('"') => {
                let text = self.phrase();
                self.words(start, &text)
            }
            _ => self.word(start),
        };
        let node = node?;
        Some(if denied { Node::not(node) } else { node })
    }

    /// Whether the parenthesis opens a group: one that is closed inside a word, as in （株）例示, is
    /// a part of it.
    fn opens_group(&self) -> bool {
        let mut open = 0usize;
        let mut signs = self.text[self.at..].chars().map(narrow);
        for sign in signs.by_ref() {
            match sign {
                '(' => open += 1,
                ')' if open == 1 => {
                    return signs.next().is_none_or(|next| matches!(next, ' ' | ')'));
                }
                ')' => open -= 1,
                '"' => return true,
                _ => {}
            }
        }
        true
    }

    fn parentheses(&mut self, start: usize) -> Option<Node> {
        if self.depth == self.limits.depth {
            self.stop(start, ProblemKind::TooDeep);
            return None;
        }
        let open = self.at;
        self.step();
        self.depth += 1;
        let node = self.group();
        self.depth -= 1;
        if !self.take(')') {
            self.problem(open, ProblemKind::OpenGroup);
        }
        Some(node)
    }

    /// What stands between quotation marks; a backslash takes the sign after it as it is.
    fn phrase(&mut self) -> String {
        let start = self.at;
        self.step();
        let mut text = String::new();
        while let Some(c) = self.text[self.at..].chars().next() {
            self.step();
            match narrow(c) {
                '"' => return text,
                '\\' => {
                    if let Some(escaped) = self.text[self.at..].chars().next() {
                        self.step();
                        text.push(escaped);
                    }
                }
                _ => text.push(c),
            }
        }
        self.problem(start, ProblemKind::OpenPhrase);
        text
    }

    fn word(&mut self, start: usize) -> Option<Node> {
        let from = self.at;
        let mut open = 0;
        let mut named = false;
        while let Some(sign) = self.peek() {
            match sign {
                ' ' | '"' => break,
                '(' => open += 1,
                ')' if open > 0 => open -= 1,
                ')' if self.depth > 0 => break,
                ':' if !named => {
                    named = true;
                    let name = &self.text[from..self.at];
                    if let Some(field) = Field::from_name(name) {
                        self.step();
                        return self.filter(start, field);
                    }
                    let ascii = !name.is_empty()
                        && name.chars().map(narrow).all(|c| c.is_ascii_alphabetic() || c == '_');
                    if let Some(field) = Field::like(name).filter(|_| ascii) {
                        self.step();
                        self.problem(from, ProblemKind::AlmostField(field));
                        continue;
                    }
                }
                _ => {}
            }
            self.step();
        }
        let text: &'a str = &self.text[from..self.at];
        self.words(start, text)
    }

    fn words(&mut self, start: usize, text: &str) -> Option<Node> {
        if fold(text).is_empty() {
            self.problem(start, ProblemKind::Empty);
            return None;
        }
        self.counted(start, Node::Words(text.trim().to_owned()))
    }

    fn filter(&mut self, start: usize, field: Field) -> Option<Node> {
        let from = self.at;
        let text = if self.peek() == Some('"') {
            self.phrase()
        } else {
            let mut open = 0;
            while let Some(sign) = self.peek() {
                match sign {
                    ' ' => break,
                    '(' => open += 1,
                    ')' if open > 0 => open -= 1,
                    ')' if self.depth > 0 => break,
                    _ => {}
                }
                self.step();
            }
            self.text[from..self.at].to_owned()
        };
        match Filter::new(field, &text) {
            Ok(filter) => self.counted(start, Node::Filter(filter)),
            Err(kind) => {
                self.problem(start, kind);
                None
            }
        }
    }

    fn counted(&mut self, start: usize, node: Node) -> Option<Node> {
        if self.parts == self.limits.parts {
            self.stop(start, ProblemKind::TooManyParts);
            return None;
        }
        self.parts += 1;
        Some(node)
    }
}
