//! The place of one request in the cache: its file and its lock.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Instant;

use jiff::Timestamp;

use super::entry::{self, MAX_SIZE, Shape};
use super::lock::Lock;
use super::{folder, sweep};
use crate::app::Environment;
use crate::error::{Failure, Result};
use crate::os::{self, identity};
use crate::text;
use crate::token::Token;

/// The place of one request.
#[derive(Debug)]
pub struct Slot {
    folder: PathBuf,
    /// What the request is called: 64 hexadecimal digits.
    request: String,
    shape: Shape,
}

impl Slot {
    /// The place of a request. Nothing is created yet.
    ///
    /// # Errors
    /// Where there is no place, or others have access to it.
    pub fn find(env: &Environment, request: String, shape: Shape) -> Result<Self> {
        let folder = folder::locate(env)?;
        folder::check(&folder)?;
        Ok(Slot { folder, request, shape })
    }

    /// The token that is kept for the request, if there is one that can be believed.
    ///
    /// # Errors
    /// Where its file cannot be read, or others could have written it.
    pub fn read(&self) -> Result<Option<Token>> {
        let path = self.path("");
        let place = text::path(&path);
        let (file, metadata) = match os::open_regular_no_follow(&path) {
            Ok(Some(opened)) => opened,
            Ok(None) => return Err(Failure::internal(format!("{place} is not a regular file"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(_) if path.is_symlink() => return Err(Failure::internal(format!("{place} is a symbolic link"))),
            Err(error) => return Err(folder::cannot_use(&path, error)),
        };
        if !identity::is_for_owner_alone(&metadata) {
            return Err(Failure::internal(format!("{place} is accessible to other users")));
        }
        let bytes = os::read_limited(file, MAX_SIZE).map_err(|error| folder::cannot_use(&path, error))?;
        Ok(bytes.and_then(|bytes| entry::decode(&bytes, &self.request, self.shape)))
    }

    /// Takes the lock of the request, or `None` where another run has it until `deadline`. `wait` is called before the
    /// first wait.
    ///
    /// # Errors
    /// Where the folder cannot be used, or has no locks.
    pub fn lock(&self, deadline: Instant, wait: impl Fn()) -> Result<Option<Lock>> {
        folder::create(&self.folder)?;
        let path = self.path(".lock");
        Lock::take(&path, deadline, wait).map_err(|error| folder::cannot_use(&path, error))
    }

    /// Keeps a token, and removes what has expired. Whether it was kept: one whose end is not known is not, nor one that
    /// lacks a member.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn keep(&self, token: &Token, now: Timestamp) -> Result<bool> {
        folder::create(&self.folder)?;
        let bytes = entry::encode(&self.request, token);
        if let Some(bytes) = &bytes {
            self.replace(bytes).map_err(|error| folder::cannot_use(&self.folder, error))?;
        }
        sweep::run(&self.folder, now);
        Ok(bytes.is_some())
    }

    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        os::report_size_limit();
        let mut file = tempfile::Builder::new().prefix(sweep::TEMPORARY).tempfile_in(&self.folder)?;
        file.write_all(bytes)?;
        file.persist(self.path("")).map_err(|error| error.error)?;
        Ok(())
    }

    fn path(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}{ending}", self.request))
    }
}
