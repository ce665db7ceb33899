//! How far a batch is: a bar on stderr while it runs, if stderr is a terminal.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Tally;

/// The bar, or nothing.
pub struct Progress {
    bar: ProgressBar,
    started: Instant,
}

impl Progress {
    /// A bar over so many bytes of input, or without an end where that is not known.
    pub fn new(visible: bool, bytes: Option<u64>) -> Self {
        let target = if visible { ProgressDrawTarget::stderr_with_hz(5) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(bytes, target);
        let template = match bytes {
            Some(_) => "{bar:30} {percent:>3}%  {msg}, {eta} left",
            None => "{spinner} {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Progress { bar, started: Instant::now() }
    }

    /// Shows where things stand.
    pub fn show(&self, tally: &Tally) {
        if self.bar.is_hidden() {
            return;
        }
        let seconds = self.started.elapsed().max(Duration::from_millis(1)).as_secs_f64();
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate for people"
        )]
        let rate = ((tally.minted + tally.failed) as f64 / seconds) as u64;
        self.bar.set_position(tally.bytes);
        self.bar.set_message(format!("{} minted, {} failed, {rate} a second", tally.minted, tally.failed));
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
