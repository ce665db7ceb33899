//! Durations of fields: in whole minutes, in whole seconds, and with an upper limit.

use jiff::SignedDuration;

use super::Rule;
use super::likely::{Limits, assigned};
use crate::error::{Failure, Result};
use crate::{text, time};

/// Whole minutes.
pub(super) fn minutes(name: &str, text: &str, rule: &dyn Rule) -> Result<i64> {
    let limits = Limits::of(rule, 60);
    let length = within(name, text, limits)?;
    let minutes = length.as_secs() / 60;
    if length == SignedDuration::from_mins(minutes) {
        return Ok(minutes);
    }
    let near = [minutes, minutes + 1].into_iter().filter(|near| *near >= 1);
    let near: Vec<String> = near.map(|near| assigned(name, &format!("{near}m"))).collect();
    Err(Failure::usage(format!("{name} counts whole minutes, got '{}'", text::clip(text, 40)))
        .with_hint(format!("write {}", near.join(" or "))))
}

/// Whole seconds.
pub(super) fn seconds(name: &str, text: &str, rule: &dyn Rule) -> Result<i64> {
    whole_seconds(name, within(name, text, Limits::of(rule, 1))?, text)
}

/// Whole seconds, at most `max` of them.
pub(super) fn limited(name: &str, text: &str, max: i64) -> Result<i64> {
    whole_seconds(name, within(name, text, Limits::up_to(max))?, text)
}

/// A duration, whatever is not one refused with what was likely meant.
///
/// # Errors
/// Exit 2, naming what was given.
pub fn any(name: &str, text: &str) -> Result<SignedDuration> {
    duration(name, text, Limits::ANY)
}

/// A duration that is not over its limit.
fn within(name: &str, text: &str, limits: Limits) -> Result<SignedDuration> {
    let length = duration(name, text, limits)?;
    if length <= SignedDuration::from_secs(limits.most()) {
        return Ok(length);
    }
    let most = time::format_limit(limits.most());
    let failure = Failure::usage(format!("{name} must be at most {most}, got '{}'", text::clip(text, 40)));
    // Only a plain number of seconds can be one of milliseconds; 25h is meant as hours.
    let plain = text.strip_suffix('s').and_then(|number| number.parse().ok());
    Err(match plain.and_then(|number| limits.of_milliseconds(number)) {
        Some(meant) => {
            let meant = assigned(name, &time::format_exact(SignedDuration::from_secs(meant)));
            failure.with_hint(format!("that looks like milliseconds; write {meant}"))
        }
        None => failure,
    })
}

fn duration(name: &str, text: &str, limits: Limits) -> Result<SignedDuration> {
    time::duration(text).map_err(|fault| {
        let failure = Failure::usage(match (&fault, limits.range()) {
            (time::Fault::NotPositive(given), Some(range)) => format!("{name} must be {range}, got '{given}'"),
            _ => format!("{name} {fault}"),
        });
        match limits.hint(name, text) {
            Some(hint) if !matches!(fault, time::Fault::NotPositive(_)) => failure.with_hint(hint),
            _ => failure,
        }
    })
}

fn whole_seconds(name: &str, length: SignedDuration, text: &str) -> Result<i64> {
    if length.subsec_nanos() == 0 {
        return Ok(length.as_secs());
    }
    Err(Failure::usage(format!("{name} counts whole seconds, got '{}'", text::clip(text, 40))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> std::result::Result<i64, (String, String)> {
        limited("--ttl", text, 86_400)
            .map_err(|failure| (failure.to_string(), failure.hint().unwrap_or_default().to_owned()))
    }

    #[test]
    fn a_life_is_one_second_to_24_hours() {
        assert_eq!(read("1h"), Ok(3_600));
        assert_eq!(read("1s"), Ok(1));
        assert_eq!(read("24h"), Ok(86_400));
        assert_eq!(read("1d"), Ok(86_400));
        assert!(read("25h").unwrap_err().0.contains("--ttl must be at most 24h, got '25h'"));
        for wrong in ["24h1s", "24h1ms", "2d", "0s", "-5m", "1500ms", "soon", "", "1mo"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn milliseconds_and_bare_numbers_are_told_apart() {
        let (message, hint) = read("3600").unwrap_err();
        assert!(message.contains("3600m or 3600s?") && hint == "3600s is 1h; write --ttl 1h", "{message} {hint}");
        assert!(read("3600000").unwrap_err().1.contains("milliseconds; write --ttl 1h"));
        assert!(read("3600000s").unwrap_err().1.contains("milliseconds; write --ttl 1h"));
        assert_eq!(read("0").unwrap_err(), ("--ttl must be 1s to 24h, got '0'".to_owned(), String::new()));
        assert_eq!(read("1000h").unwrap_err().1, "");
        assert_eq!(read("90001s").unwrap_err().1, "");
    }

    #[test]
    fn minutes_are_whole() {
        let rule = super::super::rule::Integer { min: 1, max: 43_200, unit: "minutes (30 days)" };
        assert_eq!(minutes("--ttl", "90m", &rule).unwrap(), 90);
        assert_eq!(minutes("--ttl", "90s", &rule).unwrap_err().hint(), Some("write --ttl 1m or --ttl 2m"));
        assert_eq!(minutes("--ttl", "1s", &rule).unwrap_err().hint(), Some("write --ttl 1m"));
        let said = |text: &str| minutes("--ttl", text, &rule).unwrap_err().to_string();
        assert_eq!(said("2592001s"), "--ttl must be at most 30d, got '2592001s'");
        assert_eq!(said("31d"), "--ttl must be at most 30d, got '31d'");
        assert_eq!(said("0m"), "--ttl must be 1m to 30d, got '0m'");
        assert_eq!(
            minutes("--ttl", "3600000s", &rule).unwrap_err().hint(),
            Some("that looks like milliseconds; write --ttl 1h")
        );
    }
}
