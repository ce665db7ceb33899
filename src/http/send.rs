//! What came of sending once: an answer, nothing sent, or an unclear end.

use std::io::Read as _;

use ureq::http::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use zeroize::Zeroizing;

use super::answer::{CHANGED, MAX_BODY, unclear};
use super::failure::Route;
use super::sent::{Lost, Sent};
use super::{Received, tls};
use crate::error::{Failure, Reach};
use crate::signalwire::Space;

/// What came of sending once.
pub(super) enum Attempt {
    /// An HTTP answer, whatever it says.
    Answered(Received),
    /// Nothing was sent; the flag says whether a later attempt may succeed.
    NotSent(Failure, bool),
    /// Sent, and it may have been processed.
    Unclear(Failure),
}

/// Reads an answer whose head is there.
pub(super) fn receive(response: ureq::http::Response<ureq::Body>, route: &Route) -> Attempt {
    let status = response.status().as_u16();
    let (parts, body) = response.into_parts();
    if (200..300).contains(&status) && !has_one_length(&parts.headers) {
        let what = format!("{} answered {status} with both Content-Length and Transfer-Encoding", route.host);
        return Attempt::Unclear(unclear(&what).with_hint(CHANGED).with_status(status));
    }
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut received = Received {
        status,
        retry_after: header("retry-after"),
        content_type: header("content-type"),
        content_encoding: header("content-encoding"),
        location: header("location"),
        body: Zeroizing::new(Vec::new()),
    };
    let mut reader = body.into_with_config().limit(u64::MAX).reader().take(MAX_BODY + 1);
    match reader.read_to_end(&mut received.body) {
        Ok(_) => Attempt::Answered(received),
        // The body of a refusal is optional; the token of a success must be complete.
        Err(_) if !(200..300).contains(&status) => Attempt::Answered(received),
        Err(error) => Attempt::Unclear(route.lost(&ureq::Error::from(error))),
    }
}

/// Puts an error of the library into words.
pub(super) fn explain(lost: &Lost, route: &Route, space: &Space) -> Attempt {
    match lost.sent {
        Sent::No | Sent::NothingTaken => {
            let error = &lost.error;
            let (failure, temporary) =
                tls::explain(error, space).map_or_else(|| route.not_connected(error), |failure| (failure, false));
            // There was a connection, and another request may succeed on its own.
            let failure = if lost.sent == Sent::No { failure } else { failure.with_reach(Reach::Line) };
            Attempt::NotSent(failure, temporary)
        }
        Sent::SpeaksTls => Attempt::NotSent(tls::spoken(space), false),
        Sent::Unclear => Attempt::Unclear(route.lost(&lost.error)),
    }
}

/// Whether the headers of an answer leave no doubt where its body ends (RFC 9112, section 6.3): of a length and chunks
/// a proxy between may have believed the other. Several lengths that differ the library itself refuses.
fn has_one_length(headers: &HeaderMap) -> bool {
    !headers.contains_key(CONTENT_LENGTH) || !headers.contains_key(TRANSFER_ENCODING)
}
