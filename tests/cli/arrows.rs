//! The layers of the source: every path from one module to another points down the list, the way data flows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The layers from top to bottom, a line each. A module may use those of lower layers, never one of its own layer. What was
/// typed (`options`) is plain values, which whatever acts on it reads.
const LAYERS: [&[&str]; 26] = [
    &["lib"],
    &["testing"],
    &["cli"],
    &["commands"],
    &["batch"],
    &["emulator"],
    &["server"],
    &["inspect"],
    &["options"],
    &["output"],
    &["http"],
    &["providers"],
    &["signalwire", "twilio"],
    &["catalog"],
    &["credentials"],
    &["cache"],
    &["pasted"],
    &["jwt"],
    &["app"],
    &["token"],
    &["redact"],
    &["secret"],
    &["codes", "json", "sid", "time"],
    &["text"],
    &["os"],
    &["error"],
];

/// The path of a module's part in a line, after `crate::`: the first name of each.
fn used(line: &str) -> Vec<String> {
    let mut names = Vec::new();
    for rest in line.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => {
                // Only the first name of each entry is a module of the crate; nested groups belong to it.
                let mut depth = 0;
                let mut name = String::new();
                for character in group.chars() {
                    match character {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => names.push(std::mem::take(&mut name)),
                        _ if depth == 0 => name.push(character),
                        _ => {}
                    }
                }
                names.push(name);
            }
            None => names.push(rest.to_owned()),
        }
    }
    let first = |path: String| path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    names.into_iter().map(first).filter(|name: &String| !name.is_empty()).collect()
}

/// The text of a file without comments and without what only its tests use.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let lines = text[..end].lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| line.split(" // ").next().unwrap_or_default().trim()).collect::<Vec<_>>().join(" ")
}

fn files(folder: &Path, all: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            // Whole folders of tests look at everything.
            if path.file_name().is_some_and(|name| name != "tests") {
                files(&path, all);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push(path);
        }
    }
}

/// Every arrow between two modules, with the file that it starts in.
fn arrows() -> BTreeSet<(String, String, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&source, &mut all);
    let mut arrows = BTreeSet::new();
    for path in all {
        let relative = path.strip_prefix(&source).expect("a source file").to_string_lossy().replace('\\', "/");
        // The program is the library's caller; files that are tests from end to end stand next to what they test.
        if relative == "main.rs" || relative.ends_with("_tests.rs") {
            continue;
        }
        let from = relative.split('/').next().expect("a name").trim_end_matches(".rs").to_owned();
        for to in used(&code(&fs::read_to_string(&path).expect("text"))) {
            if to != from {
                arrows.insert((from.clone(), to, relative.clone()));
            }
        }
    }
    arrows
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

#[test]
fn every_arrow_between_modules_points_down() {
    let all = arrows();
    assert!(all.len() > 100, "{all:?}");
    let points_up = |(from, to, file): &&(String, String, String)| match layer(from).zip(layer(to)) {
        Some((above, below)) => below <= above,
        None => panic!("{file}: {from} or {to} has no layer"),
    };
    let wrong: Vec<String> = all.iter().filter(points_up).map(|(_, to, file)| format!("{file} uses {to}")).collect();
    assert!(wrong.is_empty(), "arrows that point up:\n{}", wrong.join("\n"));
}

#[test]
fn only_the_folder_for_a_library_knows_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&source, &mut all);
    for (library, folder) in [
        ("clap", "cli/"),
        ("ureq", "http/"),
        ("hyper", "server/"),
        ("toml", "credentials/"),
        ("toml_edit", "credentials/"),
    ] {
        for path in &all {
            let relative = path.strip_prefix(&source).expect("a source file").to_string_lossy().replace('\\', "/");
            let text = code(&fs::read_to_string(path).expect("text"));
            let known = text.contains(&format!("use {library}::")) || text.contains(&format!(" {library}::"));
            assert!(!known || relative.starts_with(folder), "{relative} knows {library}");
        }
    }
}

#[test]
fn paths_are_found_in_groups_too() {
    assert_eq!(used("use crate::json::{self, Object};"), ["json"]);
    assert_eq!(
        used("use crate::{json::{self, Object}, time, text::clip}; crate::os::x()"),
        ["json", "time", "text", "os"]
    );
    assert_eq!(used("pub(crate) use super::x;"), [""; 0]);
    assert_eq!(
        code("use crate::a; // crate::b\n/// crate::c\n#[cfg(test)]\nmod tests {\ncrate::d\n}"),
        "use crate::a;"
    );
}
