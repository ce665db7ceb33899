//! Shell syntax: quoting a word and setting a variable, for each shell that people `eval` or source our output in.

use crate::text::sh_quoted;

/// A family of shells that share a syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// POSIX `sh` and its kin: bash, zsh, dash, ksh.
    Sh,
    /// fish.
    Fish,
    /// PowerShell, every edition.
    PowerShell,
    /// Nushell.
    Nu,
}

impl Shell {
    /// What `--shell` takes, in the order in which it is listed.
    pub const NAMES: [(&'static str, Shell); 9] = [
        ("sh", Shell::Sh),
        ("bash", Shell::Sh),
        ("zsh", Shell::Sh),
        ("dash", Shell::Sh),
        ("ksh", Shell::Sh),
        ("fish", Shell::Fish),
        ("powershell", Shell::PowerShell),
        ("pwsh", Shell::PowerShell),
        ("nu", Shell::Nu),
    ];

    /// The shell of a name.
    pub fn named(name: &str) -> Option<Shell> {
        Shell::NAMES.iter().find(|(known, _)| *known == name).map(|(_, shell)| *shell)
    }

    /// A line that sets an environment variable, line feed included. The value is quoted whatever it holds, although a
    /// believable token has nothing in it that would need it.
    pub fn set_variable(self, name: &str, value: &str) -> String {
        match self {
            Shell::Sh => format!("export {name}={}\n", sh_quoted(value)),
            Shell::Fish => format!("set -gx {name} '{}'\n", value.replace('\\', r"\\").replace('\'', r"\'")),
            Shell::PowerShell => format!("$env:{name} = '{}'\n", powershell_escaped(value)),
            Shell::Nu => format!("$env.{name} = {}\n", nu_quoted(value)),
        }
    }
}

/// PowerShell ends a single-quoted string at any of the typographic single quotes too, and doubles each to escape it.
fn powershell_escaped(value: &str) -> String {
    value.chars().fold(String::with_capacity(value.len()), |mut escaped, character| {
        if matches!(character, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            escaped.push(character);
        }
        escaped.push(character);
        escaped
    })
}

/// Nushell takes single quotes where the value has none, and a raw string with enough `#` where it has.
fn nu_quoted(value: &str) -> String {
    if !value.contains('\'') {
        return format!("'{value}'");
    }
    let mut hashes = "#".to_owned();
    while value.contains(&format!("'{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}'{value}'{hashes}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sh_word;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_read_more_into_it() {
        for plain in ["ls", "/usr/bin/x", "a=b", "--flag=x", "50%", "a@b:1,2"] {
            assert_eq!(sh_word(plain), plain);
        }
        for awkward in ["", "=ls", "=", "~", "a b", "$x", "it's", "*", "a\nb", "é"] {
            assert_eq!(sh_word(awkward), sh_quoted(awkward));
        }
    }

    #[test]
    fn each_shell_has_its_own_line() {
        assert_eq!(Shell::Sh.set_variable("T", "a'b"), "export T='a'\\''b'\n");
        assert_eq!(Shell::Fish.set_variable("T", r"a'b\"), "set -gx T 'a\\'b\\\\'\n");
        assert_eq!(Shell::PowerShell.set_variable("T", "a'b\u{2019}"), "$env:T = 'a''b\u{2019}\u{2019}'\n");
        assert_eq!(Shell::Nu.set_variable("T", "ab"), "$env.T = 'ab'\n");
        assert_eq!(Shell::Nu.set_variable("T", "a'#b"), "$env.T = r##'a'#b'##\n");
    }
}
