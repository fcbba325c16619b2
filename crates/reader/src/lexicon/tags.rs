//! What a phrase of the lexicon can mean. These are names only; the rules that use them are facts.

use case::{Authority, Category, DataKind, EventType, Measure, Sector, TechnicalKind};

use super::Vocabulary;

/// The meaning of a phrase in its vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Authority(Authority),
    Category(Category),
    Claim(Claim),
    Cue(Cue),
    Data(DataKind),
    Event(EventType),
    Measure(Measure),
    Organisation(OrganisationWord),
    Plan(Plan),
    Sector(Sector),
    State(StateWord),
    Technical(TechnicalKind),
    Topic(Topic),
    /// Only hides shorter phrases.
    Blocker,
}

impl Value {
    /// The value that a section of a vocabulary file names.
    pub(crate) fn named(vocabulary: Vocabulary, name: &str) -> Option<Self> {
        if name == "-" {
            return Some(Self::Blocker);
        }
        match vocabulary {
            Vocabulary::Authority => Authority::from_name(name).map(Self::Authority),
            Vocabulary::Category => Category::from_name(name).map(Self::Category),
            Vocabulary::Claim => Claim::from_name(name).map(Self::Claim),
            Vocabulary::Cue => Cue::from_name(name).map(Self::Cue),
            Vocabulary::Data => DataKind::from_name(name).map(Self::Data),
            Vocabulary::Event => EventType::from_name(name).map(Self::Event),
            Vocabulary::Measure => Measure::from_name(name).map(Self::Measure),
            Vocabulary::Organisation => OrganisationWord::from_name(name).map(Self::Organisation),
            Vocabulary::Plan => Plan::from_name(name).map(Self::Plan),
            Vocabulary::Sector => Sector::from_name(name).map(Self::Sector),
            Vocabulary::State => StateWord::from_name(name).map(Self::State),
            Vocabulary::Technical => TechnicalKind::from_name(name).map(Self::Technical),
            Vocabulary::Topic => Topic::from_name(name).map(Self::Topic),
        }
    }
}

/// Declares an enum of names used in the vocabulary files.
macro_rules! names {
    ($(#[$meta:meta])* $name:ident { $($(#[$value_meta:meta])* $value:ident $section:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub(crate) enum $name { $($(#[$value_meta])* $value,)+ }

        impl $name {
            fn from_name(name: &str) -> Option<Self> {
                match name { $($section => Some(Self::$value),)+ _ => None }
            }
        }
    };
}

names! {
    /// What a rule asks a sentence for.
    Cue {
        /// お詫び申し上げます.
        Apology "apology",
        /// Ends the reach of a negation: が、 一方で.
        ClauseBreak "clause_break",
        /// 含まれておりません.
        NotIncluded "not_included",
        /// 確認されておりません.
        NotConfirmed "not_confirmed",
        /// 漏えいはございません, 影響はありません.
        Denied "denied",
        /// Any other negative end of a clause: おりません, なかった.
        Negative "negative",
        /// Ends the reach of a denial backwards: であり、 以外.
        DenialBreak "denial_break",
        /// 予定, してまいります.
        Planned "planned",
        /// 流出, 漏えい, 閲覧.
        Leak "leak",
        /// A leak said as done: 流出しました, 漏えいしました.
        Leaked "leaked",
        /// 誤って送信, 誤送付, 紛失: the mistake itself.
        Mistake "mistake",
        /// 判明, 発覚, 気づく.
        Discover "discover",
        /// The data or the persons concerned: 個人情報, お客様情報.
        PersonalData "personal_data",
        /// A file or medium that holds data.
        Contains "contains",
        /// Whoever is affected: お客様, 会員, 対象者.
        Person "person",
        /// Numbers beside it are of the affected: 対象, 影響を受けた, 流出した.
        Affected "affected",
        /// Numbers beside it are totals or something else: 全体, 配信数, 利用社数.
        NotAffected "not_affected",
        /// 報告, 届出, 通報, 相談.
        Report "report",
        /// 報告しました and the like, done.
        Done "done",
        /// An incident of one's own: 発生いたしました.
        Happened "happened",
        /// General advice and commentary.
        Commentary "commentary",
        /// A product or event announcement, a recipe, a changelog.
        Unrelated "unrelated",
        /// A title of another sort of page: 募集, セミナー, メンテナンス, 書き方.
        OtherSort "other_sort",
        /// Says that what stands before it was not so: によるものではなく, の痕跡はなく.
        RuledOut "ruled_out",
        /// Tells readers what to do or to beware of: ご注意ください.
        Advice "advice",
        /// The disclosure itself: 発表した, 公表しました.
        Announced "announced",
        /// 再発防止.
        Prevention "prevention",
    }
}

names! {
    /// What a heading or label announces.
    Topic {
        Overview "overview",
        Course "course",
        Occurrence "occurrence",
        Discovery "discovery",
        Cause "cause",
        Data "data",
        Count "count",
        Period "period",
        Response "response",
        Prevention "prevention",
        Damage "damage",
        Contact "contact",
        Services "services",
        Unaffected "unaffected",
        Recovery "recovery",
        Report "report",
        Organisation "organisation",
        Date "date",
        About "about",
    }
}

names! {
    /// A word by which a name of an organisation is recognised.
    OrganisationWord {
        /// 株式会社: before or after the name.
        LegalForm "legal_form",
        /// 病院, 大学: ends a name.
        Suffix "suffix",
        /// 市, 県: ends a name of a place that governs.
        Place "place",
        /// 委託先.
        Processor "processor",
        /// 委託元.
        Client "client",
        /// 親会社.
        Parent "parent",
        /// 開発元, 販売元.
        Vendor "vendor",
        /// 調査会社, 外部専門家.
        Expert "expert",
        /// 当社, 弊社, 本学.
        Own "own",
        /// 子会社, グループ会社, 関係会社.
        Related "related",
    }
}

names! {
    /// What a statement about data claims, and how surely.
    Claim {
        /// 流出, 漏えい, 閲覧され: data reaching somebody.
        Leak "leak",
        /// Data in view of those who should not see it: 閲覧できる状態.
        Exposed "exposed",
        /// Somebody saw what was not theirs: 別のお客様の画面に表示.
        Shown "shown",
        /// 二次被害, 不正利用, 悪用, 被害の報告.
        Misuse "misuse",
        /// が確認されました, に遭われ: a misuse that happened.
        Happened "happened",
        /// 可能性, おそれ.
        Possible "possible",
        /// 可能性は低い: still possible.
        Unlikely "unlikely",
        /// おそれはない, はございません, しておりません.
        Absent "absent",
        /// 確認されておりません, 報告はございません.
        Unconfirmed "unconfirmed",
        /// 調査中, かどうか, 不明.
        Investigating "investigating",
        /// 場合, 防止: no statement at all.
        Supposed "supposed",
        /// What was sent held nothing of anybody: 個人情報は書かれていな.
        Nothing "nothing",
        /// Part of the data only: 別のシステム, 以外.
        Partly "partly",
        /// 報告, 届出, 相談: a report to an authority.
        Report "report",
        /// 予定, 検討, ください: a report that is not made.
        NotYet "not_yet",
    }
}

names! {
    /// By which words a measure is announced, and what the words of a measure need beside them.
    Plan {
        /// を徹底, 導入します, 方針: outside a section of measures too.
        Announced "announced",
        /// 導入しました, 必須とし: a lasting change that is done.
        Installed "installed",
        /// ください: readers are asked.
        Asked "asked",
        /// 不十分, されていなかった: what was missing.
        Lacking "lacking",
        /// 制限, 禁止, 切り離し.
        Restrict "restrict",
        /// 確認, 照合, 承認.
        Check "check",
        /// 監視, 点検, 診断.
        Monitor "monitor",
        /// 見直し, 策定, 改訂.
        Revise "revise",
        /// 更新, 最新.
        Update "update",
        /// 指導, 監督, 求め.
        Demand "demand",
        /// 職員, 社員, 徹底: who is taught.
        Staff "staff",
    }
}

names! {
    /// A word by which the state of a service is said.
    StateWord {
        /// つながりにくい: affected as it stands.
        Affected "affected",
        /// 影響はありません: unaffected as it stands.
        Unaffected "unaffected",
        /// 通常どおり: goes on as ever, unless a negation follows.
        Usual "usual",
        /// 復旧, 再開.
        Restored "restored",
        /// 停止して: stopped, unless a negation follows.
        Stop "stop",
        /// 利用でき: can be used, or cannot.
        Use "use",
        /// 受け付けて: says something of a service only where a negation follows.
        Offer "offer",
        /// 稼働し: goes on, or does not.
        Run "run",
        /// 影響: said, or denied.
        Harm "harm",
        /// 異常: denied, of machines and data as well.
        Trouble "trouble",
        /// 対象外: not concerned, of machines and data as well.
        Spared "spared",
        /// 攻撃を受け: what befalls a site.
        Struck "struck",
        /// 別のシステムで: run apart from what was struck.
        Apart "apart",
    }
}
