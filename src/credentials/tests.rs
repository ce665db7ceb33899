//! A provider that exists in tests only.

use super::schema::{BuiltIn, Field, Schema, Setting};

fn never_wrong(_: &str) -> Option<String> {
    None
}

/// Its set: a user that alone implies nothing, a key, and a secret with two spellings.
pub(super) const SCHEMA: Schema = Schema {
    section: "test",
    provider: "Test",
    public: &[
        Field { key: "user", variables: &["T_USER"], implies_set: false, fault: never_wrong },
        Field { key: "key_id", variables: &["T_KEY"], implies_set: true, fault: never_wrong },
    ],
    secret: Field { key: "password", variables: &["T_SECRET", "T_PASSWORD"], implies_set: true, fault: never_wrong },
    settings: &[
        Setting { key: "room", variables: &["T_ROOM", "T_ROOM_OLD"], fault: never_wrong },
        Setting { key: "region", variables: &["T_REGION"], fault: never_wrong },
    ],
    other_secrets: &["T_TOKEN"],
    built_in: BuiltIn::Set(&["built-in-user", "built-in-key"], "built-in-secret"),
    explain_missing: |_| None,
};

/// All providers of the tests.
pub(super) static SCHEMAS: [&Schema; 1] = [&SCHEMA];
