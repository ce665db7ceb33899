//! One thing that is wrong with a token.

use std::fmt;

/// A sentence, with the code of the error that the service would answer where one is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    code: Option<String>,
    sentence: String,
    fatal: bool,
}

impl Problem {
    /// A problem that makes the service refuse the token with this code.
    pub fn coded(code: &str, sentence: impl Into<String>) -> Self {
        Problem { code: Some(code.to_owned()), sentence: sentence.into(), fatal: true }
    }

    /// A problem that makes every service refuse the token.
    pub fn fatal(sentence: impl Into<String>) -> Self {
        Problem { code: None, sentence: sentence.into(), fatal: true }
    }

    /// A problem that a service may overlook.
    pub fn mild(sentence: impl Into<String>) -> Self {
        Problem { code: None, sentence: sentence.into(), fatal: false }
    }

    /// The problem with the code that the service answers if it refuses the token for it.
    pub fn with_code(self, code: &str) -> Self {
        Problem { code: self.code.or_else(|| Some(code.to_owned())), ..self }
    }

    /// The problem as one that a service may overlook.
    pub fn made_mild(self) -> Self {
        Problem { fatal: false, ..self }
    }

    /// The service's code.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether the service certainly refuses the token for it.
    pub fn is_fatal(&self) -> bool {
        self.fatal
    }

    /// The sentence without the code.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }
}

/// `CODE: sentence`, or the sentence alone.
impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(formatter, "{code}: {}", self.sentence),
            None => formatter.write_str(&self.sentence),
        }
    }
}
