//! Names of services: the parts of a noun phrase, a name without what only points at it, and
//! whether a phrase names a service. It knows words, not clauses and lists.

use case::ServiceStatus;

use crate::grammar::Extent;
use crate::lexicon::{OrganisationWord, Value, Vocabulary};
use crate::names::is_hiragana;
use crate::page::Page;
use crate::words::{AnyOf, any_of, letters};

/// Words that only point at whose a service is, or at which of its states is meant.
#[rustfmt::skip]
const OWN: &AnyOf = any_of![
    "当社工場の", "弊社工場の", "その後", "後", "同時に", "直ちに", "以降", "当日", "翌日", "以後", "当社の", "弊社の", "当院の", "当協会の", "当連盟の", "当会の", "本学の", "本学園の", "本会の", "自社の", "当財団の", "本市の", "本校の", "当館の",
    "当ホテルの", "当行の", "当法人の", "当組合の", "その他の", "一部の", "現在", "同社の", "当園の", "当店の", "当金庫の", "当機構の", "当グループの",
    "当社グループの", "市の", "県の", "町の", "全ての", "すべての", "本サイトでの", "当サイトでの", "同サイトでの", "当該サイトでの", "本サイトにおける",
    "本サイトの", "当サイトの", "同サイトの", "当該サイトの", "当社", "弊社", "当院", "当会", "当校", "当館", "当行", "当園", "当店", "当協会", "当連盟",
    "当法人", "当財団", "当組合", "当金庫", "当機構", "本学", "本校", "本会", "本市", "本県", "同日", "当面の間", "当面", "なお", "また", "一時", "一時的に",
    "とお取引の", "即日", "現在も", "対象の", "通常の", "順次", "段階的に", "随時", "全面的に", "当庁の", "当省の", "当局の", "当区の", "当市の", "当町の", "当県の", "当村の", "機構の", "同院の",
    "同校の", "同大の", "同市の", "同県の", "同町の", "同行の", "同館の", "同会の", "同園の", "同大学の", "同病院の", "同財団の", "同組合の", "同機構の",
    "当センターの", "当研究所の", "当公社の", "当病院の", "当大学の", "当学園の", "当協議会の", "当事務所の", "当校の", "当会館の",
];

/// What names of services are made of.
#[rustfmt::skip]
const NOUNS: &AnyOf = any_of![
    "システム", "サービス", "サイト", "ホームページ", "アプリ", "ショップ", "ストア", "モール", "メール", "電子カルテ", "atm", "バンキング", "予約", "決済",
    "検索", "ポータル", "マイページ", "ログイン", "チケット", "web", "ウェブ", "プラン", "フォーム", "チャージ", "トレード", "事業所間ネットワーク", "line",
    "インスタグラム", "instagram", "facebook", "youtube", "発券", "回線", "放送", "交付サービス", "受付システム", "ワイファイ", "wi-fi", "クラウド", "会計",
    "給与", "診療", "外来", "救急", "手術", "受注", "受発注", "出荷", "配送", "発送", "集荷", "窓口", "コールセンター", "電話", "電子版", "機能", "申請",
    "納付", "取引", "生産", "操業", "運行", "券売機", "改札", "レジ", "宅配", "通販", "販売", "会員登録", "アカウント", "ネットワークサービス",
    "インターネット接続", "eラーニング", "追跡", "代金引換", "業務", "店舗", "物流", "現金", "工場", "スーパー", "ダイヤル", "発売機", "受付機", "発行", "交付", "運航", "営業", "ページ", "カード", "ポイント", "貸出", "返却", "給油", "ライブ配信", "動画配信", "列車", "電車", "バス", "フェリー", "入院", "授業", "乗車", "搭乗", "売場", "給食", "開館", "ファクス", "fax", "人間ドック", "健診", "透析",
    "申込", "申し込み", "照会", "送金", "振込", "振替", "払込", "支払", "入金", "出金", "両替", "融資", "残高", "明細", "認証", "チャット", "ゲーム", "配達",
    "受付", "受け付け", "貸し出し", "閲覧席", "閲覧室", "通話", "データ通信", "モバイル", "光回線", "固定電話", "携帯電話", "緊急通報", "sns", "x(旧twitter)", "twitter",
    "ブログ", "メールマガジン", "メルマガ", "ニュースレター", "ライブラリ", "教材", "講座", "検定", "試験", "出願", "履修", "図書", "証明書", "住民票", "印鑑", "戸籍", "納税",
    "収納", "水道", "電気", "ガス", "ごみ", "施設予約", "体育館", "プール", "ホテル", "旅館", "レストラン", "宿泊", "フロント", "駐車場", "レンタカー", "タクシー", "航空", "クレジット", "キャッシング",
    "保険", "年金", "共済", "株式", "投資信託", "口座開設", "処方", "調剤", "薬局", "ワクチン", "接種", "検査", "面会", "分娩", "リハビリ", "介護", "デイサービス",
    "見積", "請求", "経理", "人事", "勤怠", "顧客管理", "在庫", "倉庫", "修理", "サポート", "ヘルプデスク", "相談", "コンタクト", "オンライン", "サブスク", "ダウンロード", "アップロード", "ストリーミング", "ビデオ", "会議室", "印刷", "プリント",
    "収集", "検針", "給水", "開庁", "貸館", "消防", "搬送",
];

/// Nouns that name a service by their end, whatever stands before them: 運行情報システム.
#[rustfmt::skip]
pub(super) const ENDS: &AnyOf = any_of![
    "システム", "サービス", "サイト", "ホームページ", "アプリ", "ショップ", "ストア", "モール", "バンキング", "ポータル", "マイページ", "機能", "フォーム",
    "電子カルテ", "atm", "決済", "プラン", "予約", "窓口", "検索", "診療", "ページ", "販売", "受注業務", "出荷業務", "各業務", "センター業務", "発送業務", "配送業務", "窓口業務", "受付業務", 
    "照会", "送金", "振込", "チャット", "ゲーム", "ダイヤル", "回線", "通報", "認証", "運行", "運航", "配信", "貸出", "返却", "ログイン", "ネットワークサービス", "アカウント登録", "会員登録", "新規登録",
];

/// Phrases that name no service in particular.
#[rustfmt::skip]
const GENERIC: &AnyOf = any_of![
    "システム", "サービス", "サイト", "本サイト", "当サイト", "当該サイト", "本件サイト", "本サービス", "本システム", "当該システム", "同システム", "同サイト",
    "同サービス", "メール", "対象サイト", "対象システム", "全システム", "各システム", "該当システム", "当該サービス", "不審なメール", "迷惑メール", "当社サービス",
    "サービス再開", "サービス停止", "主要業務", "弊社サービス", "外部サービス", "提供サービス", "自社サイト", "社内システム", "業務システム", "関連システム",
    "被害システム", "対象サービス", "各種サービス", "各種システム", "当社システム", "サーバーシステム", "一部サービス", "全サービス", "一部のサービス",
    "一部システム", "機能", "一部機能", "全機能", "該当機能", "当該機能", "同機能", "アカウント", "当該アカウント", "本アカウント", "同アカウント", "電話",
    "お電話", "窓口", "専用窓口", "決済", "検索", "ログイン", "申請", "取引", "本件システム", "旧システム", "新システム", "他のシステム",
    "他サービス", "他のサービス", "本ページ", "当該ページ", "該当ページ", "同ページ", "ページ", "フォーム", "当該フォーム", "本フォーム", "同フォーム",
    "該当サイト", "販売", "発送", "該当サービス", "偽サイト", "不正サイト", "外部サイト", "該当アカウント", "お取引", "国内システム", "情報システム",
    "該当のシステム", "システム全体", "チケット", "商品", "メールアカウント", "不正なページ", "不審メール", "通販", "システム等", "操業", "受注", "診療", "回線", "クラウド", "出荷", "配送", "生産",
    "本取引", "アプリ", "業務", "通常業務", "一部業務", "日常業務", "社内業務", "営業", "発行", "交付", "カード", "クレジットカード", "ポイント", "当業務", "本業務",
    "お問い合わせ", "お問合せ", "問い合わせ", "問合せ", "ご相談", "相談", "ご質問", "ご意見", "ご連絡", "苦情", "お申し出", "返品", "返金", "ご返金", "交換", "注文", "ご注文", "お申し込み", "申し込み", "申込", "受付", "受け付け",
    "受け入れ", "支払い", "お支払い", "認証", "配信", "照会", "検査", "紹介", "印刷", "訪問", "オンライン", "請求", "ダウンロード", "アップロード", "ご利用", "登録", "新規登録", "後本サイト", "試験", "サポート", "発注", "製造", "加工",
    "事務", "営業活動", "事業", "カード会社", "本アプリ", "当該アプリ", "当該メール", "本メール", "同メール", "誤送信メール", "そのメール", "このメール", "伴い", "加え", "併せ", "応じ",
];

/// Of those, the ones that name a service where it is said to go on.
#[rustfmt::skip]
const GOING_ON: &AnyOf = any_of![
    "窓口", "電話", "お電話", "出荷", "配送", "生産", "販売", "取引", "お取引", "クレジットカード", "通販", "回線", "営業", "発送",
    "注文", "ご注文", "お支払い", "支払い", "検査", "発注", "製造", "申し込み", "お申し込み",
];

/// What is stopped that is no service: machines, lines, and what people do with them.
#[rustfmt::skip]
const NO_OUTAGES: &AnyOf = any_of![
    "サーバ", "端末", "パソコン", "pc", "機器", "通信", "接続", "ネットワーク", "インターネット", "操作", "拡散", "送信", "掲載", "処理", "作業", "使用",
    "利用", "アカウント", "アドレス", "ファイル", "添付", "リンク", "外部", "社内", "活動", "連携", "遮断", "動作", "電源", "稼働", "復元", "バックアップ",
    "公開", "閲覧", "事業", "会社", "委託", "契約", "共有", "設定", "権限", "運用", "提供", "全社", "拠点", "本社", "一部", "全て", "すべて",
    "スマートフォン", "携帯", "投稿", "記事", "資料", "書類", "名簿", "番組", "派遣", "出勤", "勤務", "製品", "商品", "プラグイン", "ソフト", "ツール", "部分", "画面", "表示",
    "切り替え", "切替", "移行", "導入", "適用", "改修", "作動", "メンテナンス", "協力", "支援", "応募", "検討", "検査", "監視", "行為", "便", "納期", "到着", "登録", "入力", "発言", "会議", "研修", "教育", "授業", "記録", "保存", "装置", "口座", "本人",
];

/// Words of people, data, business and time: a phrase with one is no service.
#[rustfmt::skip]
const NO_SERVICES: &AnyOf = any_of![
    "業績", "客", "情報", "個人", "データ", "影響", "今後", "連結", "本件", "被害", "以外", "他の", "他社", "生活", "方", "皆様", "者",
    "パスワード", "流出", "漏えい", "漏洩", "原因", "調査", "決算", "財務", "可能性", "事実", "攻撃", "ウイルス", "アクセス", "状態", "対応", "年", "日",
    "時", "取引先", "現時点", "機密", "カード番号", "件", "期間", "ご案内", "の案内", "再開", "アプリケーション", "プログラム", "不審", "迷惑", "現在",
    "予定", "見込", "従業員", "障害", "不具合", "復旧",
];

/// Of those, the words that no name of a service holds, however it ends.
#[rustfmt::skip]
const NEVER: &AnyOf = any_of![
    "業績", "影響", "今後", "連結", "本件", "被害", "以外", "他社", "皆様", "流出", "漏えい", "漏洩", "原因", "可能性", "事実", "攻撃", "ウイルス", "不審",
    "迷惑", "現在", "予定", "見込", "下記", "以下", "上記", "次の", "左記", "障害", "不具合", "不正", "同様の", "別の", "別会社", "他の", "偽", "今回",
    "パスワード", "各社", "様の", "該当", "当該", "改修", "対象の", "脆弱性", "予備の", "の送信", "感染", "再発", "防止", "対象となる", "改修後", "このサ", "そのサ", "複数の", "経由", "従業員", "個人情報", "全拠点", "委託先", "アドレス", "株式会社", "有限会社", "合同会社", "内の各種システム", "の各種サービス",
];

/// Whether a phrase is one of the words, neither more nor less.
fn is_one_of(words: &AnyOf, phrase: &str) -> bool {
    words.openings(phrase).any(|word| word.len() == phrase.len())
}

/// The names in a phrase: A、B及びC, without 当社の before and 等 behind.
pub(super) fn parts(page: &Page<'_>, phrase: Extent) -> Vec<Extent> {
    const LINKS: &AnyOf = any_of![
        "をはじめとする", "をはじめ", "および", "ならびに", "または", "もしくは", "、", "及び",
        "並びに", "又は", "」「",
    ];
    let mut phrase = phrase;
    // 決済「○○ペイ」での支払いおよびチャージ: what is done with it is no service of its own.
    if letters!("」").stand_in(page.folded_words(phrase))
        && let Some(at) = any_of!["」での", "」への", "」における"].find(page.folded_words(phrase))
    {
        phrase.end = phrase.start + at + "」".len();
    }
    let words = page.folded_words(phrase);
    // Most phrases are one name.
    if !letters!("、及並又をおなまもとや」").stand_in(words) {
        let name = trimmed(page, phrase);
        return if name.start < name.end { vec![name] } else { Vec::new() };
    }
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    while let Some(at) = LINKS.find(&words[from..]).map(|at| from + at) {
        cuts.extend(LINKS.openings(&words[at..]).map(|link| (at, at + link.len())));
        from = at + '、'.len_utf8();
    }
    let joins = |at: usize| {
        words[..at].chars().next_back().is_some_and(|c| !is_hiragana(c))
            && words[at + 3..]
                .chars()
                .next()
                .is_some_and(|c| !is_hiragana(c) || letters!("おご").has(c))
    };
    cuts.extend(
        words
            .match_indices(['と', 'や'])
            .filter(|&(at, _)| joins(at))
            .map(|(at, link)| (at, at + link.len())),
    );
    // Not inside (A、B) or 「A、B」.
    let framed = |at: usize| {
        let before = &words[..at];
        [('(', ')'), ('「', '」')].iter().any(|&(open, close)| {
            before
                .rfind(open)
                .is_some_and(|from| !before[from..].contains(close) && words[at..].contains(close))
        })
    };
    cuts.retain(|&(at, next)| &words[at..next] == "」「" || !framed(at));
    cuts.sort_unstable();
    cuts.push((words.len(), words.len()));
    let mut names = Vec::new();
    let mut from = 0;
    for (at, next) in cuts {
        if let Some(name) = words.get(from..at.max(from)) {
            let start = phrase.start + from;
            names.push(trimmed(page, Extent { start, end: start + name.len() }));
        }
        from = next.max(from);
    }
    names.retain(|name| name.start < name.end);
    names
}

/// A name without what only points at it.
pub(super) fn trimmed(page: &Page<'_>, mut name: Extent) -> Extent {
    name.end = without_note(page, name);
    let mut words = page.folded_words(name);
    let mut start = name.start;
    let framed = words.trim_start_matches([':', '|', ' ', '→', '・']);
    start += words.len() - framed.len();
    words = framed.trim_end_matches(['|', ' ', ':', '。']);
    // a3 配送: the mark of an answer.
    let mark = words.len()
        - words
            .trim_start_matches(['a', 'q'])
            .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
            .len();
    if mark > 0 && mark < words.len() && mark <= 3 && page.folded.gap_before(start + mark) {
        words = &words[mark..];
        start += mark;
    }
    if counted(words) {
        words = words.rsplit_once('の').map_or(words, |(listed, _)| listed);
        words = words
            .strip_suffix(|c: char| c == 'つ')
            .and_then(|rest| rest.rsplit_once('の'))
            .map_or(words, |(listed, _)| listed);
    }
    words = without_others(without_number(words));
    while let Some(own) = OWN.openings(words).max_by_key(|own| own.len()) {
        words = &words[own.len()..];
        start += own.len();
    }
    let owner = owner(page, Extent { start, end: start + words.len() });
    start += owner;
    words = &words[owner..];
    // What is cut off here and below holds の or begins in へ; most names have neither.
    let all = of_how_many(words);
    words = &words[all..];
    start += all;
    let belongs = letters!("のへ").stand_in(words);
    for owner in
        ["以外の", "お客様の", "お客さまの", "における", "などの"].iter().take_while(|_| belongs)
    {
        if let Some(at) = words.rfind(owner) {
            start += at + owner.len();
            words = &words[at + owner.len()..];
        }
    }
    // 経費精算サービス「リーフ精算」: the quoted name is the name.
    if let Some((open, close)) = words.find('「').zip(words.rfind('」'))
        && open < close
        && close + '」'.len_utf8() == words.len()
    {
        return Extent { start: start + open + '「'.len_utf8(), end: start + close };
    }
    for part in [
        "の各サービス", "の各業務", "の各機能", "の各事業", "の各システム", "の各施設", "の一部",
        "の利用", "のご利用", "の運用", "のサーバー", "のサーバ", "の機能", "の提供", "の公開",
        "の全機能", "の全サーバー", "のサービス", "の全サービス", "の全サーバ", "の稼働", "の業務",
        "の取り扱い", "の取扱い", "の閲覧", "の停止", "の営業", "の休止", "の画面",
    ]
    .iter()
    .take_while(|_| belongs)
    {
        words = words
            .strip_suffix(part)
            .filter(|place| !place.ends_with(['で', 'へ']))
            .unwrap_or(words);
    }
    // カード決済の受付, but 入出荷の受付.
    for part in
        ["の受付", "の受け付け", "の受け入れ", "へのアクセス", "への接続", "への電話", "の発行"]
            .iter()
            .take_while(|_| belongs)
    {
        words = words.strip_suffix(part).filter(|of| ENDS.closes(of)).unwrap_or(words);
    }
    if words.starts_with('「') && !words.contains('」') {
        start += '「'.len_utf8();
        words = &words['「'.len_utf8()..];
    }
    if words.ends_with('」') && !words.contains('「') {
        words = words.trim_end_matches('」');
    }
    let bare = words.trim_start_matches(['の', '」', ')', 'や', 'と', 'び', ' ', '・']);
    start += words.len() - bare.len();
    let bare = bare.trim_end_matches("など").trim_end_matches(['等', '「', '(', ' ']);
    Extent { start, end: start + bare.len() }
}

/// How many bytes of a name only say of how many places it is: 全42駅の券売機.
fn of_how_many(words: &str) -> usize {
    let all = words.starts_with('全').then(|| words.split_once('の')).flatten();
    all.filter(|(all, _)| all.contains(|c: char| c.is_ascii_digit()))
        .map_or(0, |(_, of)| words.len() - of.len())
}

/// A name without what else there is of its kind: お振込み等のお取引, 予約などの機能.
fn without_others(words: &str) -> &str {
    const KINDS: &AnyOf = any_of![
        "お取引", "取引", "サービス", "各種サービス", "業務", "機能", "手続き", "お手続き", "手続",
        "システム", "各システム", "各機能", "一部機能", "一部サービス", "操作",
    ];
    let (named, rest) = match letters!("等な").find(words) {
        Some(_) => match ["等の", "などの"].iter().find_map(|link| words.rsplit_once(link)) {
            Some(parts) => parts,
            None => return words,
        },
        None => return words,
    };
    if named.chars().count() >= 2 && is_one_of(KINDS, rest) { named } else { words }
}

/// A name without how many are listed: 乗車券、忘れ物検索の3つ.
fn without_number(words: &str) -> &str {
    words
        .strip_suffix('つ')
        .and_then(|of| of.rsplit_once('の'))
        .filter(|(_, number)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
        .map_or(words, |(listed, _)| listed)
}

/// How many bytes of a name only say whose it is: 一般財団法人○○美術館のホームページ.
fn owner(page: &Page<'_>, name: Extent) -> usize {
    let Some(of) = page.folded_words(name).find('の') else { return 0 };
    let whose = Extent { start: name.start, end: name.start + of };
    let legal = page
        .within(Vocabulary::Organisation, whose)
        .iter()
        .any(|hit| hit.value == Value::Organisation(OrganisationWord::LegalForm));
    if legal { of + "の".len() } else { 0 }
}

/// Where a name ends without the note behind it: なぎさダイレクト(個人のお客様向け).
pub(super) fn without_note(page: &Page<'_>, name: Extent) -> usize {
    let words = page.folded_words(name);
    if let Some(link) = any_of!["http"].find(words).filter(|&link| link > 0) {
        return name.start + words[..link].trim_end_matches([' ', ':', '(']).len();
    }
    let open = words.ends_with(')').then(|| words.rfind('(')).flatten();
    open.filter(|&open| open > 0 && words.len() - open > "(atm号)".len() || words.ends_with("(hp)"))
        .map_or(name.end, |open| name.start + open)
}

/// A name without whom it is for: 学習者用端末, 会員様向けサイト.
fn without_users(name: &str) -> &str {
    if !any_of!["者用", "員用", "向け"].stands_in(name) {
        return name;
    }
    let users = ["者用", "員用", "向け"]
        .iter()
        .find_map(|users| name.rfind(users).map(|at| at + users.len()));
    users.map(|at| &name[at..]).filter(|rest| rest.chars().count() >= 2).unwrap_or(name)
}

/// Whether a phrase can name a service by its state alone: 定期券発売機が使用できない.
pub(super) fn may_be_service(name: &str) -> bool {
    (3..=20).contains(&name.chars().count())
        && !is_torn(name)
        && !is_of_another_sort(name)
        && !name.starts_with(|c: char| c == '約' || c.is_ascii_digit())
        && !name.contains(['、', '。'])
        && !is_one_of(GENERIC, name)
        && !NEVER.stands_in(name)
        && !NO_SERVICES.stands_in(without_users(name))
        && !NO_OUTAGES.stands_in(name)
        && !any_of!["職員", "社員", "担当", "部員", "会員"].closes(name)
}

/// Whether a phrase is plainly a service: quoted, or named by a noun that is one.
pub(super) fn is_plainly(page: &Page<'_>, name: Extent) -> bool {
    const MACHINES: &AnyOf = any_of![
        "サーバ", "サーバー", "端末", "パソコン", "pc", "ネットワーク", "メール", "ファイル",
        "機器", "カード", "ポイント", "ログイン", "申請", "取引", "現金", "装置",
    ];
    const PLACES: &AnyOf = any_of![
        "店", "部門", "センター", "設備", "無線", "教室", "教務", "レジ", "施設", "拠点", "研究所",
        "工場", "事業所", "店舗", "病棟", "校舎", "校",
    ];
    let words = page.folded_words(name);
    quoted(page, name) || ((NOUNS.closes(words) || PLACES.closes(words)) && !MACHINES.closes(words))
}

/// Whether a name stands in 「」 by itself.
pub(super) fn quoted(page: &Page<'_>, name: Extent) -> bool {
    page.text()[..name.start].ends_with('「') && page.text()[name.end..].starts_with('」')
}

/// Whether a name only says what sort of thing it is, so that it points at one named before.
pub(super) fn is_bare(name: &str) -> bool {
    is_one_of(
        any_of![
            "ホームページ", "ウェブサイト", "webサイト", "Webサイト", "オンラインショップ",
            "ネットショップ", "通販サイト", "サイト", "アプリ", "電子カルテ", "ポータルサイト",
            "会員サイト", "ECサイト",
        ],
        name,
    )
}

/// Whether words end in how many services they list: 人事、会計、文書の3システム.
pub(super) fn counted(words: &str) -> bool {
    let things = any_of!["システム", "サービス", "機能", "業務", "サイト"];
    if !things.closes(words) {
        return false;
    }
    let Some((listed, tail)) = words.rsplit_once('の') else { return false };
    let number = tail.starts_with(|c: char| c.is_ascii_digit()) || tail.starts_with('両');
    let apart = listed.ends_with('つ')
        && listed.trim_end_matches('つ').ends_with(|c: char| c.is_ascii_digit());
    number || (apart && things.words.contains(&tail))
}

/// Whether a phrase that a list or a row gives as a name can be one.
pub(super) fn is_named(name: &str) -> bool {
    (2..=25).contains(&name.chars().count())
        && !is_torn(name)
        && !is_of_another_sort(name)
        && !name.starts_with(|c: char| c == '約' || c.is_ascii_digit())
        && !is_one_of(GENERIC, name)
        && !NEVER.stands_in(name)
}

/// Whether a phrase can name a service where it stands beside one.
pub(super) fn is_beside(name: &str) -> bool {
    is_named(name) && !NO_SERVICES.stands_in(name) && !is_one_of(GENERIC, name)
}

/// Whether it counts or points into something rather than naming it: 町内会の41名, システム内.
fn is_of_another_sort(name: &str) -> bool {
    let counts = name.ends_with(['名', '人', '件', '社', '台', '様', '者', '枚', '通'])
        && name.contains(|c: char| c.is_ascii_digit());
    counts
        || name.ends_with(['内', '中', '上'])
        || any_of![
            "対象", "ボタン", "会社", "スタッフ", "職員", "社員", "従業員", "教員", "メンバー",
            "契約", "スクリプト", "ソースコード", "担当者",
        ]
        .closes(name)
}

/// Whether it begins with the rest of a word: 不正アクセスを受けやす|いページ.
fn is_torn(name: &str) -> bool {
    name.starts_with(['い', 'よ', 'び'])
        || name.chars().all(is_hiragana)
        || name.matches('(').count() != name.matches(')').count()
}

/// Whether a phrase names a service rather than people, data or business at large.
pub(super) fn is_service(name: &str, status: ServiceStatus) -> bool {
    let length = name.chars().count();
    // 不正アクセスを受けやすいページ: the rest of a word stands before it.
    let torn = is_torn(name);
    let generic = || {
        is_one_of(GENERIC, name)
            && (status != ServiceStatus::Unaffected || !is_one_of(GOING_ON, name))
    };
    if torn
        || is_of_another_sort(name)
        || !(2..=25).contains(&length)
        || generic()
        || NEVER.stands_in(name)
    {
        return false;
    }
    let named = NOUNS.stands_in(name);
    let other = NO_SERVICES.stands_in(without_users(name)) && !ENDS.closes(name);
    match status {
        ServiceStatus::Unaffected => !other && (named || length >= 3),
        _ => {
            named
                && !other
                && !name.starts_with(|c: char| c.is_ascii_digit())
                && !any_of![
                    "サーバ", "サーバー", "端末", "パソコン", "ネットワーク", "装置", "処理",
                    "作業", "商品", "でのお取引",
                ]
                .closes(name)
        }
    }
}
