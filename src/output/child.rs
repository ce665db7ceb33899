//! `-- COMMAND…`: a program that gets the token in its environment, so that the token is printed nowhere.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::format::Names;
use crate::app::Environment;
use crate::error::{Category, Failure, Result};
use crate::os::{self, Foreground};
use crate::token::Token;

/// A program that is known to be there, with its arguments.
#[derive(Debug)]
pub struct Program {
    path: PathBuf,
    arguments: Vec<OsString>,
    shown: String,
}

impl Program {
    /// Looks the program up, so that a slip in its name mints no token.
    ///
    /// # Errors
    /// Exit 127 where it is not found, 126 where it cannot be run.
    pub fn find(words: &[OsString], env: &Environment) -> Result<Self> {
        let Some((name, arguments)) = words.split_first() else {
            return Err(Failure::usage("missing command after --"));
        };
        let shown = crate::text::clip(&name.to_string_lossy(), 60);
        let direct = Path::new(name);
        let places: Vec<PathBuf> = if direct.components().count() > 1 {
            vec![direct.to_owned()]
        } else {
            let path = env.get("PATH").map(std::env::split_paths);
            path.into_iter().flatten().map(|folder| folder.join(name)).collect()
        };
        let endings = env.get("PATHEXT");
        let files: Vec<PathBuf> = places.into_iter().flat_map(|place| os::program_files(place, endings)).collect();
        let runs = |file: &&PathBuf| os::is_executable(file);
        match (files.iter().find(runs), files.iter().find(|file| file.is_file())) {
            (Some(path), _) => Ok(Program { path: path.clone(), arguments: arguments.to_vec(), shown }),
            (None, Some(_)) => {
                let hint = format!("chmod +x {}, or name its interpreter first", crate::text::sh_word(&shown));
                Err(not_executable(&shown).and(": it is not executable").with_hint(hint))
            }
            (None, None) if direct.is_dir() => Err(not_executable(&shown).and(": it is a folder")),
            (None, None) => Err(not_found(&shown)),
        }
    }

    /// Runs it with the token in its environment and gives its exit status, 128 + n for signal n. The variables in
    /// `hidden`, which hold the secrets that mint tokens, are not for it to see.
    ///
    /// # Errors
    /// Exit 127 or 126 where it has become impossible to start.
    pub fn run(&self, token: &Token, names: &Names, hidden: impl Iterator<Item = &'static str>) -> Result<u8> {
        self.run_with(names.assignments(token), hidden)
    }

    /// Runs it with these variables set, after those in `hidden` are removed.
    ///
    /// # Errors
    /// Exit 127 or 126 where it has become impossible to start.
    pub fn run_with<'a>(
        &self,
        set: impl Iterator<Item = (&'a str, &'a str)>,
        hidden: impl Iterator<Item = &'static str>,
    ) -> Result<u8> {
        let mut command = self.command(hidden);
        command.envs(set);
        self.start(&mut command).and_then(|running| self.status_of(running))
    }

    /// Starts it with the path of a file that holds the token, which is renewed there. The variables of the token are
    /// taken out: what they hold would be stale before long, and most programs prefer them to a file.
    ///
    /// # Errors
    /// Exit 127 or 126 where it has become impossible to start.
    pub fn start_with_file(
        &self,
        file: &Path,
        names: &Names,
        hidden: impl Iterator<Item = &'static str>,
    ) -> Result<Foreground> {
        let mut command = self.command(hidden);
        command.env_remove(&names.token).env_remove(&names.refresh);
        command.env(format!("{}_FILE", names.token), file);
        self.start(&mut command)
    }

    /// Waits for its end and gives its exit status, 128 + n for signal n.
    ///
    /// # Errors
    /// Exit 126 where the system does not tell how it ended.
    pub fn status_of(&self, running: Foreground) -> Result<u8> {
        running.wait().map(os::shell_status).map_err(|error| self.failure(&error))
    }

    fn command(&self, hidden: impl Iterator<Item = &'static str>) -> Command {
        let mut command = Command::new(&self.path);
        for variable in hidden {
            command.env_remove(variable);
        }
        command.args(&self.arguments);
        command
    }

    fn start(&self, command: &mut Command) -> Result<Foreground> {
        Foreground::start(command).map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::NotFound => not_found(&self.shown),
            _ => not_executable(&self.shown).and(format!(": {}", os::reason(error))),
        }
    }
}

fn not_found(shown: &str) -> Failure {
    Failure::message(Category::Usage, format!("command not found: {shown}")).with_exit(127)
}

fn not_executable(shown: &str) -> Failure {
    Failure::message(Category::Usage, format!("cannot run {shown}")).with_exit(126)
}
