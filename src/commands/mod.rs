//! The commands, a file each: what was typed in, bytes and an exit status out.

pub mod batch;
mod conflicts;
mod connection;
mod curl;
pub mod emulator;
pub mod generate;
pub mod input;
pub mod inspect;
pub mod job;
pub mod mint;
pub mod profile;
pub mod send;
mod serve;
mod show;
pub mod refusal;
pub mod sign;
