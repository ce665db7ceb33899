//! Whether and when a request is sent again: a pure function of what came of it, how often that happened, and the time
//! that is left.

use std::time::Duration;

use jiff::Timestamp;

/// What came of sending once, as far as sending again is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An answer that settles the matter, or a failure after which the request may have been processed.
    Final,
    /// Nothing was sent; a later attempt may succeed where the cause is temporary.
    NotSent {
        /// Whether the cause is temporary.
        temporary: bool,
    },
    /// 408, 421 or 425: RFC 9110 and RFC 8470 let the request be repeated, since it was not processed.
    NotProcessed,
    /// 429 or 503, with the wait that `Retry-After` asks for.
    Busy(Option<Duration>),
}

impl Outcome {
    /// What an answer means.
    pub(super) fn of_status(status: u16, retry_after: Option<Duration>) -> Self {
        match status {
            429 | 503 => Outcome::Busy(retry_after),
            408 | 421 | 425 => Outcome::NotProcessed,
            _ => Outcome::Final,
        }
    }
}

/// The next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// This is the result.
    Done,
    /// Send it again after this wait.
    Again(Duration),
    /// Send it again when the gate lets it through.
    Queue,
    /// No retries are left; the service asked for this wait, which is worth telling.
    NoRetries(Option<Duration>),
    /// The wait is longer than what is left of the time limit.
    TooLong {
        /// The wait.
        wait: Duration,
        /// It is longer than the whole limit, so that no other line of a batch can sit it out either.
        hopeless: bool,
    },
}

/// What bounds the attempts of one request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Policy {
    /// How often it may be sent again.
    pub(super) retries: u32,
    /// The time limit of the whole, waits included.
    pub(super) timeout: Duration,
    /// A busy service counts against the time limit alone: the gate of a batch decides when a request is sent again.
    pub(super) gated: bool,
    /// An answer of any kind ends the attempts: the request uses something up, and nothing proves that it did not.
    pub(super) once: bool,
}

impl Policy {
    /// The step after an attempt, of which `retried` before this one were counted, with `left` of the time limit.
    pub(super) fn next(&self, outcome: Outcome, retried: u32, left: Duration, random: [u8; 2]) -> Step {
        let asked = match outcome {
            Outcome::Final | Outcome::NotSent { temporary: false } => return Step::Done,
            Outcome::Busy(asked) => asked,
            Outcome::NotSent { temporary: true } | Outcome::NotProcessed => None,
        };
        let busy = matches!(outcome, Outcome::Busy(_));
        if self.once && !matches!(outcome, Outcome::NotSent { .. }) {
            return no_retries(asked);
        }
        if self.gated && busy {
            return match asked {
                Some(wait) if wait >= left => Step::TooLong { wait, hopeless: wait >= self.timeout },
                _ => Step::Queue,
            };
        }
        if retried >= self.retries {
            return no_retries(asked);
        }
        match asked.unwrap_or_else(|| backoff(retried, random)) {
            wait if wait < left => Step::Again(wait),
            wait if busy => Step::TooLong { wait, hopeless: false },
            _ => Step::Done,
        }
    }
}

fn no_retries(asked: Option<Duration>) -> Step {
    Step::NoRetries(asked.filter(|wait| !wait.is_zero() && *wait < WORTH_TELLING))
}

/// A longer wait cannot be meant.
const WORTH_TELLING: Duration = Duration::from_hours(24 * 365);

/// The wait that a `Retry-After` header asks for: seconds, or an HTTP date (RFC 9110, section 10.2.3). One that cannot be
/// read counts as absent, a date that has gone by as no wait at all.
pub(super) fn after(header: Option<&str>, now: Timestamp) -> Option<Duration> {
    let header = header?.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds still mean "very long".
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(header).ok()?;
    let now = std::time::SystemTime::from(now);
    Some(date.duration_since(now).unwrap_or_default())
}

/// A quarter of a second, doubled for each time before, at most 5 s; of that, between half and all by chance, so that
/// many clients do not come back in step.
pub(super) fn backoff(sent_before: u32, random: [u8; 2]) -> Duration {
    let whole = Duration::from_millis(250).saturating_mul(1 << sent_before.min(5)).min(Duration::from_secs(5));
    whole / 2 + jitter(whole / 2, random)
}

/// A random part of a wait.
pub(super) fn jitter(whole: Duration, random: [u8; 2]) -> Duration {
    whole.mul_f64(f64::from(u16::from_le_bytes(random)) / f64::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        // What was found once is written down as a test, not kept in files of the library's own.
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_retry_after_is_a_wait_or_nothing(header in "\\PC{0,40}", now in -4_000_000_000_i64..253_402_207_200) {
            let wait = after(Some(&header), Timestamp::from_second(now).unwrap());
            let digits = header.trim();
            if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                prop_assert_eq!(wait, Some(Duration::from_secs(digits.parse().unwrap_or(u64::MAX))));
            }
        }

        #[test]
        fn a_date_is_waited_for_and_never_longer(wait in 0_u64..4_000_000_000, now in 0_i64..4_000_000_000) {
            let moment = std::time::UNIX_EPOCH + Duration::from_secs(now.unsigned_abs() + wait);
            let header = httpdate::fmt_http_date(moment);
            let now = Timestamp::from_second(now).unwrap();
            prop_assert_eq!(after(Some(&header), now), Some(Duration::from_secs(wait)));
            let later = Timestamp::from_second(9_000_000_000).unwrap();
            prop_assert_eq!(after(Some(&header), later), Some(Duration::ZERO));
        }

        #[test]
        fn no_wait_outlasts_the_time_that_is_left(
            wait in prop::option::of(0_u64..100_000), retried in 0_u32..5, retries in 0_u32..5, left in 0_u64..40_000,
            kind in 0_u8..4, gated in any::<bool>(), once in any::<bool>(), random in any::<[u8; 2]>(),
        ) {
            let (wait, left) = (wait.map(Duration::from_millis), Duration::from_millis(left));
            let outcome = match kind {
                0 => Outcome::Final,
                1 => Outcome::NotSent { temporary: true },
                2 => Outcome::NotProcessed,
                _ => Outcome::Busy(wait),
            };
            let policy = Policy { retries, timeout: Duration::from_secs(40), gated, once };
            match policy.next(outcome, retried, left, random) {
                Step::Again(wait) => {
                    prop_assert!(wait < left && retried < retries);
                    let not_sent = outcome == Outcome::NotSent { temporary: true };
                    prop_assert!(!once || not_sent);
                }
                Step::Queue => prop_assert!(gated && !once && matches!(outcome, Outcome::Busy(_))),
                Step::TooLong { wait, .. } => prop_assert!(wait >= left && matches!(outcome, Outcome::Busy(_))),
                Step::NoRetries(_) => prop_assert!(once || retried >= retries),
                Step::Done => {}
            }
        }

        #[test]
        fn backoff_stays_within_its_bounds(sent_before in any::<u32>(), random in any::<[u8; 2]>()) {
            let wait = backoff(sent_before, random);
            prop_assert!((Duration::from_millis(125)..=Duration::from_secs(5)).contains(&wait));
        }
    }

    const SECOND: Duration = Duration::from_secs(1);
    const LIMIT: Duration = Duration::from_secs(30);

    fn single(retries: u32) -> Policy {
        Policy { retries, timeout: LIMIT, gated: false, once: false }
    }

    fn batch(retries: u32) -> Policy {
        Policy { retries, timeout: LIMIT, gated: true, once: false }
    }

    #[test]
    fn a_status_says_whether_the_request_was_processed() {
        for status in [429, 503] {
            assert_eq!(Outcome::of_status(status, Some(SECOND)), Outcome::Busy(Some(SECOND)), "{status}");
        }
        for status in [408, 421, 425] {
            assert_eq!(Outcome::of_status(status, Some(SECOND)), Outcome::NotProcessed, "{status}");
        }
        for status in [200, 201, 301, 400, 401, 403, 404, 409, 413, 422, 424, 428, 431, 500, 501, 502, 504, 505] {
            assert_eq!(Outcome::of_status(status, Some(SECOND)), Outcome::Final, "{status}");
        }
    }

    #[test]
    fn what_may_have_been_processed_or_cannot_succeed_is_not_sent_again() {
        for policy in [single(5), batch(5)] {
            assert_eq!(policy.next(Outcome::Final, 0, LIMIT, [0, 0]), Step::Done);
            assert_eq!(policy.next(Outcome::NotSent { temporary: false }, 0, LIMIT, [0, 0]), Step::Done);
        }
    }

    #[test]
    fn a_single_request_is_sent_once_and_as_often_again_as_there_are_retries() {
        for outcome in [Outcome::Busy(None), Outcome::NotSent { temporary: true }, Outcome::NotProcessed] {
            for retries in [0, 1, 2, 7] {
                let mut sent = 1;
                while let Step::Again(_) = single(retries).next(outcome, sent - 1, LIMIT, [0, 0]) {
                    sent += 1;
                }
                assert_eq!(sent, 1 + retries, "{outcome:?}");
            }
        }
    }

    #[test]
    fn what_uses_something_up_is_sent_again_only_if_nothing_was_sent() {
        for policy in [single(5), batch(5)] {
            let next = |outcome| Policy { once: true, ..policy }.next(outcome, 0, LIMIT, [0, 0]);
            assert_eq!(next(Outcome::Busy(None)), Step::NoRetries(None));
            assert_eq!(next(Outcome::Busy(Some(SECOND))), Step::NoRetries(Some(SECOND)));
            assert_eq!(next(Outcome::NotProcessed), Step::NoRetries(None));
            assert_eq!(next(Outcome::Final), Step::Done);
            assert_eq!(next(Outcome::NotSent { temporary: true }), Step::Again(Duration::from_millis(125)));
            assert_eq!(next(Outcome::NotSent { temporary: false }), Step::Done);
        }
    }

    #[test]
    fn what_the_service_asks_for_is_waited_for_if_there_is_time() {
        let next = |policy: Policy, wait, left| policy.next(Outcome::Busy(Some(wait)), 0, left, [0, 0]);
        assert_eq!(next(single(2), SECOND, LIMIT), Step::Again(SECOND));
        assert_eq!(next(single(2), Duration::ZERO, LIMIT), Step::Again(Duration::ZERO));
        assert_eq!(next(single(2), SECOND, SECOND), Step::TooLong { wait: SECOND, hopeless: false });
        assert_eq!(next(single(0), SECOND, LIMIT), Step::NoRetries(Some(SECOND)));
        assert_eq!(next(single(0), Duration::ZERO, LIMIT), Step::NoRetries(None));
        assert_eq!(next(single(0), Duration::MAX, LIMIT), Step::NoRetries(None));
    }

    #[test]
    fn in_a_batch_a_busy_service_counts_against_the_time_limit_alone() {
        let next = |retried, wait, left| batch(0).next(Outcome::Busy(wait), retried, left, [0, 0]);
        for retried in [0, 1, 1000] {
            assert_eq!(next(retried, None, SECOND), Step::Queue);
            assert_eq!(next(retried, Some(Duration::ZERO), SECOND), Step::Queue);
            assert_eq!(next(retried, Some(SECOND), LIMIT), Step::Queue);
        }
        // Another line may have more time left, unless the wait exceeds the limit of every line.
        assert_eq!(next(0, Some(SECOND), SECOND), Step::TooLong { wait: SECOND, hopeless: false });
        assert_eq!(next(0, Some(LIMIT), SECOND), Step::TooLong { wait: LIMIT, hopeless: true });
        // Connections that fail are counted in a batch, too.
        let outcome = Outcome::NotSent { temporary: true };
        assert_eq!(batch(0).next(outcome, 0, LIMIT, [0, 0]), Step::NoRetries(None));
        assert_eq!(batch(1).next(outcome, 0, LIMIT, [0, 0]), Step::Again(Duration::from_millis(125)));
    }

    #[test]
    fn a_connection_that_fails_near_the_end_of_the_time_limit_is_the_result() {
        let outcome = Outcome::NotSent { temporary: true };
        assert_eq!(single(2).next(outcome, 0, Duration::from_millis(100), [0, 0]), Step::Done);
    }

    #[test]
    fn both_forms_of_retry_after_are_read() {
        let now = Timestamp::from_second(784_111_777).unwrap();
        let seconds = |header: &str| after(Some(header), now).map(|wait| wait.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds(" 0 "), Some(0));
        // The example of RFC 9110, section 5.6.7, is the second 784111777; one minute later and one earlier.
        assert_eq!(seconds("Sun, 06 Nov 1994 08:50:37 GMT"), Some(60));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:48:37 GMT"), Some(0));
        assert_eq!(seconds("99999999999999999999999"), Some(u64::MAX));
        for unreadable in ["", "-5", "soon", "1.5", "1e3", "Sun, 99 Nov 1994 08:50:37 GMT"] {
            assert_eq!(seconds(unreadable), None, "{unreadable}");
        }
        assert_eq!(after(None, now), None);
    }

    #[test]
    fn waiting_doubles_with_jitter_and_stays_bounded() {
        assert_eq!(backoff(0, [0, 0]), Duration::from_millis(125));
        assert_eq!(backoff(0, [255, 255]), Duration::from_millis(250));
        assert_eq!(backoff(1, [255, 255]), Duration::from_millis(500));
        assert_eq!(backoff(u32::MAX, [255, 255]), Duration::from_secs(5));
    }
}
