//! The `explain` command: what error codes mean, and what mends them.

use serde_json::json;

use crate::codes::{self, Entry};
use crate::error::{Failure, Result};
use crate::options::{Explain, General};
use crate::output::deliver;
use crate::output::screen::{BOLD, NAME, Screen};
use crate::output::table::{Cell, Table};
use crate::text;

/// Prints an entry for each code, or the list of them.
///
/// # Errors
/// Exit 2 for a code that is not known; nothing is printed then.
pub fn run(explain: &Explain, general: &General) -> Result<u8> {
    let found = explain.codes.iter().map(|code| known(code)).collect::<Result<Vec<_>>>()?;
    let screen = Screen::of_stdout(general.verbosity.color);
    let text = match (explain.json, found.is_empty()) {
        (true, true) => as_json(codes::all().flat_map(|entry| entry.codes.iter().map(move |code| (*code, entry)))),
        (true, false) => as_json(found.into_iter()),
        (false, true) => list(&screen),
        (false, false) => found.iter().map(|(code, entry)| page(code, entry, &screen)).collect::<Vec<_>>().join("\n"),
    };
    deliver::stdout(text.as_bytes())?;
    Ok(0)
}

type Known = (&'static str, &'static Entry);

fn known(code: &str) -> Result<Known> {
    let code = code.trim().trim_end_matches(':');
    codes::find(code).ok_or_else(|| {
        let near = codes::nearest(code);
        let message = match near.as_slice() {
            [] => format!("unknown code {}", shown(code)),
            near => format!("unknown code {} (did you mean {}?)", shown(code), near.join(", ")),
        };
        Failure::usage(message).with_hint("run tokenmint explain for the list of known codes")
    })
}

/// A code as it was typed. What does not look like one may be a secret in the wrong place.
fn shown(code: &str) -> String {
    let is_number = code.len() <= 12 && code.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit());
    let is_name = code.len() <= 40 && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if !code.is_empty() && (is_number || is_name) {
        format!("'{code}'")
    } else {
        "(not shown, in case it is a secret)".to_owned()
    }
}

/// An entry for people.
fn page(code: &str, entry: &Entry, screen: &Screen) -> String {
    let mut table = Table::default();
    let mut row = |name: &str, text: &str| table.row([Cell::styled(name, NAME), Cell::plain(text)]);
    row("Service", entry.service.name());
    row("Cause", entry.cause);
    row("Fix", entry.fix);
    let others: Vec<&str> = entry.codes.iter().copied().filter(|other| *other != code).collect();
    if !others.is_empty() {
        row("Same as", &others.join(", "));
    }
    format!("{}  {}\n{}", screen.paint(code, BOLD), entry.title, table.render(2, screen))
}

/// Every code with its title, in order below the name of its service.
fn list(screen: &Screen) -> String {
    let mut services: Vec<(&str, Vec<Known>)> = Vec::new();
    for entry in codes::all() {
        let name = entry.service.name();
        if services.last().is_none_or(|(last, _)| *last != name) {
            services.push((name, Vec::new()));
        }
        if let Some((_, known)) = services.last_mut() {
            known.extend(entry.codes.iter().map(|code| (*code, entry)));
        }
    }
    let section = |(name, mut known): (&str, Vec<Known>)| {
        known.sort_unstable_by_key(|(code, _)| *code);
        let mut table = Table::default();
        for (code, entry) in known {
            table.row([Cell::styled(code, NAME), Cell::plain(entry.title)]);
        }
        format!("{}\n{}", screen.paint(name, BOLD), table.render(2, screen))
    };
    services.into_iter().map(section).collect::<Vec<_>>().join("\n")
}

/// One object with an entry for each code, in one line.
fn as_json(entries: impl Iterator<Item = Known>) -> String {
    let object = |(code, entry): Known| {
        json!({
            "code": code, "same_as": entry.codes.iter().filter(|other| **other != code).collect::<Vec<_>>(), "service": entry.service.name(), "title": entry.title,
            "cause": entry.cause, "fix": entry.fix,
        })
    };
    text::escaped_json(&format!("{}\n", json!({ "codes": entries.map(object).collect::<Vec<_>>() })))
}
