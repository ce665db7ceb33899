//! Where a token goes, looked at before it is minted.

use super::job::Job;
use crate::credentials;
use crate::error::Result;
use crate::output::Names;
use crate::output::child::Program;
use crate::output::deliver::Destination;
use crate::output::format::render;
use crate::providers::SCHEMAS;
use crate::token::Token;

/// The command after `--`, if there is one, and the place of the output.
pub(super) struct Delivery {
    pub(super) program: Option<Program>,
    destination: Destination,
}

impl Delivery {
    /// Looks at both.
    ///
    /// # Errors
    /// Exit 126 or 127 for a command that cannot be run, 1 or 3 for a file that cannot be written.
    pub(super) fn prepare(job: &Job) -> Result<Self> {
        let program = job.mint.program.as_ref().map(|words| Program::find(words, &job.app.env)).transpose()?;
        let destination = Destination::prepare(job.mint.format, job.mint.write.as_deref(), &job.app.env)?;
        Ok(Delivery { program, destination })
    }

    /// Mints, and puts the token there.
    pub(super) fn deliver(&self, job: &Job, names: &Names, mint: impl FnOnce() -> Result<Token>) -> Result<u8> {
        let token = mint()?;
        if let Some(program) = &self.program {
            job.report.notes(&job.app.notes.take());
            return program.run(&token, names, hidden());
        }
        self.write(job, names, &token)?;
        Ok(0)
    }

    /// Writes a token.
    pub(super) fn write(&self, job: &Job, names: &Names, token: &Token) -> Result<()> {
        let rendered = render(token, job.mint.format, names, &job.warnings(), job.app.now());
        self.destination.deliver(&rendered)
    }
}

/// The variables that are not for a command to see: they hold the secrets that mint tokens.
pub(super) fn hidden() -> impl Iterator<Item = &'static str> {
    credentials::secret_variables(&SCHEMAS)
}
