//! `--resume OUT`: what an earlier run has minted is kept, what it has not is dropped from OUT and tried again. OUT is
//! this run's alone while it lasts.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufReader, BufWriter, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, anyhow};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::kept::Kept;
use super::record::{Outcome, Record};
use super::records::{Next, Records};
use crate::error::{Category, Failure, OrFail as _, Result};
use crate::os::{self, identity};
use crate::output::deliver;

/// OUT, locked.
#[derive(Debug)]
pub struct Out {
    path: PathBuf,
    /// For reading and appending. It holds the lock.
    file: File,
}

/// OUT as an earlier run has left it, ready to be appended to.
#[derive(Debug)]
pub struct Opened {
    /// The file.
    pub out: Out,
    /// What it holds.
    pub kept: Kept,
    /// How many tokens in it had ended. They are not kept.
    pub ended: u64,
}

/// The lines of OUT, summed up.
#[derive(Default)]
struct Survey {
    kept: Kept,
    ended: u64,
    /// Something must go: an error, a torn line, a second one of a number, a token that has ended.
    untidy: bool,
}

/// Opens OUT for appending, after what is not minted has been taken out of it. `None` where a signal comes meanwhile.
///
/// # Errors
/// Exit 3 where it holds something else than a batch wrote or another run has it, exit 1 where it cannot be written. It
/// is untouched then.
pub fn open(path: &Path, now: Timestamp, halted: &AtomicBool) -> Result<Option<Opened>> {
    deliver::check_target(path)?;
    os::report_size_limit();
    let mut out = Out { path: path.to_owned(), file: lock(path)? };
    out.remove_leftovers();
    let Some(mut survey) = out.survey(now, halted)? else { return Ok(None) };
    if survey.untidy || !identity::is_private(&out.file) {
        let kept = &mut survey.kept;
        let keep = |record: &Record| match record.result {
            Outcome::Minted(_) => kept.claim(record.number, record.id.as_deref(), record.request),
            Outcome::Failed => false,
        };
        let Some(rewritten) = out.rewritten(keep, halted)? else { return Ok(None) };
        out = rewritten;
    }
    Ok(Some(Opened { out, kept: survey.kept, ended: survey.ended }))
}

/// OUT, opened, created where it is missing, and locked.
fn lock(path: &Path) -> Result<File> {
    let place = crate::text::path(path);
    let busy = || {
        Failure::configuration(format!("--resume: another run is writing {place}"))
            .with_hint("wait until it has finished, or use another file")
    };
    // Another run may replace the file between the opening and the lock, then there is a new one to lock.
    for _ in 0..10 {
        let file = open_or_create(path).with_context(|| format!("cannot write {place}")).or_fail(Category::Internal)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(busy()),
            // A file system without locks: the lines are worth more than the guard.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        if identity::is_at(&file, path) {
            return Ok(file);
        }
    }
    Err(busy())
}

fn open_or_create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => identity::create_private_with(&mut options, path),
        opened => opened,
    }
}

impl Out {
    /// A handle for appending lines.
    ///
    /// # Errors
    /// Exit 1 where the system refuses one.
    pub fn appender(&self) -> Result<File> {
        self.file.try_clone().with_context(|| self.cannot()).or_fail(Category::Internal)
    }

    /// Takes lines out that this run has minted again. Call when nothing is appended any more.
    ///
    /// # Errors
    /// Exit 1; the file is then as it was, and the next run takes the lines out.
    pub fn settle(self, kept: &Kept) -> Result<()> {
        let never = AtomicBool::new(false);
        let keep =
            |record: &Record| record.result == Outcome::Failed || !kept.is_superseded(record.number, record.request);
        self.rewritten(keep, &never).map(drop)
    }

    /// Reads all lines. `None` where a signal comes meanwhile.
    fn survey(&self, now: Timestamp, halted: &AtomicBool) -> Result<Option<Survey>> {
        let mut survey = Survey::default();
        let mut records = self.records()?;
        for count in 1_u64.. {
            if halted.load(Ordering::SeqCst) {
                return Ok(None);
            }
            match records.next().with_context(|| self.cannot_read()).or_fail(Category::Internal)? {
                Next::Line { record, ended, .. } => survey.add(&record, ended, now),
                Next::Torn => survey.untidy = true,
                Next::Foreign => {
                    let place = crate::text::path(&self.path);
                    let what = format!("--resume: line {count} of {place} was not written by a batch");
                    return Err(
                        Failure::configuration(what).with_hint("use the file of an earlier --resume, or a new one")
                    );
                }
                Next::End => break,
            }
        }
        Ok(Some(survey))
    }

    /// This file with those of its lines that `keep` wants, under its name. `None` where a signal comes meanwhile.
    fn rewritten(self, mut keep: impl FnMut(&Record) -> bool, halted: &AtomicBool) -> Result<Option<Self>> {
        let mut writer = BufWriter::with_capacity(64 * 1024, self.temporary()?);
        // Locked before it is renamed into place, so that no other run can lock it first.
        let _ = writer.get_ref().as_file().try_lock();
        let mut records = self.records()?;
        loop {
            if halted.load(Ordering::SeqCst) {
                return Ok(None);
            }
            match records.next().with_context(|| self.cannot_read()).or_fail(Category::Internal)? {
                Next::Line { record, text, .. } if keep(&record) => {
                    let written = writer.write_all(text).and_then(|()| writer.write_all(b"\n"));
                    written.with_context(|| self.cannot()).or_fail(Category::Internal)?;
                }
                Next::Line { .. } => {}
                Next::Torn | Next::Foreign | Next::End => break,
            }
        }
        drop(records);
        let temporary = writer.into_inner().map_err(io::IntoInnerError::into_error);
        let temporary = temporary.with_context(|| self.cannot()).or_fail(Category::Internal)?;
        self.replaced_by(temporary).map(Some)
    }

    fn replaced_by(self, temporary: NamedTempFile) -> Result<Self> {
        let cannot = self.cannot();
        temporary.as_file().sync_all().context(cannot.clone()).or_fail(Category::Internal)?;
        let Out { path, file } = self;
        // Elsewhere an open file cannot be replaced. Where it can, it stays locked until the new one has its name.
        let held = cfg!(unix).then_some(file);
        let file = os::put_in_place(temporary, &path).context(cannot).or_fail(Category::Internal)?;
        drop(held);
        Ok(Out { path, file })
    }

    fn records(&self) -> Result<Records<BufReader<&File>>> {
        let mut file = &self.file;
        file.rewind().with_context(|| self.cannot_read()).or_fail(Category::Internal)?;
        Ok(Records::new(BufReader::with_capacity(64 * 1024, file)))
    }

    /// A file of mode 0600 to take OUT's place.
    fn temporary(&self) -> Result<NamedTempFile> {
        let cannot = self.cannot();
        tempfile::Builder::new()
            .prefix(&self.prefix())
            .tempfile_in(folder_of(&self.path))
            .map_err(|error| anyhow!("{cannot}: {}", os::reason(&error)))
            .or_fail(Category::Internal)
    }

    /// How the names of temporary files for this OUT begin, and no others.
    fn prefix(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        let digest = Sha256::digest(name.as_encoded_bytes());
        digest[..8].iter().fold(".tokenmint-".to_owned(), |text, byte| format!("{text}{byte:02x}")) + "-"
    }

    /// Removes the temporary files of runs that were killed: they hold tokens. Only a run that has the lock makes any.
    fn remove_leftovers(&self) {
        let prefix = self.prefix();
        let Ok(entries) = std::fs::read_dir(folder_of(&self.path)) else { return };
        for entry in entries.flatten() {
            let ours = entry.file_name().as_encoded_bytes().starts_with(prefix.as_bytes());
            if ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                // Best effort: the run does not depend on it.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    fn cannot(&self) -> String {
        format!("cannot write {}", crate::text::path(&self.path))
    }

    fn cannot_read(&self) -> String {
        format!("cannot read {}", crate::text::path(&self.path))
    }
}

impl Survey {
    /// Counts a line. Of several with one number the last one counts: it is what the latest run came to.
    fn add(&mut self, record: &Record, ended: bool, now: Timestamp) {
        self.untidy |= !ended;
        match record.result {
            Outcome::Minted(end) if end.is_none_or(|end| end > now) => {
                self.untidy |= self.kept.add(record.number, record.id.as_deref(), record.request);
            }
            Outcome::Minted(_) => {
                self.ended += 1;
                self.untidy = true;
                self.kept.remove(record.number);
            }
            Outcome::Failed => {
                self.untidy = true;
                self.kept.remove(record.number);
            }
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "{\"line\":1,\"request\":\"000000000000000a\",\"token\":\"one\",\"expires_at\":null}\n";
    const TWO: &str =
        "{\"line\":2,\"request\":\"000000000000000b\",\"token\":\"two\",\"expires_at\":\"2030-01-01T00:00:00Z\"}\n";
    const FAILED: &str = "{\"line\":1,\"request\":\"000000000000000a\",\"error\":{\"code\":\"usage\"}}\n";

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = os::temporary_folder();
        let path = folder.path().join("out");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn opened(path: &Path, now: i64) -> Opened {
        // A process that another test is starting inherits every lock until it is the program that it will be.
        let opened = (0..1_000).find_map(|_| match open(path, at(now), &AtomicBool::new(false)) {
            Err(failure) if failure.to_string().contains("another run") => {
                std::thread::yield_now();
                None
            }
            opened => Some(opened),
        });
        opened.expect("the lock").unwrap().unwrap()
    }

    #[test]
    fn what_is_minted_and_has_not_ended_stays() {
        let (_folder, path) = file(&format!("{ONE}{TWO}{{\"line\":3,\"tok"));
        let first = opened(&path, 0);
        assert_eq!(first.ended, 0);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{ONE}{TWO}"));
        drop(first);
        // `date -u -d 2030-01-01 +%s`
        assert_eq!(opened(&path, 1_893_456_000).ended, 1);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), ONE);
    }

    #[test]
    fn the_last_word_on_a_line_counts() {
        let (_folder, path) = file(&format!("{ONE}{FAILED}"));
        opened(&path, 0);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
        let (_folder, path) = file(&format!("{FAILED}{ONE}{}", ONE.replace("one", "newer").replace("0a", "0c")));
        opened(&path, 0);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), ONE.replace("one", "newer").replace("0a", "0c"));
    }

    #[test]
    fn the_lock_outlives_a_rewriting_and_ends_with_the_run() {
        let (_folder, path) = file(FAILED);
        let first = opened(&path, 0);
        let failure = open(&path, at(0), &AtomicBool::new(false)).unwrap_err();
        assert_eq!(failure.exit_code(), 3);
        assert!(failure.to_string().contains("another run"), "{failure}");
        drop(first);
        opened(&path, 0);
    }

    #[test]
    fn a_signal_leaves_the_file_and_its_folder_as_they_were() {
        let (folder, path) = file(&format!("{ONE}{FAILED}"));
        assert!(open(&path, at(0), &AtomicBool::new(true)).unwrap().is_none());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{ONE}{FAILED}"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn lines_minted_again_go_at_the_end() {
        let (_folder, path) = file(&format!("{ONE}{TWO}"));
        let Opened { out, kept, .. } = opened(&path, 0);
        kept.look_up(1, None, Some(0xc)).unwrap();
        let newer = ONE.replace("one", "newer").replace("0a", "0c");
        out.appender().unwrap().write_all(newer.as_bytes()).unwrap();
        out.settle(&kept).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{TWO}{newer}"));
    }

    #[test]
    fn leftovers_of_this_file_are_removed_and_no_others() {
        let (folder, path) = file(ONE);
        let (mine, other) = {
            let out = Out { path: path.clone(), file: File::open(&path).unwrap() };
            let other = Out { path: folder.path().join("other"), file: File::open(&path).unwrap() };
            (out.prefix() + "abc123", other.prefix() + "abc123")
        };
        for name in [mine.as_str(), &other, ".tokenmint-x7Ff3a"] {
            std::fs::write(folder.path().join(name), "tokens").unwrap();
        }
        opened(&path, 0);
        assert!(!folder.path().join(&mine).exists());
        assert!(folder.path().join(&other).exists() && folder.path().join(".tokenmint-x7Ff3a").exists());
    }
}
