//! A line on stderr for each request.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, channel, sync_channel};
use std::time::Duration;

use crate::output::report;
use crate::text;

/// How many lines may wait to be printed.
const WAITING: usize = 1_024;

/// How long the end waits for lines that are not printed yet.
const FLUSH_LIMIT: Duration = Duration::from_millis(500);

/// Prints lines from a thread: a full pipe on stderr must not stop the server. What does not fit is left out and
/// counted.
pub struct RequestLog(Option<Printer>);

struct Printer {
    lines: SyncSender<String>,
    missed: AtomicU64,
    /// Locked by nothing but the end: a handler is shared between threads.
    done: Mutex<Receiver<()>>,
}

impl RequestLog {
    /// One that prints nothing.
    pub fn silent() -> Self {
        RequestLog(None)
    }

    /// One that prints. Without a thread for it, nothing is printed.
    pub fn to_stderr() -> Self {
        let (lines, waiting) = sync_channel::<String>(WAITING);
        let (finished, done) = channel::<()>();
        let print = move || {
            // Dropped at the end of the thread, which is what the other side waits for.
            let _finished = finished;
            for line in waiting {
                report::verbatim(&line);
            }
        };
        let thread = std::thread::Builder::new().name("log".to_owned()).spawn(print);
        RequestLog(thread.ok().map(|_| Printer { lines, missed: AtomicU64::new(0), done: Mutex::new(done) }))
    }

    /// Prints a line, without what could steer a terminal, and cut where it is long.
    pub fn line(&self, line: &str) {
        let Some(printer) = &self.0 else { return };
        let missed = printer.missed.swap(0, Ordering::Relaxed);
        let gap = if missed > 0 { format!("({} left out)\n", text::count(missed, "line")) } else { String::new() };
        if let Err(TrySendError::Full(_)) = printer.lines.try_send(format!("{gap}{}\n", text::clip(line, text::SHOWN)))
        {
            printer.missed.fetch_add(missed + 1, Ordering::Relaxed);
        }
    }
}

impl Drop for RequestLog {
    fn drop(&mut self) {
        if let Some(Printer { lines, done, .. }) = self.0.take() {
            drop(lines);
            // It ends with an error, when the thread does, or at the limit.
            let _ = done.lock().map(|done| done.recv_timeout(FLUSH_LIMIT));
        }
    }
}
