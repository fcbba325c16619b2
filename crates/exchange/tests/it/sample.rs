//! Cases and records for tests, all invented, and the schema of VERIS where it is there.

use std::path::PathBuf;

use case::{
    Authority, Bound, CaseNumber, Category, Cited, Count, DataDisclosure, DataKind, Decided, Event,
    EventType, Facts, Kind, Measure, Organisation, Origin, Prevention, Role, SecondaryDamage,
    Sector, Service, ServiceStatus, Technical, TechnicalKind, When,
};
use exchange::{Kept, Source};
use jiff::Timestamp;
use jsonschema::Validator;
use serde_json::{Value, json};
use text::Span;

pub(crate) const SHA256: &str = "5f2e34c05f2e34c05f2e34c05f2e34c05f2e34c05f2e34c05f2e34c05f2e34c0";

/// A file of `../shared/data`, which is no part of the repository.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// The schema of VERIS.
pub(crate) fn schema() -> Option<Validator> {
    let bytes = std::fs::read(shared("veris/verisc-merged.json")?).unwrap();
    Some(jsonschema::validator_for(&serde_json::from_slice(&bytes).unwrap()).unwrap())
}

/// What is against the schema.
pub(crate) fn errors(schema: &Validator, record: &Value) -> Vec<String> {
    schema.iter_errors(record).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

pub(crate) fn number() -> CaseNumber {
    CaseNumber { year: 2031, serial: 7, width: 3 }
}

pub(crate) fn kept<'a>(facts: &'a Facts<Origin>, original: Option<&'a Value>) -> Kept<'a> {
    Kept {
        number: number(),
        facts,
        sources: &[],
        original,
        added: "2031-04-05T06:07:08.123456789Z".parse().unwrap(),
        changed: "2031-05-06T07:08:09Z".parse::<Timestamp>().unwrap(),
    }
}

pub(crate) const SOURCES: &[Source<'static>] = &[
    Source {
        name: "https://minato-shoji.example.jp/news/0405.html",
        sha256: SHA256,
        media_type: "text/html",
    },
    Source { name: "releases/0506.txt", sha256: SHA256, media_type: "text/plain" },
];

/// A case as a release of an invented company tells it, with one correction.
pub(crate) fn ours() -> Facts<Origin> {
    let mut next = 0;
    let mut said = || {
        next += 10;
        Origin::Words { source: SHA256.to_owned(), span: Span::new(next, next + 9).unwrap() }
    };
    let person = Origin::Person {
        who: "mori".to_owned(),
        at: "2031-05-06T07:08:09Z".to_owned(),
        why: "第2報による".to_owned(),
    };
    let point = |at: &str| When::point(at.parse().unwrap());
    let mut facts = Facts::silent(Kind::Incident);
    facts.title =
        Some(Cited::new("弊社サーバへの不正アクセスについて、=お詫び".to_owned(), said()));
    facts.organisation = Some(Cited::new("みなと商事株式会社".to_owned(), said()));
    facts.other_organisations.push(Organisation {
        value: "青葉データ合同会社".to_owned(),
        role: Role::Processor,
        cite: said(),
    });
    facts.sector = Some(Cited::new(Sector::Retail, said()));
    facts.disclosed_on = Some(Cited::new("2031-04-05".parse().unwrap(), said()));
    facts.category = Decided { value: Category::Ransomware, cites: vec![said(), said()] };
    facts.occurred = Some(Cited::new(
        When { to: Some("2031-04-02".parse().unwrap()), ..point("2031-04-01T23:40") },
        said(),
    ));
    facts.discovered = Some(Cited::new(When { approx: true, ..point("2031-04-02T06:00") }, said()));
    facts.affected_count.push(Count {
        value: 12_345,
        approx: true,
        bound: Bound::AtMost,
        unit: "件".to_owned(),
        what: Some("お客様情報".to_owned()),
        cite: said(),
    });
    facts.affected_count.push(Count {
        value: 12_001,
        approx: false,
        bound: Bound::Exact,
        unit: "件".to_owned(),
        what: None,
        cite: person,
    });
    facts.data_kinds = [DataKind::Name, DataKind::Email, DataKind::Password, DataKind::MyNumber]
        .map(|kind| Cited::new(kind, said()))
        .into();
    facts.timeline.push(Event {
        at: point("2031-04-02T06:30"),
        event_type: EventType::Contained,
        text: "サーバをネットワークから切り離しました。".to_owned(),
        cite: said(),
    });
    facts.reported_to.push(Cited::new(Authority::Ppc, said()));
    facts.data_disclosure = Some(Cited::new(DataDisclosure::Possible, said()));
    facts.secondary_damage = Some(Cited::new(SecondaryDamage::NoneConfirmed, said()));
    facts.services.push(Service {
        name: "みなとオンライン".to_owned(),
        status: ServiceStatus::Restored,
        cite: said(),
    });
    for (value, text) in [
        (Measure::Mfa, "多要素認証を導入します。"),
        (Measure::Backup, "バックアップを見直します|。"),
    ] {
        facts.prevention.push(Prevention { value, text: text.to_owned(), cite: said() });
    }
    for (kind, value) in [
        (TechnicalKind::Vector, "VPN機器"),
        (TechnicalKind::Malware, "KurageLock"),
        (TechnicalKind::Vulnerability, "CVE-2030-12345"),
        (TechnicalKind::Product, "Minato Gate 3000"),
    ] {
        facts.technical.push(Technical { kind, value: value.to_owned(), cite: said() });
    }
    facts
}

/// Records as others write them, of several editions, with something odd in each.
pub(crate) fn records() -> Vec<Value> {
    vec![
        json!({
            "schema_version": "1.3.4",
            "incident_id": "A-1",
            "source_id": "example",
            "security_incident": "Confirmed",
            "reference": "https://news.example.com/1; https://news.example.com/2",
            "summary": "A laptop with records of patients was stolen from a car.",
            "victim": {
                "victim_id": "Harbour Clinic", "industry": "622110", "country": ["US"],
                "region": ["019021"], "employee_count": "Unknown",
                "secondary": { "amount": 2, "victim_id": ["Hill Practice", "Dale Practice"] }
            },
            "actor": { "external": { "variety": ["Unknown"], "motive": ["Financial"] } },
            "action": { "physical": { "variety": ["Theft"], "vector": ["Uncontrolled location"] } },
            "asset": { "assets": [{ "variety": "U - Laptop", "amount": 1 }], "cloud": ["Unknown"] },
            "attribute": {
                "availability": { "variety": ["Loss"] },
                "confidentiality": {
                    "data_disclosure": "Potentially", "data_total": 4200, "data_victim": ["Patient"],
                    "data": [{ "variety": "Medical", "amount": 4200 }, { "variety": "Personal" }],
                    "state": ["Stored unencrypted"]
                }
            },
            "discovery_method": { "internal": { "variety": ["Reported by employee"] } },
            "timeline": {
                "incident": { "year": 2029, "month": 12, "day": 30 },
                "discovery": { "unit": "Days", "value": 3 },
                "containment": { "unit": "Weeks", "value": 2.0 }
            },
            "impact": { "overall_rating": "Unknown", "overall_amount": 12.5 },
            "plus": {
                "master_id": "A-1", "timeline": { "notification": { "year": 2030, "month": 1, "day": 9 } },
                "attribute": { "confidentiality": { "data_abuse": "No", "credit_monitoring": "Yes" } }
            }
        }),
        json!({
            "schema_version": "1.3",
            "incident_id": "A-2",
            "security_incident": "Confirmed",
            "victim": {
                "victim_id": "Unknown", "industry": "92", "country": ["JP"], "employee_count": "Large"
            },
            "actor": { "partner": { "motive": ["NA"], "country": ["Unknown"], "name": ["Cloud Works"] } },
            "action": {
                "hacking": {
                    "variety": ["Use of backdoor or C2", "Backdoor or C2", "MitM"],
                    "vector": ["Backdoor or C2", "VPN"], "cve": "CVE-2030-1111, cve 2030-22222"
                },
                "malware": { "variety": ["Unknown"], "vector": ["Web drive-by"], "name": "Kurage;Ika" }
            },
            "asset": {
                "assets": [{ "variety": "S - Web application" }, { "variety": "S - Remote access" }],
                "cloud": ["Unknown"]
            },
            "attribute": { "availability": { "variety": ["Interruption"] } },
            "discovery_method": { "external": { "variety": ["Monitoring service"] } },
            "timeline": { "incident": { "year": 2030, "month": 2 }, "discovery": { "unit": "Months", "value": 2 } },
            "corrective_action": "Supplier accounts are reviewed."
        }),
        json!({ "victim": [{ "victim_id": "Old Edition Ltd", "industry": "00" }], "plus": 7, "a/b~c": [[], {}] }),
    ]
}
