//! What can go wrong: a kind that picks the exit code, a message that names the flag or variable, a hint that says
//! what to do. How a failure looks on stderr is for `output::report`.

use std::{fmt, io};

/// The class of a failure. Its number is the exit status and its word stands in JSON errors; [`Category::meaning`] says
/// what each is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// Unexpected, or the output could not be written.
    Internal,
    /// The command line, or a value in it, is wrong.
    Usage,
    /// Configuration or credentials are missing or malformed.
    Configuration,
    /// The service refused the credentials (401, 403).
    CredentialsRefused,
    /// The service refused the request (any other 4xx).
    RequestRefused,
    /// The service or the network failed, or its answer cannot be believed.
    Unavailable,
    /// A batch in which some lines failed.
    Partial,
    /// `inspect --check`: expired, not yet valid, wrongly signed, or certain to be refused.
    NotValid,
}

impl Category {
    /// Every kind, in the order of the exit codes.
    pub const ALL: [Category; 8] = [
        Category::Internal,
        Category::Usage,
        Category::Configuration,
        Category::CredentialsRefused,
        Category::RequestRefused,
        Category::Unavailable,
        Category::Partial,
        Category::NotValid,
    ];

    /// The process's exit status.
    pub const fn exit(self) -> u8 {
        match self {
            Category::Internal => 1,
            Category::Usage => 2,
            Category::Configuration => 3,
            Category::CredentialsRefused => 4,
            Category::RequestRefused => 5,
            Category::Unavailable => 6,
            Category::Partial => 7,
            Category::NotValid => 8,
        }
    }

    /// What the exit status means, as help and README have it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Category::Internal => "unexpected, or the output could not be written",
            Category::Usage => "the command line or a value in it is wrong",
            Category::Configuration => "configuration or credentials missing or malformed",
            Category::CredentialsRefused => "credentials refused (401, 403)",
            Category::RequestRefused => "request refused (other 4xx)",
            Category::Unavailable => "the service or the network failed: 3xx, 429, 5xx, timeout, DNS, TLS",
            Category::Partial => "batch: some lines failed",
            Category::NotValid => "inspect --check, --min-ttl or --verify: the token is not valid",
        }
    }

    /// The word that stands for this kind in a JSON error.
    pub const fn code(self) -> &'static str {
        match self {
            Category::Internal => "internal",
            Category::Usage => "usage",
            Category::Configuration => "configuration",
            Category::CredentialsRefused => "credentials_refused",
            Category::RequestRefused => "request_refused",
            Category::Unavailable => "unavailable",
            Category::Partial => "partial",
            Category::NotValid => "not_valid",
        }
    }
}

/// One entry of a 422 body, with the flag that sets the attribute it complains of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail {
    /// The service's category, for example `validation_error`; `type` in JSON.
    pub category: Option<String>,
    /// The service's code, for example `missing_required_parameter`.
    pub code: Option<String>,
    /// The service's sentence.
    pub message: Option<String>,
    /// The request field the service names.
    pub attribute: Option<String>,
    /// Our flag for that field, written with its dashes.
    pub flag: Option<String>,
    /// The service's page about the code.
    pub url: Option<String>,
}

/// How much of a batch a failure ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// Its own line.
    #[default]
    Line,
    /// Its own line, and the whole run if many in a row end like this: no connection was made.
    Row,
    /// The whole run: every other line would fail the same way.
    Run,
    /// Nothing: the run had ended before the line was tried, so there is nothing to write about it.
    Untried,
}

/// A failure on its way to the user: an error with its context, and beside it the kind that picks the exit code.
#[derive(Debug)]
pub struct Failure {
    kind: Category,
    cause: anyhow::Error,
    hint: Option<String>,
    status: Option<u16>,
    details: Vec<Detail>,
    exit: Option<u8>,
    reach: Option<Reach>,
    unclear: Option<String>,
}

/// What nearly every function here returns.
pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A failure of `kind` with its error. The error's text reaches the user, so it must hold no secret.
    pub fn new(kind: Category, cause: impl Into<anyhow::Error>) -> Self {
        Failure {
            kind,
            cause: cause.into(),
            hint: None,
            status: None,
            details: Vec::new(),
            exit: None,
            reach: None,
            unclear: None,
        }
    }

    /// The command line, or a value in it, is wrong (exit 2).
    pub fn usage(message: impl Into<String>) -> Self {
        Self::message(Category::Usage, message)
    }

    /// Configuration or credentials are missing or malformed (exit 3).
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::message(Category::Configuration, message)
    }

    /// The service or the network failed (exit 6).
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::message(Category::Unavailable, message)
    }

    /// Unexpected, or the output could not be written (exit 1).
    pub fn internal(message: impl Into<String>) -> Self {
        Self::message(Category::Internal, message)
    }

    /// A failure of `kind` from a sentence of our own.
    pub fn message(kind: Category, message: impl Into<String>) -> Self {
        Self::new(kind, anyhow::Error::msg(message.into()))
    }

    /// Adds the line that says what to do.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the HTTP status that the service answered with.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds the entries of a 422 body.
    #[must_use]
    pub fn with_details(mut self, details: Vec<Detail>) -> Self {
        self.details = details;
        self
    }

    /// Sets an exit status that is not the kind's own: 126 and 127 of a command that cannot be run.
    #[must_use]
    pub fn with_exit(mut self, code: u8) -> Self {
        self.exit = Some(code);
        self
    }

    /// Puts the failure into another class: a value is wrong in another way where it was typed than where it is stored.
    #[must_use]
    pub fn in_category(mut self, kind: Category) -> Self {
        self.kind = kind;
        self
    }

    /// Sets how much of a batch it ends.
    #[must_use]
    pub fn with_reach(mut self, reach: Reach) -> Self {
        self.reach = Some(reach);
        self
    }

    /// Marks a request that was sent and may have been processed. `what` is the message without the consequences.
    #[must_use]
    pub fn with_unclear(mut self, what: impl Into<String>) -> Self {
        self.unclear = Some(what.into());
        self
    }

    /// The same failure with another message.
    #[must_use]
    pub fn reworded(mut self, message: impl Into<String>) -> Self {
        self.cause = anyhow::Error::msg(message.into());
        self
    }

    /// Puts more words behind the message.
    #[must_use]
    pub fn and(mut self, more: impl fmt::Display) -> Self {
        self.cause = anyhow::Error::msg(format!("{self}{more}"));
        self
    }

    /// Puts a sentence before the message: where, or in which line, it happened.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display + Send + Sync + 'static) -> Self {
        self.cause = self.cause.context(context);
        self
    }

    /// The class of this failure.
    pub fn category(&self) -> Category {
        self.kind
    }

    /// The exit status.
    pub fn exit_code(&self) -> u8 {
        self.exit.unwrap_or(self.kind.exit())
    }

    /// How much of a batch it ends. Refused credentials are those of every line, unless it was said otherwise.
    pub fn reach(&self) -> Reach {
        let usual = if self.kind == Category::CredentialsRefused { Reach::Run } else { Reach::Line };
        self.reach.unwrap_or(usual)
    }

    /// What to do about it, if there is something.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// What happened to a request that may have been processed all the same.
    pub fn unclear(&self) -> Option<&str> {
        self.unclear.as_deref()
    }

    /// The HTTP status behind it, if the service answered.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// The entries of a 422 body.
    pub fn details(&self) -> &[Detail] {
        &self.details
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, cause) in self.cause.chain().enumerate() {
            let colon = if place == 0 { "" } else { ": " };
            if let Some(error) = cause.downcast_ref::<io::Error>() {
                // What is behind such an error is in its words already.
                return write!(formatter, "{colon}{}", system_words(error));
            }
            write!(formatter, "{colon}{cause}")?;
        }
        Ok(())
    }
}

/// An I/O error in the system's words, "No space left on device": without the number that the standard library adds, the
/// path of a temporary file that a library adds, or the library's own name for what it has no name for.
pub fn system_words(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        // A library's addition, if there is one, comes after the number.
        Some(end) => text[..end].to_owned(),
        None if error.get_ref().is_some() => text,
        None => match error.kind() {
            io::ErrorKind::NotFound => "No such file or directory".to_owned(),
            io::ErrorKind::PermissionDenied => "Permission denied".to_owned(),
            _ => text,
        },
    }
}

/// Turns any error into a failure of a kind: `read(path).context("…").or_fail(Category::Usage)?`.
pub trait OrFail<T> {
    /// The value, or a failure of this kind.
    fn or_fail(self, kind: Category) -> Result<T>;
}

impl<T, E: Into<anyhow::Error>> OrFail<T> for std::result::Result<T, E> {
    fn or_fail(self, kind: Category) -> Result<T> {
        self.map_err(|error| Failure::new(kind, error))
    }
}

/// Something worth saying beside a success: on stderr, or in the `warnings` array of `-o json`.
#[allow(clippy::enum_variant_names, reason = "the variants are the labels that are printed")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Worth knowing, nothing to do.
    Note(String),
    /// Likely a mistake.
    Warning(String),
    /// A next step.
    Hint(String),
}

impl Note {
    /// The word before the colon.
    pub fn label(&self) -> &'static str {
        match self {
            Note::Note(_) => "note",
            Note::Warning(_) => "warning",
            Note::Hint(_) => "hint",
        }
    }

    /// The sentence.
    pub fn text(&self) -> &str {
        match self {
            Note::Note(text) | Note::Warning(text) | Note::Hint(text) => text,
        }
    }
}

// The words are those of a Unix.
#[cfg(all(test, unix))]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn an_io_error_is_in_the_words_of_the_system() {
        let full = || io::Error::from_raw_os_error(28);
        assert_eq!(system_words(&full()), "No space left on device");
        assert_eq!(system_words(&io::Error::other(full())), "No space left on device");
        // As tempfile wraps it, with the path in its text.
        let path = tempfile::Builder::new().tempfile_in("/no/such/folder").unwrap_err();
        assert!(path.to_string().contains("/no/such/folder"), "{path}");
        assert_eq!(system_words(&path), "No such file or directory");
        // Too many open files, which the standard library calls uncategorized.
        let musl = cfg!(target_env = "musl");
        let many = if musl { "No file descriptors available" } else { "Too many open files" };
        assert_eq!(system_words(&io::Error::from_raw_os_error(24)), many);
        assert_eq!(system_words(&io::ErrorKind::NotFound.into()), "No such file or directory");
        assert_eq!(system_words(&io::Error::other("a sentence of ours")), "a sentence of ours");
    }

    #[test]
    fn a_failure_shows_its_causes_and_no_number() {
        let error =
            Err::<(), _>(io::Error::from_raw_os_error(28)).context("cannot write x").or_fail(Category::Internal);
        let failure = error.unwrap_err().context("line 3");
        assert_eq!(failure.to_string(), "line 3: cannot write x: No space left on device");
        assert_eq!(failure.and("; more").to_string(), "line 3: cannot write x: No space left on device; more");
    }
}
