//! The commands, a file each: what was typed in, bytes and an exit status out.

mod ask;
pub mod batch;
mod conflicts;
mod connection;
mod curl;
mod delivery;
pub mod emulator;
pub mod fingerprint;
pub mod generate;
pub mod input;
pub mod inspect;
pub mod job;
pub mod mint;
pub mod profile;
pub mod send;
mod show;
pub mod refusal;
mod renew;
mod reuse;
pub mod sign;
