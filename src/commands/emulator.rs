//! The `emulator` command.

#[cfg(feature = "emulator")]
pub use with_server::run;

/// This build lacks the feature.
#[cfg(not(feature = "emulator"))]
pub fn run(
    _: &crate::options::Emulator,
    _: &crate::options::General,
    _: &crate::app::App,
    _: &crate::output::report::Report,
) -> crate::error::Result<u8> {
    Err(crate::error::Failure::configuration("this tokenmint was built without its emulator")
        .with_hint("build it with --features emulator"))
}

#[cfg(feature = "emulator")]
mod with_server {
    use std::net::{Ipv4Addr, SocketAddr};
    use std::time::Duration;

    use jiff::Timestamp;

    use crate::app::App;
    use crate::catalog::lifetime;
    use crate::credentials;
    use crate::emulator::{Addresses, EXPOSURE, Faults, Protocol, Rules, Scopes};
    use crate::error::{Failure, Note, Result};
    use crate::options::{self, General};
    use crate::output::child::Program;
    use crate::output::deliver;
    use crate::output::report::{self, Report};
    use crate::providers::SCHEMAS;
    use crate::server::{RequestLog, parse_address};
    use crate::{emulator, text, time};

    const DEFAULT_PORT: u16 = 8793;

    /// Serves until a command ends, or SIGINT, SIGTERM or SIGHUP.
    ///
    /// # Errors
    /// Exit 2 for a value that cannot be used, 1 for a port that is in use, 126 or 127 for a command that cannot be run.
    pub fn run(typed: &options::Emulator, general: &General, app: &App, report: &Report) -> Result<u8> {
        let address = address(typed)?;
        let rules = rules(typed, app, report)?;
        let program = typed.program.as_ref().map(|words| Program::find(words, &app.env)).transpose()?;
        let protocol = if typed.tls { Protocol::Https } else { Protocol::Http };
        let log = if general.verbosity.quiet { RequestLog::silent() } else { RequestLog::to_stderr() };
        let emulator = emulator::Emulator::bind(address, protocol, app.clone())?.with_rules(rules).with_log(log);
        if let Some(program) = program {
            let variables = emulator.variables();
            report.trace(&format!("listening on {}", emulator.url()));
            let running = emulator.start()?;
            let set = variables.iter().map(|(name, value)| (*name, value.as_str()));
            let status = program.run_with(set, hidden_variables());
            running.finish();
            return status;
        }
        emulator.serve(|place| {
            report::verbatim(&place.exports());
            deliver::stdout(format!("listening on {}\n", place.url()).as_bytes())
        })?;
        Ok(0)
    }

    /// What would lead the command past the emulator: a profile, and every other spelling of credentials.
    fn hidden_variables() -> impl Iterator<Item = &'static str> {
        let signalwire = crate::signalwire::PROVIDER.credentials.variables();
        ["TOKENMINT_PROFILE"].into_iter().chain(signalwire).chain(credentials::secret_variables(&SCHEMAS))
    }

    fn address(typed: &options::Emulator) -> Result<SocketAddr> {
        let own_port = if typed.program.is_some() { 0 } else { DEFAULT_PORT };
        let port = match (&typed.listen, &typed.port) {
            (Some(listen), _) => return parse_address(listen, &EXPOSURE, DEFAULT_PORT),
            (None, Some(port)) => port.parse().map_err(|_| {
                Failure::usage(format!("--port must be a number from 0 to 65535, got '{}'", text::clip(port, 40)))
                    .with_hint("--port 0 picks a free port")
            })?,
            (None, None) => own_port,
        };
        Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }

    fn rules(typed: &options::Emulator, app: &App, report: &Report) -> Result<Rules> {
        let now = app.now();
        let clock = typed.clock.as_deref().map(|text| clock(text, now));
        let delay = typed.delay.as_deref().map(|text| lifetime::any("--delay", text)).transpose()?;
        Ok(Rules {
            scopes: Scopes::new(&typed.scopes)?,
            addresses: Addresses::new(&typed.addresses)?,
            clock: clock.transpose()?,
            delay: delay.map_or(Duration::ZERO, |delay| Duration::try_from(delay).unwrap_or(Duration::MAX)),
            faults: faults(typed, app, report)?,
        })
    }

    /// The start of the server's clock.
    fn clock(typed: &str, now: Timestamp) -> Result<Timestamp> {
        // A token lives for at most a month, and its times have to be written, too.
        const LATEST: &str = "9999-01-01T00:00:00Z";
        let time = time::moment(typed, now).map_err(|fault| Failure::usage(format!("--clock {fault}")))?;
        let is_late = time::parse_rfc3339_or_date(LATEST).is_some_and(|latest| time > latest);
        if is_late || time < Timestamp::UNIX_EPOCH {
            return Err(Failure::usage(format!(
                "--clock must be between 1970 and {LATEST}, got '{}'",
                text::clip(typed, 60)
            )));
        }
        Ok(time)
    }

    fn faults(typed: &options::Emulator, app: &App, report: &Report) -> Result<Faults> {
        let seed = typed.seed.as_deref().map(|text| {
            text.parse::<u64>().map_err(|_| {
                Failure::usage(format!("--seed must be a whole number below 2^64, got '{}'", text::clip(text, 40)))
                    .with_hint("any number works, for example --seed 7")
            })
        });
        let seed = seed.transpose()?;
        let chosen = match seed {
            Some(seed) => seed,
            // Short enough to be typed again.
            None => u64::from(u32::from_be_bytes(app.random_bytes()?)),
        };
        let faults = Faults::new(&typed.fail, chosen)?;
        match (faults.are_drawn(), seed) {
            (false, Some(_)) => Err(Failure::usage("--seed has no effect without a --fail share between 0 and 1")
                .with_hint("add a share, for example --fail 503:0.2")),
            (true, None) => {
                report.aside(&[Note::Note(format!("failures are random; --seed {chosen} repeats them"))]);
                Ok(faults)
            }
            _ => Ok(faults),
        }
    }
}
