//! A provider that exists in tests only.

use super::schema::{BuiltIn, Field, Schema, Setting, never};

fn never_wrong(_: &str) -> Option<String> {
    None
}

const fn field(key: &'static str, variables: &'static [&'static str], implies_set: bool) -> Field {
    Field { key, label: key, variables, implies_set, fault: never_wrong, placeholder: never, hint: None }
}

/// Its set: a user that alone implies nothing, a key, and a secret with two spellings.
pub(super) const SCHEMA: Schema = Schema {
    console: "Test Console",
    section: "test",
    provider: "Test",
    public: &[field("user", &["T_USER"], false), field("key_id", &["T_KEY"], true)],
    secret: field("password", &["T_SECRET", "T_PASSWORD"], true),
    settings: &[
        Setting { key: "room", variables: &["T_ROOM", "T_ROOM_OLD"], fault: never_wrong },
        Setting { key: "region", variables: &["T_REGION"], fault: never_wrong },
    ],
    other_secrets: &["T_TOKEN"],
    built_in: BuiltIn::Set(&["built-in-user", "built-in-key"], "built-in-secret"),
    confusion: |_, _| None,
    explain_missing: |_| None,
};

/// All providers of the tests.
pub(super) static SCHEMAS: [&Schema; 1] = [&SCHEMA];
