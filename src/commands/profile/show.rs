//! `profile show`: the credentials that would be used, and where each value is from.

use serde_json::json;

use super::command::{ProfileCommand, line};
use crate::app::Notes;
use crate::credentials::{self, Found, Schema, Set};
use crate::error::{Note, Result};
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
        let mut text = String::new();
        let mut object = serde_json::Map::new();
        for (schema, set) in sets {
            let Some(set) = set else {
                object.insert(schema.section.to_owned(), serde_json::Value::Null);
                continue;
            };
            let settings = credentials::settings(schema, Some(&set), wanted, env)?;
            let rows = rows(&set, &settings, &self.app.notes);
            text += &in_words(schema.section, &set, &rows);
            object.insert(schema.section.to_owned(), as_object(&set, &rows));
        }
        Ok(if self.json { line(&object.into()) } else { text })
    }
}

/// Key, value and source of one value.
type Row = (String, String, String);

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
        (found.key.to_owned(), value, found.origin.to_string())
    };
    let mut rows: Vec<Row> = set.public.iter().map(shown).collect();
    rows.push((set.schema.secret.key.to_owned(), REDACTED.to_owned(), set.secret_place()));
    rows.extend(settings.iter().map(shown));
    rows
}

fn in_words(label: &str, set: &Set, rows: &[Row]) -> String {
    let head = format!("{label}: from {}\n", set.source);
    rows.iter().fold(head, |text, (key, value, place)| text + &format!("  {key} = {value}  ({place})\n"))
}

fn as_object(set: &Set, rows: &[Row]) -> serde_json::Value {
    let values = rows.iter().map(|(key, value, place)| json!({ "key": key, "value": value, "from": place }));
    json!({ "source": set.source.to_string(), "values": values.collect::<Vec<_>>() })
}
