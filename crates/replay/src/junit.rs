//! Replays as `JUnit` XML, which every build server reads: a test case for each case and each mutant. It does
//! not know where it is written.

use std::io;

use case::Lang;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::outcome::{Outcome, Replayed};

/// Writes all replays as one suite.
pub fn write(replays: &[(String, Replayed)], out: impl io::Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let count = |of: fn(Outcome) -> bool| {
        replays.iter().filter(|(_, replayed)| of(replayed.outcome)).count().to_string()
    };
    xml.create_element("testsuite")
        .with_attribute(("name", "jikenbo replay"))
        .with_attribute(("tests", replays.len().to_string().as_str()))
        .with_attribute(("failures", count(Outcome::is_failure).as_str()))
        .with_attribute(("skipped", count(|it| it == Outcome::Inconclusive).as_str()))
        .write_inner_content(|xml| {
            for (name, replayed) in replays {
                case(xml, name, replayed)?;
            }
            Ok(())
        })?;
    Ok(())
}

fn case<W: io::Write>(xml: &mut Writer<W>, name: &str, replayed: &Replayed) -> io::Result<()> {
    let took_s = replayed.with.iter().chain(&replayed.without).map(|run| run.took_ms).sum::<u64>();
    let took_s = format!("{}.{:03}", took_s / 1000, took_s % 1000);
    let because: Vec<&str> = replayed.because.iter().map(|said| said.en.as_str()).collect();
    let kind = replayed.kind.as_deref().unwrap_or("no-control");
    xml.create_element("testcase")
        .with_attribute(("classname", kind))
        .with_attribute(("name", name))
        .with_attribute(("time", took_s.as_str()))
        .write_inner_content(|xml| {
            let word = replayed.outcome.name();
            let tag = match replayed.outcome {
                Outcome::Inconclusive => "skipped",
                outcome if outcome.is_failure() => "failure",
                _ => return counted(xml, replayed),
            };
            xml.create_element(tag)
                .with_attribute(("message", format!("{word}: {}", because.join("; ")).as_str()))
                .write_empty()?;
            counted(xml, replayed)
        })?;
    Ok(())
}

fn counted<W: io::Write>(xml: &mut Writer<W>, replayed: &Replayed) -> io::Result<()> {
    let lines = replayed.checked.iter().map(|checked| {
        let label = checked.expected.probe.label(Lang::En);
        let (id, with, without) = (&checked.expected.id, checked.counted, checked.without);
        format!("{id}: {with} {label}, {without} without the control")
    });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return Ok(());
    }
    xml.create_element("system-out").write_text_content(BytesText::new(&lines.join("\n")))?;
    Ok(())
}
