//! `--resume OUT`: what an earlier run has minted is kept, what it has not is dropped from OUT and tried again.

use std::collections::hash_map::DefaultHasher;
use std::fs::{File, OpenOptions};
use std::hash::{Hash as _, Hasher as _};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, anyhow};

use crate::error::{Category, Failure, OrFail as _, Result};
use crate::json::{self, Object};
use crate::output::deliver;
use crate::token::is_believable;

/// The lines that need not be minted again: for each line number the mark of its `id`, or 0.
#[derive(Debug, Default)]
pub struct Kept(Vec<u64>);

impl Kept {
    /// Whether a line has been minted before.
    ///
    /// # Errors
    /// Exit 3 where it was, but for another `id`: the file does not belong to this input.
    pub fn holds(&self, number: u64, id: Option<&str>) -> Result<bool> {
        match usize::try_from(number).ok().and_then(|number| self.0.get(number)) {
            None | Some(0) => Ok(false),
            Some(mark) if *mark == mark_of(id) => Ok(true),
            Some(_) => Err(Failure::configuration(format!(
                "line {number} of the input has another id than the line that --resume has for it"
            ))
            .hint("the file of --resume belongs to another input; name a new one")),
        }
    }

    /// Notes a line; whether it was new.
    fn add(&mut self, number: u64, id: Option<&str>) -> bool {
        let Ok(place) = usize::try_from(number) else { return false };
        if self.0.len() <= place {
            self.0.resize(place + 1, 0);
        }
        std::mem::replace(&mut self.0[place], mark_of(id)) == 0
    }
}

/// Eight bytes stand for an id, so that a million of them fit; never 0.
fn mark_of(id: Option<&str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish().max(1)
}

/// Opens OUT for appending, after it has been rewritten to what is minted.
///
/// # Errors
/// Exit 3 where it holds something else than a batch wrote, exit 1 where it cannot be written. It is untouched then.
pub fn open(path: &Path) -> Result<(Kept, File)> {
    let place = crate::text::path(path);
    let cannot = || format!("cannot write {place}");
    deliver::check_target(path)?;
    crate::os::report_size_limit();
    let mut kept = Kept::default();
    match File::open(path) {
        Ok(file) => rewrite(path, file, &mut kept)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            drop(crate::os::create_private(path).with_context(cannot).or_fail(Category::Internal)?);
        }
        Err(error) => return Err(Failure::new(Category::Internal, anyhow!("cannot read {place}: {}", error.kind()))),
    }
    let out = OpenOptions::new().append(true).open(path).with_context(cannot).or_fail(Category::Internal)?;
    Ok((kept, out))
}

fn rewrite(path: &Path, file: File, kept: &mut Kept) -> Result<()> {
    let place = crate::text::path(path);
    let cannot = || format!("cannot write {place}");
    let temporary = deliver::temporary_beside(path)?;
    let mut writer = BufWriter::new(temporary);
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    for count in 1.. {
        line.clear();
        let read = reader.read_until(b'\n', &mut line);
        if read.with_context(|| format!("cannot read {place}")).or_fail(Category::Internal)? == 0 {
            break;
        }
        match minted(&line) {
            Ok(Some((number, id))) => {
                // Two runs at once may have written a line twice; one of them is enough.
                if kept.add(number, id.as_deref()) {
                    writer
                        .write_all(&line)
                        .and_then(|()| end_line(&mut writer, &line))
                        .with_context(cannot)
                        .or_fail(Category::Internal)?;
                }
            }
            Ok(None) => {}
            // Only the last line can be torn: a run was ended while it wrote.
            Err(()) if !line.ends_with(b"\n") => {}
            Err(()) => {
                return Err(Failure::configuration(format!("line {count} of {place} was not written by a batch"))
                    .hint("name the file of an earlier --resume, or a new one"));
            }
        }
    }
    let temporary = writer.into_inner().map_err(std::io::IntoInnerError::into_error);
    let temporary = temporary.with_context(cannot).or_fail(Category::Internal)?;
    temporary.as_file().sync_all().with_context(cannot).or_fail(Category::Internal)?;
    temporary.persist(path).map_err(|error| anyhow!(error.error)).with_context(cannot).or_fail(Category::Internal)?;
    Ok(())
}

/// A last line that is whole but for its line feed holds a token that exists: it is kept, and ended.
fn end_line(writer: &mut impl std::io::Write, line: &[u8]) -> std::io::Result<()> {
    if line.ends_with(b"\n") { Ok(()) } else { writer.write_all(b"\n") }
}

/// Number and id of an output line that holds a token; `None` for one that holds an error.
fn minted(line: &[u8]) -> std::result::Result<Option<(u64, Option<String>)>, ()> {
    let object = std::str::from_utf8(line).ok().and_then(|text| Object::parse(text).ok()).ok_or(())?;
    let number = object.get("line").and_then(json::as_integer).and_then(|number| u64::try_from(number).ok());
    match (number, object.get("token"), object.get("error")) {
        // A number that no input reaches would only make room for nothing.
        (Some(number @ 1..=0xffff_ffff), Some(token), None)
            if json::as_str(token).is_some_and(|token| is_believable(&token)) =>
        {
            Ok(Some((number, object.get("id").map(str::to_owned))))
        }
        (Some(_), None, Some(_)) => Ok(None),
        _ => Err(()),
    }
}
