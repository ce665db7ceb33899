//! A field, declared once: its JSON key, its flag, what it may hold, and its help. The command tree, requests, batch
//! lines, the emulator and the 422 mapping all read these tables.

use super::{Input, Problem, Rule};
use crate::json;

/// One field and the flag that sets it.
pub struct Field {
    /// The JSON key, as the service documents it; also the key in a batch line.
    pub key: &'static str,
    /// How it is typed.
    pub flag: Flag,
    /// How the flag's text becomes JSON.
    pub input: Input,
    /// What it may hold, wherever that came from.
    pub rule: &'static dyn Rule,
    /// Whether no token can be minted without it.
    pub required: bool,
    /// Whether it says for whom or for what the token is.
    pub names_token: bool,
    /// Other places of a value that is not given.
    pub default: Option<&'static Fallback>,
    /// One line for `-h`; what follows a blank line is for `--help`.
    pub help: &'static str,
}

/// A flag as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// The long name, without dashes.
    pub name: &'static str,
    /// The short name.
    pub short: Option<char>,
    /// Other long names with the same meaning.
    pub aliases: &'static [&'static str],
    /// What follows it.
    pub value: Value,
}

/// What follows a flag; the text is what the help calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// A value, always.
    Required(&'static str),
    /// A value, or nothing where a default will do.
    Optional(&'static str),
    /// Nothing, which means true, or `true` or `false`.
    Switch,
    /// No flag at all: the value is the command's argument. Left out, it is read from stdin.
    Argument(&'static str),
}

/// Where a value is looked up that is not given.
pub struct Fallback {
    /// Environment variables; the first that is set counts.
    pub variables: &'static [&'static str],
    /// The key in the provider's table of a profile.
    pub profile_key: &'static str,
}

impl Field {
    /// A field that is not required, under a flag of its own name, for the rest to be filled in.
    pub const fn new(
        key: &'static str,
        flag: &'static str,
        value: &'static str,
        input: Input,
        rule: &'static dyn Rule,
        help: &'static str,
    ) -> Self {
        let flag = Flag { name: flag, short: None, aliases: &[], value: Value::Required(value) };
        Field { key, flag, input, rule, required: false, names_token: false, default: None, help }
    }

    /// A field that is true or false.
    pub const fn switch(key: &'static str, flag: &'static str, help: &'static str) -> Self {
        let field = Field::new(key, flag, "BOOL", Input::Boolean, &super::rule::Boolean, help);
        Field { flag: Flag { value: Value::Switch, ..field.flag }, ..field }
    }

    /// The field, without which no token can be minted.
    pub const fn required(self) -> Self {
        Field { required: true, ..self }
    }

    /// The field, which says for whom or for what the token is.
    pub const fn names_token(self) -> Self {
        Field { names_token: true, ..self }
    }

    /// The field, with a short flag.
    pub const fn short(self, short: char) -> Self {
        Field { flag: Flag { short: Some(short), ..self.flag }, ..self }
    }

    /// The field, with other names for its flag.
    pub const fn aliases(self, aliases: &'static [&'static str]) -> Self {
        Field { flag: Flag { aliases, ..self.flag }, ..self }
    }

    /// The field, whose flag may have no value: `default` then says where it is looked up.
    pub const fn optional_value(self, value: &'static str, default: Option<&'static Fallback>) -> Self {
        Field { flag: Flag { value: Value::Optional(value), ..self.flag }, default, ..self }
    }

    /// The field, given as the command's argument.
    pub const fn argument(self, value: &'static str) -> Self {
        Field { flag: Flag { value: Value::Argument(value), ..self.flag }, ..self }
    }

    /// Whether it is given as the command's argument.
    pub fn is_argument(&self) -> bool {
        matches!(self.flag.value, Value::Argument(_))
    }

    /// What messages call it: the flag as it is typed.
    pub fn dashed(&self) -> String {
        if self.is_argument() { "the input".to_owned() } else { format!("--{}", self.flag.name) }
    }

    /// What the help calls it.
    pub fn spelling(&self) -> String {
        match self.flag.value {
            Value::Argument(value) => value.to_owned(),
            _ => self.dashed(),
        }
    }

    /// The line for `-h`.
    pub fn summary(&self) -> &'static str {
        self.help.split_once("\n\n").map_or(self.help, |(summary, _)| summary)
    }

    /// Everything that is wrong with a value, given as compact JSON.
    pub fn check(&self, raw: &str) -> Vec<Problem> {
        if let Value::Optional(_) = self.flag.value {
            if matches!(raw, "true" | "false" | "null") {
                return Vec::new();
            }
            if json::as_str(raw).is_none() {
                return vec![Problem::ours("must be a string, or true for its default")];
            }
        }
        self.rule.check(raw)
    }

    /// How a value is most easily given.
    pub fn example(&self) -> String {
        let value = match (self.input, self.flag.value) {
            (Input::Minutes | Input::ExpiryAfter | Input::DateTimeAfter | Input::Lifetime { .. }, _) => "1h",
            (Input::Entries { example, .. }, _) => example,
            (_, Value::Required(value) | Value::Optional(value)) => value,
            (_, Value::Switch) => return self.dashed(),
            (_, Value::Argument(value)) => return value.split('|').next().unwrap_or(value).to_owned(),
        };
        format!("{} {value}", self.dashed())
    }
}
