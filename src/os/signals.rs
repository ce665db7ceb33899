//! Signals that end a program: which of them are ours to answer, and who answers them at the moment.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Once, OnceLock};
use std::thread::JoinHandle;

use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::{flag, low_level};

/// The signals that end a batch run in good order, each with its exit status. A closed terminal or ssh connection sends
/// SIGHUP; without an orderly end, the tokens in progress would be lost.
pub const ENDS_A_RUN: [(i32, u8); 3] = [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 143)];

/// The signals that ask a program to end and that it can answer.
const ENDING: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

/// For each of [`ENDING`], whether one that a [`Watch`] has caught before ends the process as it would have without one.
/// A handler cannot be removed again, only told to behave like the default.
static DEFAULT: LazyLock<[Arc<AtomicBool>; 4]> =
    LazyLock::new(|| std::array::from_fn(|_| Arc::new(AtomicBool::new(true))));

/// The signals of `wanted` that the caller may register handlers for: those that were not ignored when the program
/// started. Whoever ignored one (`nohup`, `command &` in a script) wants it to have no effect on us or our children, and
/// a handler would undo that for both.
pub fn take(wanted: &[i32]) -> Vec<i32> {
    let ignored = ignored();
    let ours: Vec<i32> =
        wanted.iter().copied().filter(|signal| ignored.is_none_or(|set| !contains(set, *signal))).collect();
    for (signal, default) in ENDING.iter().zip(DEFAULT.iter()) {
        if ours.contains(signal) {
            default.store(false, Ordering::SeqCst);
        }
    }
    ours
}

/// Hands every ending signal to a function, on a thread, until the watch is dropped. They then end the process again,
/// unless they had been taken before.
pub struct Watch {
    handle: Handle,
    thread: Option<JoinHandle<()>>,
    before: [bool; 4],
}

/// Starts a [`Watch`].
///
/// # Errors
/// Whatever the system says where it gives no thread or handler.
pub fn watch(mut tell: impl FnMut(i32) + Send + 'static) -> io::Result<Watch> {
    static DEFAULT_BEHIND: Once = Once::new();
    let before = DEFAULT.each_ref().map(|default| default.load(Ordering::SeqCst));
    let ending = take(&ENDING);
    DEFAULT_BEHIND.call_once(|| {
        for (signal, default) in ENDING.iter().zip(DEFAULT.iter()).filter(|(signal, _)| ending.contains(signal)) {
            // Refused for signals that no program can catch, which these are not.
            let _ = flag::register_conditional_default(*signal, Arc::clone(default));
        }
    });
    let mut signals = Signals::new(&ending)?;
    let handle = signals.handle();
    // From here on the default is restored whatever happens.
    let mut watch = Watch { handle, thread: None, before };
    let thread = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            tell(signal);
        }
        // One that came just before the end is left there by the loop above.
        signals.pending().for_each(&mut tell);
    })?;
    watch.thread = Some(thread);
    Ok(watch)
}

impl Drop for Watch {
    fn drop(&mut self) {
        // In this order no signal falls in between: it either reaches the function or has its default effect.
        for (default, before) in DEFAULT.iter().zip(self.before) {
            default.store(before, Ordering::SeqCst);
        }
        self.handle.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Ends this process as a signal would have without a handler.
#[allow(clippy::exit, reason = "the end of the process is what is asked for")]
pub fn end_by(signal: i32) -> ! {
    let _ = low_level::emulate_default_handler(signal);
    std::process::exit(128 + signal)
}

/// Makes children wait to be waited for. A parent that ignores SIGCHLD passes that on, and the system then discards the
/// exit status of every child. Call before the first child is started.
pub fn keep_child_status() {
    static KEPT: Once = Once::new();
    KEPT.call_once(|| {
        if ignored().is_none_or(|set| contains(set, SIGCHLD)) {
            // The flag is not read: a handler, whatever it does, replaces "ignore", and children start with the default.
            let _ = flag::register(SIGCHLD, Arc::default());
        }
    });
}

/// The signals that were ignored when the program started, as a bit set; `None` where the system does not say. Looked at
/// before the first handler is registered, and once.
fn ignored() -> Option<u64> {
    static IGNORED: OnceLock<Option<u64>> = OnceLock::new();
    *IGNORED.get_or_init(|| parse_ignored(&std::fs::read_to_string("/proc/self/status").ok()?))
}

/// The set in the `SigIgn` line of a Linux `status` file.
fn parse_ignored(status: &str) -> Option<u64> {
    let digits = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(digits.trim(), 16).ok()
}

fn contains(set: u64, signal: i32) -> bool {
    u32::try_from(signal - 1).ok().and_then(|bit| set.checked_shr(bit)).is_some_and(|rest| rest & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ignored_signals_are_read_from_the_status_file() {
        // nohup: SIGHUP is bit 0. Rust's runtime ignores SIGPIPE, bit 12.
        let set =
            parse_ignored("Name:\tx\nSigBlk:\t0000000000000002\nSigIgn:\t0000000000001001\nSigCgt:\t0\n").unwrap();
        assert!(contains(set, SIGHUP) && contains(set, signal_hook::consts::SIGPIPE));
        assert!(!contains(set, SIGINT) && !contains(set, SIGTERM) && !contains(set, SIGCHLD));
        assert!(!contains(set, 0) && !contains(set, 65) && !contains(set, -1));
        assert_eq!(parse_ignored("Name:\tx\n"), None);
        assert_eq!(parse_ignored("SigIgn:\tnone\n"), None);
    }
}
