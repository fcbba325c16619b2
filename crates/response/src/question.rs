//! The questions on which obligations turn: each has a name for facts files and data files, and words
//! in both languages. They do not know which obligation asks them.

use case::Lang;
use serde::{Deserialize, Serialize};

use crate::Sentence;

/// Declares the questions: name in files, what is silently the answer where nobody says otherwise,
/// Japanese and English.
macro_rules! questions {
    ($($question:ident $name:literal $usual:expr, $ja:literal $en:literal;)+) => {
        /// A question that is answered with yes or no.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Question {
            $(#[doc = $en] #[serde(rename = $name)] $question,)+
        }

        impl Question {
            /// Every question.
            pub const ALL: &[Self] = &[$(Self::$question),+];

            /// Its name in facts files.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$question => $name),+ }
            }

            /// What it asks.
            pub const fn label(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$question, Lang::Ja) => $ja, (Self::$question, Lang::En) => $en,)+
                }
            }

            /// The answer that is taken where the facts have none: what is rare, or an exception that
            /// must be shown by whoever wants it, is taken not to be so.
            pub const fn usual(self) -> Option<bool> {
                match self { $(Self::$question => $usual),+ }
            }
        }
    };
}

questions! {
    Leaked "leaked" None, "個人データが漏えいした、又はそのおそれがある" "personal data leaked or may have leaked";
    Unrestorable "unrestorable" None, "個人データが失われ、又は復元できない" "personal data is lost or cannot be restored";
    SpecialCare "special_care" None, "要配慮個人情報を含む" "special-care-required data is among it";
    Financial "financial" None, "不正利用により財産的被害が生じるおそれがある" "its misuse can cause financial damage";
    Wrongful "wrongful" None, "不正の目的による行為のおそれがある" "a wrongful purpose may be behind it";
    BeforeAcquisition "before_acquisition" Some(false), "取得前の情報だけである（ウェブスキミングなど）" "only data not yet acquired is concerned (web skimming)";
    MyNumber "my_number" None, "特定個人情報（マイナンバー）を含む" "My Number data is among it";
    PublicMyNumber "public_my_number" Some(false), "番号法規則2条1号の情報システムの特定個人情報である" "it is My Number data of a public system";
    OpenMyNumber "open_my_number" Some(false), "特定個人情報が不特定多数に閲覧されるおそれがある" "anybody could see the My Number data";
    Protected "protected" Some(false), "高度な暗号化等の措置が講じられている" "it is protected by strong encryption or the like";
    PublicBody "public_body" Some(false), "行政機関等（国・自治体など）である" "the organisation is a public body";
    Processor "processor" Some(false), "委託先として取り扱っている" "the organisation is a processor";
    PrincipalTold "principal_told" Some(false), "委託元へ通知した" "the processor told its principal";
    Ransomware "ransomware" None, "ランサムウェアによる" "it is ransomware";
    Ddos "ddos" None, "DDoS攻撃による" "it is a denial-of-service attack";
    Listed "listed" None, "上場会社である" "the company is listed in Japan";
    Investors "investors" None, "投資判断に重要な影響を与える" "it matters to investors";
    Telecom "telecom" None, "電気通信事業者である" "the organisation is a telecommunications carrier";
    Secrecy "secrecy" None, "通信の秘密が漏えいした" "the secrecy of communications was breached";
    Infrastructure "infrastructure" None, "特別社会基盤事業者である" "the organisation is a designated infrastructure operator";
    CriticalComputer "critical_computer" None, "特定重要電子計算機に関わる" "a designated critical computer is concerned";
    EuPersons "eu_persons" None, "GDPRが適用される（EUの個人のデータなど）" "the GDPR applies (data of people in the EU)";
    RiskUnlikely "risk_unlikely" Some(false), "個人の権利・自由への危険が生じる見込みがない" "a risk to people is unlikely";
    RiskHigh "risk_high" None, "個人の権利・自由への高い危険が見込まれる" "a high risk to people is likely";
    Nis2 "nis2" None, "NIS2の主要・重要事業体である" "the organisation is an essential or important entity under NIS2";
    Significant "significant" None, "NIS2にいう重大なインシデントである" "the incident is significant under NIS2";
    TrustService "trust_service" Some(false), "トラストサービス事業者である" "the organisation provides trust services";
    SecRegistrant "sec_registrant" None, "米国SECの登録会社である" "the company is a registrant of the US SEC";
    Material "material" None, "重要（material）と判断した" "the incident was determined to be material";
    HipaaEntity "hipaa_entity" None, "HIPAAの適用対象事業体である" "the organisation is a covered entity under HIPAA";
    HipaaAssociate "hipaa_associate" None, "HIPAAの事業提携者である" "the organisation is a business associate under HIPAA";
    HealthData "health_data" None, "保護対象保健情報（PHI）を含む" "protected health information is among it";
    LowProbability "low_probability" Some(false), "侵害された可能性が低いと評価で示せる" "an assessment shows a low probability of compromise";
}

/// A number on which obligations turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Number {
    /// How many people are concerned.
    People,
    /// Of how many the My Number is concerned.
    MyNumberPeople,
    /// How many of them live in the one US state where most do.
    StateResidents,
}

impl Number {
    /// Every number.
    pub const ALL: &[Self] = &[Self::People, Self::MyNumberPeople, Self::StateResidents];

    /// Its name in facts files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::MyNumberPeople => "my_number_people",
            Self::StateResidents => "state_residents",
        }
    }

    /// What it counts.
    pub const fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::People => lang.of("本人の数", "people concerned"),
            Self::MyNumberPeople => {
                lang.of("特定個人情報の本人の数", "people whose My Number is concerned")
            }
            Self::StateResidents => {
                lang.of("最も多い州の住民の数", "residents of the state where most live")
            }
        }
    }
}

/// Something that decides and is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Its name in facts files.
    pub name: &'static str,
    /// What it is.
    pub says: Sentence,
}

impl From<Question> for Missing {
    fn from(question: Question) -> Self {
        let says = Sentence::new(question.label(Lang::Ja), question.label(Lang::En));
        Self { name: question.name(), says }
    }
}

impl From<Number> for Missing {
    fn from(number: Number) -> Self {
        let says = Sentence::new(number.label(Lang::Ja), number.label(Lang::En));
        Self { name: number.name(), says }
    }
}
