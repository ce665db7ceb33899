//! A request body against the tables of its endpoint: everything that is wrong with it, in the service's words. What the
//! limits are is for `signalwire`.

use jiff::Timestamp;

use super::answer::{Answer, Entry};
use crate::catalog::{Emulation, Endpoint, Field, Kind, Problem, Violation, check_fields};
use crate::json::{self, Object};

/// The most entries of one answer, so that a hostile body is not repeated many times over.
const MAX_ENTRIES: usize = 1_000;

/// The body's members if the service would take them, or what it would answer instead.
pub(super) fn body(kind: &Kind, endpoint: &Endpoint, bytes: &[u8], now: Timestamp) -> Result<Object, Answer> {
    let text = std::str::from_utf8(bytes).map_err(|_| Answer::bad_request())?;
    let body = Object::parse(text).map_err(|_| Answer::bad_request())?;
    let Some(emulation) = &kind.emulation else { return Err(Answer::not_found()) };
    if is_forbidden(kind, endpoint, &body) {
        return Err(Answer::forbidden());
    }
    let mut entries: Vec<Entry> = Vec::new();
    for violation in violations(kind, endpoint, emulation, &body, now) {
        let Some(entry) = Entry::of(&violation, emulation) else { continue };
        // The service speaks of a field, not of its parts: many wrong channels make one entry.
        if !entries.contains(&entry) {
            entries.push(entry);
        }
        if entries.len() == MAX_ENTRIES {
            break;
        }
    }
    if entries.is_empty() { Ok(body) } else { Err(Answer::invalid(&entries)) }
}

/// Whether what the endpoint judges in place of credentials is there and not valid.
fn is_forbidden(kind: &Kind, endpoint: &Endpoint, body: &Object) -> bool {
    let key = endpoint.authentication.refused().and_then(|refused| refused.field);
    let field = key.and_then(|key| kind.field(key));
    field.is_some_and(|field| {
        let text = body.get(field.key).filter(|raw| !is_blank(raw) && json::as_str(raw).is_some());
        text.is_some_and(|raw| !field.check(raw).is_empty())
    })
}

fn violations(
    kind: &Kind,
    endpoint: &Endpoint,
    emulation: &Emulation,
    body: &Object,
    now: Timestamp,
) -> Vec<Violation> {
    let mut violations = check_fields(kind, body);
    let absent = |field: &&Field| field.required && body.get(field.key).is_none_or(is_blank);
    let missing: Vec<&Field> = kind.distinct_fields().filter(absent).collect();
    // Of what is blank nothing else is said.
    violations.retain(|violation| missing.iter().all(|field| field.key != violation.key));
    violations.extend((endpoint.cross_check)(body, now));
    let problem = || Problem::missing_as(emulation.missing);
    violations.extend(missing.iter().map(|field| Violation::new(field.key, problem())));
    // In the order of the reference's table of fields.
    violations.sort_by_key(|violation| kind.fields.iter().position(|field| field.key == violation.key));
    let unknown = body.iter().filter(|(key, _)| kind.field(key).is_none());
    violations.extend(unknown.map(|(key, _)| Violation::new(key, Problem::unknown())));
    violations
}

/// Whether a value counts as not given where one is required.
fn is_blank(raw: &str) -> bool {
    matches!(raw, "\"\"" | "[]" | "null")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signalwire::{PROVIDER, chat, guest, pubsub, subscriber, video};

    const NOW: i64 = 1_700_000_000;

    /// The answer's status, and the code and attribute of each entry.
    fn refusal(kind: &Kind, text: &str) -> (u16, Vec<(String, String)>) {
        match body(kind, kind.endpoint().unwrap(), text.as_bytes(), Timestamp::from_second(NOW).unwrap()) {
            Ok(_) => (200, Vec::new()),
            Err(answer) => {
                let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
                let text = |entry: &serde_json::Value, key: &str| entry[key].as_str().unwrap().to_owned();
                let entries = json["errors"].as_array().map_or_else(Vec::new, |entries| {
                    entries.iter().map(|entry| (text(entry, "code"), text(entry, "attribute"))).collect()
                });
                (answer.status, entries)
            }
        }
    }

    #[track_caller]
    fn assert_refused(kind: &Kind, text: &str, expected: &[(&str, &str)]) {
        let expected = expected.iter().map(|(code, key)| ((*code).to_owned(), (*key).to_owned())).collect();
        assert_eq!(refusal(kind, text), (422, expected), "{text}");
    }

    #[test]
    fn what_is_no_object_is_a_bad_request() {
        for kind in PROVIDER.kinds {
            for text in ["", " ", "{", "[]", "null", "\"x\"", "{\"ttl\":60}}", "\u{feff}{}"] {
                assert_eq!(refusal(kind, text), (400, Vec::new()), "{text}");
            }
        }
        assert_eq!(
            body(&chat::KIND, chat::KIND.endpoint().unwrap(), b"{\"\xff\":1}", Timestamp::UNIX_EPOCH),
            Err(Answer::bad_request())
        );
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let missing = "missing_required_parameter";
        assert_refused(&chat::KIND, "{}", &[(missing, "ttl"), (missing, "channels")]);
        assert_refused(&pubsub::KIND, "{}", &[(missing, "ttl"), (missing, "channels")]);
        assert_refused(&guest::KIND, "{}", &[(missing, "allowed_addresses")]);
        assert_refused(&video::KIND, "{}", &[(missing, "room_name")]);
        assert_refused(
            &chat::KIND,
            r#"{"ttl":43201,"channels":{"sw_x":{"read":1},"y":{},"z":{}},"state":[],"member_id":7,"colour":"red"}"#,
            &[
                ("invalid_parameter", "ttl"),
                ("channel_name_is_reserved", "channels"),
                ("not_a_boolean", "channels"),
                ("channel_has_missing_properties", "channels"),
                ("invalid_parameter", "member_id"),
                ("not_a_hash", "state"),
                ("invalid_parameter", "colour"),
            ],
        );
    }

    #[test]
    fn limits_are_the_documented_ones() {
        let chat = |ttl: &str, name: usize, state: usize| {
            let (name, state) = ("n".repeat(name), "s".repeat(state - r#"{"s":""}"#.len()));
            format!(r#"{{"ttl":{ttl},"channels":{{"{name}":{{"write":false}}}},"state":{{"s":"{state}"}}}}"#)
        };
        assert_eq!(refusal(&chat::KIND, &chat("1", 250, 2_000)).0, 200);
        assert_eq!(refusal(&chat::KIND, &chat("43200", 1, 10)).0, 200);
        let wrong = [
            (chat("0", 1, 10), "invalid_parameter", "ttl"),
            (chat("60.0", 1, 10), "invalid_parameter", "ttl"),
            (chat("1", 251, 10), "channel_name_size_limit_exceeded", "channels"),
            (chat("1", 1, 2_001), "state_size_limit_exceeded", "state"),
        ];
        for (text, code, attribute) in wrong {
            assert_refused(&chat::KIND, &text, &[(code, attribute)]);
        }
        let reserved_for_chat = r#"{"ttl":1,"channels":{"sw_x":{"read":true}}}"#;
        assert_eq!(refusal(&pubsub::KIND, reserved_for_chat).0, 200);
        let none = r#"{"ttl":1,"channels":{}}"#;
        assert_refused(&pubsub::KIND, none, &[("no_channel_specified", "channels")]);
    }

    #[test]
    fn guests_need_known_regions_and_a_future_end() {
        let id = r#""5e6f7a8b-9c0d-4e1f-a2b3-c4d5e6f7a8b9""#;
        let guest = |more: &str| format!(r#"{{"allowed_addresses":[{id}]{more}}}"#);
        let fine = guest(r#","expire_at":1700000001,"ch":"us-central""#);
        assert_eq!(refusal(&guest::KIND, &fine).0, 200);
        let eleven = format!(r#"{{"allowed_addresses":[{}]}}"#, [id; 11].join(","));
        let wrong = [
            (guest(r#","expire_at":1700000000"#), "invalid_parameter", "expire_at"),
            (guest(r#","expire_at":"2020-01-01""#), "invalid_parameter", "expire_at"),
            (guest(r#","region":"mars""#), "unsupported_option", "region"),
            (guest(r#","ch":"mars""#), "unsupported_region", "ch"),
            (guest(r#","room_name":"x""#), "invalid_parameter", "room_name"),
            (eleven, "allowed_address_limit_exceeded", "allowed_addresses"),
        ];
        for (text, code, attribute) in wrong {
            assert_refused(&guest::KIND, &text, &[(code, attribute)]);
        }
    }

    #[test]
    fn the_refusal_of_a_past_end_says_what_the_time_is() {
        let text = br#"{"allowed_addresses":["5e6f7a8b-9c0d-4e1f-a2b3-c4d5e6f7a8b9"],"expire_at":1}"#;
        let answer = body(&guest::KIND, guest::KIND.endpoint().unwrap(), text, Timestamp::from_second(NOW).unwrap())
            .unwrap_err();
        assert!(answer.body.contains("must be greater than 1700000000"), "{}", answer.body);
    }

    #[test]
    fn rooms_may_have_past_times_and_the_permission_of_the_prose() {
        let room = |more: &str| format!(r#"{{"room_name":"r"{more}}}"#);
        let fine = [
            "",
            r#","join_until":"2020-01-01","remove_at":"2020-01-01T00:00:00Z""#,
            r#","permissions":["room.stream.start","room.self.audio_mute"]"#,
        ];
        for more in fine {
            assert_eq!(refusal(&video::KIND, &room(more)), (200, Vec::new()), "{more}");
        }
        assert_refused(
            &video::KIND,
            &room(r#","permissions":["room.dance"]"#),
            &[("unsupported_option", "permissions")],
        );
        assert_refused(&video::KIND, &room(r#","join_from":"soon""#), &[("not_a_datetime", "join_from")]);
        assert_refused(
            &video::KIND,
            &room(r#","join_from":"2030-01-02","join_until":"2030-01-01""#),
            &[("invalid_join_until_date", "join_until")],
        );
    }

    #[test]
    fn unknown_fields_are_refused_in_every_request_and_in_a_channel() {
        let unknown = "invalid_parameter";
        assert_refused(&video::KIND, r#"{"room_name":"r","expires_in":3600}"#, &[(unknown, "expires_in")]);
        for kind in [&chat::KIND, &pubsub::KIND] {
            let text = r#"{"ttl":1,"channels":{"a":{"read":true,"admin":true}}}"#;
            assert_refused(kind, text, &[(unknown, "channels")]);
        }
    }

    #[test]
    fn a_blank_value_counts_as_missing_where_one_is_required() {
        let missing = "missing_required_parameter";
        for blank in ["\"\"", "[]", "null"] {
            assert_refused(&video::KIND, &format!(r#"{{"room_name":{blank}}}"#), &[(missing, "room_name")]);
            assert_refused(&subscriber::KIND, &format!(r#"{{"reference":{blank}}}"#), &[(missing, "reference")]);
            let guest = format!(r#"{{"allowed_addresses":{blank}}}"#);
            assert_refused(&guest::KIND, &guest, &[(missing, "allowed_addresses")]);
            let chat = format!(r#"{{"ttl":{blank},"channels":{blank}}}"#);
            assert_refused(&chat::KIND, &chat, &[(missing, "ttl"), (missing, "channels")]);
        }
    }

    #[test]
    fn a_hostile_body_is_not_repeated_at_length() {
        let members: Vec<String> = (0..100_000).map(|number| format!(r#""{number}":0"#)).collect();
        assert_eq!(refusal(&chat::KIND, &format!("{{{}}}", members.join(","))).1.len(), MAX_ENTRIES);
    }
}
