//! Where a token goes, looked at before it is minted.

use super::held::Held;
use super::job::Job;
use super::summary;
use crate::catalog::Consumed;
use crate::credentials;
use crate::error::Result;
use crate::output::child::Program;
use crate::output::deliver::Destination;
use crate::output::format::{Rendered, render};
use crate::output::{Loss, Names};
use crate::providers::SCHEMAS;
use crate::token::Token;

/// The command after `--`, if there is one, and the place of the output.
pub(super) struct Delivery {
    pub(super) program: Option<Program>,
    destination: Destination,
    /// What a mint uses up.
    consumed: Option<&'static Consumed>,
}

impl Delivery {
    /// Looks at both.
    ///
    /// # Errors
    /// Exit 126 or 127 for a command that cannot be run, 1 or 3 for a file that cannot be written.
    pub(super) fn prepare(job: &Job) -> Result<Self> {
        let program = job.mint.program.as_ref().map(|words| Program::find(words, &job.app.env)).transpose()?;
        let destination = Destination::prepare(job.mint.format, job.mint.write.as_deref(), &job.app.env)?;
        let consumed = job.mint.kind.endpoint().and_then(|endpoint| endpoint.consumes);
        let destination = if consumed.is_some() { destination.with_room()? } else { destination };
        Ok(Delivery { program, destination, consumed })
    }

    /// Mints, and puts the token there.
    pub(super) fn deliver(self, job: &Job, names: &Names, mint: impl FnOnce() -> Result<(Token, Held)>) -> Result<u8> {
        let loss = self.loss();
        let (token, held) = mint()?;
        if let Some(program) = self.program {
            held.release(job.report, Ok(()))?;
            job.report.notes(&job.app.notes.take());
            let run = program.run(&token, names, hidden());
            return run.map_err(|failure| if self.consumed.is_some() { loss.explain(failure) } else { failure });
        }
        held.release(job.report, self.destination.deliver(&rendered(job, names, &token), &loss))?;
        job.report.minted(|| summary::of(job.mint, &token, job.app.now()));
        Ok(0)
    }

    /// Writes a token to a file that others follow in.
    pub(super) fn write(&self, job: &Job, names: &Names, token: &Token) -> Result<()> {
        self.destination.write(&rendered(job, names, token), &self.loss())
    }

    fn loss(&self) -> Loss {
        match self.consumed {
            Some(consumed) => Loss { what: consumed.lost, saved: consumed.saved, remedy: consumed.remedy },
            None => Loss::TOKEN,
        }
    }
}

fn rendered(job: &Job, names: &Names, token: &Token) -> Rendered {
    render(token, job.mint.format, names, &job.warnings(), job.app.now())
}

/// The variables that are not for a command to see: they hold the secrets that mint tokens.
pub(super) fn hidden() -> impl Iterator<Item = &'static str> {
    credentials::secret_variables(&SCHEMAS)
}
