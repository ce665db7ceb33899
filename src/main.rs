//! The program: shields its memory, runs the command line, and ends with the status. Everything else is in the library.

use std::ffi::OsString;
use std::process::ExitCode;

use tokenmint::testing::app::App;
use tokenmint::testing::error::Category;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|_| end_after_defect()));
    tokenmint::testing::os::protect_memory();
    let words: Vec<OsString> = std::env::args_os().collect();
    ExitCode::from(tokenmint::run(&words, &App::of_process()))
}

/// A panic message may quote a value, and a value may be a secret: it is replaced by a constant text.
#[allow(clippy::exit, reason = "nothing that has met a defect goes on")]
fn end_after_defect() {
    tokenmint::testing::output::report::panicked();
    std::process::exit(Category::Internal.exit().into());
}
