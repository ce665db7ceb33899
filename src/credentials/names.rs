//! The names that a configuration file defines, for completion. Whatever else is in it, and whether it can be used, is no
//! matter here, and no program that it names is run.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::load::load;
use super::locate::locate;
use super::schema::EMULATOR;
use crate::app::Environment;

/// What can be named.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Defined {
    /// The profiles, the built-in one last.
    pub profiles: Vec<String>,
    /// The presets.
    pub presets: Vec<String>,
}

/// Reads the names of the file that a command would read. A file that cannot be read has none.
pub fn read(flag: Option<&Path>, env: &Environment) -> Defined {
    let text = locate(flag, env).and_then(|location| load(&location.path)).map(|(text, _)| text);
    of_text(&text.unwrap_or_default())
}

fn of_text(text: &str) -> Defined {
    let parsed = DeTable::parse(text).ok();
    let names =
        |section: &str| match parsed.as_ref().and_then(|table| table.get_ref().get(section)).map(Spanned::get_ref) {
            Some(DeValue::Table(table)) => {
                table.keys().map(|name| name.get_ref().to_string()).filter(|name| is_plain(name)).collect()
            }
            _ => Vec::new(),
        };
    let mut profiles: Vec<String> = names("profiles");
    profiles.retain(|name| name != EMULATOR);
    profiles.push(EMULATOR.to_owned());
    Defined { profiles, presets: names("presets") }
}

/// Whether a name can be offered as it is, without quotes and without a line break in a list of lines.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 60
        && !name.starts_with('-')
        && name.chars().all(|letter| letter.is_alphanumeric() || "_-.@+".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_whatever_else_is_wrong_with_the_file() {
        let text = "typo = 1\n[profiles.dev.signalwire]\nspace = 7\n[profiles.'a b']\n[profiles.ci]\n[presets.lobby]\n";
        let defined = of_text(text);
        assert_eq!(defined.profiles, ["ci", "dev", "emulator"]);
        assert_eq!(defined.presets, ["lobby"]);
        assert_eq!(of_text("[profiles").profiles, ["emulator"]);
        assert_eq!(
            of_text("profiles = 1\npresets = []"),
            Defined { profiles: vec!["emulator".into()], presets: vec![] }
        );
    }
}
