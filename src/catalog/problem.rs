//! What is wrong with a value: a sentence for the command line, and the service's own answer to it.

use std::fmt;

use crate::error::Failure;

/// Why a value will not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Follows the name of the flag: the limit, and what was given.
    sentence: String,
    hint: Option<String>,
    soft: bool,
    service: Option<Complaint>,
}

/// How the service puts it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Complaint {
    code: &'static str,
    /// `{}` stands where the field is named.
    message: String,
}

impl Problem {
    /// A problem that the service is known to refuse with this code. In its message `{}` stands for the field.
    pub fn new(sentence: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        let service = Some(Complaint { code, message: message.into() });
        Problem { sentence: sentence.into(), hint: None, soft: false, service }
    }

    /// A problem that the service is not known to refuse.
    pub fn ours(sentence: impl Into<String>) -> Self {
        Problem { sentence: sentence.into(), hint: None, soft: false, service: None }
    }

    /// The problem of a required field that is not given.
    pub fn missing() -> Self {
        Self::missing_as("{} must be present")
    }

    /// The same where the service has another sentence for it.
    pub fn missing_as(message: &str) -> Self {
        Self::new("is required", "missing_required_parameter", message)
    }

    /// The problem of a field that the schema does not name.
    pub fn unknown() -> Self {
        Self::new("is not a field of this request", "invalid_parameter", "{} is not a known parameter")
    }

    /// The problem as a warning: our documents may be older than the service.
    #[must_use]
    pub fn soft(self) -> Self {
        Problem { soft: true, ..self }
    }

    /// The problem with what to do about it.
    #[must_use]
    pub fn hint(self, hint: Option<String>) -> Self {
        Problem { hint, ..self }
    }

    /// The problem without the service's answer, where that is known to let it pass.
    #[must_use]
    pub fn tolerated(self) -> Self {
        Problem { service: None, ..self }
    }

    /// Whether it is worth a warning only.
    pub fn is_soft(&self) -> bool {
        self.soft
    }

    /// The failure of what messages call `name`.
    pub fn failure(&self, name: &str) -> Failure {
        let failure = Failure::usage(format!("{name} {self}"));
        match &self.hint {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }

    /// The service's code and its sentence about a field of this name, if it refuses such a value.
    pub fn complaint(&self, name: &str) -> Option<(&'static str, String)> {
        self.service.as_ref().map(|complaint| (complaint.code, complaint.message.replace("{}", name)))
    }
}

/// The sentence without its subject.
impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence)
    }
}

/// A problem with the field that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The JSON key.
    pub key: String,
    /// What is wrong.
    pub problem: Problem,
}

impl Violation {
    /// A problem of the field with this key.
    pub fn new(key: &str, problem: Problem) -> Self {
        Violation { key: key.to_owned(), problem }
    }
}
