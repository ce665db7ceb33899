//! Where the configuration file is. Never in the working directory: it may start programs.

use std::path::{Path, PathBuf};

use crate::app::Environment;
use crate::error::{Failure, Result};

/// Where the configuration file is, and whether just that one was asked for.
#[derive(Debug)]
pub struct Location {
    /// The path.
    pub path: PathBuf,
    /// Named by `--config` or `TOKENMINT_CONFIG`.
    pub explicit: bool,
}

/// Finds the configuration file: `--config`, `TOKENMINT_CONFIG`, `$XDG_CONFIG_HOME/tokenmint/config.toml`,
/// `~/.config/tokenmint/config.toml` if it exists, else the system's own folder.
///
/// # Errors
/// Exit 3 for an empty `TOKENMINT_CONFIG`, a relative folder, or where there is no home directory.
pub fn locate(flag: Option<&Path>, env: &Environment) -> Result<Location> {
    check_variable(flag, env)?;
    if let Some(path) = flag.map(Path::as_os_str).or_else(|| env.get("TOKENMINT_CONFIG")) {
        return Ok(Location { path: PathBuf::from(path), explicit: true });
    }
    let inside = |folder: &Path| folder.join("tokenmint").join("config.toml");
    let found = |path| Ok(Location { path, explicit: false });
    if let Some(folder) = env.get("XDG_CONFIG_HOME").filter(|folder| !folder.is_empty()) {
        return found(inside(&absolute("XDG_CONFIG_HOME", folder.into())?));
    }
    let Some(home) = home(env)? else {
        return Err(Failure::configuration("no home directory to look for a configuration file in")
            .with_hint("name one with --config FILE"));
    };
    let path = inside(&home.join(".config"));
    if path.exists() {
        return found(path);
    }
    // Asked last: on some systems it follows HOME, which is known to be absolute by now.
    let folder = dirs::config_dir().filter(|folder| folder.is_absolute()).unwrap_or_else(|| home.join(".config"));
    found(inside(&folder))
}

/// Refuses an empty `TOKENMINT_CONFIG` where it counts.
///
/// # Errors
/// Exit 3.
pub(super) fn check_variable(flag: Option<&Path>, env: &Environment) -> Result<()> {
    if flag.is_none() {
        env.required("TOKENMINT_CONFIG").map_err(|failure| failure.with_hint("unset it, or name a file"))?;
    }
    Ok(())
}

/// The user's home directory.
///
/// # Errors
/// Exit 3 where `HOME` is relative: what is found below it would depend on the working directory.
pub(super) fn home(env: &Environment) -> Result<Option<PathBuf>> {
    match env.get("HOME").filter(|home| !home.is_empty()) {
        Some(home) => absolute("HOME", home.into()).map(Some),
        None => Ok(dirs::home_dir().filter(|home| home.is_absolute())),
    }
}

fn absolute(variable: &str, folder: PathBuf) -> Result<PathBuf> {
    if folder.is_absolute() {
        return Ok(folder);
    }
    Err(Failure::configuration(format!("{variable} is not an absolute path"))
        .with_hint("unset it or use an absolute path"))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn locate_in(variables: &[(&str, &str)]) -> std::result::Result<String, String> {
        let env: Environment = variables.iter().copied().collect();
        locate(None, &env).map(|location| location.path.display().to_string()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn nothing_is_looked_for_below_a_relative_folder() {
        for home in [".", "rel", "./x", "~", ".."] {
            assert_eq!(locate_in(&[("HOME", home)]), Err("HOME is not an absolute path".to_owned()));
            assert_eq!(
                locate_in(&[("HOME", "/home/x"), ("XDG_CONFIG_HOME", home)]),
                Err("XDG_CONFIG_HOME is not an absolute path".to_owned())
            );
            assert!(home_of(home).is_err());
        }
    }

    fn home_of(home: &str) -> Result<Option<PathBuf>> {
        super::home(&[("HOME", home)].into_iter().collect())
    }

    #[test]
    fn the_first_place_that_is_named_counts() {
        assert_eq!(locate_in(&[("TOKENMINT_CONFIG", "/c.toml"), ("XDG_CONFIG_HOME", "/x")]), Ok("/c.toml".to_owned()));
        assert_eq!(locate_in(&[("XDG_CONFIG_HOME", "/x"), ("HOME", "/h")]), Ok("/x/tokenmint/config.toml".to_owned()));
        assert_eq!(locate_in(&[("TOKENMINT_CONFIG", "")]), Err("TOKENMINT_CONFIG is set but empty".to_owned()));
        // A home that is not needed is not judged.
        assert_eq!(locate_in(&[("XDG_CONFIG_HOME", "/x"), ("HOME", "rel")]), Ok("/x/tokenmint/config.toml".to_owned()));
        assert_eq!(home_of("/home/x").unwrap(), Some(PathBuf::from("/home/x")));
    }
}
