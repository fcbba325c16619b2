//! How a mail went wrong, by the words of its notice: what is denied, promised or meant is not what happened. The
//! sentences are the project's own.

use case::SourceId;
use formats::Hints;
use replay::{Derived, Scenario, Source, derive};
use text::Limits;

/// The scenario of a notice with one sentence of its own.
fn scenario(title: &str, account: &str) -> Scenario {
    let notice =
        format!("{title}\n2025年6月6日\nみほん市文化会館\n\n2025年6月5日15時、{account}\n");
    let limits = Limits::default();
    let hints = Hints { name: "a.txt", charset: None };
    let document = formats::decode(notice.into_bytes(), hints, &limits).unwrap();
    let text = reader::Input { source: SourceId(1), text: &document.text, parts: &document.parts };
    let case = reader::read(text, &limits).next().unwrap();
    match derive(&Source::read(&case, "a.txt", &document.text)) {
        Derived::Scenario(scenario) => *scenario,
        Derived::Missing(_, why) => panic!("{account}: {}", why.en),
    }
}

/// What is taken from the case, or assumed, as this part of the scenario.
fn value<'a>(scenario: &'a Scenario, what: &str) -> Option<&'a str> {
    let taken = scenario.case.facts.iter().find(|fact| fact.what == what);
    let assumed = scenario.case.assumed.iter().find(|assumed| assumed.what == what);
    taken.map(|it| it.value.as_str()).or_else(|| assumed.map(|it| it.value.as_str()))
}

#[track_caller]
fn check_exposure(account: &str, field: &str, is_repeated: bool) {
    let scenario = scenario("メールアドレスの流出について", account);
    assert_eq!(value(&scenario, "field"), Some(field), "{account}");
    assert_eq!(value(&scenario, "repeated").is_some(), is_repeated, "{account}");
    assert_eq!(scenario.steps.len(), 1 + usize::from(is_repeated), "{account}");
}

#[test]
fn the_field_is_that_in_which_the_addresses_were_put() {
    let to_self = "公演のご案内を送る際、宛先に当館のアドレスを入れ、BCCに入れるべき会員90名のアドレスを誤ってCCに入れて送信しました。";
    check_exposure(to_self, "cc", false);
    let plain =
        "公演のご案内を会員90名に送る際、本来BCCに入れるべきアドレスを宛先に入れて送信しました。";
    check_exposure(plain, "to", false);
}

#[test]
fn an_apology_repeats_the_mistake_where_it_is_told_so() {
    let mail = "公演のご案内を会員90名に送る際、アドレスを宛先に入れて送信しました。";
    for (second, is_repeated) in [
        (
            "16時にお詫びのメールを送信しましたが、このお詫びメールも宛先欄に全員のアドレスを入れていました。",
            true,
        ),
        ("16時にお詫びのメールを送信しましたが、これも全員のアドレスが見える状態でした。", true),
        ("16時、お詫びのメールを、再度宛先を確認のうえBCCにて送信しました。", false),
        ("今後はお詫びメールも含め、宛先を二人で再度確認することを徹底します。", false),
    ] {
        check_exposure(&format!("{mail}\n{second}"), "to", is_repeated);
    }
}

#[test]
fn what_is_denied_did_not_go_out() {
    let title = "メールの誤送信について";
    let nothing = scenario(
        title,
        "取引先へのメールを、同姓の社外の方に誤って送信しました。\n添付ファイルはありませんでした。",
    );
    assert_eq!(value(&nothing, "list"), Some("nothing is attached"));
    let locked = scenario(
        title,
        "取引先の担当者8名の名簿を添付したメールを、同姓の社外の方に誤って送信しました。\n\
         パスワードは送付していないため、開かれておりません。",
    );
    assert_eq!(value(&locked, "list"), Some("attached"));
    assert_eq!(value(&locked, "list.password"), None);
}

#[test]
fn another_file_is_the_wrong_one_whatever_it_is_called() {
    let title = "メールの誤送信について";
    let other = scenario(
        title,
        "顧問先A社へのメールに、別の顧問先B社の従業員12名の名簿を添付して送信しました。",
    );
    assert_eq!(value(&other, "slip"), Some("wrong-file"));
    let listed = scenario(
        title,
        "顧問先A社に決算書を送る際、別の顧問先B社の従業員12名の氏名、住所が記載されたファイルを添付して送信しました。",
    );
    assert_eq!(value(&listed, "slip"), Some("wrong-file"));
    let person = scenario(
        title,
        "別の会員の方に、12名の名簿を添付したメールを誤って送信しました。同姓の方でした。",
    );
    assert_eq!(value(&person, "slip"), Some("namesake"));
}
