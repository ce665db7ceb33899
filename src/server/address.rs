//! Where a server may listen: on loopback, under an address that clients can name.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::error::{Failure, Result};
use crate::text;

/// What is said about an address that will not do.
#[derive(Debug, Clone, Copy)]
pub struct Exposure {
    /// The flag that gave it.
    pub flag: &'static str,
    /// Why no other machine may reach the server.
    pub reason: &'static str,
    /// How a free port is asked for.
    pub free: &'static str,
}

/// The address that a flag names: `127.0.0.1:8793`, `localhost:8793` or `[::1]:8793`.
///
/// # Errors
/// Exit 2 for anything else.
pub fn parse_address(typed: &str, exposure: &Exposure, default_port: u16) -> Result<SocketAddr> {
    let flag = exposure.flag;
    // Often the port alone is typed.
    let port: u16 = typed.trim_start_matches(':').parse().unwrap_or(default_port);
    let address = typed.replacen("localhost:", "127.0.0.1:", 1).parse().map_err(|_| {
        Failure::usage(format!("{flag} must be an address and a port, got '{}'", text::clip(typed, 60)))
            .with_hint(format!("for example {flag} 127.0.0.1:{port} or {flag} [::1]:0"))
    })?;
    check(address, exposure).map(|()| address)
}

/// Refuses an address that other machines could reach, or that `SIGNALWIRE_SPACE` cannot hold.
pub(super) fn check(address: SocketAddr, exposure: &Exposure) -> Result<()> {
    let Exposure { flag, reason, free } = exposure;
    if !address.ip().is_loopback() {
        return Err(Failure::usage(format!("{flag} {address} is not a loopback address"))
            .with_hint(format!("{reason}; use 127.0.0.1 or [::1]")));
    }
    if address.ip() != Ipv4Addr::LOCALHOST && address.ip() != Ipv6Addr::LOCALHOST {
        return Err(Failure::usage(format!("{flag} must be 127.0.0.1 or [::1], got {address}"))
            .with_hint(format!("use {free}, which picks a free port")));
    }
    Ok(())
}
