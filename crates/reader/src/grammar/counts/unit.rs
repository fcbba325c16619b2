//! The units of counts.

/// What kind of thing a unit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnitClass {
    /// 人, 名, 様
    Person,
    /// 件, 個, 点, 項目
    Item,
    /// 社, 団体, 校, 店舗, 事業所
    Company,
    /// 台, 端末, サーバー
    Device,
    /// アカウント, 会員, ユーザー, ID, 口座
    Account,
    /// 世帯, 戸
    Household,
    /// 通, 枚, 冊, 部, ファイル, レコード
    Document,
    /// か所, 拠点
    Place,
    /// 円, ドル
    Money,
    /// %, 割
    Percent,
    /// GB, MB
    Size,
    /// 日間, か月, 年間, 時間, 分間
    Duration,
    /// 回, 度
    Times,
    /// No unit, or one of no class.
    Other,
}
