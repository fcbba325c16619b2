//! What a scenario is derived from: the facts of a case, each with the words that say it and their
//! place, and the texts themselves. It does not know whether a file or a book holds them.

use case::{Case, Facts, Origin};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use text::{LineIndex, Span};

/// The words that say a fact, and where they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cite {
    /// Where, for people: `path:line`, or the number of a case in a book.
    pub place: String,
    /// The words, as they stand there.
    pub words: String,
}

/// A case, as a scenario is derived from it.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// Its number, as printed in its source or given by the book.
    pub number: Option<String>,
    /// Its facts.
    pub facts: Facts<Cite>,
    /// Where it is told.
    pub texts: Vec<Told<'a>>,
}

/// A case in a source.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    /// The name of the source.
    pub name: String,
    /// The line of the source in which it begins, from 1.
    pub line: usize,
    /// Its words.
    pub text: &'a str,
}

/// A text that a book keeps, and where in it a case is told.
#[derive(Clone, Copy, Debug)]
pub struct KeptText<'a> {
    /// The SHA-256 of its original, by which facts name it.
    pub sha256: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The whole text.
    pub text: &'a str,
    /// Where the case is told.
    pub span: Span,
}

impl<'a> KeptText<'a> {
    /// A text by its hash and its name, and where in it the case is told.
    pub const fn new(sha256: &'a str, name: &'a str, text: &'a str, span: Span) -> Self {
        Self { sha256, name, text, span }
    }
}

impl<'a> Source<'a> {
    /// A case that was just read from a text.
    pub fn read(case: &Case, name: &str, text: &'a str) -> Self {
        let lines = LineIndex::new(text);
        let cite = |span: Span| Cite {
            place: format!("{name}:{}", lines.place(span.start()).line),
            words: span.of(text).unwrap_or_default().to_owned(),
        };
        Self {
            number: case.facts.case_number.as_ref().map(|number| number.value.to_string()),
            facts: case.facts.clone().map(cite),
            texts: vec![Told {
                name: name.to_owned(),
                line: lines.place(case.span.start()).line,
                text: case.span.of(text).unwrap_or_default(),
            }],
        }
    }

    /// A case that a book keeps.
    pub fn kept(number: String, facts: Facts<Origin>, texts: &[KeptText<'a>]) -> Self {
        let lines: Vec<LineIndex> = texts.iter().map(|kept| LineIndex::new(kept.text)).collect();
        let cite = |origin: Origin| match origin {
            Origin::Words { source, span } => {
                let found = texts.iter().zip(&lines).find(|(kept, _)| kept.sha256 == source);
                found.map_or_else(Cite::default, |(kept, lines)| Cite {
                    place: format!("{}:{}", kept.name, lines.place(span.start()).line),
                    words: span.of(kept.text).unwrap_or_default().to_owned(),
                })
            }
            Origin::Person { who, why, .. } => Cite { place: format!("訂正 {who}"), words: why },
            Origin::Import { import, pointer } => {
                Cite { place: format!("{import}:{pointer}"), words: String::new() }
            }
        };
        let told = texts.iter().zip(&lines).map(|(kept, lines)| Told {
            name: kept.name.to_owned(),
            line: lines.place(kept.span.start()).line,
            text: kept.span.of(kept.text).unwrap_or_default(),
        });
        let told = told.collect();
        Self { number: Some(number), facts: facts.map(cite), texts: told }
    }

    /// The first place where one of some words tells of what happened, with the clause around it: what a clause
    /// denies or promises did not happen.
    pub fn says(&self, any: &[&str]) -> Option<Cite> {
        self.says_at(|text| {
            let all = any.iter().flat_map(|word| text.match_indices(word));
            let tells = |at: usize| !is_promised(clause(text, at)) && !is_denied(&text[at..]);
            all.map(|(at, _)| at).filter(|at| tells(*at)).min()
        })
    }

    /// The first clause that tells something of what happened, as `is_it` knows it.
    pub fn tells(&self, is_it: impl Fn(&str) -> bool) -> Option<Cite> {
        self.clause(|clause| !is_promised(clause) && is_it(clause))
    }

    /// The first clause of a kind, also among those that promise something: they say why, now and then.
    pub fn clause(&self, is_it: impl Fn(&str) -> bool) -> Option<Cite> {
        self.says_at(|text| {
            let mut at = 0;
            text.split_inclusive(is_end).find_map(|clause| {
                let begins = at;
                at += clause.len();
                is_it(clause).then_some(begins)
            })
        })
    }

    /// The clause around the first place that `find` finds in a text, as an offset in bytes.
    pub fn says_at(&self, find: impl Fn(&str) -> Option<usize>) -> Option<Cite> {
        self.texts.iter().find_map(|told| {
            let at = find(told.text)?;
            let line = told.line + told.text[..at].matches('\n').count();
            let words = clause(told.text, at).to_owned();
            Some(Cite { place: format!("{}:{line}", told.name), words })
        })
    }
}

/// Whether a clause ends here.
fn is_end(c: char) -> bool {
    matches!(c, '\n' | '。')
}

/// Whether a clause speaks of what is to be done, not of what happened.
fn is_promised(clause: &str) -> bool {
    PROMISED.iter().any(|word| clause.contains(word))
}

const PROMISED: &[&str] = &[
    "今後", "再発防止", "徹底", "努め", "防止策", "見直", "ルールを", "導入し、", "導入します",
    "導入いたします", "導入する", "禁止します", "禁止いたします",
];

/// Whether what begins here is said not to be so, before the next comma.
pub(crate) fn is_denied(words: &str) -> bool {
    let end = words.find(|c| is_end(c) || c == '、').unwrap_or(words.len());
    ["ありません", "おりません", "ございません", "ていない", "ておらず", "なかった"]
        .iter()
        .any(|word| words[..end].contains(word))
}

/// The part of a text around a place, between line ends and full stops.
fn clause(text: &str, at: usize) -> &str {
    let begin = text[..at]
        .rfind(is_end)
        .map_or(0, |end| end + text[end..].chars().next().map_or(0, char::len_utf8));
    let end = text[at..].find(is_end).map_or(text.len(), |end| at + end);
    text[begin..end].trim()
}

#[cfg(test)]
mod tests {
    use case::Kind;

    use super::*;

    #[test]
    fn the_clause_is_cited() {
        let text = "一つめの文。誤ってCcに入れて送信した。\n次の行";
        let source = Source {
            number: None,
            facts: Facts::silent(Kind::Incident),
            texts: vec![Told { name: "a.txt".to_owned(), line: 7, text }],
        };
        let cite = source.says(&["CC", "Cc"]).unwrap();
        assert_eq!(
            (cite.place.as_str(), cite.words.as_str()),
            ("a.txt:7", "誤ってCcに入れて送信した")
        );
        assert_eq!(source.says(&["Bcc"]), None);
    }

    #[test]
    fn what_is_denied_or_promised_did_not_happen() {
        let text = "添付ファイルはありませんでした。今後は添付ファイルを確認します。添付ファイルを開かれた。";
        let source = Source {
            number: None,
            facts: Facts::silent(Kind::Incident),
            texts: vec![Told { name: "a.txt".to_owned(), line: 1, text }],
        };
        assert_eq!(source.says(&["添付"]).unwrap().words, "添付ファイルを開かれた");
        let told = source.tells(|clause| clause.contains("ファイル") && clause.contains("確認"));
        assert_eq!(told, None);
    }
}
