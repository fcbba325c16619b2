//! The literate cases of `cases/`: each text is read and its facts are compared with those that a
//! careful person reads. What the reader still gets wrong in `dev/` stands in a snapshot, so that
//! every change of it is seen; `held/` is only counted.

mod expected;
mod score;

use std::path::{Path, PathBuf};

use case::{Case, SourceId};
use expected::LiterateCase;
use score::Tally;
use text::Limits;

/// Reads every literate case of a folder and scores it.
fn check(folder: &str) -> (Tally, Vec<String>) {
    let mut tally = Tally::default();
    let mut misses = Vec::new();
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(folder)) {
        let literate = LiterateCase::load(&path);
        let input = reader::Input { source: SourceId(1), text: &literate.text, parts: &[] };
        let cases: Vec<Case> = reader::read(input, &Limits::default()).collect();
        for case in &cases {
            assert_sound(&path, &literate.text, case);
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        misses.extend(tally.add(&name, &literate, &cases));
    }
    #[expect(clippy::disallowed_macros, reason = "the score is what a person runs this test for")]
    {
        println!("{folder}\n{tally}");
    }
    (tally, misses)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test reads its own data")]
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    files.sort();
    files
}

/// Every citation lies inside its case on character boundaries, and names say what they claim.
fn assert_sound(path: &Path, text: &str, case: &Case) {
    for (field, cite) in case.facts.cites() {
        let words =
            cite.of(text).unwrap_or_else(|| panic!("{}: {field} cuts a character", path.display()));
        assert!(
            case.span.contains(cite),
            "{}: {field} {words:?} lies outside its case",
            path.display()
        );
    }
    let names = case
        .facts
        .title
        .iter()
        .chain(&case.facts.organisation)
        .map(|cited| (cited.value.as_str(), cited.cite))
        .chain(case.facts.services.iter().map(|service| (service.name.as_str(), service.cite)))
        .chain(
            case.facts.other_organisations.iter().map(|other| (other.value.as_str(), other.cite)),
        );
    for (name, cite) in names {
        let words = cite.of(text).unwrap_or_default();
        assert!(
            score::norm(words).contains(&score::norm(name)),
            "{}: {words:?} does not say {name:?}",
            path.display()
        );
    }
}

#[test]
fn development_cases() {
    let (tally, misses) = check("dev");
    assert!(misses.len() < 250, "{} facts are misread", misses.len());
    assert!(tally.macro_f1() >= 0.94, "macro F1 fell to {:.3}", tally.macro_f1());
}

#[test]
fn held_cases() {
    let (tally, _) = check("held");
    assert!(tally.macro_f1() >= 0.83, "macro F1 fell to {:.3}", tally.macro_f1());
}
