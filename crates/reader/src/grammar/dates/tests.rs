//! Every style as a row: the text, and each mention as `its words=what they say`.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

mod resolving;

/// Texts of the characters that dates are made of, so that rules meet in every order.
const TEXT: &str = "([0-9]{1,4}|[年月日時分秒半頃末から~/:.()-]|[同翌前本昨今先来令平正午深夜未明朝]|和|成|元|後|上旬|、|の|まで|現在|付|以降|一|十|二|[a-z ]|\n|あ){0,40}";

/// `Y2023M6D5T6:00` with `@` before what counts from the date before and `!` before what counts
/// from the disclosure.
fn point(partial: &Partial) -> String {
    let mut out = String::new();
    match partial.year {
        Some(Year::Absolute(year)) => write!(out, "Y{year}"),
        Some(Year::FromAnchor(by)) => write!(out, "Y@{by}"),
        Some(Year::FromDisclosure(by)) => write!(out, "Y!{by}"),
        None => Ok(()),
    }
    .unwrap();
    for (name, field) in [("M", partial.month), ("D", partial.day)] {
        match field {
            Some(Field::Number(number)) => write!(out, "{name}{number}"),
            Some(Field::FromAnchor(by)) => write!(out, "{name}@{by}"),
            Some(Field::FromDisclosure(by)) => write!(out, "{name}!{by}"),
            None => Ok(()),
        }
        .unwrap();
    }
    if let Some((hour, minute)) = partial.time {
        write!(out, "T{hour}:{minute:02}").unwrap();
    }
    if let Some(minutes) = partial.offset_minutes {
        write!(out, "{minutes:+}").unwrap();
    }
    if let (Some(part), None) = (partial.part, partial.time) {
        write!(out, " {part:?}").unwrap();
    }
    if partial.vague != Vague::None {
        write!(out, " {:?}", partial.vague).unwrap();
    }
    if let Some(mark) = partial.weekday {
        write!(out, " {}", &format!("{:?}", mark.weekday)[..3]).unwrap();
    }
    out
}

fn show(mention: &Mention, folded: &str) -> String {
    let mut out = format!("{}={}", mention.range.of(folded), point(&mention.from));
    if let Some(to) = &mention.to {
        write!(out, " .. {}", point(to)).unwrap();
    }
    let flags = [
        (mention.ongoing, " ongoing"),
        (mention.until, " until"),
        (mention.as_of, " as_of"),
        (mention.dated, " dated"),
        (mention.hours, " hours"),
    ];
    for (_, name) in flags.iter().filter(|(is, _)| *is) {
        out.push_str(name);
    }
    out
}

fn check(rows: &[(&str, &str)]) {
    for &(folded, expected) in rows {
        let shown: Vec<String> = scan(folded).iter().map(|mention| show(mention, folded)).collect();
        assert_eq!(shown.join(" | "), expected, "in {folded:?}");
    }
}

#[test]
fn whole_dates() {
    check(&[
        ("2023年6月5日に検知", "2023年6月5日=Y2023M6D5"),
        ("2023年6月5日(月)", "2023年6月5日(月)=Y2023M6D5 Mon"),
        ("2023年06月05日", "2023年06月05日=Y2023M6D5"),
        ("令和5年5月25日(木)9時5分", "令和5年5月25日(木)9時5分=Y2023M5D25T9:05 Thu"),
        ("令和元年12月3日", "令和元年12月3日=Y2019M12D3"),
        ("令和6年(2024年)3月", "令和6年(2024年)3月=Y2024M3"),
        ("2024年(令和6年)3月1日", "2024年(令和6年)3月1日=Y2024M3D1"),
        ("2023(令和5)年6月5日", "2023(令和5)年6月5日=Y2023M6D5"),
        ("平成29年3月9日", "平成29年3月9日=Y2017M3D9"),
        ("昭和63年1月7日", "昭和63年1月7日=Y1988M1D7"),
        ("h29.3.9", "h29.3.9=Y2017M3D9"),
        ("r5.6.5及びr5/6/7", "r5.6.5=Y2023M6D5 | r5/6/7=Y2023M6D7"),
        ("令和5.6.5", "令和5.6.5=Y2023M6D5"),
        ("二〇二三年六月五日", "二〇二三年六月五日=Y2023M6D5"),
        ("令和五年十二月三十一日", "令和五年十二月三十一日=Y2023M12D31"),
        ("2023年6月5日", "2023年6月5日=Y2023M6D5"),
        ("2024/6/3", "2024/6/3=Y2024M6D3"),
        ("2024-06-03", "2024-06-03=Y2024M6D3"),
        ("2017.3.9", "2017.3.9=Y2017M3D9"),
        ("2023. 6. 5", "2023. 6. 5=Y2023M6D5"),
        ("2023 / 6 / 5", "2023 / 6 / 5=Y2023M6D5"),
        ("'24/6/3", "'24/6/3=Y2024M6D3"),
        ("24/6/3", "24/6/3=Y2024M6D3"),
        ("2023/06", "2023/06=Y2023M6"),
        ("2023-06に", "2023-06=Y2023M6"),
        ("23年6月に", "23年6月=Y2023M6"),
        ("ls2009年10月", "2009年10月=Y2009M10"),
        ("社内db6月5日に停止", "6月5日=M6D5"),
    ]);
}

#[test]
fn dates_of_machines_and_english() {
    check(&[
        ("5 jun 2023", "5 jun 2023=Y2023M6D5"),
        ("2023-06-05t0", ""),
        ("june 5th, 2023", "june 5th, 2023=Y2023M6D5"),
        (
            "mon, 05 jun 2023 09:00:00 +0900",
            "mon, 05 jun 2023 09:00:00 +0900=Y2023M6D5T9:00+540 Mon",
        ),
        ("2023-06-05t09:00", "2023-06-05t09:00=Y2023M6D5T9:00"),
        ("2023-06-05t00:30:00z", "2023-06-05t00:30:00z=Y2023M6D5T0:30+0"),
        ("2023-06-05t09:00:00+09:00", "2023-06-05t09:00:00+09:00=Y2023M6D5T9:00+540"),
        ("sept. 2023", "sept. 2023=Y2023M9"),
    ]);
}

#[test]
fn parts_of_dates() {
    check(&[
        ("6月5日(月)6:00頃", "6月5日(月)6:00頃=M6D5T6:00 Around Mon"),
        ("6月に", "6月=M6"),
        ("昨年10月", "昨年10月=Y!-1M10"),
        ("今年の3月", "今年の3月=Y!0M3"),
        ("2023年に", "2023年=Y2023"),
        ("2023年度末", "2023年度末=Y2023 Fiscal"),
        ("2023年3月期の決算", "2023年3月期=Y2023M3 Fiscal"),
        ("6/5(月)10:00", "6/5(月)10:00=M6D5T10:00 Mon"),
        ("6/5 18:30", "6/5 18:30=M6D5T18:30"),
        ("6.5(月)", "6.5(月)=M6D5 Mon"),
        ("「5日に」と5日、", "5日=D5 | 5日=D5"),
        ("6月10、12日", "6月10=M6D10 | 12日=D12"),
        ("5月1日、3日", "5月1日=M5D1 | 3日=D3"),
        ("5月1日及び2日", "5月1日=M5D1 | 2日=D2"),
        ("6月5日・6日", "6月5日=M6D5 | 6日=D6"),
    ]);
}

#[test]
fn vague_dates() {
    check(&[
        ("6月上旬", "6月上旬=M6 Early"),
        ("6月下旬頃", "6月下旬頃=M6 Late"),
        ("6月末", "6月末=M6 End"),
        ("6月中", "6月中=M6 Around"),
        ("6月初め", "6月初め=M6 Early"),
        ("6月の半ば", "6月の半ば=M6 Mid"),
        ("2023年夏頃", "2023年夏頃=Y2023 Around"),
        ("2023年初頭", "2023年初頭=Y2023 Early"),
        ("約6月5日", "約6月5日=M6D5"),
        ("6月5日頃", "6月5日頃=M6D5 Around"),
        ("6月5日前後", "6月5日前後=M6D5 Around"),
        ("6月第2週", "6月第2週=M6 Week"),
        ("6月5日の週", "6月5日の週=M6D5 Week"),
        ("2023年末頃", "2023年末頃=Y2023 End"),
    ]);
}

#[test]
fn weekdays() {
    check(&[
        ("6月5日(月・祝)", "6月5日(月・祝)=M6D5 Mon"),
        ("6月5日(祝・月)", "6月5日(祝・月)=M6D5 Mon"),
        ("6月5日(月曜日)", "6月5日(月曜日)=M6D5 Mon"),
        ("6月5日月曜日", "6月5日月曜日=M6D5 Mon"),
        ("6月5日(mon.)", "6月5日(mon.)=M6D5 Mon"),
        ("6月5日(振替休日)", "6月5日(振替休日)=M6D5"),
        ("6月5日【月】", "6月5日【月】=M6D5 Mon"),
    ]);
}

#[test]
fn times() {
    check(&[
        ("18時43分", "18時43分=T18:43"),
        ("18時", "18時=T18:00"),
        ("18:57に再送信", "18:57=T18:57"),
        ("18時半", "18時半=T18:30"),
        ("午後0時30分", "午後0時30分=T12:30"),
        ("6月5日午後12時30分", "6月5日午後12時30分=M6D5T12:30"),
        ("午前9時5分20秒", "午前9時5分20秒=T9:05"),
        ("6月5日正午頃", "6月5日正午頃=M6D5T12:00 Around"),
        ("6月5日(月)午後3:20", "6月5日(月)午後3:20=M6D5T15:20 Mon"),
        ("6月5日の18時台", "6月5日の18時台=M6D5T18:00 Around"),
        ("6月5日、午前9時30分に", "6月5日、午前9時30分=M6D5T9:30"),
        ("9:30 am", "9:30 am=T9:30"),
        ("pm3:20", "pm3:20=T15:20"),
        ("18:57:10", "18:57:10=T18:57"),
        ("6月5日25時", "6月5日25時=M6D5T25:00"),
        ("夜9時頃", "夜9時頃=T21:00 Around"),
        ("深夜1時", "深夜1時=T1:00"),
        ("6月5日9時前", "6月5日9時前=M6D5T9:00 Around"),
        ("6月3日(日本時間)6:00", "6月3日(日本時間)6:00=M6D3T6:00"),
    ]);
}

#[test]
fn parts_of_the_day() {
    check(&[
        ("6月3日(土)深夜", "6月3日(土)深夜=M6D3 LateNight Sat"),
        ("6月3日未明", "6月3日未明=M6D3 BeforeDawn"),
        ("6月3日の夕方", "6月3日の夕方=M6D3 Evening"),
        ("6月3日早朝", "6月3日早朝=M6D3 EarlyMorning"),
        ("6月3日午前中", "6月3日午前中=M6D3 Forenoon"),
        ("6月3日夜", "6月3日夜=M6D3 Night"),
        ("6月3日夜9時", "6月3日夜9時=M6D3T21:00"),
        ("6月3日夜勤の職員", "6月3日=M6D3"),
    ]);
}

#[test]
fn dates_told_from_another() {
    check(&[
        ("同日", "同日=D@0"),
        ("同日18時", "同日18時=D@0T18:00"),
        ("同7:00頃", "同7:00頃=D@0T7:00 Around"),
        ("同6月7日", "同6月7日=Y@0M6D7"),
        ("同5日", "同5日=M@0D5"),
        ("同月5日", "同月5日=M@0D5"),
        ("同年6月", "同年6月=Y@0M6"),
        ("翌日", "翌日=D@1"),
        ("翌朝", "翌朝=D@1 Morning"),
        ("翌6日", "翌6日=D6"),
        ("翌6日午前2時", "翌6日午前2時=D6T2:00"),
        ("翌1月", "翌1月=Y@1M1"),
        ("翌5月14日", "翌5月14日=M5D14"),
        ("翌年3月", "翌年3月=Y@1M3"),
        ("翌週", "翌週=D@7 Week"),
        ("翌営業日", "翌営業日=D@1 Week"),
        ("前日夜", "前日夜=D@-1 Night"),
        ("前年6月", "前年6月=Y@-1M6"),
        ("本日", "本日=D!0"),
        ("昨日", "昨日=D!-1"),
        ("今朝", "今朝=D!0 Morning"),
        ("先月末", "先月末=M!-1 End"),
        ("来年1月", "来年1月=Y!1M1"),
        ("一昨年", "一昨年=Y!-2"),
        ("当日", "当日=D@0"),
    ]);
}

#[test]
fn periods() {
    check(&[
        ("2023年6月5日~7日", "2023年6月5日~7日=Y2023M6D5 .. D7"),
        ("6月5日(月)~6月7日(水)", "6月5日(月)~6月7日(水)=M6D5 Mon .. M6D7 Wed"),
        ("6月8日(木)~6月18日(日)", "6月8日(木)~6月18日(日)=M6D8 Thu .. M6D18 Sun"),
        ("2009年10月~2014年9月", "2009年10月~2014年9月=Y2009M10 .. Y2014M9"),
        ("6月末から7月上旬を予定", "6月末から7月上旬=M6 End .. M7 Early"),
        ("9時~17時の間", "9時~17時=T9:00 .. T17:00"),
        ("9~17時", "9~17時=T9:00 .. T17:00"),
        ("18日の午前7~午後2時", "18日の午前7~午後2時=D18T7:00 .. T14:00"),
        ("6月5日午後1~4時半", "6月5日午後1~4時半=M6D5T13:00 .. T16:30"),
        ("【6月6日 木曜日】", "6月6日 木曜日=M6D6 Thu"),
        ("【令和6年6月6日 木曜日】\n", "令和6年6月6日 木曜日=Y2024M6D6 Thu"),
        ("6月5日9:00-12:00", "6月5日9:00-12:00=M6D5T9:00 .. T12:00"),
        (
            "6月5日(月) 18:00 - 6日(火) 3:00",
            "6月5日(月) 18:00 - 6日(火) 3:00=M6D5T18:00 Mon .. D6T3:00 Tue",
        ),
        ("6月5日から7日まで", "6月5日から7日まで=M6D5 .. D7"),
        ("6月5日より6月7日まで", "6月5日より6月7日まで=M6D5 .. M6D7"),
        ("2022年12月28日から1月3日", "2022年12月28日から1月3日=Y2022M12D28 .. M1D3"),
        (
            "平成29年4月1日から31年3月31日まで",
            "平成29年4月1日から31年3月31日まで=Y2017M4D1 .. Y2019M3D31",
        ),
        ("令和5年4月1日~令和6年3月31日", "令和5年4月1日~令和6年3月31日=Y2023M4D1 .. Y2024M3D31"),
        ("2019~2023年", "2019~2023年=Y2019 .. Y2023"),
        ("4~6月", "4~6月=M4 .. M6"),
        ("6月10~12日", "6月10~12日=M6D10 .. D12"),
        ("6/5~6/7", "6/5~6/7=M6D5 .. M6D7"),
        ("6/5~7", "6/5~7=M6D5 .. D7"),
        ("2023/6/5-2023/6/7", "2023/6/5-2023/6/7=Y2023M6D5 .. Y2023M6D7"),
        ("2023年6月5日\n~2023年6月7日", "2023年6月5日\n~2023年6月7日=Y2023M6D5 .. Y2023M6D7"),
        ("6月5日→6月7日", "6月5日→6月7日=M6D5 .. M6D7"),
        ("6月5日23時から翌6日午前2時まで", "6月5日23時から翌6日午前2時まで=M6D5T23:00 .. D6T2:00"),
        ("5日深夜から6日未明にかけて", "5日深夜から6日未明にかけて=D5 LateNight .. D6 BeforeDawn"),
        ("6月5日から同月7日", "6月5日から同月7日=M6D5 .. M@0D7"),
        ("6月5日朝から夕方にかけて", "6月5日朝から夕方にかけて=M6D5 Morning ..  Evening"),
        ("6月5日から、7日まで", "6月5日から、7日まで=M6D5 .. D7"),
    ]);
}

#[test]
fn open_ends() {
    check(&[
        ("6月13日(火)~", "6月13日(火)~=M6D13 Tue ongoing"),
        ("6月13日から順次", "6月13日から=M6D13 ongoing"),
        ("6月13日より配信", "6月13日より=M6D13 ongoing"),
        ("6月13日以降", "6月13日以降=M6D13 ongoing"),
        ("6月13日から現在まで継続", "6月13日から現在まで=M6D13 ongoing"),
        ("2020年4月~現在", "2020年4月~現在=Y2020M4 ongoing"),
        ("6月13日から3日間", "6月13日から=M6D13"),
        ("6月30日まで", "6月30日まで=M6D30 until"),
        ("6月30日までに", "6月30日までに=M6D30 until"),
        ("6月13日以前", "6月13日以前=M6D13 until"),
    ]);
}

#[test]
fn as_of_and_dated() {
    check(&[
        ("6月5日現在", "6月5日現在=M6D5 as_of"),
        ("2024年3月末時点", "2024年3月末時点=Y2024M3 End as_of"),
        ("本日時点", "本日時点=D!0 as_of"),
        ("6月5日午前9時の時点", "6月5日午前9時の時点=M6D5T9:00 as_of"),
        ("5月12日付", "5月12日付=M5D12 dated"),
        ("6月5日付け「お知らせ」", "6月5日付け=M6D5 dated"),
        ("同日付で", "同日付=D@0 dated"),
        ("6月5日付近", "6月5日付近=M6D5 Around"),
    ]);
}

#[test]
fn opening_hours() {
    check(&[
        ("平日9:00~18:00", "9:00~18:00=T9:00 .. T18:00 hours"),
        ("受付時間:9時~17時", "9時~17時=T9:00 .. T17:00 hours"),
        ("受付時間\n10:00~16:00", "10:00~16:00=T10:00 .. T16:00 hours"),
        ("9:00~17:00(土日祝を除く)", "9:00~17:00=T9:00 .. T17:00 hours"),
        ("月曜から金曜9時から17時", "9時から17時=T9:00 .. T17:00 hours"),
        ("毎日10:00~18:00", "10:00~18:00=T10:00 .. T18:00 hours"),
        (
            "平日9:00~12:00、13:00~17:00",
            "9:00~12:00=T9:00 .. T12:00 hours | 13:00~17:00=T13:00 .. T17:00 hours",
        ),
    ]);
}

#[test]
fn what_only_looks_like_a_date() {
    check(&[
        ("3日間、5日以内、10日後、2年前", ""),
        ("2か月、10年間、24時間、3時間後、5分間", ""),
        ("24時間365日", ""),
        ("社労夢v5.0、v3.4", ""),
        ("3.4.1 2.1.10", ""),
        ("03-1234-5678 0120-123-456 090-1234-5678", ""),
        ("〒100-0001 1-2-3", ""),
        ("192.0.2.10 2001:db8::1", ""),
        ("第1条第3回第5日", ""),
        ("1/2 2/3に3/4の10/100", ""),
        ("https://example.jp/2023/06/05/news?d=2023-06-05", ""),
        ("1.概要2.1経緯(3)", ""),
        ("cve-2023-12345 #2023-208 #2023-11", ""),
        ("1,234円20,231円¥2,023", ""),
        ("5日で復旧", ""),
        ("週5日約5日全5日", ""),
        ("3日目2年生30代20歳", ""),
        ("毎月10日毎年6月毎週月曜", ""),
        ("日本年金機構前年比今日では担当日", ""),
        ("一部一日三日月四日市市十分六本木", ""),
        ("2023年版2000年生まれ", ""),
        ("5月号3月期月曜日", ""),
        ("16:9 10:100 12:34:56:78", ""),
        ("12345678年99999月", ""),
        ("5日に1回", ""),
        ("契約6月", ""),
        ("sha256:2023a6 e3b0c442", ""),
    ]);
}

proptest! {
    #[test]
    fn any_text_is_read_soundly(folded in TEXT) {
        let mentions = scan(&folded);
        let mut last = 0;
        for mention in &mentions {
            let inner = [Some(mention.from), mention.to].into_iter().flatten();
            prop_assert!(mention.range.start < mention.range.end && last <= mention.range.start);
            prop_assert!(folded.get(mention.range.start..mention.range.end).is_some());
            for partial in inner {
                prop_assert!(mention.range.start <= partial.range.start && partial.range.end <= mention.range.end);
                prop_assert!(folded.get(partial.range.start..partial.range.end).is_some());
                if let Some(mark) = partial.weekday {
                    prop_assert!(!mark.range.of(&folded).is_empty());
                }
            }
            last = mention.range.end;
        }
        let context = Context { disclosed: "2023-06-21".parse().ok(), book_year: None };
        for resolved in resolve(&mentions, &folded, &context) {
            prop_assert!(resolved.mention < mentions.len());
        }
    }

    #[test]
    fn any_bytes_do_no_harm(folded in any::<String>()) {
        let mentions = scan(&folded);
        resolve(&mentions, &folded, &Context::default());
    }

    #[test]
    fn every_plain_date_is_found(year in 1950..=2090i16, month in 1..=12u8, day in 1..=28u8, hour in 0..24u8) {
        let expected = case::Moment::day(year, month, day).and_then(|day| day.at(hour, 30)).unwrap();
        for text in [
            format!("{year}年{month}月{day}日{hour}時30分"),
            format!("検知:{year}/{month}/{day} {hour}:30、"),
            format!("({year}-{month:02}-{day:02}t{hour:02}:30:00)"),
            format!("{year}.{month}.{day} {hour:02}:30"),
        ] {
            let mentions = scan(&text);
            let resolved = resolve(&mentions, &text, &Context::default());
            prop_assert_eq!(resolved.len(), 1, "{}", &text);
            prop_assert_eq!(resolved[0].when, case::When::point(expected), "{}", &text);
        }
    }
}

#[test]
fn long_runs_end() {
    for unit in ["1", "年", "一", "'1", "1,", "6月5日から", "2023年", "同", "6/5(", "9:00~"]
    {
        let text = unit.repeat(200_000 / unit.len());
        let mentions = scan(&text);
        assert!(resolve(&mentions, &text, &Context::default()).len() <= mentions.len(), "{unit}");
    }
}
