//! What is removed from the cache: tokens that have expired, those beyond the bound, and what killed runs have left.

use std::fs::DirEntry;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::entry::{self, MAX_SIZE};
use super::lock::Lock;
use crate::os;

/// How the name of a file begins that is being written.
pub(super) const TEMPORARY: &str = ".tokenmint-";
/// The most tokens that are kept. Beyond it, those that expire first are removed.
const MAX_TOKENS: usize = 256;
/// Writing a file takes less, by far.
const ABANDONED: Duration = Duration::from_mins(10);

/// Removes what is of no use any more. What cannot be removed stays: the next run tries again.
pub(super) fn run(folder: &Path, now: Timestamp) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut live = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_name().to_str() {
            Some(name) if is_request(name) => match expiry(&path).filter(|expiry| *expiry > now) {
                Some(expiry) => live.push((expiry, path)),
                None => remove(&path),
            },
            // Removed by the lock itself, unless another run holds it.
            Some(name) if name.strip_suffix(".lock").is_some_and(is_request) => {
                drop(Lock::take(&path, Instant::now(), || {}));
            }
            Some(name) if name.starts_with(TEMPORARY) && is_abandoned(&entry) => remove(&path),
            _ => {}
        }
    }
    live.sort();
    let surplus = live.len().saturating_sub(MAX_TOKENS);
    live[..surplus].iter().for_each(|(_, path)| remove(path));
}

fn is_request(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn expiry(path: &Path) -> Option<Timestamp> {
    let (file, _) = os::open_regular_no_follow(path).ok()??;
    entry::expiry(&os::read_limited(file, MAX_SIZE).ok()??)
}

fn is_abandoned(entry: &DirEntry) -> bool {
    let written = entry.metadata().and_then(|metadata| metadata.modified());
    written.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > ABANDONED))
}

fn remove(path: &Path) {
    let _ = std::fs::remove_file(path);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(folder: &Path, number: usize, expires_at: i64) {
        let text = format!(
            "{{\"version\":1,\"request\":\"x\",\"kind\":\"chat\",\"expires_at\":{expires_at},\"members\":{{\"token\":\"a\"}}}}\n"
        );
        std::fs::write(folder.join(format!("{number:064x}")), text).unwrap();
    }

    fn names(folder: &Path) -> Vec<String> {
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn what_has_expired_cannot_be_read_or_was_left_behind_is_removed() {
        let folder = os::temporary_folder();
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        put(folder.path(), 1, 1_700_000_001);
        put(folder.path(), 2, 1_700_000_000);
        std::fs::write(folder.path().join(format!("{:064x}", 3)), "{").unwrap();
        std::fs::write(folder.path().join(format!("{:064x}.lock", 4)), "").unwrap();
        for other in ["notes.txt", ".tokenmint-new"] {
            std::fs::write(folder.path().join(other), "").unwrap();
        }
        let old = std::fs::File::create(folder.path().join(".tokenmint-old")).unwrap();
        old.set_modified(std::time::SystemTime::now() - 2 * ABANDONED).unwrap();
        run(folder.path(), now);
        assert_eq!(names(folder.path()), [".tokenmint-new", &format!("{:064x}", 1), "notes.txt"]);
    }

    #[test]
    fn beyond_the_bound_those_that_expire_first_are_removed() {
        let folder = os::temporary_folder();
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        for number in 0..MAX_TOKENS + 3 {
            put(folder.path(), number, 1_700_000_100 + i64::try_from(number).unwrap());
        }
        run(folder.path(), now);
        let names = names(folder.path());
        assert_eq!((names.len(), names[0].clone()), (MAX_TOKENS, format!("{:064x}", 3)));
    }
}
