//! The shape inside the folders of the source: no circle between the files of one, a `mod.rs` that only declares and
//! re-exports, and functions that fit on a screen.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Arrows that close a circle and stay, each with its reason.
const KEPT_ARROWS: [(&str, &str, &str, &str); 1] =
    [("catalog", "offline", "draft", "a kind names its way of signing, which is handed a draft of that kind")];

/// Functions that are tables and may be longer, each with its reason.
const TABLES: [(&str, &str, &str); 0] = [];

/// The most lines of a function, from its `fn` to its last brace.
const MAX_LINES: usize = 60;

/// A source text with the same lines, in which comments, strings and characters are blank and tests at the end are gone.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let source: Vec<char> = text[..end].chars().collect();
    let mut code = String::with_capacity(end);
    let mut place = 0;
    while place < source.len() {
        let length = literal(&source, place);
        for character in &source[place..place + length.max(1)] {
            code.push(if length == 0 || *character == '\n' { *character } else { ' ' });
        }
        place += length.max(1);
    }
    code
}

/// The length of the comment, string or character that begins at a place; 0 where none does.
fn literal(source: &[char], place: usize) -> usize {
    let at = |offset: usize| source.get(place + offset).copied().unwrap_or('\0');
    let within_a_word = place > 0 && (source[place - 1].is_alphanumeric() || source[place - 1] == '_');
    let until = |start: usize, end: &str| {
        let end: Vec<char> = end.chars().collect();
        let found = (place + start..source.len()).find(|found| source[*found..].starts_with(&end));
        found.map_or(source.len(), |found| found + end.len()) - place
    };
    match (at(0), at(1)) {
        ('/', '/') => until(2, "\n") - 1,
        ('/', '*') => until(2, "*/"),
        ('r', '"' | '#') if !within_a_word => {
            let hashes = (1..source.len()).take_while(|offset| at(*offset) == '#').count();
            if at(1 + hashes) == '"' { until(2 + hashes, &format!("\"{}", "#".repeat(hashes))) } else { 0 }
        }
        ('"', _) => {
            let mut offset = 1;
            while place + offset < source.len() && at(offset) != '"' {
                offset += if at(offset) == '\\' { 2 } else { 1 };
            }
            offset + 1
        }
        ('\'', '\\') => until(3, "'"),
        ('\'', _) if at(2) == '\'' => 3,
        _ => 0,
    }
}

/// The functions of a text with the lines that each has.
fn functions(code: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (start, _) in code.match_indices("fn ") {
        let starts_a_word = !code[..start].ends_with(|character: char| character.is_alphanumeric() || character == '_');
        let name: String = code[start + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if !starts_a_word || name.is_empty() {
            continue;
        }
        let (mut depth, mut end) = (0_usize, start);
        for (offset, character) in code[start..].char_indices() {
            match character {
                '{' | '(' | '[' => depth += 1,
                '}' | ')' | ']' => depth -= 1,
                ';' if depth == 0 => break,
                _ => continue,
            }
            if character == '}' && depth == 0 {
                end = start + offset;
                break;
            }
        }
        found.push((name, if end == start { 0 } else { code[start..end].matches('\n').count() + 1 }));
    }
    found
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every file of the source that is no test, by its path from `src`, with its code.
fn files() -> BTreeMap<String, String> {
    fn walk(folder: &Path, all: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, all);
            } else {
                all.push(path);
            }
        }
    }
    let mut all = Vec::new();
    walk(&source(), &mut all);
    let named = all.into_iter().map(|path| {
        let name = path.strip_prefix(source()).expect("a source file").to_string_lossy().replace('\\', "/");
        (name, code(&fs::read_to_string(&path).expect("text")))
    });
    named.filter(|(name, _)| !name.contains("tests/") && !name.ends_with("tests.rs")).collect()
}

/// The module of a file: `a/b.rs` and `a/b/mod.rs` are both `a::b`.
fn module(file: &str) -> Vec<String> {
    let file = file.trim_end_matches(".rs");
    let file = file.strip_suffix("/mod").unwrap_or(file);
    // The system's file is declared under one name for all systems.
    let file = if matches!(file, "os/unix" | "os/other") { "os/imp" } else { file };
    file.split('/').map(str::to_owned).collect()
}

/// The paths of a `use` tree, written out: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn expanded(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((head, group)) = tree.split_once('{') else {
        return if tree.is_empty() { Vec::new() } else { vec![tree.to_owned()] };
    };
    let (mut depth, mut entry, mut all) = (0, String::new(), Vec::new());
    let group = group.strip_suffix('}').expect("a group that ends");
    for character in group.chars().chain([',']) {
        match character {
            ',' if depth == 0 => {
                all.extend(expanded(&entry).into_iter().map(|rest| format!("{head}{rest}")));
                entry.clear();
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        entry.push(character);
    }
    all
}

/// The trees of the `use` statements of a text, and whether each is public.
fn uses(code: &str) -> Vec<(bool, String)> {
    let statements = code.split(';').filter_map(|statement| {
        let place = statement.rfind("use ")?;
        let line = statement[..place].rsplit('\n').next().unwrap_or_default().trim();
        (line.is_empty() || line.starts_with("pub")).then(|| (!line.is_empty(), statement[place + 4..].to_owned()))
    });
    statements.collect()
}

/// Every path in a file that starts from the crate or from the module above, from the crate on.
fn paths(file: &str, code: &str) -> BTreeSet<Vec<String>> {
    let mut written: Vec<String> = Vec::new();
    for (_, tree) in uses(code) {
        written.extend(expanded(&tree));
    }
    for start in ["crate::", "super::"] {
        for (place, _) in code.match_indices(start) {
            let path = code[place..].chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':'));
            written.push(path.collect::<String>().trim_end_matches(':').to_owned());
        }
    }
    written.iter().filter_map(|path| resolved(file, path)).collect()
}

fn resolved(file: &str, path: &str) -> Option<Vec<String>> {
    let mut names: Vec<&str> = path.split("::").map(|name| name.trim().split(' ').next().unwrap_or_default()).collect();
    if names.last() == Some(&"self") {
        names.pop();
    }
    // `super::` alone, before a group or a star.
    names.retain(|name| !name.is_empty());
    let mut base = match *names.first()? {
        "crate" => Vec::new(),
        "super" => module(file),
        _ => return None,
    };
    for name in names {
        match name {
            "crate" => {}
            "super" => drop(base.pop()),
            name => base.push(name.to_owned()),
        }
    }
    Some(base)
}

/// The folders of the source, and the arrows between what stands in each: files, and folders as one.
fn arrows() -> BTreeMap<String, BTreeSet<(String, String)>> {
    let files = files();
    let mut folders = BTreeMap::new();
    for (face, text) in files.iter().filter(|(name, _)| name.ends_with("/mod.rs")) {
        let folder = module(face);
        let exported = exports(text);
        let mut arrows = BTreeSet::new();
        for (file, text) in files.iter().filter(|(name, _)| *name != face) {
            let module = module(file);
            let Some([from, ..]) = module.strip_prefix(folder.as_slice()) else { continue };
            for path in paths(file, text) {
                let Some([to, ..]) = path.strip_prefix(folder.as_slice()) else { continue };
                let to = exported.get(to).unwrap_or(to);
                if to != from {
                    arrows.insert((from.clone(), to.clone()));
                }
            }
        }
        folders.insert(folder.join("/"), arrows);
    }
    folders
}

/// What a `mod.rs` re-exports: each name with the module that it is from.
fn exports(code: &str) -> BTreeMap<String, String> {
    let paths = uses(code).into_iter().filter(|(is_public, _)| *is_public).flat_map(|(_, tree)| expanded(&tree));
    let pairs = paths.filter_map(|path| {
        let names: Vec<&str> = path.split("::").map(str::trim).collect();
        Some(((*names.last()?).to_owned(), (*names.first()?).to_owned()))
    });
    pairs.filter(|(_, module)| module != "crate").collect()
}

/// One circle among arrows, if there is any.
fn circle(arrows: &BTreeSet<(String, String)>) -> Option<Vec<String>> {
    let starts: BTreeSet<&String> = arrows.iter().map(|(from, _)| from).collect();
    let mut done = BTreeSet::new();
    starts.into_iter().find_map(|start| circle_from(start, arrows, &mut Vec::new(), &mut done))
}

fn circle_from(
    node: &str,
    arrows: &BTreeSet<(String, String)>,
    way: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(place) = way.iter().position(|passed| passed == node) {
        return Some(way[place..].to_vec());
    }
    if done.contains(node) {
        return None;
    }
    way.push(node.to_owned());
    for (_, next) in arrows.iter().filter(|(from, _)| from == node) {
        if let Some(circle) = circle_from(next, arrows, way, done) {
            return Some(circle);
        }
    }
    way.pop();
    done.insert(node.to_owned());
    None
}

#[test]
fn the_files_of_a_folder_use_each_other_without_a_circle() {
    let folders = arrows();
    assert!(folders.len() > 12 && folders["http"].len() > 40, "{folders:?}");
    let mut circles = Vec::new();
    for (folder, mut arrows) in folders {
        for (kept, from, to, _) in KEPT_ARROWS.iter().filter(|(kept, ..)| *kept == folder) {
            let arrow = ((*from).to_owned(), (*to).to_owned());
            assert!(arrows.remove(&arrow), "{kept}: {from} no longer uses {to}, so the list need not name it");
        }
        while let Some(found) = circle(&arrows) {
            let last = (found[found.len() - 1].clone(), found[0].clone());
            circles.push(format!("{folder}: {} -> {}", found.join(" -> "), found[0]));
            arrows.remove(&last);
        }
    }
    assert!(circles.is_empty(), "circles:\n{}", circles.join("\n"));
}

#[test]
fn a_mod_file_only_declares_and_re_exports() {
    let mut wrong = Vec::new();
    for (file, code) in files().iter().filter(|(name, _)| name.ends_with("/mod.rs")) {
        for statement in code.split(';') {
            // Attributes stand before what they belong to; `#[path = "…"]` has no string any more.
            let lines = statement.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("#["));
            let statement = lines.collect::<Vec<_>>().join(" ");
            let words = statement.strip_prefix("pub").unwrap_or(&statement);
            let words = words.split_once(')').filter(|_| words.starts_with('(')).map_or(words, |(_, rest)| rest);
            let is_public = statement.starts_with("pub");
            let words = words.trim_start();
            if !(statement.is_empty() || words.starts_with("mod ") || is_public && words.starts_with("use ")) {
                wrong.push(format!("{file}: {}", statement.chars().take(60).collect::<String>()));
            }
        }
    }
    assert!(wrong.is_empty(), "more than declarations:\n{}", wrong.join("\n"));
}

#[test]
fn no_function_is_longer_than_a_screen() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (file, code) in files() {
        for (name, lines) in functions(&code) {
            count += 1;
            let is_table = TABLES.iter().any(|(table_file, table, _)| *table_file == file && *table == name);
            assert!(
                !is_table || lines > MAX_LINES,
                "{file}: {name} has only {lines} lines, so the list need not name it"
            );
            if lines > MAX_LINES && !is_table {
                wrong.push(format!("{file}: {name} has {lines} lines"));
            }
        }
    }
    assert!(count > 900, "{count} functions");
    assert!(wrong.is_empty(), "functions of more than {MAX_LINES} lines:\n{}", wrong.join("\n"));
}

/// Tests may leave out what a system does not have; features are no systems.
#[test]
fn what_is_compiled_for_one_system_alone_is_in_os() {
    let mut wrong = Vec::new();
    for (file, code) in files().iter().filter(|(name, _)| !name.starts_with("os/")) {
        let tests = ["#[cfg(test)]", "#[cfg(all(test"].iter().filter_map(|start| code.find(start)).min();
        let conditions = code[..tests.unwrap_or(code.len())].split("#[cfg").skip(1);
        let conditions = conditions.filter_map(|rest| rest.split(']').next());
        wrong.extend(
            conditions
                .filter(|condition| ["unix", "windows", "target_"].iter().any(|word| condition.contains(word)))
                .map(|condition| format!("{file}: cfg{condition}")),
        );
    }
    assert!(wrong.is_empty(), "belongs into src/os:\n{}", wrong.join("\n"));
}

#[test]
fn the_scanner_knows_comments_strings_and_characters() {
    let text = "fn a() -> [u8; 2] {\n    // }\n    let x = \"}\\\"}\"; /* } */\n    let y = '}';\n    r#\"}\"}\"#;\n}\nfn b<'a>(x: &'a str);\nfn c() {}";
    let found = functions(&code(text));
    assert_eq!(found, [("a".to_owned(), 6), ("b".to_owned(), 0), ("c".to_owned(), 1)]);
    assert_eq!(code("a\n#[cfg(test)]\nmod tests {\nfn b() {}\n}"), "a\n");
}

#[test]
fn circles_are_found_in_groups_and_through_re_exports() {
    assert_eq!(expanded("super::{a, b::{c, self}}"), ["super::a", "super::b::c", "super::b::self"]);
    let found = paths("a/b.rs", "use super::{c::D, E};\ncrate::f::g();");
    assert_eq!(found.iter().map(|path| path.join("::")).collect::<Vec<_>>(), ["a", "a::E", "a::c::D", "f::g"]);
    assert_eq!(exports("mod e;\npub use e::E;")["E"], "e");
    let arrows = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    assert_eq!(circle(&arrows(&[("a", "b"), ("b", "c"), ("a", "c")])), None);
    assert_eq!(circle(&arrows(&[("a", "b"), ("b", "c"), ("c", "b")])), Some(vec!["b".to_owned(), "c".to_owned()]));
}
