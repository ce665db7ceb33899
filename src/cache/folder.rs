//! The folder that tokens are kept in: where it is, and whether it can be trusted with them.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use crate::app::Environment;
use crate::error::{Category, Failure, Result};
use crate::os::{self, identity};
use crate::text;

/// `$XDG_CACHE_HOME/tokenmint`, else `tokenmint` in the system's folder for caches.
///
/// # Errors
/// Where the folder would depend on the working directory, or there is no home directory.
pub(super) fn locate(env: &Environment) -> Result<PathBuf> {
    let set = |name: &str| env.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let xdg = set("XDG_CACHE_HOME");
    for (name, path) in [("XDG_CACHE_HOME", &xdg), ("HOME", &set("HOME").filter(|_| xdg.is_none()))] {
        if path.as_ref().is_some_and(|path| !path.is_absolute()) {
            return Err(Failure::configuration(format!("{name} is not an absolute path")));
        }
    }
    let caches = xdg.or_else(dirs::cache_dir).filter(|path| path.is_absolute());
    let caches = caches.ok_or_else(|| Failure::configuration("no home directory to keep tokens in"))?;
    Ok(caches.join("tokenmint"))
}

/// Whether the folder is there; `false` where it has yet to be created.
///
/// # Errors
/// Where anyone but its owner could read or change what is in it.
pub(super) fn check(path: &Path) -> Result<bool> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) => fault(path, &metadata).map_or(Ok(true), Err),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(cannot_use(path, error)),
    }
}

/// Creates the folder where it is missing.
///
/// # Errors
/// Where that fails, or what is there by then cannot be trusted.
pub(super) fn create(path: &Path) -> Result<()> {
    os::create_private_folders(path).map_err(|error| cannot_use(path, error))?;
    check(path).map(drop)
}

fn fault(path: &Path, metadata: &Metadata) -> Option<Failure> {
    let place = text::path(path);
    let failure = |what: &str| Failure::configuration(format!("{place} {what}"));
    if metadata.is_symlink() {
        return Some(failure("is a symbolic link").with_hint("remove the link"));
    }
    if !metadata.is_dir() {
        return Some(failure("is not a folder"));
    }
    if identity::is_for_owner_alone(metadata) {
        return None;
    }
    Some(match os::distrust(metadata) {
        Some(os::UnsafePermissions::Owner) => {
            failure("belongs to another user").with_hint("remove it, or set XDG_CACHE_HOME to a folder of yours")
        }
        _ => failure("is accessible to other users").with_hint(format!("run: chmod 700 {}", text::sh_word(&place))),
    })
}

/// What is said where the system refuses something in the folder.
pub(super) fn cannot_use(path: &Path, error: io::Error) -> Failure {
    Failure::new(Category::Internal, error).context(format!("cannot use {}", text::path(path)))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn located(variables: &[(&str, &str)]) -> std::result::Result<String, String> {
        let env: Environment = variables.iter().copied().collect();
        locate(&env).map(|path| path.display().to_string()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn the_folder_never_depends_on_the_working_directory() {
        assert_eq!(located(&[("XDG_CACHE_HOME", "/x"), ("HOME", "rel")]), Ok("/x/tokenmint".to_owned()));
        assert_eq!(located(&[("XDG_CACHE_HOME", "rel")]), Err("XDG_CACHE_HOME is not an absolute path".to_owned()));
        assert_eq!(located(&[("HOME", "rel")]), Err("HOME is not an absolute path".to_owned()));
    }

    #[test]
    fn only_a_folder_of_our_own_that_is_closed_to_others_is_trusted() {
        let root = os::temporary_folder();
        let path = root.path().join("a/tokenmint");
        assert!(!check(&path).unwrap());
        create(&path).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap()), check(&path).unwrap()), (0o700, 0o700, true));
        for open in [0o755, 0o710, 0o701, 0o770] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(open)).unwrap();
            let failure = check(&path).unwrap_err();
            assert!(failure.to_string().ends_with("is accessible to other users"), "{failure}");
            assert!(failure.hint().unwrap().starts_with("run: chmod 700 "));
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        let link = root.path().join("link");
        symlink(&path, &link).unwrap();
        assert!(check(&link).unwrap_err().to_string().ends_with("is a symbolic link"));
        std::fs::write(root.path().join("file"), "").unwrap();
        assert!(check(&root.path().join("file")).unwrap_err().to_string().ends_with("is not a folder"));
    }
}
