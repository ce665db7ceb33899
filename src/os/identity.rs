//! Which file is behind a name or a handle, and whether others can read it.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// A regular file, told apart from all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity(imp::Identity);

impl Identity {
    /// The regular file behind a name; `None` for anything else.
    pub fn of_path(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok().filter(Metadata::is_file)?;
        imp::identity(&metadata, Some(path)).map(Identity)
    }

    /// The regular file that stdin reads; `None` for anything else, and where the system does not tell.
    pub fn of_stdin() -> Option<Self> {
        Self::of_stream(&imp::stdin()?)
    }

    /// The regular file that stdout writes; `None` for anything else, and where the system does not tell.
    pub fn of_stdout() -> Option<Self> {
        Self::of_stream(&imp::stdout()?)
    }

    fn of_stream(file: &File) -> Option<Self> {
        let metadata = file.metadata().ok().filter(Metadata::is_file)?;
        imp::identity(&metadata, None).map(Identity)
    }
}

/// Whether an open file is still the one that a name leads to. True where the system does not tell: a file that is open
/// cannot be replaced there.
pub fn is_at(file: &File, path: &Path) -> bool {
    let identity = |metadata: io::Result<Metadata>| imp::identity(&metadata.ok()?, None);
    match identity(file.metadata()) {
        Some(opened) => identity(std::fs::symlink_metadata(path)) == Some(opened),
        None => cfg!(not(unix)),
    }
}

/// Whether a file is ours and nobody else can read or write it.
pub fn is_private(file: &File) -> bool {
    file.metadata().is_ok_and(|metadata| is_for_owner_alone(&metadata))
}

/// Whether what these metadata are of is ours and nobody else can read or write it.
pub fn is_for_owner_alone(metadata: &Metadata) -> bool {
    imp::is_private(metadata)
}

/// Gives a file the mode of another one, and its owner and group as far as that is allowed. Where the group cannot be kept,
/// the permissions of the group are dropped: they were meant for other people.
///
/// # Errors
/// Where the mode cannot be set.
pub fn keep_owner_and_mode(file: &File, of: &Metadata) -> io::Result<()> {
    imp::keep_owner_and_mode(file, of)
}

/// Creates and opens a file that must not exist yet, readable by its owner alone from the first moment.
///
/// # Errors
/// Whatever the system says, `AlreadyExists` included.
pub fn create_private_with(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options.create_new(true);
    super::imp::private(options);
    options.open(path)
}

#[cfg(unix)]
mod imp {
    use std::fs::Permissions;
    use std::fs::{File, Metadata};
    use std::io;
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
    use std::path::Path;

    /// Device and inode.
    pub(super) type Identity = (u64, u64);

    #[allow(clippy::unnecessary_wraps, reason = "the same call as elsewhere")]
    pub(super) fn identity(metadata: &Metadata, _: Option<&Path>) -> Option<Identity> {
        Some((metadata.dev(), metadata.ino()))
    }

    pub(super) fn stdin() -> Option<File> {
        io::stdin().as_fd().try_clone_to_owned().map(File::from).ok()
    }

    pub(super) fn stdout() -> Option<File> {
        io::stdout().as_fd().try_clone_to_owned().map(File::from).ok()
    }

    pub(super) fn is_private(metadata: &Metadata) -> bool {
        // No bit of group and others.
        metadata.uid() == nix::unistd::geteuid().as_raw() && metadata.permissions().mode().trailing_zeros() >= 6
    }

    pub(super) fn keep_owner_and_mode(file: &File, of: &Metadata) -> io::Result<()> {
        let new = file.metadata()?;
        let same = (new.uid(), new.gid()) == (of.uid(), of.gid())
            || fchown(file, Some(of.uid()), Some(of.gid())).is_ok()
            || new.gid() == of.gid()
            || fchown(file, None, Some(of.gid())).is_ok();
        let group = if same { 0o070 } else { 0 };
        file.set_permissions(Permissions::from_mode(of.permissions().mode() & (0o707 | group)))
    }
}

#[cfg(not(unix))]
mod imp {
    use std::fs::{File, Metadata};
    use std::io;
    use std::path::{Path, PathBuf};

    /// The one spelling of a path.
    pub(super) type Identity = PathBuf;

    pub(super) fn identity(_: &Metadata, path: Option<&Path>) -> Option<Identity> {
        path?.canonicalize().ok()
    }

    pub(super) fn stdin() -> Option<File> {
        None
    }

    pub(super) fn stdout() -> Option<File> {
        None
    }

    // Access lists keep the files of a user from others; there are no mode bits to read.
    pub(super) fn is_private(_: &Metadata) -> bool {
        true
    }

    // A new file has the access list of its folder.
    #[allow(clippy::unnecessary_wraps, reason = "the same call as elsewhere")]
    pub(super) fn keep_owner_and_mode(_: &File, _: &Metadata) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_itself_under_every_name_and_no_other() {
        let folder = crate::os::temporary_folder();
        let [one, two, link] = ["one", "two", "link"].map(|name| folder.path().join(name));
        let file = File::create(&one).unwrap();
        std::fs::write(&two, "").unwrap();
        std::fs::hard_link(&one, &link).unwrap();
        assert_eq!(Identity::of_path(&one), Identity::of_path(&link));
        assert_ne!(Identity::of_path(&one), Identity::of_path(&two));
        assert_eq!(Identity::of_path(folder.path()), None);
        assert!(is_at(&file, &one));
        std::fs::rename(&two, &one).unwrap();
        assert!(!is_at(&file, &one) && is_at(&file, &link));
    }
}
