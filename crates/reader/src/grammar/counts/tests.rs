//! Every style as a row: the text, and each count as `its words=what they say`.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

fn show(quantity: &Quantity, folded: &str) -> String {
    let mut out = format!("{}=", quantity.range.of(folded));
    if let Some(low) = quantity.low {
        write!(out, "{low}..").unwrap();
    }
    write!(out, "{} {:?}", quantity.value, quantity.class).unwrap();
    if let Some(unit) = quantity.unit {
        write!(out, " {}", unit.of(folded)).unwrap();
    }
    let flags = [
        (quantity.approx, " approx"),
        (quantity.bound == Bound::AtMost, " <="),
        (quantity.bound == Bound::AtLeast, " >="),
        (quantity.cumulative, " cumulative"),
        (quantity.several, " several"),
        (quantity.total, " total"),
        (quantity.part, " part"),
    ];
    for (_, name) in flags.iter().filter(|(is, _)| *is) {
        out.push_str(name);
    }
    if let Some(other) = quantity.paired_with {
        write!(out, " with {other}").unwrap();
    }
    out
}

fn check(rows: &[(&str, &str)]) {
    for &(folded, expected) in rows {
        let shown: Vec<String> =
            scan(folded).iter().map(|quantity| show(quantity, folded)).collect();
        assert_eq!(shown.join(" | "), expected, "in {folded:?}");
    }
}

#[test]
fn numbers() {
    check(&[
        ("約26万人", "約26万人=260000 Person 人 approx"),
        ("1万4127件", "1万4127件=14127 Item 件"),
        ("3,455,754件", "3,455,754件=3455754 Item 件"),
        ("1億2千万円", "1億2千万円=120000000 Money 円"),
        ("26.5万件", "26.5万件=265000 Item 件"),
        ("二十六万人", "二十六万人=260000 Person 人"),
        ("50万7,132件", "50万7,132件=507132 Item 件"),
        ("5百万円", "5百万円=5000000 Money 円"),
        ("8千人、3千3百人", "8千人=8000 Person 人 | 3千3百人=3300 Person 人"),
        ("合計12社分", "合計12社分=12 Company 社 total"),
        ("0件", "0件=0 Item 件"),
    ]);
}

#[test]
fn numbers_that_leave_digits_open() {
    check(&[
        ("数百名", "数百名=100 Person 名 approx >= several"),
        ("十数名", "十数名=10 Person 名 approx >= several"),
        ("数件", "数件=1 Item 件 approx >= several"),
        ("数万件", "数万件=10000 Item 件 approx >= several"),
        ("合計数千件", "合計数千件=1000 Item 件 approx >= several total"),
        ("百数十名", "百数十名=110 Person 名 approx >= several"),
        ("延べ数千人", "延べ数千人=1000 Person 人 approx >= cumulative several"),
    ]);
}

#[test]
fn what_stands_before_and_behind() {
    check(&[
        ("延べ12,345名", "延べ12,345名=12345 Person 名 cumulative"),
        ("最大で約20万件程度", "最大で約20万件程度=200000 Item 件 approx <="),
        ("最大1,234件", "最大1,234件=1234 Item 件 <="),
        ("1,480,000件(最大)", "1,480,000件(最大)=1480000 Item 件 <="),
        ("少なくとも5件", "少なくとも5件=5 Item 件 >="),
        ("100件以上", "100件以上=100 Item 件 >="),
        ("50名未満", "50名未満=50 Person 名 <="),
        ("100件以下", "100件以下=100 Item 件 <="),
        ("約300余名", "約300余名=300 Person 名 approx >="),
        ("1,000件超", "1,000件超=1000 Item 件 >="),
        ("3万人を超える", "3万人を超える=30000 Person 人 >="),
        ("3万人強", "3万人強=30000 Person 人 approx >="),
        ("3万人弱", "3万人弱=30000 Person 人 approx <="),
        ("100名ほど", "100名ほど=100 Person 名 approx"),
        ("100件前後", "100件前後=100 Item 件 approx"),
        ("合計:約26万人", "合計:約26万人=260000 Person 人 approx total"),
        ("計39名", "計39名=39 Person 名 total"),
        ("全3,000社中12社", "全3,000社=3000 Company 社 total | 12社=12 Company 社"),
        ("およそ100件", "およそ100件=100 Item 件 approx"),
        ("2~3件", "2~3件=2..3 Item 件 approx"),
        ("10件~20件", "10件~20件=10..20 Item 件 approx"),
        ("2、3名", "2、3名=2..3 Person 名 approx"),
        ("1,234名様分", "1,234名様分=1234 Person 名"),
        ("うち12件", "うち12件=12 Item 件 part"),
        ("500件のうち、パスワードを含むものは12件", "500件=500 Item 件 | 12件=12 Item 件 part"),
        ("ほぼ100%", "ほぼ100%=100 Percent % approx"),
    ]);
}

#[test]
fn units() {
    check(&[
        ("108名", "108名=108 Person 名"),
        ("395件", "395件=395 Item 件"),
        ("約3,400ユーザー", "約3,400ユーザー=3400 Account ユーザー approx"),
        (
            "約2,800の社労士事務所ユーザー",
            "約2,800の社労士事務所ユーザー=2800 Account ユーザー approx",
        ),
        ("3,400,000アカウント", "3,400,000アカウント=3400000 Account アカウント"),
        ("5,000 id", "5,000 id=5000 Account id"),
        ("120世帯", "120世帯=120 Household 世帯"),
        ("3か所、3ヶ所、3箇所", "3か所=3 Place か所 | 3ヶ所=3 Place ヶ所 | 3箇所=3 Place 箇所"),
        (
            "100通、5冊、12枚、12ファイル",
            "100通=100 Document 通 | 5冊=5 Document 冊 | 12枚=12 Document 枚 | 12ファイル=12 Document ファイル",
        ),
        (
            "17店舗、3施設、5事業所、3校",
            "17店舗=17 Company 店舗 | 3施設=3 Company 施設 | 5事業所=5 Company 事業所 | 3校=3 Company 校",
        ),
        ("pc12台", "12台=12 Device 台"),
        ("usbメモリ3個", "3個=3 Item 個"),
        ("¥1,200,000", "¥1,200,000=1200000 Money ¥"),
        ("$300", "$300=300 Money $"),
        ("120gb", "120gb=120 Size gb"),
        ("99.9%", "99.9%=99 Percent %"),
        (
            "3日間、2か月、10年間、24時間、5分間",
            "3日間=3 Duration 日間 | 2か月=2 Duration か月 | 10年間=10 Duration 年間 | 24時間=24 Duration 時間 | 5分間=5 Duration 分間",
        ),
        ("10営業日以内", "10営業日以内=10 Duration 営業日 <="),
        ("3週間", "3週間=3 Duration 週間"),
        ("3回、2度", "3回=3 Times 回 | 2度=2 Times 度"),
        ("12,000会員", "12,000会員=12000 Account 会員"),
        ("500口座", "500口座=500 Account 口座"),
        ("30個人", "30個人=30 Person 個人"),
        ("5,000の会員", "5,000の会員=5000 Account 会員"),
        ("数日間", "数日間=1 Duration 日間 approx >= several"),
    ]);
}

#[test]
fn pairs_and_labels() {
    check(&[
        ("88件(80人分)", "88件=88 Item 件 with 1 | 80人分=80 Person 人 with 0"),
        ("100通(100名分)", "100通=100 Document 通 with 1 | 100名分=100 Person 名 with 0"),
        ("100件(うち12件)", "100件=100 Item 件 | うち12件=12 Item 件 part"),
        ("100件(3日間)", "100件=100 Item 件 | 3日間=3 Duration 日間"),
        ("件数:395", "395=395 Item"),
        ("漏えい人数:約1,234", "約1,234=1234 Person approx"),
        ("対象者数(人):395", "395=395 Person"),
        ("生徒12名、保護者24名", "12名=12 Person 名 | 24名=24 Person 名"),
        ("送信件数:395件", "395件=395 Item 件"),
    ]);
}

#[test]
fn what_only_looks_like_a_count() {
    check(&[
        ("第3回、第12条", ""),
        ("20歳、30代", ""),
        ("2023年6月5日18時", ""),
        ("6月5日以内", ""),
        ("2023/6/5 18:30", ""),
        ("03-1234-5678 0120-123-456", ""),
        ("v5.0 3.4.1 192.0.2.1", ""),
        ("1.件名2.1経緯", ""),
        ("1本件について", ""),
        ("2個人情報の項目", ""),
        ("3回答", ""),
        ("4会員情報", ""),
        ("5人事部", ""),
        ("住所1-2-3 3階", ""),
        ("12,345,678,901,234,567件", ""),
        ("一部、一時、一切、一本化、一方", ""),
        ("一人ひとり、お一人、一個人", ""),
        ("第三者、三日月、十分、百貨店、万一", ""),
        ("2社目、3回目", ""),
        ("1件名、2社員", ""),
        ("5人に1人", ""),
        ("件数、人数、数字、複数件", ""),
    ]);
}

#[test]
fn small_kanji_numbers() {
    check(&[
        ("一名", "一名=1 Person 名"),
        ("三件", "三件=3 Item 件"),
        ("五社", "五社=5 Company 社"),
    ]);
}

proptest! {
    #[test]
    fn any_text_is_read_soundly(folded in "([0-9]{1,9}|[万億千百十数約計全余一二]|[人名件社台通部本個日年月分]|最大|延べ|[,.~() -]|以上|の|[a-z]|\n){0,40}") {
        let found = scan(&folded);
        let mut last = 0;
        for quantity in &found {
            prop_assert!(last <= quantity.range.start, "{:?}", quantity);
            prop_assert!(quantity.range.start <= quantity.number.start && quantity.number.end <= quantity.range.end);
            prop_assert!(!quantity.number.of(&folded).is_empty());
            if let Some(unit) = quantity.unit {
                prop_assert!(!unit.of(&folded).is_empty() && unit.end <= quantity.range.end);
            }
            if let Some(other) = quantity.paired_with {
                prop_assert!(other < found.len());
            }
            last = quantity.range.end;
        }
    }

    #[test]
    fn any_bytes_do_no_harm(folded in any::<String>()) {
        scan(&folded);
    }

    #[test]
    fn every_number_keeps_its_value(value in 0..99_999_999u64) {
        let mut separated = value.to_string();
        let mut at = separated.len();
        while at > 3 {
            at -= 3;
            separated.insert(at, ',');
        }
        let (man, rest) = (value / 10_000, value % 10_000);
        let mut forms = vec![format!("約{value}件"), format!("計{separated}名")];
        if man > 0 && rest > 0 {
            forms.push(format!("{man}万{rest}人"));
        }
        for text in forms {
            let found = scan(&text);
            prop_assert_eq!(found.len(), 1, "{}", &text);
            prop_assert_eq!(found[0].value, value, "{}", &text);
        }
    }
}

#[test]
fn long_runs_end() {
    for unit in ["1", "一", "1,", "数", "十", "1件", "約", "1 ", "1万"] {
        let text = unit.repeat(200_000 / unit.len());
        assert!(scan(&text).len() <= text.len() / unit.len(), "{unit}");
    }
}
