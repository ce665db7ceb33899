//! Puts finished bytes where they were asked for: stdout, a file of `--write`, or the file of a GitHub format. Whatever
//! can be found wrong with the place is found before a token is minted.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};

use super::format::{Format, Rendered};
use crate::app::Environment;
use crate::error::{Category, Failure, OrFail as _, Result};
use crate::os::{self, Mark};

/// Where a result goes, looked at beforehand.
#[derive(Debug)]
pub enum Destination {
    /// Standard output.
    Stdout,
    /// A file that is replaced as a whole.
    File(PathBuf),
    /// Standard output for the mask, and a file to append to.
    Github(PathBuf),
}

impl Destination {
    /// Checks the place that a format and `--write` ask for.
    ///
    /// # Errors
    /// Exit 1 for a file that cannot be replaced, 3 where the GitHub variable is not set.
    pub fn prepare(format: Format, write: Option<&Path>, env: &Environment) -> Result<Self> {
        match (format.github_variable(), write) {
            (Some(variable), _) => github_file(variable, env),
            (None, Some(path)) => {
                check_target(path)?;
                // Created and removed again: a folder that takes no file is found out now, not with a token in hand.
                temporary_beside(path)?;
                Ok(Destination::File(path.to_owned()))
            }
            (None, None) => Ok(Destination::Stdout),
        }
    }

    /// Writes the result. Everything is checked, the flush included.
    ///
    /// # Errors
    /// Exit 1; nothing of the token is then in the file of `--write`, and stdout has it whole or not.
    pub fn deliver(&self, rendered: &Rendered) -> Result<()> {
        match self {
            Destination::Stdout => stdout(&rendered.bytes),
            Destination::File(path) => replace(path, &rendered.bytes),
            Destination::Github(path) => {
                stdout(&rendered.bytes)?;
                append(path, &rendered.appended)
            }
        }
    }
}

/// Writes a whole result to standard output, in one piece.
///
/// # Errors
/// Exit 1 where it cannot be written or flushed.
pub fn stdout(bytes: &[u8]) -> Result<()> {
    os::report_size_limit();
    let mark = Mark::of_stdout();
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
    if written.is_err() {
        mark.take_back();
    }
    written.context("cannot write to standard output").or_fail(Category::Internal)
}

/// Standard output for a result that comes line by line. Whoever writes there checks each write and each flush.
pub fn lines() -> Box<dyn io::Write + Send> {
    os::report_size_limit();
    Box::new(io::stdout())
}

fn github_file(variable: &'static str, env: &Environment) -> Result<Destination> {
    let path = match env.get(variable) {
        None => {
            return Err(Failure::configuration(format!("{variable} is not set"))
                .hint("GitHub Actions sets it for each step; elsewhere use -o dotenv or -o export"));
        }
        Some(path) if path.is_empty() => return Err(Failure::configuration(format!("{variable} is set but empty"))),
        Some(path) => PathBuf::from(path),
    };
    open_to_append(&path)?;
    Ok(Destination::Github(path))
}

fn open_to_append(path: &Path) -> Result<std::fs::File> {
    let open = OpenOptions::new().append(true).create(true).open(path);
    open.with_context(|| format!("cannot append to {}", crate::text::path(path))).or_fail(Category::Internal)
}

/// Appends whole lines, after the line break that the file may lack.
fn append(path: &Path, lines: &[u8]) -> Result<()> {
    os::report_size_limit();
    let mut file = open_to_append(path)?;
    let before = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
    let mut whole = zeroize::Zeroizing::new(Vec::with_capacity(lines.len() + 1));
    if lacks_final_newline(path) {
        whole.push(b'\n');
    }
    whole.extend_from_slice(lines);
    let written = file.write_all(&whole).and_then(|()| file.flush());
    if let (Err(_), Some(before)) = (&written, before) {
        // Half an assignment is worse than none.
        let _ = file.set_len(before);
    }
    written.with_context(|| format!("cannot append to {}", crate::text::path(path))).or_fail(Category::Internal)
}

fn lacks_final_newline(path: &Path) -> bool {
    let last = std::fs::File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::End(-1))?;
        let mut byte = [0];
        file.read_exact(&mut byte)?;
        Ok(byte[0])
    });
    // An empty file has no last byte, and nothing to end.
    last.is_ok_and(|byte| byte != b'\n')
}

/// Replaces a file as a whole: the bytes go into a new file of mode 0600 beside it, which then takes its name.
///
/// # Errors
/// Exit 1; the file is then as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    os::report_size_limit();
    check_target(path)?;
    let mut file = temporary_beside(path)?;
    let cannot = || format!("cannot write {}", crate::text::path(path));
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).with_context(cannot).or_fail(Category::Internal)?;
    file.persist(path).map_err(|error| anyhow!(error.error)).with_context(cannot).or_fail(Category::Internal)?;
    Ok(())
}

/// A new file of mode 0600 in the folder of another, to take its name.
///
/// # Errors
/// Exit 1 where the folder takes no file.
pub fn temporary_beside(path: &Path) -> Result<tempfile::NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    tempfile::Builder::new()
        .prefix(".tokenmint-")
        .tempfile_in(folder)
        .map_err(|error| {
            let why = if folder.is_dir() { reason(&error) } else { "its folder does not exist".to_owned() };
            anyhow!("cannot write {}: {why}", crate::text::path(path))
        })
        .or_fail(Category::Internal)
}

/// The system's words for an error, without the path that the library adds: the name of a temporary file helps nobody.
fn reason(error: &io::Error) -> String {
    error.raw_os_error().map_or_else(|| error.kind().to_string(), |code| io::Error::from_raw_os_error(code).to_string())
}

/// A secret goes into a file of its own, never through a link to somewhere else.
///
/// # Errors
/// Exit 1 for a link, a folder, or anything else that is no file.
pub fn check_target(path: &Path) -> Result<()> {
    let place = crate::text::path(path);
    match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => {
            Err(Failure::internal(format!("{place} is a symbolic link; a token is not written through one"))
                .hint("remove the link, or name the file it points to"))
        }
        Ok(metadata) if !metadata.is_file() => Err(Failure::internal(format!("{place} is not a regular file"))),
        _ if path.file_name().is_none() => Err(Failure::internal(format!("{place} is not a file name"))),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        // A name that is too long, for one: the new file would get another name first, and this one only with a token.
        Err(error) => Err(Failure::internal(format!("cannot write {place}: {}", reason(&error)))),
    }
}
