//! `profile show`: the credentials that would be used, and where each value is from.

use anstyle::Style;
use serde_json::json;

use super::command::{ProfileCommand, line};
use crate::app::Notes;
use crate::credentials::{self, Found, Schema, Set, Source};
use crate::error::{Note, Result};
use crate::output::screen::{BOLD, DIM, NAME, Screen};
use crate::output::table::{Cell, Table};
use crate::providers::SCHEMAS;
use crate::redact::REDACTED;
use crate::text;

impl ProfileCommand<'_> {
    /// The sets of all providers, with secrets masked.
    pub(super) fn show(&self, name: Option<&str>) -> Result<String> {
        let (wanted, env) = (self.wanted(name), &self.app.env);
        let find = |schema: &&'static Schema| credentials::find_any(schema, wanted, self.app).map(|set| (*schema, set));
        let sets = SCHEMAS.iter().map(find).collect::<Result<Vec<_>>>()?;
        if sets.iter().all(|(_, set)| set.is_none()) {
            return Err(match credentials::chosen_profile(wanted, env)? {
                Some(name) => credentials::not_in_profile(SCHEMAS[0], &name),
                None => credentials::none_found(SCHEMAS[0], wanted.needs, env),
            });
        }
        let (mut text, screen) = (Vec::new(), self.screen());
        let mut object = serde_json::Map::new();
        for (schema, set) in sets {
            let Some(set) = set else {
                object.insert(schema.section.to_owned(), serde_json::Value::Null);
                continue;
            };
            let settings = credentials::settings(schema, Some(&set), wanted, env)?;
            let rows = rows(&set, &settings, &self.app.notes);
            text.push(in_words(schema.section, &set, &rows, &screen));
            object.insert(schema.section.to_owned(), as_object(&set, &rows));
        }
        Ok(if self.json { line(&object.into()) } else { text.join("\n") })
    }
}

/// One value.
struct Row {
    key: String,
    value: String,
    /// Whether the value is shown as it is.
    is_shown: bool,
    /// Where it was found.
    from: String,
}

/// Everything in a set and next to it that a mint would use. What is not surely public is masked: a secret may stand
/// under any key, and this is the command that people run when their credentials do not work.
fn rows(set: &Set, settings: &[Found], notes: &Notes) -> Vec<Row> {
    let shown = |found: &Found| {
        let fault = set.schema.fault(found.key, &found.value);
        let fault = fault.filter(|_| !set.schema.is_placeholder(found.key, &found.value));
        let value = if fault.is_some() { REDACTED.to_owned() } else { text::clip(&found.value, 200) };
        notes.extend(
            fault.map(|fault| Note::Warning(format!("{} {fault} (hidden, it could be a secret)", found.origin))),
        );
        Row { key: found.key.to_owned(), is_shown: value != REDACTED, value, from: found.origin.to_string() }
    };
    let mut rows: Vec<Row> = set.public.iter().map(shown).collect();
    let secret = set.schema.secret.key.to_owned();
    rows.push(Row { key: secret, value: REDACTED.to_owned(), is_shown: false, from: set.secret_place() });
    rows.extend(settings.iter().map(shown));
    rows
}

fn in_words(label: &str, set: &Set, rows: &[Row], screen: &Screen) -> String {
    let mut table = Table::default();
    for Row { key, value, is_shown, from } in rows {
        let value = Cell::styled(value, if *is_shown { Style::new() } else { DIM });
        let from = short(from, key, &set.source);
        table.row([Cell::styled(key, NAME), value, Cell::styled(from, DIM)]);
    }
    format!("{} from {}\n{}", screen.paint(label, BOLD), set.source, table.render(2, screen))
}

/// Where a value was found, without what the heading says already.
fn short(from: &str, key: &str, source: &Source) -> String {
    let (place, word) = match source {
        Source::Profile { name, .. } => (format!(" of profile '{}'", text::clip(name, 60)), "profile"),
        Source::Emulator => (" of the emulator".to_owned(), "built in"),
        Source::Environment(_) => return from.to_owned(),
    };
    match from.strip_suffix(&place) {
        Some(written) if written == key => word.to_owned(),
        Some(written) => format!("{written} of the {word}"),
        None => from.to_owned(),
    }
}

fn as_object(set: &Set, rows: &[Row]) -> serde_json::Value {
    let values = rows.iter().map(|row| json!({ "key": row.key, "value": row.value, "from": row.from }));
    json!({ "source": set.source.to_string(), "values": values.collect::<Vec<_>>() })
}
