//! The lock of a request: while one run mints its token, others wait for it. The system releases it when a process dies.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::os::{self, identity};

/// File locks wake no one; a run that waits looks this often.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// A lock that is held until this is dropped. Its file is removed then, so that no request leaves one behind.
#[derive(Debug)]
pub struct Lock {
    /// Holds the lock.
    _file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock, or `None` where another run has it until `deadline`. `wait` is called before the first wait.
    ///
    /// # Errors
    /// Whatever the system says: not every file system has locks.
    pub(super) fn take(path: &Path, deadline: Instant, wait: impl Fn()) -> io::Result<Option<Self>> {
        let mut has_waited = false;
        loop {
            let file = os::open_for_lock(path)?;
            while let Err(error) = file.try_lock() {
                match error {
                    TryLockError::WouldBlock if Instant::now() >= deadline => return Ok(None),
                    TryLockError::WouldBlock => {
                        if !std::mem::replace(&mut has_waited, true) {
                            wait();
                        }
                        std::thread::sleep(POLL_INTERVAL);
                    }
                    TryLockError::Error(error) => return Err(error),
                }
            }
            // The run that had it has removed the file, and a third one may hold the lock of the next.
            if identity::is_at(&file, path) {
                return Ok(Some(Lock { _file: file, path: path.to_owned() }));
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed before it is released: whoever gets it then sees that its file has lost its name.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn one_at_a_time_holds_it_and_nothing_stays() {
        let folder = os::temporary_folder();
        let path = folder.path().join("x.lock");
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let lock = Lock::take(&path, Instant::now() + Duration::from_mins(1), || {}).unwrap().unwrap();
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(lock);
                    }
                });
            }
        });
        assert_eq!(most.load(Ordering::SeqCst), 1);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_wait_has_an_end() {
        let folder = os::temporary_folder();
        let path = folder.path().join("x.lock");
        let held = Lock::take(&path, Instant::now(), || {}).unwrap();
        assert!(held.is_some());
        assert!(Lock::take(&path, Instant::now(), || {}).unwrap().is_none());
    }
}
