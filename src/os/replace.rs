//! Whether a file can be replaced by renaming another over it. The rename itself comes only with a token in hand, so
//! what the system would refuse is looked for before.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

/// Why a file, or a new one of that name, cannot take its place in `folder`, as a sentence.
pub fn obstacle(path: &Path, folder: &Path, exists: bool) -> Option<&'static str> {
    if imp::attributes(folder).append {
        return Some("its folder is append-only, so no file in it can be renamed");
    }
    if !exists {
        return None;
    }
    let file = imp::attributes(path);
    if file.mount_point.unwrap_or_else(|| is_on_other_device(path, folder)) {
        return Some("it is a mount point, which cannot be replaced");
    }
    if file.immutable || file.append {
        return Some("the file is immutable or append-only");
    }
    // A rename over a file asks the folder for what the file's removal asks for, and a regular file is never removed as
    // a folder: where nothing else is in the way, the system answers that it is not one.
    let refused = std::fs::remove_dir(path).is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
    refused.then_some("its folder does not let this user replace it")
}

/// Why no file can have this name, where the system says so only once the file is created.
pub fn bad_name(name: &OsStr) -> Option<&'static str> {
    super::imp::bad_name(name)
}

/// What a file system says of a file beyond its mode.
#[derive(Debug, Clone, Copy, Default)]
struct Attributes {
    append: bool,
    immutable: bool,
    /// `None` where the system does not tell.
    mount_point: Option<bool>,
}

#[cfg(target_os = "linux")]
mod imp {
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};

    use super::Attributes;

    pub(super) fn attributes(path: &Path) -> Attributes {
        let Ok(found) = statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::empty()) else {
            return Attributes::default();
        };
        let has = |attribute| found.stx_attributes.contains(attribute);
        // Known to Linux 5.8 and later.
        let tells = found.stx_attributes_mask.contains(StatxAttributes::MOUNT_ROOT);
        Attributes {
            append: has(StatxAttributes::APPEND),
            immutable: has(StatxAttributes::IMMUTABLE),
            mount_point: tells.then(|| has(StatxAttributes::MOUNT_ROOT)),
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod imp {
    pub(super) fn attributes(_: &std::path::Path) -> super::Attributes {
        super::Attributes::default()
    }
}

#[cfg(unix)]
fn is_on_other_device(path: &Path, folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let device = |path: &Path| path.metadata().map(|metadata| metadata.dev());
    matches!((device(path), device(folder)), (Ok(file), Ok(folder)) if file != folder)
}

#[cfg(not(unix))]
fn is_on_other_device(_: &Path, _: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_file_can_be_replaced_and_is_not_touched() {
        let folder = crate::os::temporary_folder();
        let path = folder.path().join("file");
        assert_eq!(obstacle(&path, folder.path(), false), None);
        std::fs::write(&path, "x").unwrap();
        assert_eq!(obstacle(&path, folder.path(), true), None);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "x");
    }
}
