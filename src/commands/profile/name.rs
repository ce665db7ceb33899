//! Names of profiles that are added.

use crate::credentials::EMULATOR;
use crate::error::{Failure, Result};
use crate::text;

/// The most characters of a name.
const MAX_LENGTH: usize = 60;

/// Refuses a name that a new profile cannot have: it becomes part of a file name and of command lines.
///
/// # Errors
/// Exit 2, or 3 for the name of the built-in profile.
pub(super) fn check_new(name: &str) -> Result<()> {
    if name == EMULATOR {
        return Err(Failure::configuration(format!("'{EMULATOR}' is a built-in profile and cannot be defined"))
            .with_hint("choose another name"));
    }
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    let begins_well = name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_');
    if is_plain && begins_well && name.len() <= MAX_LENGTH {
        return Ok(());
    }
    let shown = if is_plain && name.len() <= MAX_LENGTH {
        format!(", got '{}'", text::clip(name, MAX_LENGTH))
    } else {
        String::new()
    };
    Err(Failure::usage(format!("invalid profile name{shown}"))
        .with_hint(format!("use letters, digits, _, - and . (at most {MAX_LENGTH}), such as dev")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_fit_for_a_file_and_a_command_line() {
        for right in ["dev", "Dev-2", "a.b", "_x", "9"] {
            assert!(check_new(right).is_ok(), "{right}");
        }
        for wrong in ["", "-x", ".x", "..", "a b", "a/b", "é", "a'b", "a\n", &"x".repeat(61)] {
            assert_eq!(check_new(wrong).unwrap_err().exit_code(), 2, "{wrong}");
        }
        assert_eq!(check_new("emulator").unwrap_err().exit_code(), 3);
    }
}
