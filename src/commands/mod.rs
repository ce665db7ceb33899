//! The commands, a file each: what was typed in, bytes and an exit status out.

pub mod batch;
pub mod complete;
mod conflicts;
mod connection;
mod curl;
pub mod emulator;
pub mod explain;
pub mod generate;
mod held;
pub mod help;
pub mod input;
pub mod inspect;
pub mod issuer;
pub mod job;
pub mod login;
pub mod mint;
pub mod preset;
pub mod profile;
pub mod send;
mod serve;
mod show;
pub mod refusal;
pub mod sign;
mod summary;
