//! The emulated service: the minter, this run's rules, and the log.

use super::answer::{Answer, Entry};
use super::faults::{known_statuses, parse_status};
use super::line::subject;
use super::rules::Rules;
use super::tokens::Minter;
use super::{prefer, validate};
use crate::catalog::{Endpoint, Kind};
use crate::server::{Head, RequestLog};
use crate::text;

/// An emulated service.
pub(super) struct Service {
    pub minter: Minter,
    pub rules: Rules,
    pub log: RequestLog,
}

impl Service {
    /// What a request with the right credentials gets.
    pub(super) fn reply(&self, kind: &Kind, endpoint: &'static Endpoint, head: &Head, body: &[u8]) -> Answer {
        match self.ordered(endpoint, head) {
            Ok(None) => self.earned(kind, endpoint, body),
            Ok(Some((status, by))) => Answer::ordered(status, kind).noting(by),
            Err(answer) => answer,
        }
    }

    /// A failure that was ordered, and by what. A request that orders its answer is not subject to `--fail`.
    fn ordered(&self, endpoint: &'static Endpoint, head: &Head) -> Result<Option<(u16, &'static str)>, Answer> {
        match prefer::code(head).as_deref() {
            None => Ok(self.rules.faults.next(endpoint.path).map(|status| (status, "(--fail)"))),
            // The regular answer, without `--fail`.
            Some("200" | "201") => Ok(None),
            Some(code) => {
                let status = parse_status(code).ok_or_else(|| unknown(code))?;
                Ok(Some((status, "(Prefer)")))
            }
        }
    }

    /// What a request gets by what is in it.
    fn earned(&self, kind: &Kind, endpoint: &Endpoint, body: &[u8]) -> Answer {
        let now = self.minter.now();
        let body = match validate::body(kind, endpoint, body, now) {
            Ok(body) => body,
            Err(refusal) => return refusal,
        };
        let refused = self.rules.addresses.check(kind, &body);
        if let Some(entry) = refused.zip(kind.emulation.as_ref()).and_then(|(refused, own)| Entry::of(&refused, own)) {
            return Answer::invalid(&[entry]);
        }
        let subject = subject(&body);
        let minted = self.minter.basis(endpoint, body, now).map(|basis| self.minter.mint(kind, endpoint, &basis, now));
        match minted {
            Ok(answer) => answer.map_or_else(|_| Answer::internal(), |answer| answer.noting(subject)),
            Err(refusal) => refusal,
        }
    }
}

/// The answer to a request for a status that cannot be ordered: ignoring it would let the test pass by accident.
fn unknown(code: &str) -> Answer {
    let given = text::clip(code, 20);
    Answer::bad_request().noting(format!("(Prefer: code={given} is none of {})", known_statuses()))
}
