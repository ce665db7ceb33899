//! A set of credentials as words of a POSIX shell, which get the values from where they are stored.

use std::path::Path;

use super::config::SecretSource;
use super::origin::Origin;
use super::set::{Set, Source};
use crate::text::{sh_quoted, sh_word};

/// What stands inside of double quotes in a POSIX shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellWord {
    /// The text.
    pub text: String,
    /// The variable that it needs.
    pub variable: Option<String>,
}

impl ShellWord {
    /// The value of a variable.
    pub fn variable(name: &str) -> Self {
        ShellWord { text: format!("${name}"), variable: Some(name.to_owned()) }
    }

    /// The content of a file, by its absolute path, where that is text.
    pub fn content(path: &Path) -> Option<Self> {
        Some(ShellWord { text: file(path)?, variable: None })
    }

    /// What a command prints: its words as they are typed.
    pub fn output(words: &str) -> Self {
        ShellWord { text: format!("$({words})"), variable: None }
    }

    /// The value of a variable, without which the line fails; `what` is what to set it to.
    pub fn demanded(name: &str, what: &str) -> Self {
        ShellWord { text: format!("${{{name}:?set it to {what}}}"), variable: Some(name.to_owned()) }
    }

    fn literal(value: &str) -> Self {
        let mut text = String::with_capacity(value.len());
        for character in value.chars() {
            if matches!(character, '\\' | '"' | '$' | '`') {
                text.push('\\');
            }
            text.push(character);
        }
        ShellWord { text, variable: None }
    }
}

impl Set {
    /// A public value: of the environment by its variable, of a profile as it is.
    pub fn public_in_shell(&self, key: &str) -> ShellWord {
        match self.public.iter().find(|found| found.key == key).map(|found| &found.origin) {
            Some(Origin::Variable(name)) => ShellWord::variable(name),
            _ => ShellWord::literal(self.public(key)),
        }
    }

    /// The secret, never as it is: from its variable, program or file. One that is written in a profile comes from a
    /// variable that the line demands, named after the profile so that no other secret is in it. The emulator's is public.
    pub fn secret_in_shell(&self) -> ShellWord {
        let stored = match &self.secret {
            Some(SecretSource::Command(argv)) => command(argv),
            Some(SecretSource::File(path)) => file(path),
            Some(SecretSource::Literal(_)) | None => None,
        };
        match (stored, &self.source, &self.secret_origin, &self.secret) {
            (Some(text), ..) => ShellWord { text, variable: None },
            (None, _, Origin::Variable(name), _) => ShellWord::variable(name),
            (None, Source::Emulator, _, Some(SecretSource::Literal(secret))) => ShellWord::literal(secret.expose()),
            (None, source, ..) => self.demanded(source),
        }
    }

    fn demanded(&self, source: &Source) -> ShellWord {
        let usual = self.schema.secret.variables.first().copied().unwrap_or_default();
        let profile = if let Source::Profile { name, .. } = source { name } else { "" };
        let suffix: String = profile.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let name = format!("{usual}_{}", suffix.to_ascii_uppercase());
        let key = self.schema.secret.key;
        ShellWord::demanded(&name, &format!("the {key} of this profile"))
    }
}

/// Words that a shell does not look up as programs. `env` does, as the helper is started; `echo` and its like do the same
/// either way.
const SHELL_OWN: [&str; 68] = [
    "!", "{", "}", "[[", "]]", "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if",
    "in", "select", "then", "time", "until", "while", ".", ":", "alias", "bg", "bind", "break", "builtin", "cd",
    "command", "continue", "declare", "dirs", "disown", "enable", "eval", "exec", "exit", "export", "fc", "fg",
    "getopts", "hash", "help", "history", "jobs", "let", "local", "logout", "mapfile", "popd", "pushd", "read",
    "readonly", "return", "set", "shift", "shopt", "source", "times", "trap", "type", "typeset", "ulimit", "umask",
    "unset", "wait",
];

/// A program with its arguments. A name with `=` is quoted, so that it is no assignment.
fn command(argv: &[String]) -> Option<String> {
    let (program, arguments) = argv.split_first()?;
    let first = match program.as_str() {
        own if SHELL_OWN.contains(&own) => format!("env {}", sh_word(own)),
        name if name.contains('=') => sh_quoted(name),
        name => sh_word(name),
    };
    let words: Vec<String> = std::iter::once(first).chain(arguments.iter().map(|word| sh_word(word))).collect();
    Some(format!("$({})", words.join(" ")))
}

/// The content of a file, by its absolute path: the line may be run in another folder.
fn file(path: &Path) -> Option<String> {
    let path = std::path::absolute(path).ok()?;
    Some(format!("$(cat {})", sh_word(path.to_str()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_a_command_substitution_with_its_words_quoted_where_needed() {
        let shown = |argv: &[&str]| command(&argv.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).unwrap();
        assert_eq!(
            shown(&["op", "read", "op://Private/SignalWire/api-token"]),
            "$(op read op://Private/SignalWire/api-token)"
        );
        assert_eq!(shown(&["pass", "show", "it's \"$HOME\" `x`)"]), r#"$(pass show 'it'\''s "$HOME" `x`)')"#);
        assert_eq!(shown(&["op", "", "a b", "~", "*"]), "$(op '' 'a b' '~' '*')");
        // An assignment, and words that the shell itself takes.
        assert_eq!(shown(&["A=b", "c"]), "$('A=b' c)");
        assert_eq!(shown(&["(x"]), "$('(x')");
        assert_eq!(shown(&["eval", "touch sprung"]), "$(env eval 'touch sprung')");
        assert_eq!(shown(&["if"]), "$(env if)");
    }

    // A path without a drive is not absolute on Windows.
    #[cfg(unix)]
    #[test]
    fn a_file_is_read_by_its_absolute_path() {
        assert_eq!(file(Path::new("/run/secrets/sw")).unwrap(), "$(cat /run/secrets/sw)");
        assert_eq!(file(Path::new("/it's here")).unwrap(), r"$(cat '/it'\''s here')");
        assert!(file(Path::new("-n")).unwrap().starts_with("$(cat /"));
    }

    #[test]
    fn a_literal_is_safe_in_double_quotes() {
        assert_eq!(ShellWord::literal(r#"a"$b`c\d"#).text, r#"a\"\$b\`c\\d"#);
    }
}
