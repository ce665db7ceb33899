//! Fields that a configuration file keeps for a command: they lie under `--body` and the flags. They are held to the
//! fields of the kind like those of a batch line, in words that repeat nothing of the file.

use jiff::Timestamp;

use super::{Field, Kind, Minting};
use crate::error::{Failure, Result};
use crate::json::Object;
use crate::text;

/// The fields of a preset, each checked.
#[derive(Debug, Clone)]
pub struct PresetFields {
    /// What messages call the preset.
    name: String,
    /// As written: what is counted from now is another value for each token.
    pub(super) asked: Object,
}

impl PresetFields {
    /// Checks fields for a kind. `name` is what messages call the preset.
    ///
    /// # Errors
    /// Exit 3 naming the key: one that is unknown, a secret, or a value that its flag would not take.
    pub fn new(kind: &Kind, name: &str, fields: &Object, now: Timestamp) -> Result<Self> {
        let preset = PresetFields { name: name.to_owned(), asked: fields.clone() };
        for (key, _) in fields.iter() {
            let field = kind.field(key).ok_or_else(|| preset.unknown(kind, key))?;
            if field.input.is_secret() {
                let place = if field.is_argument() { String::new() } else { field.dashed() + " " };
                return Err(preset
                    .refuse(key, "is a secret, which a preset cannot hold")
                    .with_hint(format!("remove it, and give it as {place}@FILE, or - for stdin")));
            }
        }
        let encoded = preset.encoded(kind, now)?;
        for (key, raw) in encoded.iter() {
            let problems = kind.field(key).map(|field| field.check(raw)).unwrap_or_default();
            if problems.iter().any(|problem| !problem.is_soft()) {
                return Err(preset.invalid(kind, key));
            }
        }
        Ok(preset)
    }

    /// The fields as they are sent, with times counted from `now`.
    ///
    /// # Errors
    /// Exit 3 for a value that its flag would not take.
    pub(super) fn encoded(&self, kind: &Kind, now: Timestamp) -> Result<Object> {
        let as_flags = matches!(kind.minting, Minting::Signed(_));
        let mut encoded = self.asked.clone();
        for (key, raw) in self.asked.iter() {
            let Some(field) = kind.field(key) else { continue };
            if let Some(text) = field.encode_member(raw, as_flags, now).map_err(|_| self.invalid(kind, key))? {
                encoded.set(key, text);
            }
        }
        Ok(encoded)
    }

    /// What messages call the preset.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What messages call a field.
    pub(super) fn origin(&self, key: &str) -> String {
        format!("{}: {key}", self.name)
    }

    /// The failure of a value that its field, or the rest of the request, does not allow. The value is not repeated.
    pub(super) fn invalid(&self, kind: &Kind, key: &str) -> Failure {
        let Some(field) = kind.field(key) else { return self.refuse(key, "is not valid") };
        let failure = match field.rule.bounds().and(field.rule.limit()) {
            Some(range) => self.refuse(key, &format!("must be {range}, written as {} takes it", field.dashed())),
            None => self.refuse(key, &format!("is not a value that {} takes", field.dashed())),
        };
        let example = field.example();
        let example =
            example.split_once(' ').map(|(_, value)| value).filter(|value| !value.contains(char::is_uppercase));
        failure.with_hint(match example.filter(|_| field.input.is_duration()) {
            Some(value) => format!("write {key} = \"{value}\", for example"),
            None if field.input.is_time() => format!("write {key} = \"+1h\" for an hour from then, for example"),
            None => format!("run tokenmint {} --help for what it takes", kind.name),
        })
    }

    fn refuse(&self, key: &str, why: &str) -> Failure {
        Failure::configuration(format!("{}: '{key}' {why}", self.name))
    }

    fn unknown(&self, kind: &Kind, key: &str) -> Failure {
        let authenticates = kind.endpoint().and_then(|endpoint| endpoint.authentication.flags().find(|f| f.key == key));
        if let Some(flag) = authenticates {
            return self
                .refuse(key, "is not part of the request, and a preset cannot hold it")
                .with_hint(format!("remove it, and add {} to the command line", flag.example()));
        }
        let known: Vec<&str> =
            ["command", "profile"].into_iter().chain(kind.distinct_fields().map(|f| f.key)).collect();
        let nearest = meant(kind, key).or_else(|| text::nearest(key, known.iter().copied()));
        let nearest = nearest.map_or_else(String::new, |nearest| format!(" (did you mean '{nearest}'?)"));
        // A key that does not look like one may be a value in the wrong place.
        let shown = if text::is_key(key) { format!("'{key}'") } else { "here".to_owned() };
        Failure::configuration(format!("{}: unknown key {shown}{nearest}", self.name))
            .with_hint(format!("expected one of: {}", known.join(", ")))
    }
}

/// The key of the field whose flag has this name: presets are written by those who know the flags.
fn meant(kind: &Kind, key: &str) -> Option<&'static str> {
    let flag = key.replace('_', "-");
    let has = |field: &&Field| field.flag.name == flag || field.flag.aliases.contains(&flag.as_str());
    kind.fields.iter().find(has).map(|field| field.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signalwire::{chat, guest};

    fn now() -> Timestamp {
        Timestamp::from_second(1_700_000_000).unwrap()
    }

    fn read(kind: &Kind, fields: &str) -> std::result::Result<String, (String, String)> {
        let fields = Object::parse(fields).unwrap();
        PresetFields::new(kind, "preset 'x'", &fields, now())
            .map(|preset| preset.encoded(kind, now()).unwrap().to_string())
            .map_err(|failure| (failure.to_string(), failure.hint().unwrap_or_default().to_owned()))
    }

    #[test]
    fn durations_and_times_are_read_as_flags_take_them() {
        assert_eq!(read(&chat::KIND, r#"{"ttl":"1h30m"}"#).unwrap(), r#"{"ttl":90}"#);
        assert_eq!(read(&chat::KIND, r#"{"ttl":90}"#).unwrap(), r#"{"ttl":90}"#);
        assert_eq!(read(&guest::KIND, r#"{"expire_at":"+1h"}"#).unwrap(), r#"{"expire_at":1700003600}"#);
        let hint = read(&guest::KIND, r#"{"expire_at":"1h"}"#).unwrap_err().1;
        assert_eq!(hint, "write expire_at = \"+1h\" for an hour from then, for example");
    }

    #[test]
    fn times_from_now_are_worked_out_for_each_token() {
        let fields = Object::parse(r#"{"expire_at":"+1h"}"#).unwrap();
        let preset = PresetFields::new(&guest::KIND, "preset 'x'", &fields, now()).unwrap();
        let later = Timestamp::from_second(1_800_000_000).unwrap();
        assert_eq!(preset.encoded(&guest::KIND, later).unwrap().to_string(), r#"{"expire_at":1800003600}"#);
    }

    #[test]
    fn a_wrong_value_is_refused_and_not_repeated() {
        for (kind, fields, said) in [
            (&chat::KIND, r#"{"ttl":"secret"}"#, "preset 'x': 'ttl' must be 1 to 43200 minutes (30 days)"),
            (&chat::KIND, r#"{"ttl":99999}"#, "preset 'x': 'ttl' must be 1 to 43200"),
            (&chat::KIND, r#"{"channels":"secret"}"#, "preset 'x': 'channels' is not a value that --channel takes"),
            (&guest::KIND, r#"{"expire_at":"99999s"}"#, "preset 'x': 'expire_at' is not a value"),
        ] {
            let (message, hint) = read(kind, fields).unwrap_err();
            assert!(message.starts_with(said), "{message}");
            for text in [&message, &hint] {
                assert!(!text.contains("secret") && !text.contains("99999"), "{message} {hint}");
            }
        }
    }

    #[test]
    fn an_unknown_key_gets_the_field_that_was_meant() {
        let message = |kind, fields: &str| read(kind, fields).unwrap_err().0;
        assert_eq!(
            message(&chat::KIND, r#"{"chanels":{}}"#),
            "preset 'x': unknown key 'chanels' (did you mean 'channels'?)"
        );
        assert_eq!(
            message(&chat::KIND, r#"{"channel":{}}"#),
            "preset 'x': unknown key 'channel' (did you mean 'channels'?)"
        );
        assert_eq!(
            message(&guest::KIND, r#"{"ttl":"1h"}"#),
            "preset 'x': unknown key 'ttl' (did you mean 'expire_at'?)"
        );
        assert_eq!(message(&guest::KIND, r#"{"PT 1":"1h"}"#), "preset 'x': unknown key here");
    }
}
