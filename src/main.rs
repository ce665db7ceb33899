//! The program: shields its memory, runs the command line, and ends with the status. Everything else is in the library.

use std::ffi::OsString;
use std::process::ExitCode;

use tokenmint::error::Kind;
use tokenmint::world::World;

fn main() -> ExitCode {
    // A panic message may quote a value, and a value may be a secret.
    std::panic::set_hook(Box::new(|_| tokenmint::output::report::panicked()));
    tokenmint::system::protect_memory();
    let words: Vec<OsString> = std::env::args_os().collect();
    let status = std::panic::catch_unwind(|| tokenmint::run(&words, &World::of_process()));
    ExitCode::from(status.unwrap_or(Kind::Internal.exit()))
}
