//! The file of `-o dotenv --write` on disk. It is read whole, and replaced only if it is still what was read, so that runs
//! side by side and editors lose nothing.

use std::fs::{File, Metadata, TryLockError};
use std::io::{self, Read as _, Seek as _};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::error::{Category, Failure, OrFail as _, Result};
use crate::os::{self, identity};

/// A dotenv file has a few hundred lines at most; anything larger is some other file.
const MAX_SIZE: u64 = 1024 * 1024;
/// How long a run waits for another one that writes the file. A program that holds the lock for longer is no such run.
const PATIENCE: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// A dotenv file as it was read, and locked if it exists.
pub struct DotenvFile<'a> {
    path: &'a Path,
    existing: Option<Existing>,
    /// Where the file's own lock ends before it is replaced.
    lock: Option<File>,
}

struct Existing {
    /// Holds the lock.
    file: File,
    metadata: Metadata,
    text: Zeroizing<Vec<u8>>,
}

impl<'a> DotenvFile<'a> {
    /// Finds out whether the file can be read, and is one that takes variables.
    ///
    /// # Errors
    /// Exit 1 where it is not a regular file, larger than 1 MiB, not text, or cannot be read.
    pub fn check(path: &Path) -> Result<()> {
        open(path)?.map_or(Ok(()), |(file, _)| read(&file, path).map(drop))
    }

    /// Locks and reads the file, if it exists.
    ///
    /// # Errors
    /// As for [`Self::check`].
    pub fn lock(path: &'a Path) -> Result<Self> {
        let (lock, until) = (os::lock_to_replace(path), Instant::now() + PATIENCE);
        loop {
            let Some((file, metadata)) = open(path)? else { return Ok(DotenvFile { path, existing: None, lock }) };
            wait_for_lock(&file, until);
            // Another run may have replaced the file between the opening and the lock.
            if identity::is_at(&file, path) || Instant::now() >= until {
                let text = read(&file, path)?;
                return Ok(DotenvFile { path, existing: Some(Existing { file, metadata, text }), lock });
            }
        }
    }

    /// What the file holds; nothing if it does not exist.
    pub fn text(&self) -> &[u8] {
        self.existing.as_ref().map_or(&[], |existing| &existing.text)
    }

    /// Puts a new file in its place, with its mode and owner. Whether it was still as read; if not, nothing has changed.
    ///
    /// # Errors
    /// What the system says; the file is then as it was.
    pub fn replaced_by(self, temporary: NamedTempFile) -> io::Result<bool> {
        let DotenvFile { path, existing, lock: _lock } = self;
        let Some(Existing { file, metadata, text }) = existing else { return create(path, temporary) };
        identity::keep_owner_and_mode(temporary.as_file(), &metadata)?;
        temporary.as_file().sync_all()?;
        // Editors take no lock.
        if !identity::is_at(&file, path) || contents(&file)?.is_none_or(|now| now != text) {
            return Ok(false);
        }
        // Elsewhere an open file cannot be replaced. Where it can, it stays locked until the new one has its name.
        let held = cfg!(unix).then_some(file);
        os::put_in_place(temporary, path)?;
        drop(held);
        Ok(true)
    }
}

/// Gives a new file its name, unless a file of that name has been created meanwhile.
fn create(path: &Path, temporary: NamedTempFile) -> io::Result<bool> {
    temporary.as_file().sync_all()?;
    match temporary.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    }
}

fn open(path: &Path) -> Result<Option<(File, Metadata)>> {
    match os::open_regular(path) {
        Ok(Some(opened)) => Ok(Some(opened)),
        Ok(None) => Err(Failure::internal(format!("{} is not a regular file", crate::text::path(path)))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| cannot_read(path)).or_fail(Category::Internal),
    }
}

/// Waits for the lock. A file system without locks, or a lock that is never released, is no reason to lose a token.
fn wait_for_lock(file: &File, until: Instant) {
    while let Err(TryLockError::WouldBlock) = file.try_lock()
        && Instant::now() < until
    {
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// All bytes of the file, or `None` if there are too many.
fn contents(mut file: &File) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    file.rewind()?;
    os::read_limited(file.by_ref(), MAX_SIZE)
}

fn read(file: &File, path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let text = contents(file).with_context(|| cannot_read(path)).or_fail(Category::Internal)?;
    let place = crate::text::path(path);
    let refused = |what: &str, hint: &str| Failure::internal(format!("{place} {what}")).with_hint(hint);
    let text = text.ok_or_else(|| {
        refused("is larger than 1 MiB; it is not a dotenv file", "use another file, or redirect the lines with > FILE")
    })?;
    // UTF-16, for one, in which some editors save: a line of ASCII would make nonsense of it.
    if text.contains(&0) {
        return Err(refused("is not UTF-8 text", crate::text::encoding_hint(&text)));
    }
    Ok(text)
}

fn cannot_read(path: &Path) -> String {
    format!("cannot read {}", crate::text::path(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temporary(folder: &Path, text: &str) -> NamedTempFile {
        let temporary = tempfile::Builder::new().tempfile_in(folder).unwrap();
        std::fs::write(temporary.path(), text).unwrap();
        temporary
    }

    #[test]
    fn a_file_that_was_changed_or_created_meanwhile_is_left_alone() {
        let folder = os::temporary_folder();
        let path = folder.path().join(".env");
        let missing = DotenvFile::lock(&path).unwrap();
        assert_eq!(missing.text(), b"");
        std::fs::write(&path, "A=1\n").unwrap();
        assert!(!missing.replaced_by(temporary(folder.path(), "lost\n")).unwrap());

        let read = DotenvFile::lock(&path).unwrap();
        std::fs::write(&path, "A=2\n").unwrap();
        assert!(!read.replaced_by(temporary(folder.path(), "lost\n")).unwrap());

        #[cfg(unix)]
        {
            let read = DotenvFile::lock(&path).unwrap();
            std::fs::write(folder.path().join("new"), "A=2\n").unwrap();
            std::fs::rename(folder.path().join("new"), &path).unwrap();
            assert!(!read.replaced_by(temporary(folder.path(), "lost\n")).unwrap());
        }

        let read = DotenvFile::lock(&path).unwrap();
        assert_eq!(read.text(), b"A=2\n");
        assert!(read.replaced_by(temporary(folder.path(), "A=3\n")).unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "A=3\n");
    }
}
