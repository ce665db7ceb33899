//! The first line of a report: whether the token is good, and why not.

use anstyle::Style;

use super::claims::relative;
use super::validity::End;
use super::{Judgement, Signature};
use crate::output::screen::{BAD, GOOD, WARN};
use crate::pasted::decoded::Format;
use crate::pasted::token_type::TokenType;
use crate::text;

/// A verdict: its mark and colour, and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) mark: char,
    pub(super) style: Style,
    pub(super) words: String,
}

impl Verdict {
    /// The verdict about a token.
    pub(super) fn of(judgement: &Judgement<'_>) -> Self {
        let (mark, style) = match judgement.valid() {
            Some(true) => ('✓', GOOD),
            Some(false) => ('✗', BAD),
            None => ('?', WARN),
        };
        let words = match judgement.valid() {
            Some(true) => good(judgement),
            Some(false) => bad(judgement),
            None => unknown(judgement),
        };
        Verdict { mark, style: style.bold(), words }
    }
}

fn good(judgement: &Judgement<'_>) -> String {
    // Of a service that is not known nothing is known but the times.
    let word = if judgement.token.kind == TokenType::Jwt { "in date" } else { "valid" };
    match judgement.token.validity.ends {
        End::At(end) => format!("{word}, expires {}", relative(end, judgement.now)),
        End::Never | End::Unknown => format!("{word}, never expires"),
    }
}

fn bad(judgement: &Judgement<'_>) -> String {
    let (token, now) = (judgement.token, judgement.now);
    if token.signature == Signature::Invalid {
        return "not valid: the signature is wrong".to_owned();
    }
    match (token.validity.ends, token.validity.starts) {
        (End::At(end), _) if end <= now => return format!("expired {}", relative(end, now)),
        (_, Some(start)) if start > now => return format!("not valid yet, starts {}", relative(start, now)),
        _ => {}
    }
    let mut codes: Vec<&str> = Vec::new();
    for code in judgement.problems.iter().filter(|problem| problem.is_fatal()).filter_map(|problem| problem.code()) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    match (token.kind.service(), judgement.refusal()) {
        (Some(service), _) if !codes.is_empty() => format!("{service} will refuse it: {}", codes.join(", ")),
        (_, Some(problem)) => format!("not valid: {}", text::clip(problem.sentence(), 200)),
        (_, None) => "not valid".to_owned(),
    }
}

fn unknown(judgement: &Judgement<'_>) -> String {
    let token = judgement.token;
    match token.format {
        Format::Jwe => {
            let service = token.kind.service().unwrap_or("the service");
            format!("validity cannot be known: encrypted, only {service} can read it")
        }
        Format::Opaque => token.look().unwrap_or_else(|| "validity cannot be known: not a JWT".to_owned()),
        Format::Jws => "validity cannot be known: its times cannot be read".to_owned(),
    }
}
