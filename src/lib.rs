//! tokenmint mints the short access tokens that browsers and phones use to reach real-time services. The modules stand
//! in reading order: what is typed, whose credentials, which request, how it is sent, what comes back, how it is printed.

pub mod cli;
pub mod mint;
pub mod batch;
pub mod input;
pub mod credentials;
pub mod signalwire;
pub mod transport;
pub mod twilio;
pub mod token;
pub mod output;
pub mod inspect;
pub mod profile;
#[cfg(feature = "emulator")]
pub mod emulator;
pub mod error;
pub mod json;
pub mod time;
pub mod sanitize;
pub mod suggest;
pub mod system;
pub mod world;

use std::ffi::OsString;

use cli::{Command, Invocation};
use error::{Failure, Result};
use output::report::Report;
use world::World;

/// Runs a command line, program name first, and gives the exit status. Every failure has been reported by then.
pub fn run(words: &[OsString], world: &World) -> u8 {
    let scrubber = credentials::environment::scrubber(&world.env);
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
        Command::Inspect(inspect) => inspect::run::run(inspect, &invocation.general, world, notes),
        Command::Profile(profile) => profile::run(profile, &invocation.general, world, report, notes),
        Command::Emulator { listen, tls } => run_emulator(listen, *tls, world),
        Command::Completions(shell) => output::deliver::stdout(&cli::completions(shell)).map(|()| 0),
        Command::Man(folder) => print_man(folder.as_deref()),
    }
}

#[cfg(feature = "emulator")]
fn run_emulator(listen: &str, tls: bool, world: &World) -> Result<u8> {
    use emulator::{Emulator, Protocol};

    let address = listen.replacen("localhost:", "127.0.0.1:", 1).parse().map_err(|_| {
        Failure::usage(format!("--listen takes an address and a port, got '{}'", sanitize::clip(listen, 60)))
            .hint("write 127.0.0.1:8793 or [::1]:0")
    })?;
    let protocol = if tls { Protocol::Https } else { Protocol::Http };
    Emulator::bind(address, protocol, world.clone())?.serve(|emulator| {
        output::report::verbatim(&emulator.exports());
        output::deliver::stdout(format!("listening on {}\n", emulator.url()).as_bytes())
    })?;
    Ok(0)
}

#[cfg(not(feature = "emulator"))]
fn run_emulator(_: &str, _: bool, _: &World) -> Result<u8> {
    Err(Failure::configuration("this tokenmint was built without its emulator")
        .hint("build it with --features emulator"))
}

fn print_man(folder: Option<&std::path::Path>) -> Result<u8> {
    use anyhow::Context as _;
    use error::{Kind, OrFail as _};

    let pages = cli::man_pages()?;
    match folder {
        None => output::deliver::stdout(pages.first().map_or(&[][..], |(_, page)| page))?,
        Some(folder) => {
            let cannot = || format!("cannot write into {}", credentials::config::shown(folder));
            std::fs::create_dir_all(folder).with_context(cannot).or_fail(Kind::Internal)?;
            for (name, page) in pages {
                std::fs::write(folder.join(name), page).with_context(cannot).or_fail(Kind::Internal)?;
            }
        }
    }
    Ok(0)
}

fn fail(report: &Report, failure: &Failure) -> u8 {
    report.failure(failure);
    failure.exit_code()
}
