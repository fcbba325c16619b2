//! The pages in `docs/` show the tables that import and export work from.

use std::path::Path;

use exchange::csv::{Table, markdown};

fn check(page: &str, tables: &[(&str, String)]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    let found = std::fs::read_to_string(&path).unwrap();
    let mut expected = found.clone();
    for (name, table) in tables {
        let (before, rest) = expected.split_once(&format!("<!-- {name} -->\n")).unwrap();
        let (_, after) = rest.split_once(&format!("<!-- /{name} -->")).unwrap();
        expected = format!("{before}<!-- {name} -->\n{table}<!-- /{name} -->{after}");
    }
    if std::env::var_os("UPDATE_PAGES").is_some() {
        std::fs::write(&path, expected).unwrap();
    } else {
        assert!(found == expected, "run the test with UPDATE_PAGES=1 and commit docs/{page}");
    }
}

#[test]
fn the_page_of_categories_is_in_step() {
    check("categories.md", &[("table", exchange::categories::markdown())]);
}

#[test]
fn the_page_of_csv_is_in_step() {
    check("csv.md", &[("cases", markdown(Table::Cases)), ("facts", markdown(Table::Facts))]);
}
