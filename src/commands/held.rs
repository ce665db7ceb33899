//! Signals held off while a request uses something up: from before it is sent until its answer is delivered.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use anyhow::Context as _;

use crate::error::{Category, OrFail as _, Result};
use crate::os::signals;
use crate::output::report::{Report, verbatim};

/// A hold on the signals that end a program. The first waits until this is released; a second one ends it on the spot.
pub(super) struct Held(Option<Watched>);

struct Watched {
    watch: signals::Watch,
    first: Arc<AtomicI32>,
}

impl Held {
    /// No hold: a signal has its effect at once.
    pub(super) fn nothing() -> Self {
        Held(None)
    }

    /// Holds them off from here on. The first is answered with a line on stderr unless it is to stay `silent`.
    ///
    /// # Errors
    /// Exit 1 where the system takes no handler.
    pub(super) fn signals(silent: bool) -> Result<Self> {
        let first = Arc::new(AtomicI32::new(0));
        let seen = Arc::clone(&first);
        let watch = signals::watch(move |signal| {
            if seen.swap(signal, Ordering::SeqCst) != 0 {
                signals::end_by(signal);
            }
            if !silent {
                verbatim("note: waiting for the answer, which cannot be had twice; interrupt again to stop\n");
            }
        });
        let watch = watch.context("cannot watch for signals").or_fail(Category::Internal)?;
        Ok(Held(Some(Watched { watch, first })))
    }

    /// Gives them their effect again. One that came meanwhile ends the process now, after what went wrong is said.
    pub(super) fn release<T>(self, report: &Report, result: Result<T>) -> Result<T> {
        let Some(Watched { watch, first }) = self.0 else { return result };
        drop(watch);
        match first.load(Ordering::SeqCst) {
            0 => result,
            signal => {
                if let Err(failure) = &result {
                    report.failure(failure);
                }
                signals::end_by(signal)
            }
        }
    }
}
