//! Names in the forms in which mail writes them.

use super::*;

fn name(written: &str) -> Option<Name> {
    match Address::parse(written) {
        Ok(address) => Name::of_address(&address),
        Err(_) => Name::of_display(written),
    }
}

/// Checks in what two names, of headers or addresses, are alike; both ways round.
#[track_caller]
fn check(one: &str, other: &str, expected: Option<How>) {
    let (ours, theirs) = (name(one), name(other));
    let how = |a: &Option<Name>, b: &Option<Name>| {
        same_family(a.as_ref()?, b.as_ref()?).map(|likeness| likeness.how)
    };
    assert_eq!(how(&ours, &theirs), expected, "{one} {ours:?}, {other} {theirs:?}");
    assert_eq!(how(&theirs, &ours), expected, "{other}, {one}");
}

#[test]
fn one_family_in_many_forms() {
    let forms = [
        ("渡辺太郎", How::Same),
        ("渡辺　花子 様", How::Same),
        ("太郎 渡辺 様", How::Same),
        ("渡辺(営業部)", How::Same),
        ("営業部 渡辺", How::Same),
        ("株式会社例 渡辺", How::Same),
        ("渡邊", How::Variant),
        ("渡邉 一", How::Variant),
        ("わたなべ", How::Reading),
        ("ワタナベ ハナコ", How::Reading),
        ("ﾜﾀﾅﾍﾞ", How::Reading),
        ("わたなべはなこ", How::Reading),
        ("WATANABE Taro", How::Reading),
        ("Taro Watanabe", How::Reading),
        ("Watanabe, Taro", How::Reading),
        ("watanabe@example.jp", How::Reading),
        ("t.watanabe@example.jp", How::Reading),
        ("watanabe-taro@example.jp", How::Reading),
        ("taro_watanabe@example.jp", How::Reading),
        ("twatanabe@example.jp", How::Reading),
        ("watanabetaro@example.jp", How::Reading),
        ("watanabe.t3@example.jp", How::Reading),
        ("渡部 健", How::Sound),
    ];
    for (form, how) in forms {
        check("渡辺 一郎", form, Some(how));
    }
}

#[test]
fn variants_and_spellings() {
    check("齋藤", "斉藤 花", Some(How::Variant));
    check("斎藤", "齊藤", Some(How::Variant));
    check("髙橋", "高橋", Some(How::Variant));
    check("山﨑", "山崎", Some(How::Variant));
    check("伊藤", "伊東", Some(How::Sound));
    check("Satoh Ken", "sato@example.jp", Some(How::Same));
    check("大野", "ohno@example.jp", Some(How::Reading));
    check("Watanabe", "Jiro Watanebe", Some(How::Spelling));
    check("Mark Haedicke", "e..haedicke@example.com", Some(How::Same));
    check("日暮 里子", "日暮美里", Some(How::Same));
}

#[test]
fn others_are_strangers() {
    check("渡辺", "田辺", None);
    check("佐藤", "加藤", None);
    check("Sato", "Kato", None);
    check("渡辺", "info@example.jp", None);
    check("渡辺", "株式会社例", None);
    check("佐藤", "佐々木", None);
}

#[test]
fn the_rest_of_the_name_is_compared_too() {
    let likeness = |a, b| same_family(&name(a).unwrap(), &name(b).unwrap()).unwrap().same_given;
    assert!(likeness("渡辺太郎", "渡邊 太郎"));
    assert!(!likeness("渡辺太郎", "渡辺花子"));
    assert!(!likeness("渡辺", "渡辺"));
    assert!(likeness("Taro Watanabe", "watanabe-taro@example.jp"));
}

proptest::proptest! {
    #[test]
    fn no_name_is_too_odd(written in "\\PC{0,30}") {
        let _ = Name::of_display(&written);
        if let Ok(address) = Address::parse(&format!("{written}@example.jp")) {
            let _ = Name::of_address(&address);
        }
    }

    #[test]
    fn a_name_is_like_itself(written in "[渡辺邊斎藤田中さとうワタ a-z]{1,12}") {
        if let Some(name) = Name::of_display(&written) {
            proptest::prop_assert!(same_family(&name, &name).is_some() || name.family().is_empty());
        }
    }
}
