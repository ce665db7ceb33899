//! A value of a set and the place where it was found.

use std::fmt;

use crate::text;

/// Where one value was found. It names the place as a message does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A variable.
    Variable(&'static str),
    /// A key of a profile.
    Profile {
        /// The key of the value.
        key: &'static str,
        /// What its key ends in where it says how to get the value.
        suffix: &'static str,
        /// The profile's name.
        profile: String,
    },
    /// Typed for a new profile; what messages call it.
    Typed(String),
    /// The built-in profile.
    Emulator {
        /// The key of the value.
        key: &'static str,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Variable(name) => formatter.write_str(name),
            Origin::Typed(place) => formatter.write_str(place),
            Origin::Profile { key, suffix, profile } => {
                write!(formatter, "{key}{suffix} of profile '{}'", text::clip(profile, 60))
            }
            Origin::Emulator { key } => write!(formatter, "{key} of the emulator"),
        }
    }
}

/// A value with the place where it was found.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    /// Its key in a profile.
    pub key: &'static str,
    /// The value.
    pub value: String,
    /// The place.
    pub origin: Origin,
}

impl fmt::Debug for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A secret may stand where a public value belongs.
        write!(formatter, "{} from {}", self.key, self.origin)
    }
}
