//! `--serve`: an endpoint on loopback at which a front end in development gets its tokens.

#[cfg(not(feature = "emulator"))]
mod absent;
#[cfg(feature = "emulator")]
mod endpoint;
#[cfg(feature = "emulator")]
mod fields;
#[cfg(feature = "emulator")]
mod fresh;
#[cfg(feature = "emulator")]
mod origins;
#[cfg(feature = "emulator")]
mod rate;
#[cfg(feature = "emulator")]
mod recipe;
#[cfg(feature = "emulator")]
mod refusal;
#[cfg(feature = "emulator")]
mod run;

#[cfg(not(feature = "emulator"))]
pub use absent::run;
#[cfg(feature = "emulator")]
pub use run::run;
