//! What a provider's set of credentials consists of. Each provider declares one; nothing here knows any by name.

use crate::app::Environment;
use crate::error::Failure;

/// How much of a set is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// All of it.
    Set,
    /// The public value with this key alone. Nothing else of the set is read.
    Only(&'static str),
}

impl Needs {
    /// Whether a value with this key is needed.
    pub(super) fn includes(self, key: &str) -> bool {
        match self {
            Needs::Set => true,
            Needs::Only(only) => only == key,
        }
    }
}

/// The name of the built-in profile, which no configuration file can define.
pub const EMULATOR: &str = "emulator";

/// The credentials of one provider and the settings that a profile may hold next to them.
#[derive(Debug)]
pub struct Schema {
    /// The table of a profile that holds them: `[profiles.NAME.SECTION]`.
    pub section: &'static str,
    /// The provider's name, for messages.
    pub provider: &'static str,
    /// Where people find the values.
    pub console: &'static str,
    /// The values that may be shown, in the order in which people know them.
    pub public: &'static [Field],
    /// The value that may not.
    pub secret: Field,
    /// Optional settings next to the set.
    pub settings: &'static [Setting],
    /// More variables that hold secrets of this provider, although they belong to no set.
    pub other_secrets: &'static [&'static str],
    /// What `--profile emulator` means for this provider.
    pub built_in: BuiltIn,
    /// What shows that two values of the set have taken each other's place. The public values come in their order.
    pub confusion: fn(public: &[Placed], secret: &Placed) -> Option<Confusion>,
    /// A better explanation than the usual one where the environment shows what was tried.
    pub explain_missing: fn(&Environment) -> Option<Failure>,
}

/// One value of a set.
#[derive(Debug)]
pub struct Field {
    /// Its key in a profile.
    pub key: &'static str,
    /// What it is called where it is asked for.
    pub label: &'static str,
    /// The variables that can hold it; the first one that is set is read.
    pub variables: &'static [&'static str],
    /// Whether its presence alone means that the set is meant to be in the environment.
    pub implies_set: bool,
    /// What is certainly wrong with a value: the rest of a sentence that begins with where it was found.
    pub fault: fn(&str) -> Option<String>,
    /// Whether a value is the one that our own documentation writes in its place.
    pub placeholder: fn(&str) -> bool,
    /// What to do about a value that is wrong.
    pub hint: Option<&'static str>,
}

/// A value and its place in words.
#[derive(Clone)]
pub struct Placed<'a> {
    /// Where it was found.
    pub place: String,
    /// The value.
    pub value: &'a str,
}

/// Values of a set that have taken each other's place.
#[derive(Debug)]
pub struct Confusion {
    /// What is wrong, with the places and without the values.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

/// One optional setting.
#[derive(Debug)]
pub struct Setting {
    /// Its key in a profile.
    pub key: &'static str,
    /// The variables that can hold it; the first one that is set is read.
    pub variables: &'static [&'static str],
    /// What is wrong with a value, as for a field.
    pub fault: fn(&str) -> Option<String>,
}

/// The set of the built-in profile.
#[derive(Debug)]
pub enum BuiltIn {
    /// These values, which are public: the public fields in their order, and the secret.
    Set(&'static [&'static str], &'static str),
    /// This build has no emulator.
    NotBuilt,
    /// There is nothing to emulate.
    NotEmulated {
        /// Why.
        message: &'static str,
        /// What to do instead.
        hint: &'static str,
    },
}

impl Schema {
    /// The flag of a public value, where one is typed for a new profile.
    pub fn flag(field: &Field) -> String {
        format!("--{}", field.key.replace('_', "-"))
    }

    /// Every field, the secret last.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.public.iter().chain([&self.secret])
    }

    /// Whether the emulator has a set of this provider, in this build or another.
    pub fn is_emulated(&self) -> bool {
        !matches!(self.built_in, BuiltIn::NotEmulated { .. })
    }

    /// Every variable that is read for a set.
    pub fn variables(&self) -> impl Iterator<Item = &'static str> {
        self.fields().flat_map(|field| field.variables).copied()
    }

    /// The first variable of every field that is needed.
    pub(super) fn usual_variables(&self, needs: Needs) -> Vec<&'static str> {
        self.fields()
            .filter(|field| needs.includes(field.key))
            .filter_map(|field| field.variables.first().copied())
            .collect()
    }

    /// Whether a public value is the one that our own documentation writes in its place.
    pub fn is_placeholder(&self, key: &str, value: &str) -> bool {
        self.public.iter().any(|field| field.key == key && (field.placeholder)(value))
    }

    /// What is wrong with a public value or a setting; something always is with a key that is neither.
    pub fn fault(&self, key: &str, value: &str) -> Option<String> {
        let fields = self.public.iter().map(|field| (field.key, field.fault));
        let mut all = fields.chain(self.settings.iter().map(|setting| (setting.key, setting.fault)));
        match all.find(|(known, _)| *known == key) {
            Some((_, fault)) => fault(value),
            None => Some("is unknown".to_owned()),
        }
    }
}

/// The placeholder of a field that our documentation writes no value for.
pub fn never(_: &str) -> bool {
    false
}

/// Every variable that holds a secret of one of these providers.
pub fn secret_variables<'a>(schemas: &'a [&'static Schema]) -> impl Iterator<Item = &'static str> + 'a {
    schemas.iter().flat_map(|schema| schema.secret.variables.iter().chain(schema.other_secrets)).copied()
}
