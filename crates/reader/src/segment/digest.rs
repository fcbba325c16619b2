//! A page that tells of several others' incidents, told by what its sections say and not by how they are
//! set: each names somebody else and what befell them, and nobody speaks for himself. It does not
//! know dates.

use super::{Line, sentences};
use crate::names::{is_hiragana, is_kanji, is_katakana};
use crate::words::{AnyOf, any_of, letters};

/// A page has at least so many stories.
const FEWEST: usize = 2;

/// Those of the headings under which somebody else's incident is told, if all do that hold prose.
pub(super) fn stories(lines: &[Line<'_>], heads: &[usize]) -> Vec<usize> {
    if heads.len() < FEWEST || lines.iter().any(|line| speaks_for_himself(line.words)) {
        return Vec::new();
    }
    let ends = heads.iter().skip(1).copied().chain([lines.len()]);
    let mut found = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    for (at, end) in heads.iter().copied().zip(ends) {
        let section = &lines[at..end];
        // The title of the page and the like hold none.
        if sentences(section) == 0 {
            continue;
        }
        let Some(name) = whose(section).filter(|name| !told.contains(name)) else {
            return Vec::new();
        };
        if !section.iter().any(|line| INCIDENTS.stands_in(line.words)) {
            return Vec::new();
        }
        told.push(name);
        found.push(at);
    }
    if found.len() < FEWEST { Vec::new() } else { found }
}

/// What befalls others.
pub(super) const INCIDENTS: &AnyOf = any_of![
    "紛失", "漏えい", "漏洩", "流出", "誤送信", "誤送付", "誤配", "誤交付", "誤掲載", "誤発送",
    "不正アクセス", "感染", "改ざん", "ランサム", "盗難", "盗まれ", "不正ログイン", "誤って",
    "置き忘れ", "持ち出", "フィッシング", "なりすまし", "誤廃棄", "所在不明", "攻撃", "障害",
    "停止", "閲覧でき", "渡してしま", "送ってしま", "入れてしま", "丸見え", "乗っ取", "侵入",
    "暗号化",
];

fn speaks_for_himself(words: &str) -> bool {
    const OWN: &AnyOf = any_of![
        "当社", "弊社", "当院", "当行", "本学", "本校", "当校", "本市", "当市", "本県", "当会",
        "当協会", "当法人", "当園", "当館", "当店", "当組合", "当機構", "弊会", "弊学", "弊校",
        "私ども", "当センター", "本町", "本村", "本区", "当財団", "当連盟", "当金庫", "当ホテル",
        "当公社", "当事務所", "当研究所", "当団体", "当局", "当庁", "当省", "当学園", "当病院",
        "当大学", "当事業団",
    ];
    const SORRY: &AnyOf = any_of![
        "お詫び申し上げ", "おわび申し上げ", "申し訳ございません", "申し訳ありません",
        "お詫びいたします", "おわびいたします", "お詫びします", "おわびします",
        "お知らせいたします", "ご報告いたします", "お知らせします", "ご報告します",
        "お詫び致します",
    ];
    (letters!("当弊本私").stand_in(words) && OWN.stands_in(words))
        || (letters!("詫わ訳知告").stand_in(words) && SORRY.stands_in(words))
}

/// Who is named first in a section: in its heading, in the two lines below, or in its last line.
fn whose<'a>(section: &[Line<'a>]) -> Option<&'a str> {
    let last = section.len().checked_sub(1)?;
    let near = section.iter().take(3).chain(section.get(last).filter(|_| last > 2));
    near.map(|line| line.words).find_map(named)
}

/// The first name of an organisation among the first words of a line.
fn named(words: &str) -> Option<&str> {
    /// So far from the beginning of a line a name may end.
    const REACH_LETTERS: usize = 60;
    const FORMS: &AnyOf =
        any_of!["株式会社", "有限会社", "合同会社", "法人", "（株）", "(株)", "㈱"];
    const ENDS: &AnyOf = any_of![
        "市", "県", "町", "村", "区", "府", "都", "庁", "省", "大学", "大", "高校", "学校", "中学",
        "病院", "銀行", "金庫", "組合", "協会", "センター", "委員会", "機構", "財団", "学園",
        "学院", "園", "図書館", "クリニック", "医院", "社", "団", "会", "ホテル", "商店", "ストア",
        "電鉄", "交通", "製作所", "工業", "保険", "放送", "新聞",
    ];
    const NOBODY: &AnyOf = any_of![
        "個人情報", "警察", "同", "各", "委託", "会社", "市内", "県内", "関係", "市民", "県民",
        "年度", "総会", "機会", "社会", "再発", "他社", "取引", "一部", "全", "教室", "集会",
    ];
    let end = words.char_indices().nth(REACH_LETTERS).map_or(words.len(), |(at, _)| at);
    let in_name = |c: char| is_kanji(c) || is_katakana(c) || c.is_alphanumeric() && !is_hiragana(c);
    let mut runs = words[..end].split(|c| !in_name(c)).filter(|run| !run.is_empty());
    while let Some(run) = runs.next() {
        // 一般財団法人 ○○協会
        if FORMS.closes(run) && FORMS.openings(run).all(|form| form.len() == run.len()) {
            if let Some(name) = runs.next() {
                return Some(name);
            }
            return None;
        }
        if FORMS.stands_in(run) {
            return Some(run);
        }
        if ENDS.closes(run) && run.chars().nth(1).is_some() && !NOBODY.opens(run) {
            return Some(run);
        }
    }
    None
}
