//! What of a query could not be understood, where, and what to do about it. It does not know how a
//! query is read.

use std::fmt;
use std::ops::Range;

use case::Lang;

use super::field::Field;

/// Something that was left out or read in another way than it may have been meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The bytes of the query.
    pub range: Range<usize>,
    /// What is the matter.
    pub kind: ProblemKind,
}

/// What can be the matter with a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// Longer than is read.
    TooLong,
    /// More words and filters than are looked for.
    TooManyParts,
    /// Parentheses in parentheses, too many.
    TooDeep,
    /// A quotation mark that is not closed.
    OpenPhrase,
    /// A parenthesis that is not closed.
    OpenGroup,
    /// A closing parenthesis that closes nothing.
    StrayClose,
    /// `OR` without something on both sides, or a `NOT` without anything after it.
    StrayOperator,
    /// Words in which nothing can be searched.
    Empty,
    /// A name before a colon that is almost that of a field; read as words.
    AlmostField(Field),
    /// A field without a value.
    NoValue(Field),
    /// A value that the field does not have.
    NoSuchValue(Field),
    /// Not a date or a period.
    NotADate,
    /// Not a count or a range of counts.
    NotAnAmount,
    /// Not the number of a case.
    NotANumber,
    /// A range that runs backwards.
    Reversed,
}

impl ProblemKind {
    /// What is the matter and what to do.
    pub fn message(self, lang: Lang) -> String {
        let values = |field: Field| {
            let names = field.values().into_iter().map(
                |(name, ja, _)| {
                    if lang == Lang::Ja { ja } else { name }
                },
            );
            names.collect::<Vec<_>>().join(if lang == Lang::Ja { "、" } else { ", " })
        };
        match lang {
            Lang::Ja => match self {
                Self::TooLong => "検索式が長すぎるため、ここから先は使われていません。短くしてください".into(),
                Self::TooManyParts => "語や条件が多すぎるため、ここから先は使われていません。減らしてください".into(),
                Self::TooDeep => "かっこの入れ子が深すぎるため、ここから先は使われていません".into(),
                Self::OpenPhrase => "引用符が閉じていません。語句の終わりに \" を付けてください".into(),
                Self::OpenGroup => "かっこが閉じていません。) を付けてください".into(),
                Self::StrayClose => "対応する ( のない ) です。文字として探すには \")\" と書いてください".into(),
                Self::StrayOperator => "OR の両側、NOT の後ろには語が必要です。文字として探すには引用符で囲んでください".into(),
                Self::Empty => "探せる文字がありません".into(),
                Self::AlmostField(field) => format!("もしかして {}: ですか。語として探しました", field.name()),
                Self::NoValue(field) => format!("{} の値がありません。{}:値 のように書いてください", field.label(lang), field.name()),
                Self::NoSuchValue(field) => format!("{} にこの値はありません。次のどれかです: {}", field.label(lang), values(field)),
                Self::NotADate => "日付として読めません。2023、2023-06、2023-06-05、2023-01..2023-06、>=2022-04、不明 のように書いてください".into(),
                Self::NotAnAmount => "数として読めません。1000、>1000、100..500、1万以上、不明 のように書いてください".into(),
                Self::NotANumber => "事件番号として読めません。2023-203 のように書いてください".into(),
                Self::Reversed => "範囲の始めが終わりより後です。入れ替えてください".into(),
            },
            Lang::En => match self {
                Self::TooLong => "the query is too long; what follows is not used: shorten it".into(),
                Self::TooManyParts => "too many words and filters; what follows is not used: take some away".into(),
                Self::TooDeep => "too many parentheses in parentheses; what follows is not used".into(),
                Self::OpenPhrase => "the quotation mark is not closed: end the phrase with \"".into(),
                Self::OpenGroup => "the parenthesis is not closed: add )".into(),
                Self::StrayClose => "nothing is open that this ) closes: to search the sign itself write \")\"".into(),
                Self::StrayOperator => "OR needs words on both sides and NOT words after it: to search the word itself put it in quotation marks".into(),
                Self::Empty => "there is nothing here that can be searched".into(),
                Self::AlmostField(field) => format!("searched as words: did you mean {}:", field.name()),
                Self::NoValue(field) => format!("no value for {0}: write {0}:value", field.name()),
                Self::NoSuchValue(field) => format!("{} has no such value: use one of {}", field.name(), values(field)),
                Self::NotADate => "not a date: write 2023, 2023-06, 2023-06-05, 2023-01..2023-06, >=2022-04 or unknown".into(),
                Self::NotAnAmount => "not a count: write 1000, >1000, 100..500 or unknown".into(),
                Self::NotANumber => "not the number of a case: write one like 2023-203".into(),
                Self::Reversed => "the range runs backwards: swap its ends".into(),
            },
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind.message(Lang::En))
    }
}
