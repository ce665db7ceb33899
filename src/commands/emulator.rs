//! The `emulator` command.

#[cfg(feature = "emulator")]
use crate::app::App;
use crate::error::{Failure, Result};

/// Serves until SIGINT, SIGTERM or SIGHUP.
///
/// # Errors
/// Exit 2 for an address that cannot be used, 1 for one that is in use.
#[cfg(feature = "emulator")]
pub fn run(listen: &str, tls: bool, app: &App) -> Result<u8> {
    use crate::emulator::{Emulator, Protocol};
    use crate::{output, text};

    let address = listen.replacen("localhost:", "127.0.0.1:", 1).parse().map_err(|_| {
        Failure::usage(format!("--listen must be an address and a port, got '{}'", text::clip(listen, 60)))
            .with_hint("for example --listen 127.0.0.1:8793 or --listen [::1]:0")
    })?;
    let protocol = if tls { Protocol::Https } else { Protocol::Http };
    Emulator::bind(address, protocol, app.clone())?.serve(|emulator| {
        output::report::verbatim(&emulator.exports());
        output::deliver::stdout(format!("listening on {}\n", emulator.url()).as_bytes())
    })?;
    Ok(0)
}

/// This build lacks the feature.
#[cfg(not(feature = "emulator"))]
pub fn run(_: &str, _: bool, _: &crate::app::App) -> Result<u8> {
    Err(Failure::configuration("this tokenmint was built without its emulator")
        .with_hint("build it with --features emulator"))
}
