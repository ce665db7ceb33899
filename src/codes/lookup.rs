//! The entry of a code, and codes that look like one.

use super::entry::Entry;
use super::{signalwire, twilio};
use crate::text;

/// Every entry, Twilio's first.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    twilio::ENTRIES.iter().chain(signalwire::ENTRIES)
}

/// The code as the service writes it, and what is known about it. Case does not matter.
pub fn find(code: &str) -> Option<(&'static str, &'static Entry)> {
    all().find_map(|entry| {
        let found = entry.codes.iter().find(|known| known.eq_ignore_ascii_case(code))?;
        Some((*found, entry))
    })
}

/// At most three codes that were likely meant: numbers of the same range, or names that are spelled alike.
pub fn nearest(code: &str) -> Vec<&'static str> {
    let known = || all().flat_map(|entry| entry.codes.iter().copied());
    match code.parse::<i64>() {
        Ok(number) => {
            // The minus of a WebSocket code is often left out.
            let distance = |known: &str| {
                let known = known.parse::<i64>().ok()?;
                Some(known.abs_diff(number).min(known.unsigned_abs().abs_diff(number.unsigned_abs())))
            };
            let mut near: Vec<(u64, &str)> = known()
                .filter_map(|known| Some((distance(known)?, known)))
                .filter(|(distance, _)| *distance <= 20)
                .collect();
            near.sort_unstable();
            near.into_iter().take(3).map(|(_, known)| known).collect()
        }
        Err(_) => text::nearest(&code.to_ascii_lowercase(), known()).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_code_has_two_meanings_and_every_text_is_whole() {
        let mut seen = BTreeSet::new();
        for entry in all() {
            assert!(!entry.codes.is_empty());
            for code in entry.codes {
                assert!(seen.insert(code.to_ascii_lowercase()), "{code} stands twice");
            }
            assert!(!entry.title.ends_with('.') && entry.title.len() <= 70, "{}", entry.title);
            for text in [entry.cause, entry.fix] {
                assert!(text.ends_with('.') && !text.contains("  ") && text.len() <= 320, "{text}");
            }
        }
        assert!(seen.len() > 70, "{}", seen.len());
    }

    #[test]
    fn a_code_is_found_in_any_case_and_with_its_sign() {
        assert_eq!(find("MISSING_required_parameter").map(|(code, _)| code), Some("missing_required_parameter"));
        assert_eq!(find("-32002").map(|(code, _)| code), Some("-32002"));
        assert_eq!(find("20104"), find("20104"));
        assert!(find("20199").is_none() && find("").is_none());
    }

    #[test]
    fn near_codes_are_suggested_and_far_ones_are_not() {
        assert_eq!(nearest("20108"), ["20107", "20106", "20105"]);
        assert_eq!(nearest("32002"), ["-32002", "-32003"]);
        assert_eq!(nearest("mising_required_parameter"), ["missing_required_parameter"]);
        assert!(nearest("99999").is_empty() && nearest("hello").is_empty());
        assert!(nearest("-9223372036854775808").is_empty());
    }
}
