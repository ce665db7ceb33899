//! Where the lines come from.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::Context as _;

use crate::error::{Category, Failure, OrFail as _, Result};
use crate::options::Batch;
use crate::os::identity::Identity;
use crate::os::stream::Stdin;

/// The lines of a batch, not yet read.
pub struct Input {
    /// Gives the lines.
    pub lines: Box<dyn Read + Send>,
    /// How many bytes they are, where that is known.
    pub size: Option<u64>,
}

impl Input {
    /// Opens the input.
    ///
    /// # Errors
    /// Exit 2 where it cannot be read, or is the file that the output goes to.
    pub fn open(batch: &Batch) -> Result<Self> {
        let from_stdin = batch.input == Path::new("-");
        let ours = if from_stdin { Identity::of_stdin() } else { Identity::of_path(&batch.input) };
        refuse_output(batch, ours.as_ref())?;
        if from_stdin {
            return Ok(Input { lines: Box::new(Stdin), size: None });
        }
        let cannot = || format!("--batch: cannot read {}", crate::text::path(&batch.input));
        let file = File::open(&batch.input).with_context(cannot).or_fail(Category::Usage)?;
        let metadata = file.metadata().with_context(cannot).or_fail(Category::Usage)?;
        if metadata.is_dir() {
            return Err(Failure::usage(format!("--batch: {} is a folder", crate::text::path(&batch.input))));
        }
        Ok(Input { lines: Box::new(file), size: Some(metadata.len()).filter(|_| metadata.is_file()) })
    }
}

/// A run that reads its own output destroys its input or never ends.
fn refuse_output(batch: &Batch, input: Option<&Identity>) -> Result<()> {
    let (output, name) = match &batch.resume {
        Some(path) => (Identity::of_path(path), "the --resume file"),
        None => (Identity::of_stdout(), "standard output"),
    };
    if input.is_some() && input == output.as_ref() {
        return Err(Failure::usage(format!("--batch: the input and {name} are the same file"))
            .with_hint("write the results to another file"));
    }
    Ok(())
}
