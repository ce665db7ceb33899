//! tokenmint mints the short access tokens that browsers and phones use to reach real-time services. The modules stand
//! in reading order: what is typed, whose credentials, which request, how it is sent, what comes back, how it is printed.

pub mod cli;
pub mod credentials;
pub mod error;
pub mod input;
pub mod json;
pub mod mint;
pub mod output;
pub mod sanitize;
pub mod signalwire;
pub mod suggest;
pub mod system;
pub mod time;
pub mod token;
pub mod transport;
pub mod world;

use std::ffi::OsString;

use cli::{Command, Invocation};
use credentials::Secret;
use error::{Failure, Result};
use output::report::Report;
use sanitize::Scrubber;
use world::World;

/// Runs a command line, program name first, and gives the exit status. Every failure has been reported by then.
pub fn run(words: &[OsString], world: &World) -> u8 {
    let scrubber = environment_scrubber(world);
    match cli::parse(words) {
        Err(failure) => fail(&Report::new(cli::tone_of(words), scrubber), &failure),
        Ok(invocation) => {
            let report = Report::new(invocation.general.tone, scrubber);
            let mut notes = Vec::new();
            let result = execute(&invocation, world, &report, &mut notes);
            report.notes(&notes);
            result.unwrap_or_else(|failure| fail(&report, &failure))
        }
    }
}

fn execute(invocation: &Invocation, world: &World, report: &Report, notes: &mut Vec<error::Note>) -> Result<u8> {
    match &invocation.command {
        Command::Print(text) => output::deliver::stdout(text.as_bytes()).map(|()| 0),
        Command::Mint(mint) => mint::Job { general: &invocation.general, mint, world, report }.run(notes),
        Command::Emulator { listen } => run_emulator(listen, world, report),
    }
}

fn run_emulator(_: &str, _: &World, _: &Report) -> Result<u8> {
    Err(Failure::configuration("this tokenmint was built without its emulator"))
}

fn fail(report: &Report, failure: &Failure) -> u8 {
    report.failure(failure);
    failure.exit_code()
}

/// Secrets of the environment are kept out of every message, used or not.
fn environment_scrubber(world: &World) -> Scrubber {
    let names = credentials::environment::SECRET_VARIABLES;
    let secrets: Vec<Secret> =
        names.iter().filter_map(|name| world.env.text(name)).map(|value| Secret::new(value.to_owned())).collect();
    Scrubber::new(&secrets)
}
