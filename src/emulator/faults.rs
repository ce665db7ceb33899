//! Failures that are ordered: by `--fail` for a share of the requests, or by a request for itself.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::error::{Failure, Result};
use crate::text;

/// The failures that the service documents, and 503 of the proxies in front of it.
pub(super) const STATUSES: [u16; 8] = [400, 401, 403, 404, 422, 429, 500, 503];

/// Which requests fail. With the same seed, the nth request to an endpoint gets the same outcome in every run,
/// however many requests other endpoints get.
#[derive(Debug, Default)]
pub struct Faults {
    /// Status, and below which number out of one it is drawn.
    limits: Vec<(u16, f64)>,
    seed: u64,
    counts: Mutex<BTreeMap<&'static str, u64>>,
}

impl Faults {
    /// The values of `--fail`, and a seed.
    ///
    /// # Errors
    /// Exit 2, naming the value and what it may be.
    pub fn new(typed: &[String], seed: u64) -> Result<Self> {
        let mut limits = Vec::new();
        let mut sum = 0.0;
        for text in typed {
            let (status, share) = parse(text)?;
            sum += share;
            limits.push((status, sum));
        }
        // Ten shares of 0.1 make a little more or less than one.
        if sum > 1.0 + 1e-9 {
            let given = typed.iter().map(|text| format!("--fail {}", text::clip(text, 40))).collect::<Vec<_>>();
            return Err(Failure::usage(format!("the shares of --fail add up to more than 1: {}", given.join(" ")))
                .with_hint(
                    "without :SHARE every request fails; write --fail 503:0.5 --fail 429:0.5 for half of each",
                ));
        }
        Ok(Faults { limits, seed, counts: Mutex::default() })
    }

    /// Whether chance decides: some requests fail and some do not, or not in the same way.
    pub fn are_drawn(&self) -> bool {
        let whole = |limit: f64| limit <= 0.0 || limit >= 1.0;
        self.limits.iter().any(|(_, limit)| !whole(*limit))
    }

    /// The failure of the next request to an endpoint, if it is to fail.
    pub(super) fn next(&self, path: &'static str) -> Option<u16> {
        if self.limits.is_empty() {
            return None;
        }
        let count = {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(path).or_default();
            *count += 1;
            *count
        };
        let drawn = draw(self.seed, path, count);
        self.limits.iter().find(|(_, limit)| drawn < *limit).map(|(status, _)| *status)
    }
}

/// A number from 0 up to 1 for the nth request to a path.
fn draw(seed: u64, path: &str, count: u64) -> f64 {
    // FNV-1a, so that the endpoints differ.
    let start = path
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    // SplitMix64: its nth number is computed without those before it.
    let mut mixed = (seed ^ start).wrapping_add(count.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    f64::from(u32::try_from(mixed >> 32).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
}

/// A status that can be ordered.
pub(super) fn parse_status(text: &str) -> Option<u16> {
    let status: u16 = text.parse().ok().filter(|_| text.len() == 3)?;
    STATUSES.contains(&status).then_some(status)
}

/// [`STATUSES`] for a message.
pub(super) fn known_statuses() -> String {
    STATUSES.map(|status| status.to_string()).join(", ")
}

/// `STATUS` or `STATUS:SHARE`.
fn parse(typed: &str) -> Result<(u16, f64)> {
    let given = text::clip(typed, 40);
    let (status, share) = typed.split_once(':').map_or((typed, None), |(status, share)| (status, Some(share)));
    let status = parse_status(status).ok_or_else(|| {
        Failure::usage(format!("--fail must be a status the service documents, got '{given}'"))
            .with_hint(format!("one of {}, for example --fail 503:0.2", known_statuses()))
    })?;
    let Some(share) = share else { return Ok((status, 1.0)) };
    let is_decimal = share.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = share.parse::<f64>().ok().filter(|number| is_decimal && (0.0..=1.0).contains(number));
    number.map(|share| (status, share)).ok_or_else(|| {
        Failure::usage(format!("--fail: the share must be a number from 0 to 1, got '{given}'"))
            .with_hint(format!("write --fail {status}:0.2 to fail one request in five"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAT: &str = "/api/chat/tokens";

    fn faults(typed: &[&str], seed: u64) -> Result<Faults> {
        Faults::new(&typed.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>(), seed)
    }

    fn row(faults: &Faults, path: &'static str) -> Vec<Option<u16>> {
        (0..1_000).map(|_| faults.next(path)).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_failures_whatever_other_endpoints_get() {
        let (one, other) = (faults(&["503:0.2"], 7).unwrap(), faults(&["503:0.2"], 7).unwrap());
        row(&other, "/api/video/room_tokens");
        let failures = row(&one, CHAT);
        assert_eq!(failures, row(&other, CHAT));
        assert_ne!(failures, row(&faults(&["503:0.2"], 8).unwrap(), CHAT));
        let failed = failures.iter().flatten().count();
        assert!((150..250).contains(&failed), "{failed}");
    }

    #[test]
    fn shares_are_those_that_were_asked_for() {
        assert!(row(&faults(&["500"], 1).unwrap(), CHAT).iter().all(|status| *status == Some(500)));
        assert!(row(&faults(&["500:0"], 1).unwrap(), CHAT).iter().all(Option::is_none));
        assert!(row(&faults(&[], 1).unwrap(), CHAT).iter().all(Option::is_none));
        let drawn = row(&faults(&["429:0.5", "503:0.5"], 1).unwrap(), CHAT);
        let count = |status| drawn.iter().filter(|drawn| **drawn == Some(status)).count();
        assert_eq!(count(429) + count(503), 1_000);
        assert!((400..600).contains(&count(429)));
        faults(&["429:0.1"; 10], 1).unwrap();
    }

    #[test]
    fn chance_is_known() {
        for (typed, drawn) in [(vec!["503"], false), (vec!["503:0"], false), (vec!["503:0.2"], true), (vec![], false)] {
            assert_eq!(faults(&typed, 1).unwrap().are_drawn(), drawn, "{typed:?}");
        }
    }

    #[test]
    fn what_is_no_status_or_share_is_refused() {
        for wrong in
            ["", "200", "418", "502", "0503", "503:", "503:2", "503:-1", "503:1e-1", "503:NaN", "503:20%", "503:.", "x"]
        {
            let failure = faults(&[wrong], 1).unwrap_err();
            assert_eq!(failure.exit_code(), 2, "{wrong}");
            assert!(failure.to_string().contains("--fail") && failure.hint().is_some(), "{wrong}");
        }
        assert!(faults(&["503:0.6", "429:0.5"], 1).unwrap_err().to_string().contains("more than 1"));
    }
}
