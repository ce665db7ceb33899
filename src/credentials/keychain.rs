//! The keychain of the system, through its own program: `secret-tool` for the Secret Service, `security` for macOS. A
//! secret reaches it on standard input, never as an argument.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use super::helper::{self, Terms};
use crate::app::Environment;
use crate::error::{Failure, Result};
use crate::secret::Secret;
use crate::text;

/// What messages call the wish for a keychain.
const FLAG: &str = "--keychain";

/// The program that keeps the secrets of a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Program {
    SecretTool,
    Security,
}

/// The place of one secret in the keychain.
pub struct KeychainEntry {
    program: Program,
    /// The profile, with the configuration file that it is in where that is not the usual one.
    account: String,
    section: &'static str,
    /// What the keychain shows to people.
    label: String,
}

impl KeychainEntry {
    /// The place of a profile's secret. `config` is a configuration file other than the usual one.
    ///
    /// # Errors
    /// Exit 2 on a system whose keychain has no program.
    pub fn new(profile: &str, section: &'static str, config: Option<&Path>) -> Result<Self> {
        let program = if cfg!(target_os = "macos") {
            Program::Security
        } else if cfg!(unix) {
            Program::SecretTool
        } else {
            return Err(Failure::usage(format!("{FLAG} works with secret-tool and with the keychain of macOS only"))
                .with_hint("leave it out: the secret goes into a file that only you can read"));
        };
        Ok(Self::of_program(program, profile, section, config))
    }

    fn of_program(program: Program, profile: &str, section: &'static str, config: Option<&Path>) -> Self {
        let account = match config {
            Some(config) => format!("{profile} in {}", config.display()),
            None => profile.to_owned(),
        };
        KeychainEntry { program, account, section, label: format!("tokenmint profile {profile} ({section})") }
    }

    /// The command that prints the secret.
    pub fn lookup(&self) -> Vec<String> {
        match self.program {
            Program::SecretTool => self.secret_tool("lookup", &[]),
            Program::Security => self.security("find-generic-password", &["-w"]),
        }
    }

    /// The command that removes the secret.
    pub fn removal(&self) -> Vec<String> {
        match self.program {
            Program::SecretTool => self.secret_tool("clear", &[]),
            Program::Security => self.security("delete-generic-password", &[]),
        }
    }

    /// The command that stores the secret, and what is written to it.
    fn storage(&self, secret: &Secret) -> (Vec<String>, Secret) {
        match self.program {
            Program::SecretTool => {
                let label = format!("--label={}", self.label);
                (self.secret_tool("store", &[&label]), secret.clone())
            }
            // Reads commands on its standard input; the digits need no quoting.
            Program::Security => {
                let words = self.security("add-generic-password", &["-U", "-l", &self.label]);
                let quoted: Vec<String> = words.iter().skip(1).map(|word| quoted(word)).collect();
                let line = format!("{} -X {}\n", quoted.join(" "), hexadecimal(secret));
                (vec!["security".to_owned(), "-i".to_owned()], Secret::new(line))
            }
        }
    }

    fn secret_tool(&self, action: &str, flags: &[&str]) -> Vec<String> {
        let attributes = ["service", "tokenmint", "section", self.section, "profile", &self.account];
        ["secret-tool", action].iter().chain(flags).chain(&attributes).map(|word| (*word).to_owned()).collect()
    }

    fn security(&self, action: &str, flags: &[&str]) -> Vec<String> {
        let service = format!("tokenmint {}", self.section);
        let entry = ["-s", &service, "-a", &self.account];
        ["security", action].iter().chain(flags).chain(&entry).map(|word| (*word).to_owned()).collect()
    }

    /// Whether the program of the keychain is there.
    ///
    /// # Errors
    /// Exit 3, naming it.
    pub fn check(&self, env: &Environment) -> Result<()> {
        self.command(&self.lookup(), env).map(drop)
    }

    /// Stores a secret, and reads it back: what a mint would get must be what was typed.
    ///
    /// # Errors
    /// Exit 3 where the program fails.
    pub fn store(&self, secret: &Secret, terms: &Terms, env: &Environment) -> Result<()> {
        let (words, input) = self.storage(secret);
        self.run(&words, Some(&input), terms, env)?;
        let stored = helper::run(&self.lookup(), FLAG, terms, env)?;
        if stored == *secret {
            return Ok(());
        }
        Err(Failure::configuration(format!("{FLAG}: the keychain does not give back the secret that was stored"))
            .with_hint("leave it out: the secret goes into a file that only you can read"))
    }

    /// Removes the secret.
    ///
    /// # Errors
    /// Exit 3 where the program fails.
    pub fn remove(&self, terms: &Terms, env: &Environment) -> Result<()> {
        self.run(&self.removal(), None, terms, env)
    }

    /// The removal as a line for a shell.
    pub fn removal_line(&self) -> String {
        self.removal().iter().map(|word| text::sh_word(word)).collect::<Vec<_>>().join(" ")
    }

    fn command(&self, words: &[String], env: &Environment) -> Result<Command> {
        helper::command(words, FLAG, env).map_err(|failure| match self.program {
            Program::SecretTool => failure.with_hint("install it (Debian: libsecret-tools), or leave out --keychain"),
            Program::Security => failure,
        })
    }

    fn run(&self, words: &[String], input: Option<&Secret>, terms: &Terms, env: &Environment) -> Result<()> {
        let mut command = self.command(words, env)?;
        for variable in &terms.hidden {
            command.env_remove(variable);
        }
        let failed = |how: String| {
            let program = words.first().map_or("", String::as_str);
            Failure::configuration(format!("{FLAG}: {program} {how}"))
                .with_hint("is the keychain unlocked? without --keychain the secret goes into a file of yours")
        };
        let (reader, mut writer) = std::io::pipe().map_err(|error| failed(format!("cannot be started: {error}")))?;
        // A secret has at most 4096 bytes: a pipe takes them before anybody reads.
        let text = input.map_or("", Secret::expose);
        writer.write_all(text.as_bytes()).map_err(|error| failed(format!("cannot be given the secret: {error}")))?;
        drop(writer);
        command.stdin(reader);
        helper::watch(&mut command, terms.limit).map(drop).map_err(|fault| failed(fault.to_string()))
    }
}

/// A word for the command line of `security -i`.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

fn hexadecimal(secret: &Secret) -> String {
    use std::fmt::Write as _;
    secret.expose().bytes().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(program: Program, config: Option<&str>) -> KeychainEntry {
        KeychainEntry::of_program(program, "dev", "signalwire", config.map(Path::new))
    }

    #[test]
    fn a_secret_is_never_an_argument() {
        let secret = Secret::new("PT\"s e'c".to_owned());
        let (words, input) = entry(Program::SecretTool, None).storage(&secret);
        let label = "--label=tokenmint profile dev (signalwire)";
        assert_eq!(
            words,
            ["secret-tool", "store", label, "service", "tokenmint", "section", "signalwire", "profile", "dev"]
        );
        assert_eq!(input, secret);
        let (words, input) = entry(Program::Security, None).storage(&secret);
        assert_eq!(words, ["security", "-i"]);
        let line = "\"add-generic-password\" \"-U\" \"-l\" \"tokenmint profile dev (signalwire)\" \
            \"-s\" \"tokenmint signalwire\" \"-a\" \"dev\" -X 5054227320652763\n";
        assert_eq!(input.expose(), line);
    }

    #[test]
    fn what_is_stored_is_looked_up_and_removed_in_the_same_place() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let place = ["service", "tokenmint", "section", "signalwire", "profile", "dev in /c.toml"];
        let tool = entry(Program::SecretTool, Some("/c.toml"));
        assert_eq!(tool.lookup(), words(&[&["secret-tool", "lookup"], &place[..]].concat()));
        assert_eq!(tool.removal(), words(&[&["secret-tool", "clear"], &place[..]].concat()));
        let place = ["-s", "tokenmint signalwire", "-a", "dev"];
        let mac = entry(Program::Security, None);
        assert_eq!(mac.lookup(), words(&[&["security", "find-generic-password", "-w"], &place[..]].concat()));
        assert_eq!(mac.removal_line(), "security delete-generic-password -s 'tokenmint signalwire' -a dev");
    }
}
