//! Replays as `JUnit` XML, which every build server reads: a test case for each case and each mutant. It does
//! not know where it is written.

use std::io;

use case::Lang;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::outcome::{Mutated, Outcome, Replayed};

/// Writes all replays as one suite, and what could not be run, with the reason.
pub fn write(
    replays: &[(String, Replayed)],
    failed: &[(String, String)],
    out: impl io::Write,
) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let count = |of: fn(Outcome) -> bool| {
        replays.iter().filter(|(_, replayed)| of(replayed.outcome)).count().to_string()
    };
    let mutants: usize = replays.iter().map(|(_, replayed)| replayed.mutants.len()).sum();
    let tests = replays.len() + mutants + failed.len();
    let survived = replays.iter().flat_map(|(_, replayed)| &replayed.mutants);
    let survived = survived.filter(|mutant| !mutant.recurred).count();
    let failures = replays.iter().filter(|(_, it)| it.outcome.is_failure()).count() + survived;
    xml.create_element("testsuite")
        .with_attribute(("name", "jikenbo replay"))
        .with_attribute(("tests", tests.to_string().as_str()))
        .with_attribute(("failures", failures.to_string().as_str()))
        .with_attribute(("errors", failed.len().to_string().as_str()))
        .with_attribute(("skipped", count(|it| it == Outcome::Inconclusive).as_str()))
        .write_inner_content(|xml| {
            for (name, replayed) in replays {
                case(xml, name, replayed)?;
                for mutated in &replayed.mutants {
                    mutant(xml, name, mutated)?;
                }
            }
            for (name, why) in failed {
                xml.create_element("testcase")
                    .with_attribute(("classname", "not-run"))
                    .with_attribute(("name", name.as_str()))
                    .write_inner_content(|xml| {
                        let error = xml.create_element("error");
                        error.with_attribute(("message", why.as_str())).write_empty()?;
                        Ok(())
                    })?;
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

/// A mutant fails where the accident does not happen again.
fn mutant<W: io::Write>(xml: &mut Writer<W>, name: &str, mutated: &Mutated) -> io::Result<()> {
    let name = format!("{name}, mutant {}", mutated.id);
    let test = xml.create_element("testcase").with_attribute(("classname", "mutant"));
    let test = test.with_attribute(("name", name.as_str()));
    if mutated.recurred {
        test.write_empty()?;
        return Ok(());
    }
    let message = format!("it did not fail: {}", mutated.survived.join(", "));
    test.write_inner_content(|xml| {
        xml.create_element("failure")
            .with_attribute(("message", message.as_str()))
            .write_empty()?;
        Ok(())
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
