//! Whether stdout is coloured, and text without its colours.

use crate::app::Environment;
use crate::output::Color;

/// Whether stdout is coloured: as `--color` says, else on a terminal, where the variables do not say otherwise.
pub fn on_stdout(wanted: Color, env: &Environment) -> bool {
    let forced = env.text("FORCE_COLOR").is_some_and(|value| value != "0") && env.text("NO_COLOR").is_none();
    match wanted {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => forced || anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
    }
}

/// A text without its colours.
pub fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}
