//! The closed vocabularies of a case, each value with its name in the record and its labels.
//! They do not know by which words a text says them: that is the reader's lexicon.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The language of a label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Japanese, the first language of every page and report.
    #[default]
    Ja,
    /// English.
    En,
}

impl Lang {
    /// One of two words.
    pub const fn of(self, ja: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Ja => ja,
            Self::En => en,
        }
    }
}

/// Declares an enum whose values have a name in the record, a Japanese and an English label.
macro_rules! values {
    ($(#[$meta:meta])* $name:ident { $($(#[$value_meta:meta])* $value:ident $record:literal $ja:literal $en:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        pub enum $name {
            $(#[doc = $en] $(#[$value_meta])* #[serde(rename = $record)] $value,)+
        }

        impl $name {
            /// Every value, in the order of the record's documentation.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// The name in the case record.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$value => $record),+ }
            }

            /// The value of that name in the case record.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($record => Some(Self::$value),)+ _ => None }
            }

            /// What people call it.
            pub const fn label(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$value, Lang::Ja) => $ja, (Self::$value, Lang::En) => $en,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

values! {
    /// A field of a case's facts.
    Field {
        Kind "kind" "種別" "kind",
        CaseNumber "case_number" "記載番号" "number in the source",
        Title "title" "題名" "title",
        Organisation "organisation" "組織" "organisation",
        OtherOrganisations "other_organisations" "関係組織" "other organisations",
        Sector "sector" "業種" "sector",
        Report "report" "報" "report",
        DisclosedOn "disclosed_on" "公表日" "disclosed on",
        Category "category" "分類" "category",
        Occurred "occurred" "発生" "occurred",
        Discovered "discovered" "発覚" "discovered",
        AffectedCount "affected_count" "影響の規模" "affected",
        DataKinds "data_kinds" "データの種類" "data kinds",
        Timeline "timeline" "経緯" "timeline",
        ReportedTo "reported_to" "報告先" "reported to",
        DataDisclosure "data_disclosure" "漏えいの有無" "data disclosure",
        SecondaryDamage "secondary_damage" "二次被害" "secondary damage",
        Services "services" "サービス" "services",
        Progress "progress" "進捗" "progress",
        Prevention "prevention" "再発防止策" "measures",
        Technical "technical" "技術的事項" "technical facts",
        Warnings "warnings" "矛盾" "contradictions",
    }
}

impl Field {
    /// What people call a value of this field, where it is one of a closed vocabulary: for a list of
    /// records that of its role, type, status or kind.
    pub fn value_label(self, name: &str, lang: Lang) -> Option<&'static str> {
        match self {
            Self::Kind => Kind::from_name(name).map(|x| x.label(lang)),
            Self::OtherOrganisations => Role::from_name(name).map(|x| x.label(lang)),
            Self::Sector => Sector::from_name(name).map(|x| x.label(lang)),
            Self::Category => Category::from_name(name).map(|x| x.label(lang)),
            Self::DataKinds => DataKind::from_name(name).map(|x| x.label(lang)),
            Self::Timeline => EventType::from_name(name).map(|x| x.label(lang)),
            Self::ReportedTo => Authority::from_name(name).map(|x| x.label(lang)),
            Self::DataDisclosure => DataDisclosure::from_name(name).map(|x| x.label(lang)),
            Self::SecondaryDamage => SecondaryDamage::from_name(name).map(|x| x.label(lang)),
            Self::Services => ServiceStatus::from_name(name).map(|x| x.label(lang)),
            Self::Prevention => Measure::from_name(name).map(|x| x.label(lang)),
            Self::Technical => TechnicalKind::from_name(name).map(|x| x.label(lang)),
            Self::Warnings => WarningCode::from_name(name).map(|x| x.label(lang)),
            _ => None,
        }
    }
}

values! {
    /// Whether an entry tells an incident.
    Kind {
        Incident "incident" "事件" "incident",
        Column "column" "コラム" "column",
    }
}

values! {
    /// What kind of incident a case is.
    Category {
        Ransomware "ransomware" "ランサムウェア" "ransomware",
        UnauthorizedAccess "unauthorized_access" "不正アクセス" "unauthorised access",
        MalwareInfection "malware_infection" "マルウェア感染" "malware infection",
        MisdirectedMail "misdirected_mail" "メール誤送信" "misdirected mail",
        BccMistake "bcc_mistake" "BCC誤り" "Bcc mistake",
        Misconfiguration "misconfiguration" "設定不備" "misconfiguration",
        LossOrTheft "loss_or_theft" "紛失・盗難" "loss or theft",
        Insider "insider" "内部者" "insider",
        PhishingOrImpersonation "phishing_or_impersonation" "フィッシング・なりすまし" "phishing or impersonation",
        WebSkimmingOrTampering "web_skimming_or_tampering" "Webスキミング・改ざん" "web skimming or tampering",
        SupplierBreach "supplier_breach" "委託先・取引先" "supplier breach",
        MisdeliveryOrMisposting "misdelivery_or_misposting" "誤送付・誤掲載" "misdelivery or misposting",
        DdosOrOutage "ddos_or_outage" "DDoS・障害" "denial of service or outage",
        Other "other" "その他" "other",
    }
}

values! {
    /// The part that a named organisation has in a case.
    Role {
        Processor "processor" "委託先" "processor",
        Client "client" "委託元" "client",
        Parent "parent" "親会社" "parent company",
        Vendor "vendor" "ベンダー" "vendor",
        Expert "expert" "外部専門家" "expert",
        Authority "authority" "当局" "authority",
        Other "other" "その他" "other",
    }
}

values! {
    /// The sector of the organisation that suffers or discloses.
    Sector {
        Government "government" "国の機関" "government",
        Municipality "municipality" "自治体" "municipality",
        Education "education" "教育" "education",
        Health "health" "医療・福祉" "health",
        Finance "finance" "金融" "finance",
        Manufacturing "manufacturing" "製造" "manufacturing",
        Retail "retail" "小売・通販" "retail",
        ItServices "it_services" "情報通信" "IT services",
        Transport "transport" "運輸・旅行" "transport",
        Media "media" "報道・出版" "media",
        Nonprofit "nonprofit" "非営利団体" "non-profit",
        Other "other" "その他" "other",
    }
}

values! {
    /// A kind of data that an incident concerns.
    DataKind {
        Name "name" "氏名" "name",
        Address "address" "住所" "address",
        Phone "phone" "電話番号" "phone number",
        Email "email" "メールアドレス" "mail address",
        BirthDate "birth_date" "生年月日" "date of birth",
        Gender "gender" "性別" "gender",
        AccountId "account_id" "アカウントID" "account id",
        Password "password" "パスワード" "password",
        CreditCard "credit_card" "クレジットカード情報" "credit card",
        BankAccount "bank_account" "口座情報" "bank account",
        MyNumber "my_number" "マイナンバー" "My Number",
        Health "health" "健康・診療情報" "health",
        Employment "employment" "雇用情報" "employment",
        StudentGrades "student_grades" "成績" "student grades",
        LicensePlate "license_plate" "車両登録番号" "licence plate",
        Vin "vin" "車台番号" "vehicle identification number",
        CustomerId "customer_id" "顧客番号" "customer id",
        DeviceId "device_id" "端末識別番号" "device id",
        Location "location" "位置情報" "location",
        Photo "photo" "写真" "photo",
        Family "family" "家族" "family",
        CompanyContact "company_contact" "会社・部署" "company contact",
        Transaction "transaction" "取引情報" "transaction",
        Other "other" "その他" "other",
    }
}

values! {
    /// What a dated statement tells.
    EventType {
        Occurred "occurred" "発生" "occurred",
        Discovered "discovered" "発覚" "discovered",
        Contained "contained" "封じ込め" "contained",
        Isolated "isolated" "隔離" "isolated",
        Investigation "investigation" "調査" "investigation",
        ReportedPolice "reported_police" "警察へ届出" "reported to the police",
        ReportedRegulator "reported_regulator" "当局へ報告" "reported to a regulator",
        NotifiedSubjects "notified_subjects" "本人へ通知" "persons concerned notified",
        Disclosed "disclosed" "公表" "disclosed",
        Recovered "recovered" "復旧" "recovered",
        Apology "apology" "謝罪" "apology",
        DeleteRequest "delete_request" "削除依頼" "deletion requested",
        Planned "planned" "予定" "planned",
        Other "other" "その他" "other",
    }
}

values! {
    /// To whom an incident was reported.
    Authority {
        Police "police" "警察" "police",
        Ppc "ppc" "個人情報保護委員会" "Personal Information Protection Commission",
        Ministry "ministry" "省庁" "ministry",
        Municipality "municipality" "自治体" "municipality",
        Jpcert "jpcert" "JPCERT/CC" "JPCERT/CC",
        Ipa "ipa" "IPA" "IPA",
        Tse "tse" "東京証券取引所" "Tokyo Stock Exchange",
        CardBrands "card_brands" "カード会社" "card brands",
        Other "other" "その他" "other",
    }
}

values! {
    /// Whether data reached somebody who should not have it.
    DataDisclosure {
        Confirmed "confirmed" "漏えいあり" "confirmed",
        Possible "possible" "可能性あり" "possible",
        UnderInvestigation "under_investigation" "調査中" "under investigation",
        NotConfirmed "not_confirmed" "確認されていない" "not confirmed",
        None "none" "漏えいなし" "none",
    }
}

values! {
    /// Whether the data was misused afterwards.
    SecondaryDamage {
        Confirmed "confirmed" "二次被害あり" "confirmed",
        NoneConfirmed "none_confirmed" "確認されていない" "none confirmed",
        Unknown "unknown" "不明" "unknown",
    }
}

values! {
    /// The state of a service.
    ServiceStatus {
        Affected "affected" "影響あり" "affected",
        Unaffected "unaffected" "影響なし" "unaffected",
        Restored "restored" "復旧" "restored",
    }
}

values! {
    /// A measure announced against recurrence.
    Measure {
        MailGuardSoftware "mail_guard_software" "誤送信防止ソフト" "mail guard software",
        BulkMailSystem "bulk_mail_system" "一斉配信システム" "bulk mail system",
        SecondPersonCheck "second_person_check" "複数人による確認" "check by a second person",
        Education "education" "教育・周知" "education",
        AccessControl "access_control" "アクセス制御" "access control",
        Mfa "mfa" "多要素認証" "multi-factor authentication",
        ConfigMonitoring "config_monitoring" "設定監視" "configuration monitoring",
        Patching "patching" "更新・脆弱性対応" "patching",
        Backup "backup" "バックアップ" "backup",
        EdrOrMonitoring "edr_or_monitoring" "EDR・監視" "EDR or monitoring",
        Encryption "encryption" "暗号化" "encryption",
        VendorManagement "vendor_management" "委託先管理" "vendor management",
        RuleRevision "rule_revision" "規程・手順の見直し" "revision of rules",
        NetworkRestriction "network_restriction" "通信制限" "network restriction",
        Disciplinary "disciplinary" "処分" "disciplinary action",
        Other "other" "その他" "other",
    }
}

values! {
    /// What kind of technical fact.
    TechnicalKind {
        Vector "vector" "侵入経路" "vector",
        Malware "malware" "マルウェア" "malware",
        Vulnerability "vulnerability" "脆弱性" "vulnerability",
        Product "product" "製品" "product",
    }
}

values! {
    /// What a text contradicts in itself.
    WarningCode {
        WeekdayConflict "weekday_conflict" "曜日の不一致" "weekday does not fit its date",
        RangeReversed "range_reversed" "期間の逆転" "range runs backwards",
        CountConflict "count_conflict" "件数の不一致" "counts do not add up",
    }
}

values! {
    /// Whether a count is the number itself or a limit.
    Bound {
        Exact "exact" "ちょうど" "exact",
        AtMost "at_most" "以下" "at most",
        AtLeast "at_least" "以上" "at least",
    }
}

values! {
    /// What format a source was read from.
    MediaType {
        Text "text/plain" "テキスト" "plain text",
        Html "text/html" "HTML" "HTML",
        Pdf "application/pdf" "PDF" "PDF",
        Mail "message/rfc822" "メール" "mail",
        Atom "application/atom+xml" "Atomフィード" "Atom feed",
        Rss "application/rss+xml" "RSSフィード" "RSS feed",
    }
}
