//! How long to wait before a request is sent again.

use std::time::Duration;

use jiff::Timestamp;

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
    whole / 2 + (whole / 2).mul_f64(f64::from(u16::from_le_bytes(random)) / f64::from(u16::MAX))
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
        fn backoff_stays_within_its_bounds(sent_before in any::<u32>(), random in any::<[u8; 2]>()) {
            let wait = backoff(sent_before, random);
            prop_assert!((Duration::from_millis(125)..=Duration::from_secs(5)).contains(&wait));
        }
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
