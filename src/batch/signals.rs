//! The signals that end a run early.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::Context as _;
use signal_hook::flag;

use crate::error::{Category, OrFail as _, Result};
use crate::os::signals::{self, ENDS_A_RUN};

/// Watches for the signals that end a run.
pub struct Signals {
    received: Arc<AtomicUsize>,
}

impl Signals {
    /// Halts the run at the first signal; a second one ends it immediately. Signals that were ignored when the program
    /// started (`nohup`, a script's `&`) stay ignored.
    ///
    /// # Errors
    /// Exit 1 where a handler cannot be installed.
    pub fn watch(halted: &Arc<AtomicBool>) -> Result<Self> {
        let received = Arc::new(AtomicUsize::new(0));
        let seen = Arc::new(AtomicBool::new(false));
        let ours = signals::take(&ENDS_A_RUN.map(|(signal, _)| signal));
        for (signal, status) in ENDS_A_RUN.into_iter().filter(|(signal, _)| ours.contains(signal)) {
            // In this order: code that sees the run halted must also see why.
            flag::register_conditional_shutdown(signal, status.into(), Arc::clone(&seen))
                .and_then(|_| flag::register(signal, Arc::clone(&seen)))
                .and_then(|_| flag::register_usize(signal, Arc::clone(&received), status.into()))
                .and_then(|_| flag::register(signal, Arc::clone(halted)))
                .context("cannot watch for signals")
                .or_fail(Category::Internal)?;
        }
        Ok(Signals { received })
    }

    /// The exit status of the signal, if one arrived.
    pub fn received(&self) -> Option<u8> {
        u8::try_from(self.received.load(Ordering::SeqCst)).ok().filter(|status| *status != 0)
    }
}
