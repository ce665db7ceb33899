//! The sentences in the sources, and which of them no snapshot shows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A fixed part that is shorter says too little to be looked for.
const SHORTEST: usize = 12;

/// The sentences of the program that are in none of these lines.
pub fn unseen(shown: &[String]) -> BTreeSet<String> {
    let mut sources = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    // What is wrapped at a terminal's width is one sentence all the same.
    let text: Vec<&str> = shown.iter().map(|line| line.get(4..).unwrap_or("").trim()).collect();
    let text = squeeze(&text.join(" ").replace("\\\"", "\""));
    let literals = sources.iter().flat_map(|source| literals(source));
    let lines = literals.flat_map(|literal| literal.split('\n').map(str::to_owned).collect::<Vec<_>>());
    // Braces are placeholders in most literals, but not in the examples of the help.
    let hidden = lines.filter(|line| !text.contains(&squeeze(line)));
    hidden.filter_map(|line| fixed_part(&line)).filter(|part| !text.contains(part.as_str())).collect()
}

fn collect(folder: &Path, sources: &mut Vec<String>) {
    for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name.contains("tests") || name == "testing" {
            continue;
        }
        if path.is_dir() {
            collect(&path, sources);
        } else {
            let source = fs::read_to_string(&path).expect("a source");
            // The unit tests at the end of a file are not the program's.
            let end = source.find("#[cfg(test)]").or(source.find("#[cfg(all(test")).unwrap_or(source.len());
            sources.push(source[..end].to_owned());
        }
    }
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The longest part of a line of a literal that is the same in every output, if it reads like a sentence.
fn fixed_part(line: &str) -> Option<String> {
    let line = line.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let parts = line.split('{').enumerate().map(|(place, part)| match part.split_once('}') {
        Some((_, after)) if place > 0 => after,
        _ => part,
    });
    let longest =
        parts.map(|part| squeeze(&part.replace('\u{1}', "{").replace('\u{2}', "}"))).max_by_key(String::len)?;
    let words =
        longest.split(' ').filter(|word| word.len() > 1 && word.chars().all(|letter| letter.is_ascii_lowercase()));
    (longest.len() >= SHORTEST && words.count() >= 2).then_some(longest)
}

/// The string literals of a source, with their escapes resolved. Comments and attributes hold none of interest.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(place) = rest.find(['"', '/', '\'', 'r', '#']) {
        let (before, here) = rest.split_at(place);
        rest = if here.starts_with("//") {
            here.split_once('\n').map_or("", |(_, after)| after)
        } else if here.starts_with("#[") {
            here.split_once("]\n").map_or("", |(_, after)| after)
        } else if here.starts_with("r\"") || here.starts_with("r#") {
            let hashes: String = here[1..].chars().take_while(|character| *character == '#').collect();
            match here[1 + hashes.len()..].strip_prefix('"') {
                Some(inside) if !before.ends_with(|last: char| last.is_alphanumeric() || last == '_') => {
                    let (literal, after) = inside.split_once(&format!("\"{hashes}")).expect("the end of a raw string");
                    found.push(literal.to_owned());
                    after
                }
                _ => &here[1..],
            }
        } else if let Some(inside) = here.strip_prefix('"') {
            let (literal, after) = quoted(inside);
            found.push(literal);
            after
        } else if let Some(quote) = ["'\"'", "'\\''", "'\\\"'"].iter().find(|quote| here.starts_with(**quote)) {
            &here[quote.len()..]
        } else {
            &here[1..]
        };
    }
    found
}

/// A literal up to its closing quote, and what follows.
fn quoted(inside: &str) -> (String, &str) {
    let mut literal = String::new();
    let mut characters = inside.char_indices();
    while let Some((place, character)) = characters.next() {
        match character {
            '"' => return (literal, &inside[place + 1..]),
            '\\' => match characters.next().map(|(_, escaped)| escaped) {
                Some('n') => literal.push('\n'),
                Some('\n') => {
                    let rest = characters.as_str().trim_start();
                    let (more, after) = quoted(rest);
                    return (literal + &more, after);
                }
                Some('u') => characters.by_ref().take_while(|(_, digit)| *digit != '}').for_each(drop),
                Some(escaped) => literal.push(escaped),
                None => break,
            },
            other => literal.push(other),
        }
    }
    (literal, "")
}

#[test]
fn literals_are_found_among_comments_characters_and_raw_strings() {
    let source = "// \"no\"\nfn a() { b('\"', \"one {x} \\\"two\\\"\", r\"three \\ \", 'r', r#\"four \"five\"\"#, \"six \\\n    seven\") }";
    assert_eq!(literals(source), ["one {x} \"two\"", "three \\ ", "four \"five\"", "six seven"]);
    assert_eq!(fixed_part("{} has no {flag} to be used with {other}").as_deref(), Some("to be used with"));
    assert_eq!(fixed_part("{}: {}"), None);
}
