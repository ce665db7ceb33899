//! tokenmint mints the short access tokens that browsers and phones use to reach real-time services. The modules stand
//! in reading order: what is typed, whose credentials, which request, how it is sent, what comes back, how it is printed.

pub mod cli;
pub mod options;
pub mod commands;
pub mod batch;
#[cfg(feature = "emulator")]
pub mod emulator;
pub mod inspect;
pub mod output;
pub mod http;
pub mod providers;
pub mod signalwire;
pub mod twilio;
pub mod catalog;
pub mod credentials;
pub mod jwt;
pub mod app;
pub mod token;
pub mod secret;
pub mod redact;
pub mod json;
pub mod time;
pub mod text;
pub mod os;
pub mod error;

use std::ffi::OsString;
use std::time::SystemTime;

use app::World;
use error::{Failure, Result};
use options::{Command, Invocation};
use output::report::Report;

/// Runs a command line, program name first, and gives the exit status. Every failure has been reported by then.
pub fn run(words: &[OsString], world: &World) -> u8 {
    let scrubber = credentials::environment::scrubber(&world.env, &providers::SCHEMAS);
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
    let general = &invocation.general;
    if !matches!(invocation.command, Command::Print(_) | Command::WritePages(..)) {
        app::check_clock(SystemTime::now())?;
    }
    match &invocation.command {
        Command::Print(text) => output::deliver::stdout(text).map(|()| 0),
        Command::Mint(mint) => commands::mint::Job { general, mint, world, report }.run(notes),
        Command::Inspect(inspect) => commands::inspect::run(inspect, general, world, notes),
        Command::Profile(profile) => commands::profile::run(profile, general, world, report, notes),
        Command::Emulator { listen, tls } => commands::emulator::run(listen, *tls, world),
        Command::WritePages(folder, pages) => commands::generate::pages(folder, pages),
    }
}

fn fail(report: &Report, failure: &Failure) -> u8 {
    report.failure(failure);
    failure.exit_code()
}
