//! Every file of invocations held to its record, and that nothing is missing from them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::case::{Case, Sheet};
use super::{play, sentences};

/// Whether the environment asks for the files to be rewritten.
fn blessing() -> bool {
    std::env::var_os("TOKENMINT_BLESS").is_some()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/snapshots")
}

/// A file of invocations for each topic.
macro_rules! topics {
    ($($name:ident),* $(,)?) => {
        const TOPICS: &[&str] = &[$(stringify!($name)),*];
        $(#[test] fn $name() { hold(stringify!($name)); })*
    };
}

topics! {
    help, command_line, values, configuration, credentials, service, refresh, transport, output, batch, inspect, profile,
    emulator, serve, twilio, warnings, call_fabric,
}

fn read(topic: &str) -> Sheet {
    let path = folder().join(format!("{topic}.txt"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Sheet::parse(&text, &format!("{topic}.txt"))
}

/// Runs all invocations of a file and compares, or rewrites, what is recorded about them.
fn hold(topic: &str) {
    let mut sheet = read(topic);
    if topic == "help" && blessing() {
        sheet.cases = pages_of_help();
    }
    let mut faults = Vec::new();
    for case in &mut sheet.cases {
        let seen = play::play(case);
        if seen != case.recorded {
            faults.push(format!("{topic}.txt: {}\n$ {}\n{}", case.title, case.line, difference(&case.recorded, &seen)));
            case.recorded = seen;
        }
    }
    if blessing() {
        fs::write(folder().join(format!("{topic}.txt")), sheet.to_string()).expect("a snapshot file");
    } else {
        assert!(
            faults.is_empty(),
            "{} of {} invocations differ (- recorded, + now; if it is meant: TOKENMINT_BLESS=1 cargo test --test cli snapshots)\n\n{}",
            faults.len(),
            sheet.cases.len(),
            faults.join("\n")
        );
    }
}

/// The lines that differ, with one line of context on either side.
fn difference(recorded: &[String], seen: &[String]) -> String {
    let same = recorded.iter().zip(seen).take_while(|(left, right)| left == right).count();
    let rest = recorded.len().min(seen.len()) - same;
    let tail =
        recorded.iter().rev().zip(seen.iter().rev()).take(rest).take_while(|(left, right)| left == right).count();
    let line = |mark: &str, text: &String| format!("{mark} {text}\n");
    let before = recorded[..same].iter().rev().take(1).map(|text| line(" ", text));
    let after = recorded[recorded.len() - tail..].iter().take(1).map(|text| line(" ", text));
    let removed = recorded[same..recorded.len() - tail].iter().map(|text| line("-", text));
    let added = seen[same..seen.len() - tail].iter().map(|text| line("+", text));
    before.chain(removed).chain(added).chain(after).collect()
}

/// The short and the long help of the program and of every command.
fn pages_of_help() -> Vec<Case> {
    fn add(command: &clap::Command, words: &str, cases: &mut Vec<Case>) {
        for flag in ["-h", "--help"] {
            cases.push(Case::bare(&format!("{words} {flag}"), &format!("{words} {flag}")));
        }
        for command in command.get_subcommands() {
            add(command, &format!("{words} {}", command.get_name()), cases);
        }
    }
    let mut cases = Vec::new();
    add(&tokenmint::testing::cli::tree(), "tokenmint", &mut cases);
    let topics = crate::help::TOPICS.map(|topic| format!("tokenmint help {topic}"));
    cases.extend(topics.map(|line| Case::bare(&line, &line)));
    cases
}

#[test]
fn every_command_has_both_pages_of_help_in_the_snapshots() {
    let shown: Vec<String> = read("help").cases.into_iter().map(|case| case.line).collect();
    let wanted: Vec<String> = pages_of_help().into_iter().map(|case| case.line).collect();
    assert!(blessing() || shown == wanted, "{shown:?} should be {wanted:?}; TOKENMINT_BLESS=1 writes the file anew");
}

#[test]
fn every_file_of_snapshots_is_run() {
    let known: BTreeSet<String> = TOPICS.iter().map(|&topic| topic.to_owned()).collect();
    let entries = fs::read_dir(folder()).expect("the folder").map(|entry| entry.expect("an entry").path());
    let found = entries
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .filter(|name| name != "unseen")
        .collect();
    assert_eq!(known, found, "every .txt file is one of the topics of snapshots/topics.rs");
}

#[test]
fn titles_and_invocations_are_not_given_twice() {
    let mut titles = BTreeSet::new();
    for topic in TOPICS {
        for case in read(topic).cases {
            assert!(titles.insert(case.title.clone()), "{topic}.txt: '{}' stands twice", case.title);
        }
    }
}

#[test]
fn every_exit_code_has_a_snapshot() {
    let codes: BTreeSet<String> = TOPICS
        .iter()
        .flat_map(|topic| read(topic).cases)
        .filter_map(|case| case.recorded.first()?.strip_prefix("exit ").map(str::to_owned))
        .collect();
    // Those above 8 are of a command after `--`; what a signal gives is tested where signals are sent.
    let wanted = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "126", "127"].map(str::to_owned);
    let missing: Vec<&String> = wanted.iter().filter(|code| !codes.contains(*code)).collect();
    assert!(blessing() || missing.is_empty(), "no snapshot exits with {missing:?}");
}

/// Each text in a line.
fn lines<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    texts.into_iter().fold(String::new(), |all, text| all + text + "\n")
}

/// The sentences of the program that no snapshot shows are listed in `unseen.txt`, which may only get shorter:
/// `TOKENMINT_BLESS=1` removes what is shown by now. Where sentences of the list were reworded, `TOKENMINT_BLESS=unseen`
/// writes the list anew.
#[test]
fn every_sentence_of_the_program_is_in_a_snapshot_or_on_the_list() {
    let shown: Vec<String> = TOPICS.iter().flat_map(|topic| read(topic).cases).flat_map(|case| case.recorded).collect();
    let unseen = sentences::unseen(&shown);
    let path = folder().join("unseen.txt");
    let listed: BTreeSet<String> = fs::read_to_string(&path).expect("the list").lines().map(str::to_owned).collect();
    println!("{} sentences are in no snapshot", unseen.len());
    if std::env::var("TOKENMINT_BLESS").is_ok_and(|value| value == "unseen") {
        fs::write(&path, lines(&unseen)).expect("the list");
        return;
    }
    if blessing() {
        fs::write(&path, lines(listed.intersection(&unseen))).expect("the list");
        return;
    }
    let new: Vec<&String> = unseen.difference(&listed).collect();
    assert!(new.is_empty(), "add an invocation that shows each of these sentences to a file in snapshots/: {new:#?}");
    let stale: Vec<&String> = listed.difference(&unseen).collect();
    assert!(stale.is_empty(), "these are shown now, or gone; remove them from unseen.txt: {stale:#?}");
}
