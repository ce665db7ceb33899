//! Delivery of finished bytes: to stdout, to the file of `--write`, or to the file of a GitHub format. Whatever can be
//! found wrong with the place is found before a token is minted.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};

use super::dotenv;
use super::dotenv_file::DotenvFile;
use super::format::{Format, Rendered};
use super::loss::Loss;
use crate::app::Environment;
use crate::error::{Category, Failure, OrFail as _, Result, system_words};
use crate::os::stream::{self, Stdout};
use crate::os::{self, replace};

/// Where a result goes, checked beforehand.
#[derive(Debug)]
pub struct Destination {
    place: Place,
    /// Keeps room on the disk for the result.
    room: Option<std::fs::File>,
}

#[derive(Debug)]
enum Place {
    /// Standard output.
    Stdout,
    /// A file that is replaced atomically.
    File(PathBuf),
    /// A dotenv file in which variables are set.
    Dotenv(PathBuf),
    /// Standard output for the mask, and a file to append to.
    Github(PathBuf),
}

impl Destination {
    /// Checks the place that a format and `--write` ask for.
    ///
    /// # Errors
    /// Exit 1 for a file that cannot be replaced, 3 where the GitHub variable is missing or does not name a file.
    pub fn prepare(format: Format, write: Option<&Path>, env: &Environment) -> Result<Self> {
        let place = match (format.github_variable(), write) {
            (Some(variable), _) => github_file(variable, env)?,
            (None, Some(path)) => {
                check_replaceable(path)?;
                if format == Format::Dotenv {
                    DotenvFile::check(path)?;
                    Place::Dotenv(path.to_owned())
                } else {
                    Place::File(path.to_owned())
                }
            }
            (None, None) => Place::Stdout,
        };
        Ok(Destination { place, room: None })
    }

    /// The destination with room on the disk for what it is to hold: a full disk or a quota is found out now. The file that
    /// takes the room has no name, so that the system gives it back however this ends.
    ///
    /// # Errors
    /// Exit 1 where there is no such room.
    pub fn with_room(self) -> Result<Self> {
        let (Place::File(path) | Place::Dotenv(path)) = &self.place else { return Ok(self) };
        // Of a dotenv file, which has been checked for its size, the other lines stay.
        let kept = matches!(self.place, Place::Dotenv(_)).then(|| std::fs::metadata(path).ok()).flatten();
        let room = ROOM + usize::try_from(kept.map_or(0, |metadata| metadata.len())).unwrap_or_default();
        os::report_size_limit();
        let reserve = || {
            let mut file = tempfile::tempfile_in(folder_of(path))?;
            file.write_all(&vec![0; room])?;
            file.sync_all()?;
            Ok::<_, io::Error>(file)
        };
        let file = reserve().map_err(|error| {
            Failure::internal(format!("cannot write {}: {}", crate::text::path(path), system_words(&error)))
        })?;
        Ok(Destination { room: Some(file), ..self })
    }

    /// Writes a token. Everything is checked, the flush included.
    ///
    /// # Errors
    /// Exit 1; nothing of the token is then in the file of `--write`, and stdout has it whole or not.
    pub fn deliver(self, rendered: &Rendered, loss: &Loss) -> Result<()> {
        let had_room = self.room.is_some();
        // Given back at the last moment, for the file that needs it.
        drop(self.room);
        self.place.put(rendered).map_err(|failure| match &self.place {
            Place::File(path) | Place::Dotenv(path) if had_room => match save_beside(path, &rendered.bytes) {
                Some(saved) => failure
                    .and(format_args!("; {} {}", loss.saved, crate::text::path(&saved)))
                    .with_hint("move it to where it belongs; nothing else has it"),
                None => loss.explain(failure),
            },
            _ => loss.explain(failure),
        })
    }

    /// Writes a token that others follow, each in place of the last.
    ///
    /// # Errors
    /// As [`Destination::deliver`].
    pub fn write(&self, rendered: &Rendered, loss: &Loss) -> Result<()> {
        self.place.put(rendered).map_err(|failure| loss.explain(failure))
    }
}

impl Place {
    fn put(&self, rendered: &Rendered) -> Result<()> {
        match self {
            Place::Stdout => stdout(&rendered.bytes),
            Place::File(path) => replace(path, &rendered.bytes),
            Place::Dotenv(path) => set_variables(path, rendered),
            Place::Github(path) => stdout(&rendered.bytes).and_then(|()| append(path, &rendered.appended)),
        }
    }
}

/// Room for a pair of the longest tokens, and what stands around them.
const ROOM: usize = 2 * crate::token::MAX_LENGTH + 8 * 1024;

/// Keeps a result under a new name next to the file that could not take it.
fn save_beside(path: &Path, bytes: &[u8]) -> Option<PathBuf> {
    let mut file = temporary_beside(path).ok()?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).ok()?;
    file.keep().ok().map(|(_, path)| path)
}

/// Writes a whole result to standard output, in one piece.
///
/// # Errors
/// Exit 1 where it cannot be written or flushed.
pub fn stdout(bytes: &[u8]) -> Result<()> {
    os::report_size_limit();
    stream::write_stdout_whole(bytes).context("cannot write to standard output").or_fail(Category::Internal)
}

/// Standard output for a result that comes line by line. Each write and each flush is to be checked.
pub fn lines() -> Box<dyn io::Write + Send> {
    os::report_size_limit();
    Box::new(Stdout)
}

fn github_file(variable: &'static str, env: &Environment) -> Result<Place> {
    let elsewhere = "GitHub Actions sets it for each step; elsewhere use -o dotenv or -o export";
    let path = env.required(variable)?.map(PathBuf::from);
    let path = path.ok_or_else(|| Failure::configuration(format!("{variable} is not set")).with_hint(elsewhere))?;
    // A pipe that nothing reads from could not even be opened.
    if std::fs::metadata(&path).is_ok_and(|metadata| !takes_lines(&metadata)) {
        let place = crate::text::path(&path);
        return Err(Failure::configuration(format!("{variable} must name a regular file, and {place} is not one"))
            .with_hint(elsewhere));
    }
    open_to_append(&path)?;
    Ok(Place::Github(path))
}

/// A file, or a device such as /dev/null: neither keeps a writer waiting for a reader.
fn takes_lines(metadata: &std::fs::Metadata) -> bool {
    metadata.is_file() || os::is_character_device(metadata)
}

fn open_to_append(path: &Path) -> Result<std::fs::File> {
    let open = OpenOptions::new().append(true).create(true).open(path);
    open.with_context(|| format!("cannot append to {}", crate::text::path(path))).or_fail(Category::Internal)
}

/// Appends whole lines, after the line break that the file may lack.
fn append(path: &Path, lines: &[u8]) -> Result<()> {
    os::report_size_limit();
    let file = open_to_append(path)?;
    let mut whole = zeroize::Zeroizing::new(Vec::with_capacity(lines.len() + 1));
    if lacks_final_newline(path) {
        whole.push(b'\n');
    }
    whole.extend_from_slice(lines);
    stream::append_whole(&file, &whole)
        .with_context(|| format!("cannot append to {}", crate::text::path(path)))
        .or_fail(Category::Internal)
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

/// Replaces a file atomically: the bytes go into a new file of mode 0600 next to it, which then takes its name.
///
/// # Errors
/// Exit 1; the file is then as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    os::report_size_limit();
    check_target(path)?;
    let mut file = temporary_beside(path)?;
    let cannot = || format!("cannot write {}", crate::text::path(path));
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).with_context(cannot).or_fail(Category::Internal)?;
    os::put_in_place(file, path).with_context(cannot).or_fail(Category::Internal)?;
    Ok(())
}

/// How often a dotenv file that changes meanwhile is read again.
const MOST_CHANGES: usize = 100;

/// Sets variables in a dotenv file and leaves the rest of it alone. Of runs side by side none takes away what another has
/// set; what an editor saves is kept if it is saved before the file is replaced.
fn set_variables(path: &Path, rendered: &Rendered) -> Result<()> {
    os::report_size_limit();
    let cannot = || format!("cannot write {}", crate::text::path(path));
    for _ in 0..MOST_CHANGES {
        check_target(path)?;
        let current = DotenvFile::lock(path)?;
        let variables = rendered.variables.iter().map(|(name, value)| (name.as_str(), value.expose()));
        let text = dotenv::with_variables(current.text(), variables);
        let mut temporary = temporary_beside(path)?;
        let replaced = temporary.write_all(&text).and_then(|()| current.replaced_by(temporary));
        if replaced.with_context(cannot).or_fail(Category::Internal)? {
            return Ok(());
        }
    }
    Err(Failure::internal(format!("{}: another program keeps changing it", cannot())))
}

/// A new file of mode 0600 in the folder of another, to take its name.
///
/// # Errors
/// Exit 1 where the folder takes no file.
pub fn temporary_beside(path: &Path) -> Result<tempfile::NamedTempFile> {
    let folder = folder_of(path);
    tempfile::Builder::new()
        .prefix(".tokenmint-")
        .tempfile_in(folder)
        .map_err(|error| {
            let why = if folder.is_dir() { system_words(&error) } else { "its folder does not exist".to_owned() };
            anyhow!("cannot write {}: {why}", crate::text::path(path))
        })
        .or_fail(Category::Internal)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

/// Finds out whether a file can be replaced, or made where it is missing, without touching it.
fn check_replaceable(path: &Path) -> Result<()> {
    check_target(path)?;
    let place = crate::text::path(path);
    if let Some(obstacle) = replace::obstacle(path, folder_of(path), path.exists()) {
        return Err(Failure::internal(format!("cannot replace {place}: {obstacle}"))
            .with_hint("use a file in another folder, or redirect the token with > FILE"));
    }
    // Created and removed again: a folder that takes no file is found out now, not with a token in hand.
    temporary_beside(path).map(drop)
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
                .with_hint("remove the link, or name the file it points to"))
        }
        Ok(metadata) if !metadata.is_file() => Err(Failure::internal(format!("{place} is not a regular file"))),
        _ if !ends_in_file_name(path) => Err(Failure::internal(format!("{place} is not a file name"))
            .with_hint("name a file, without a slash or a dot at the end")),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match path.file_name().and_then(replace::bad_name) {
            Some(reason) => Err(Failure::internal(format!("cannot write {place}: {reason}"))),
            None => Ok(()),
        },
        // A name that is too long, for one: the new file would get another name first, and this one only with a token.
        Err(error) => Err(Failure::internal(format!("cannot write {place}: {}", system_words(&error)))),
    }
}

/// Whether the text ends in the name of a file. `Path::file_name` overlooks the slash of `token/` and the dot of
/// `token/.`, which the system does not.
fn ends_in_file_name(path: &Path) -> bool {
    path.file_name().is_some_and(|name| path.as_os_str().as_encoded_bytes().ends_with(name.as_encoded_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_ends_in_a_file_name_or_not() {
        for right in ["a", "./a", "/x/a", "a.", "...", ".a", "x/../a"] {
            assert!(ends_in_file_name(Path::new(right)), "{right}");
        }
        for wrong in ["", "/", ".", "..", "a/", "a//", "a/.", "a/./", "a/..", "x/a/", "./", "a/./."] {
            assert!(!ends_in_file_name(Path::new(wrong)), "{wrong}");
        }
    }
}
