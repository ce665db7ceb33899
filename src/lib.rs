//! tokenmint mints the short access tokens that browsers and phones use to reach real-time services. The modules stand
//! in reading order: what is typed, whose credentials, which request, how it is sent, what comes back, how it is printed.

#![cfg_attr(
    not(feature = "emulator"),
    allow(dead_code, unused_imports, reason = "only the emulator uses some shared code")
)]
// Nothing here is an interface: documentation is read with its private items.
#![allow(rustdoc::private_intra_doc_links)]

mod cli;
mod options;
mod commands;
mod batch;
#[cfg(feature = "emulator")]
mod emulator;
#[cfg(feature = "emulator")]
mod server;
mod inspect;
mod output;
mod http;
mod providers;
mod signalwire;
mod twilio;
mod catalog;
mod credentials;
mod cache;
mod pasted;
mod jwt;
mod app;
mod token;
mod secret;
mod redact;
mod json;
mod sid;
mod codes;
mod time;
mod text;
mod os;
mod error;

#[doc(hidden)]
pub mod testing;

use std::ffi::OsString;
use std::time::SystemTime;

use app::App;
use error::{Failure, Result};
use options::{Command, Invocation};
use output::report::Report;

/// Runs a command line, program name first, and gives the exit status. Every failure has been reported by then.
pub fn run(words: &[OsString], app: &App) -> u8 {
    let scrubber = credentials::environment::scrubber(&app.env, &providers::SCHEMAS);
    match cli::parse(words) {
        Err(failure) => fail(&Report::new(cli::detect_verbosity(words), scrubber), &failure),
        Ok(invocation) => {
            let report = Report::new(invocation.general.verbosity, scrubber);
            let result = execute(&invocation, app, &report);
            report.notes(&app.notes.take());
            result.unwrap_or_else(|failure| fail(&report, &failure))
        }
    }
}

fn execute(invocation: &Invocation, app: &App, report: &Report) -> Result<u8> {
    let general = &invocation.general;
    if needs_clock(&invocation.command) {
        app::check_clock(SystemTime::now())?;
    }
    match &invocation.command {
        Command::Print(text) => output::deliver::stdout(text).map(|()| 0),
        Command::Help(page) => commands::help::page(page, general.verbosity.color),
        Command::Nothing(page) => Ok(commands::help::nothing_typed(page, report)),
        Command::Complete(completion) => commands::complete::run(completion, &app.env),
        Command::Mint(mint) => commands::mint::run(general, mint, app, report),
        Command::Explain(explain) => commands::explain::run(explain, general),
        Command::Inspect(inspect) => commands::inspect::run(inspect, general, app),
        Command::Profile(profile) => commands::profile::run(profile, general, app, report),
        Command::Emulator(emulator) => commands::emulator::run(emulator, general, app, report),
        Command::WritePages(folder, pages) => commands::generate::pages(folder, pages),
    }
}

/// Whether a command asks for the time. What only prints works on a machine without one.
fn needs_clock(command: &Command) -> bool {
    use Command::{Emulator, Inspect, Mint, Profile};
    matches!(command, Mint(_) | Inspect(_) | Profile(_) | Emulator { .. })
}

fn fail(report: &Report, failure: &Failure) -> u8 {
    report.failure(failure);
    failure.exit_code()
}
