//! Files: bounded reading, and files that hold or name secrets.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::imp;

/// How often a file that another program uses is tried again.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// All bytes of a source, or `None` if there are more than `limit`. They are wiped when dropped.
///
/// # Errors
/// Whatever the source says.
pub fn read_limited(source: impl Read, limit: u64) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    // Room for most of what is read here: a buffer that grows is filled in small pieces.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(limit).unwrap_or(usize::MAX).min(4096)));
    source.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= limit))
}

/// Opens a regular file for reading; `None` for anything else. Reading a pipe or a device could take forever, and so
/// could opening one. It is judged after it is opened, so that it cannot be exchanged in between.
///
/// # Errors
/// Whatever the system says.
pub fn open_regular(path: &Path) -> io::Result<Option<(File, Metadata)>> {
    let mut options = OpenOptions::new();
    options.read(true);
    imp::without_waiting(&mut options);
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    Ok(Some((file, metadata)).filter(|(_, metadata)| metadata.is_file()))
}

/// As [`open_regular`], but never through a symbolic link.
///
/// # Errors
/// Whatever the system says; a link is an error, too.
pub fn open_regular_no_follow(path: &Path) -> io::Result<Option<(File, Metadata)>> {
    let mut options = OpenOptions::new();
    options.read(true);
    imp::without_following(&mut options);
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    Ok(Some((file, metadata)).filter(|(_, metadata)| metadata.is_file()))
}

/// Opens a file for a lock, never through a symbolic link, and creates it for its owner alone where it is missing.
///
/// # Errors
/// Whatever the system says.
pub fn open_for_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    imp::without_following(&mut options);
    imp::private(&mut options);
    options.open(path)
}

/// Creates a file that must not exist yet, readable by its owner alone from the first moment.
///
/// # Errors
/// Whatever the system says, `AlreadyExists` included.
pub fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    imp::private(&mut options);
    options.open(path)
}

/// Creates a folder and those above it that are missing, whatever the umask says open to their owner alone. Those that
/// exist stay as they are.
///
/// # Errors
/// Whatever the system says.
pub fn create_private_folders(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    imp::private_folders(&mut builder);
    builder.recursive(true).create(path)
}

/// Replaces a file, or makes it, atomically: the bytes go into a new file next to it, readable by its owner alone, which
/// then takes its name.
///
/// # Errors
/// Whatever the system says; the file is then as it was.
pub fn replace_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    let mut file = tempfile::Builder::new().prefix(".tokenmint-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    put_in_place(file, path)?;
    // The new name is on the disk only with its folder. Not every file system can be asked for that.
    imp::sync_folder(folder);
    Ok(())
}

/// Gives a new file the name of one that it replaces, or that does not exist yet. Where a file that is open cannot be
/// replaced, one that another program has open for a moment (a virus scanner, an indexer) is waited for.
///
/// # Errors
/// Whatever the system says; the file of that name is then as it was, and the new one is gone.
pub fn put_in_place(mut file: NamedTempFile, path: &Path) -> io::Result<File> {
    const PATIENCE: Duration = Duration::from_secs(2);
    let until = Instant::now() + PATIENCE;
    loop {
        match file.persist(path) {
            Ok(file) => return Ok(file),
            Err(refused) if imp::is_in_use(&refused.error) && Instant::now() < until => {
                file = refused.file;
                std::thread::sleep(POLL_INTERVAL);
            }
            Err(refused) => return Err(refused.error),
        }
    }
}

/// Locks a folder against other runs of this program, until the file is dropped. `None` where that cannot be: a file
/// system without locks, or a lock that is held for longer than any run takes.
pub fn lock_folder(folder: &Path) -> Option<File> {
    const PATIENCE: Duration = Duration::from_secs(10);
    let until = Instant::now() + PATIENCE;
    loop {
        match imp::try_lock_folder(folder) {
            Ok(lock) => return Some(lock),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && Instant::now() < until => {
                std::thread::sleep(POLL_INTERVAL);
            }
            Err(_) => return None,
        }
    }
}

/// Locks what is needed, besides the file itself, to replace a file while other runs do the same. `None` where the file can
/// stay locked until the new one has its name, and where nothing can be locked.
pub fn lock_to_replace(path: &Path) -> Option<File> {
    if imp::LOCK_LASTS { None } else { lock_folder(folder_of(path)) }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

/// Makes a fresh folder that only its owner can enter, gone when it is dropped.
///
/// # Errors
/// Whatever the system says.
pub fn private_folder(prefix: &str) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    imp::private_folder(&mut builder);
    builder.tempdir()
}

/// A folder for a unit test, gone when it is dropped. A test that cannot have one fails and says why: to skip it would hide
/// that nothing was tested.
#[cfg(test)]
#[track_caller]
pub fn temporary_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().and_then(|folder| {
        // On a disk that is full there is often room for a folder, and none for what goes into it.
        let room = folder.path().join("room");
        std::fs::write(&room, [0; 16 * 1024])?;
        std::fs::remove_file(room).map(|()| folder)
    });
    folder.unwrap_or_else(|error| {
        let place = std::env::temp_dir();
        panic!("no room for temporary files in {}: {error}; point TMPDIR to a folder with room", place.display())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_read_up_to_the_limit_and_not_beyond() {
        let read = |limit| read_limited(&b"12345"[..], limit).unwrap().map(|bytes| bytes.to_vec());
        assert_eq!(read(5), Some(b"12345".to_vec()));
        assert_eq!(read(4), None);
        assert_eq!(read_limited(io::repeat(b'x'), 64 * 1024).unwrap(), None);
    }

    #[test]
    fn only_a_regular_file_is_opened() {
        let folder = temporary_folder();
        assert!(open_regular(folder.path()).is_ok_and(|file| file.is_none()) || cfg!(windows));
        assert_eq!(open_regular(&folder.path().join("missing")).unwrap_err().kind(), io::ErrorKind::NotFound);
        std::fs::write(folder.path().join("file"), "text").unwrap();
        let (file, metadata) = open_regular(&folder.path().join("file")).unwrap().unwrap();
        assert_eq!((metadata.len(), &**read_limited(file, 9).unwrap().unwrap()), (4, &b"text"[..]));
    }
}
