//! `[presets.NAME]` as it is written: a command, the profile that it mints with, and some of its fields. Which fields the
//! command has is for the callers to know.

use crate::json::Object;

/// One preset, as read.
pub struct Preset {
    /// The command that it is for, unchecked.
    pub command: String,
    /// The profile that it names.
    pub profile: Option<String>,
    /// Its fields as JSON, in the order of the file.
    pub fields: Object,
}

impl std::fmt::Debug for Preset {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A secret may be stored under any key.
        formatter.debug_list().entries(self.fields.iter().map(|(key, _)| key)).finish()
    }
}
