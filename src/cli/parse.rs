//! From the words of the command line to an [`Invocation`].

use std::ffi::OsString;
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use clap::ArgMatches;
use clap::error::ErrorKind;

use super::generate::{completions, man_pages};
use super::tree::{tree, tree_for};
use super::{emulator, fault, general, inspect, mint, profile};
use crate::error::{Failure, Result};
use crate::options::{Command, General, Invocation};
use crate::output::Verbosity;
use crate::providers;

/// Reads a command line, program name first.
///
/// # Errors
/// Exit 2, naming the flag and what it takes.
pub fn parse(words: &[OsString]) -> Result<Invocation> {
    let verbosity = detect_verbosity(words);
    let matches = match matches(words) {
        // Never dropped, for the reason that `matches` gives.
        Ok(matches) => ManuallyDrop::new(matches),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            let text = match error.kind() {
                ErrorKind::DisplayVersion => concat!("tokenmint ", env!("CARGO_PKG_VERSION"), "\n").to_owned(),
                _ => error.render().to_string(),
            };
            let command = Command::Print(text.into_bytes());
            return Ok(Invocation { general: General { verbosity, ..General::default() }, command });
        }
        Err(error) => return Err(fault::failure(&error, words, &tree())),
    };
    let general = general::read(&matches, verbosity.json);
    let command = command(&matches)?;
    if let Some(name) = &general.profile {
        refuse_profile(&command, matches.subcommand_name().unwrap_or_default(), name)?;
    }
    let lacks_program = match &command {
        Command::Mint(mint) => mint.program.is_none(),
        Command::Emulator(emulator) => emulator.program.is_none(),
        _ => false,
    };
    if lacks_program && words.last().is_some_and(|word| word == "--") {
        // What was meant is a command in a variable that is empty; the token was not to be printed.
        return Err(Failure::usage("-- needs a command after it"));
    }
    Ok(Invocation { general, command })
}

/// Refuses `--profile` for a command that needs no credentials.
fn refuse_profile(command: &Command, name: &str, profile: &str) -> Result<()> {
    let (why, hint) = match command {
        Command::Emulator(_) => {
            let port = profile.parse().unwrap_or(8793_u16);
            ("it has its own credentials", format!("set the port with --port {port}, or --listen 127.0.0.1:{port}"))
        }
        Command::Print(_) | Command::WritePages(..) => ("it needs no credentials", "leave it out".to_owned()),
        _ => return Ok(()),
    };
    Err(Failure::usage(format!("--profile has no effect with {name}: {why}")).with_hint(hint))
}

/// What the parser makes of the words: with the named command alone, and only where that does not do, with all of them.
fn matches(words: &[OsString]) -> std::result::Result<ArgMatches, clap::Error> {
    // Never taken apart: the program is short-lived, and that would cost as much as half of the making.
    let mut needed = ManuallyDrop::new(tree_for(words));
    match needed.try_get_matches_from_mut(words) {
        Ok(matches) if matches.subcommand().is_some() => Ok(matches),
        Err(error) if error.kind() == ErrorKind::DisplayVersion => Err(error),
        // Help lists every command, and a flag that was meant may be any command's.
        _ => ManuallyDrop::new(tree()).try_get_matches_from_mut(words),
    }
}

fn command(matches: &ArgMatches) -> Result<Command> {
    let (name, matches) = match matches.subcommand() {
        Some((name, matches)) => (name, matches),
        None => ("", matches),
    };
    if let Some(kind) = providers::kind(name) {
        return Ok(Command::Mint(Box::new(mint::read(kind, matches)?)));
    }
    Ok(match name {
        "inspect" => Command::Inspect(inspect::read(matches)?),
        "profile" => Command::Profile(profile::read(matches)?),
        "completions" => {
            Command::Print(completions(matches.get_one::<String>("completed-shell").map_or("", String::as_str)))
        }
        "man" => match matches.get_one::<PathBuf>("dir") {
            Some(folder) => Command::WritePages(folder.clone(), man_pages()?),
            None => Command::Print(man_pages()?.swap_remove(0).1),
        },
        _ => Command::Emulator(Box::new(emulator::read(matches))),
    })
}

/// How to speak, found without understanding the command line: an error in it follows `-o json` wherever that stands.
pub fn detect_verbosity(words: &[OsString]) -> Verbosity {
    let mut verbosity = Verbosity::default();
    let words: Vec<&str> =
        words.iter().skip(1).map(|word| word.to_str().unwrap_or_default()).take_while(|word| *word != "--").collect();
    for (place, word) in words.iter().enumerate() {
        let next = words.get(place + 1).copied().unwrap_or_default();
        if let Some(when) = value_of(word, next, "--color", None) {
            verbosity.color = general::color(when);
        }
        if let Some(format) = value_of(word, next, "--output", Some('o')) {
            verbosity.json = format == "json";
        }
    }
    verbosity
}

/// The value of a flag in any of the ways in which it can be written, a cluster such as `-vo json` included.
fn value_of<'a>(word: &'a str, next: &'a str, long: &str, short: Option<char>) -> Option<&'a str> {
    if let Some(rest) = word.strip_prefix(long) {
        return if rest.is_empty() { Some(next) } else { rest.strip_prefix('=') };
    }
    let cluster = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'))?;
    let (_, rest) =
        cluster.split_once(short?).filter(|(before, _)| before.chars().all(|letter| "vq".contains(letter)))?;
    Some(if rest.is_empty() { next } else { rest.strip_prefix('=').unwrap_or(rest) })
}
