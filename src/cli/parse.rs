//! From the words of the command line to an [`Invocation`].

use std::ffi::OsString;
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use clap::ArgMatches;
use clap::error::ErrorKind;

use super::complete::complete;
use super::generate::{man_page, man_pages};
use super::shells::completions;
use super::tree::{tree, tree_for};
use super::{emulator, explain, fault, general, help, inspect, mint, profile, style};
use crate::error::{Failure, Result};
use crate::options::{Command, Completion, General, Invocation};
use crate::output::Verbosity;
use crate::providers;

/// The command behind the completion scripts. It is no part of the tree, so that nothing shows it.
const COMPLETE: &str = "__complete";

/// What can follow the words that a completion script passes on. The last one is the current word behind `=`, since
/// some shells drop empty arguments.
fn completion(words: &[OsString]) -> Completion {
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((current, typed)) => complete(typed, current.strip_prefix('=').unwrap_or(current), tree()),
        None => Completion::default(),
    }
}

/// Reads a command line, program name first.
///
/// # Errors
/// Exit 2, naming the flag and what it takes.
pub fn parse(words: &[OsString]) -> Result<Invocation> {
    let verbosity = detect_verbosity(words);
    let without_parsing = |command| Ok(Invocation { general: General { verbosity, ..General::default() }, command });
    if words.len() <= 1 {
        return without_parsing(Command::Nothing(help::short(tree())));
    }
    if words[1] == COMPLETE {
        return without_parsing(Command::Complete(completion(&words[2..])));
    }
    let matches = match matches(words) {
        // Never dropped, for the reason that `matches` gives.
        Ok(matches) => ManuallyDrop::new(matches),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            return without_parsing(match error.kind() {
                ErrorKind::DisplayVersion => {
                    Command::Print(concat!("tokenmint ", env!("CARGO_PKG_VERSION"), "\n").as_bytes().to_vec())
                }
                _ => Command::Help(style::finished(&error.render().ansi().to_string())),
            });
        }
        Err(error) => return Err(fault::failure(&error, words, &tree())),
    };
    let general = general::read(&matches, verbosity.json);
    let command = command(&matches)?;
    refuse_without_effect(&command, matches.subcommand_name().unwrap_or_default(), &general)?;
    let lacks_program = match &command {
        Command::Mint(mint) => mint.program.is_none(),
        Command::Emulator(emulator) => emulator.program.is_none(),
        _ => false,
    };
    if lacks_program && words.last().is_some_and(|word| word == "--") {
        // `-- $CMD` with an empty variable must not print the token.
        return Err(Failure::usage("missing command after --")
            .with_hint("check that the variable with the command is set, or leave out --"));
    }
    Ok(Invocation { general, command })
}

/// Refuses `--profile` and `--config` for a command that uses no credentials.
fn refuse_without_effect(command: &Command, name: &str, general: &General) -> Result<()> {
    let flag = match (&general.profile, &general.config) {
        (Some(_), _) => "--profile",
        (None, Some(_)) => "--config",
        (None, None) => return Ok(()),
    };
    let leave_out = || format!("leave out {flag}");
    let (name, why, hint) = match command {
        Command::Emulator(_) => {
            let port: Option<u16> = general.profile.as_ref().and_then(|profile| profile.parse().ok());
            let port = port.map(|port| format!("set the port with --port {port}"));
            (name.to_owned(), "it has its own credentials", port.unwrap_or_else(leave_out))
        }
        Command::Print(_) | Command::Help(_) | Command::Explain(_) | Command::WritePages(..) => {
            (name.to_owned(), "it needs no credentials", leave_out())
        }
        Command::Inspect(inspect) if !inspect.verify => {
            let hint = format!("add --verify to check a signature, or leave out {flag}");
            (name.to_owned(), "without --verify it needs no credentials", hint)
        }
        Command::Profile(profile) if flag == "--profile" => match profile.action.uses_no_profile() {
            Some((action, why)) => (format!("profile {action}"), why, leave_out()),
            None => return Ok(()),
        },
        _ => return Ok(()),
    };
    Err(Failure::usage(format!("{flag} has no effect with {name}: {why}")).with_hint(hint))
}

/// What the parser makes of the words: with the named command alone, and only where that does not do, with all of them.
fn matches(words: &[OsString]) -> std::result::Result<ArgMatches, clap::Error> {
    // Leaked on purpose: dropping the tree costs half as much as building it.
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
        "explain" => Command::Explain(explain::read(matches)),
        "profile" => Command::Profile(profile::read(matches)?),
        "help" => Command::Help(help::lookup(&texts(matches, "subject"), tree())?),
        "completions" => {
            let shell = matches.get_one::<String>("completed-shell").map_or("", String::as_str);
            Command::Print(completions(shell).as_bytes().to_vec())
        }
        "man" => match matches.get_one::<PathBuf>("dir") {
            Some(folder) => Command::WritePages(folder.clone(), man_pages()?),
            None => Command::Print(man_page(&texts(matches, "page"))?),
        },
        _ => Command::Emulator(Box::new(emulator::read(matches))),
    })
}

/// The texts of an argument that may be given several times.
fn texts<'a>(matches: &'a ArgMatches, argument: &str) -> Vec<&'a str> {
    matches.get_many::<String>(argument).unwrap_or_default().map(String::as_str).collect()
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
