//! What must hold for any text: citations are sound, and how a text is typed (line endings, widths
//! of digits, spaces at line ends) changes no fact.

use std::path::Path;

use case::{Case, SourceId};
use proptest::prelude::*;
use serde_json::Value;
use text::Limits;
use unicode_normalization::UnicodeNormalization as _;

fn read(text: &str) -> Vec<Case> {
    let input = reader::Input { source: SourceId(1), text, parts: &[] };
    reader::read(input, &Limits::default()).collect()
}

/// Every citation lies inside its case and on character boundaries.
fn assert_sound(text: &str) {
    for case in read(text) {
        for (field, cite) in case.facts.cites() {
            assert!(cite.of(text).is_some(), "{field} cuts a character in {text:?}");
            assert!(case.span.contains(cite), "{field} lies outside its case in {text:?}");
        }
    }
}

/// The facts without their places, in one spelling.
fn facts(text: &str) -> Vec<Value> {
    fn plain(value: Value) -> Value {
        match value {
            Value::Object(fields) => fields
                .into_iter()
                .filter(|(name, _)| !matches!(name.as_str(), "cite" | "cites" | "span"))
                .map(|(name, value)| (name, plain(value)))
                .collect(),
            Value::Array(values) => values.into_iter().map(plain).collect(),
            Value::String(words) => {
                Value::String(words.nfkc().filter(|c| !c.is_whitespace()).collect())
            }
            other => other,
        }
    }
    read(text).iter().map(|case| plain(serde_json::to_value(case).unwrap())).collect()
}

/// The texts of the literate cases under development.
fn texts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/dev");
    #[expect(clippy::disallowed_methods, reason = "a test reads its own data")]
    let files = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            #[expect(clippy::disallowed_methods, reason = "a test reads its own data")]
            let file = std::fs::read_to_string(path).unwrap();
            let start = file.find("```text\n").unwrap() + "```text\n".len();
            file[start..].split("\n```").next().unwrap().to_owned()
        })
        .collect()
}

/// Typing a text another way changes none of its facts.
fn check(retyped: impl Fn(&str) -> String) {
    for text in texts() {
        assert_eq!(facts(&retyped(&text)), facts(&text), "of {text}");
    }
}

#[test]
fn line_endings_change_nothing() {
    check(|text| text.replace('\n', "\r\n"));
}

#[test]
fn spaces_at_line_ends_change_nothing() {
    check(|text| text.replace('\n', " \u{3000} \n"));
}

#[test]
fn the_width_of_digits_changes_nothing() {
    let wide = |c: char| match c {
        '0'..='9' => char::from_u32(c as u32 - 0x30 + 0xff10).unwrap_or(c),
        other => other,
    };
    check(|text| text.chars().map(wide).collect());
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    check(|text| format!("\u{feff}{text}"));
}

/// Pieces that releases are made of, to be put together at random.
const PIECES: &str = "令和５年|2023年|6月5日|(月)|6:00頃|~|から|まで|同日|翌朝|約26万人|88件(80人分)|数百名|最大|株式会社|例示|市|病院|当社|弊社|委託先の|第三者による|不正アクセス|ランサムウェア|誤送信|BCC|メールアドレス|氏名|住所|クレジットカード情報|流出|漏えい|可能性|おそれ|確認されておりません|含まれておりません|調査中|警察|個人情報保護委員会|へ報告|しました|いたします|再発防止策|教育|徹底|【|】|(|)|「|」|、|。|\n|\n\n|\n\n\n|・|•|①|1.|(1)|※|:|#2023-208|セキュリティ事件簿|お詫び|お知らせ|第2報|続報|最終報|０|9|,|.|-|/|　| |㈱|⼈|\u{3099}|\u{fe0f}|é|😀|a|Z|システム|サービス|停止|復旧|通常通り稼働";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn citations_are_sound_on_pieces(picked in prop::collection::vec(0..PIECES.split('|').count(), 0..120)) {
        let pieces: Vec<&str> = PIECES.split('|').collect();
        let text: String = picked.iter().map(|&at| pieces[at]).collect();
        assert_sound(&text);
    }

    #[test]
    fn citations_are_sound_on_anything(text in "\\PC{0,200}") {
        assert_sound(&text);
    }
}

#[test]
fn citations_are_sound_on_shortened_texts() {
    for text in texts() {
        for (at, _) in text.char_indices().step_by(97) {
            assert_sound(&text[..at]);
            assert_sound(&text[at..]);
        }
    }
}

#[test]
fn a_time_that_begins_before_the_heading_of_its_line_is_read() {
    // Found by fuzzing: the minute stands where the heading begins, the hour before it.
    assert_sound(
        "\u{fffd}\u{fffd}について2020年1月2日\n。お詫び。\n1:05について2020年1月2日\n。お詫び。\n",
    );
}
