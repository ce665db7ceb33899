//! The table of hazards beside these tests names, for each row, the tests that hold it: each of them must exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The names of all test functions under a folder.
fn tests_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder of sources").map_while(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            tests_in(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            // From each mark of a test to the name of its function.
            for after in text.split("#[test]").skip(1) {
                let name = after.split_once("fn ").and_then(|(_, rest)| rest.split_once('(')).map(|(name, _)| name);
                found.extend(name.map(str::to_owned));
            }
        }
    }
}

#[test]
fn every_row_of_the_table_names_tests_that_there_are_or_says_why_not() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut known = BTreeSet::new();
    tests_in(&root.join("src"), &mut known);
    tests_in(&root.join("tests").join("cli"), &mut known);
    let table = fs::read_to_string(root.join("tests").join("hazards.md")).expect("the table");
    let mut rows = BTreeSet::new();
    for row in
        table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| row") && !line.starts_with("|---"))
    {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [number, _, held] = cells[..] else { panic!("three cells in {row}") };
        assert!(rows.insert(number.to_owned()), "{number} stands twice");
        let names: Vec<&str> = held.split('`').skip(1).step_by(2).collect();
        for name in &names {
            assert!(known.contains(*name), "{number} names {name}, which is no test");
        }
        assert!(!names.is_empty() || held.starts_with("Not "), "{number} has neither a test nor a reason");
    }
    for number in 1..=30 {
        assert!(rows.contains(&format!("M{number}")), "M{number} is missing");
    }
    for (section, count) in [
        ("1.1", 9),
        ("1.2", 10),
        ("1.3", 7),
        ("1.4", 8),
        ("1.5", 11),
        ("1.6", 4),
        ("1.7", 36),
        ("1.8", 11),
        ("1.9", 16),
        ("1.10", 17),
        ("1.11", 18),
        ("1.12", 9),
        ("1.13", 12),
        ("1.14", 19),
        ("1.15", 5),
    ] {
        for place in 1..=count {
            assert!(rows.contains(&format!("{section}.{place}")), "{section}.{place} is missing");
        }
    }
}
