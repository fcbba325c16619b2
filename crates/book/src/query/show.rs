//! A query written out, so that it reads as the same query again. It knows of reading only what
//! must be quoted.

use std::fmt::{self, Display, Formatter, Write as _};

use super::filter::{Filter, Value};
use super::parse::{Parsed, narrow};
use super::{Node, Query};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Node::All(parts) => joined(f, parts, " "),
            Node::Any(parts) => joined(f, parts, " OR "),
            part => part.fmt(f),
        }
    }
}

/// From one end to the other, either of which may be open; one value where they are the same.
pub(super) fn range<T: Display + PartialEq>(
    f: &mut Formatter<'_>,
    from: Option<T>,
    to: Option<T>,
) -> fmt::Result {
    match (from, to) {
        (Some(from), Some(to)) if from == to => write!(f, "{from}"),
        (from, to) => {
            from.map_or(Ok(()), |from| write!(f, "{from}"))?;
            f.write_str("..")?;
            to.map_or(Ok(()), |to| write!(f, "{to}"))
        }
    }
}

/// As a part of something larger.
impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (parts, between) = match self {
            Self::Words(text) => return words(f, text),
            Self::Filter(filter) => return filter.fmt(f),
            Self::Not(part) => return write!(f, "-{part}"),
            Self::All(parts) => (parts, " "),
            Self::Any(parts) => (parts, " OR "),
        };
        f.write_char('(')?;
        joined(f, parts, between)?;
        f.write_char(')')
    }
}

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.field().name())?;
        match self.value() {
            Value::Name(name) => f.write_str(name),
            Value::Text(text) if is_plain(text) => f.write_str(text),
            Value::Text(text) => quoted(f, text),
            Value::Days(days) => days.fmt(f),
            Value::Amount(amount) => amount.fmt(f),
            Value::Unknown => f.write_str("unknown"),
        }
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Node], between: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        part.fmt(f)?;
    }
    Ok(())
}

fn words(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let read = || Query::parse(text);
    let alone = |parsed: &Parsed| {
        parsed.problems.is_empty() && matches!(&parsed.query.0, Node::Words(own) if own == text)
    };
    if is_plain(text) && alone(&read()) { f.write_str(text) } else { quoted(f, text) }
}

/// Whether nothing in it ends a word early.
fn is_plain(text: &str) -> bool {
    let special = |c: char| c.is_whitespace() || matches!(narrow(c), '"' | '(' | ')' | '\\');
    !text.is_empty() && !text.contains(special)
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(narrow(c), '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}
