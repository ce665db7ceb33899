//! Durations of fields: in whole minutes, in whole seconds, and with an upper limit.

use jiff::SignedDuration;

use super::Rule;
use crate::error::{Failure, Result};
use crate::{text, time};

/// Whole minutes.
pub(super) fn minutes(name: &str, text: &str, rule: &dyn Rule) -> Result<i64> {
    let length = duration(name, text, rule.range())?;
    let minutes = length.as_secs() / 60;
    if length == SignedDuration::from_mins(minutes) {
        return Ok(minutes);
    }
    let choices = if minutes == 0 { "1m".to_owned() } else { format!("{minutes}m or {}m", minutes + 1) };
    Err(Failure::usage(format!("{name} counts whole minutes, got '{text}'")).with_hint(format!("write {choices}")))
}

/// Whole seconds.
pub(super) fn seconds(name: &str, text: &str, rule: &dyn Rule) -> Result<i64> {
    whole_seconds(name, duration(name, text, rule.range())?, text)
}

/// Whole seconds, at most `max` of them.
pub(super) fn limited(name: &str, text: &str, max: i64) -> Result<i64> {
    let most = time::format_exact(SignedDuration::from_secs(max));
    let failure = |failure: Failure, number: Option<i64>| match number.and_then(|number| from_milliseconds(number, max))
    {
        Some(meant) => failure.with_hint(format!("that looks like milliseconds: write {meant}")),
        None => failure,
    };
    let length = time::duration(text).map_err(|fault| {
        let message = format!("{name} {fault}");
        match fault {
            time::Fault::NoUnit(given) => {
                let hint = format!("write the unit: {name} {given}s for seconds, as Twilio's libraries count");
                failure(Failure::usage(message).with_hint(hint), given.parse().ok())
            }
            time::Fault::NotPositive(given) => Failure::usage(format!("{name} must be 1s to {most}, got '{given}'")),
            _ => Failure::usage(message),
        }
    })?;
    if length > SignedDuration::from_secs(max) {
        let shown = text::clip(text, 40);
        // Only a plain number of seconds can be one of milliseconds; 25h is meant as hours.
        let plain = text.strip_suffix('s').and_then(|number| number.parse().ok());
        return Err(failure(Failure::usage(format!("{name} must be at most {most}, got '{shown}'")), plain));
    }
    whole_seconds(name, length, text)
}

fn duration(name: &str, text: &str, range: Option<String>) -> Result<SignedDuration> {
    time::duration(text).map_err(|fault| {
        let message = format!("{name} {fault}");
        match (fault, range) {
            (time::Fault::NoUnit(given), _) => {
                Failure::usage(message).with_hint(format!("write the unit: {name} {given}m for minutes"))
            }
            (time::Fault::NotPositive(given), Some(range)) => {
                Failure::usage(format!("{name} must be {range}, got '{given}'"))
            }
            _ => Failure::usage(message),
        }
    })
}

fn whole_seconds(name: &str, length: SignedDuration, text: &str) -> Result<i64> {
    if length.subsec_nanos() == 0 {
        return Ok(length.as_secs());
    }
    Err(Failure::usage(format!("{name} counts whole seconds, got '{}'", text::clip(text, 40))))
}

/// What was meant, if a number that is too large for seconds is right for milliseconds.
fn from_milliseconds(number: i64, max: i64) -> Option<String> {
    let seconds = number / 1_000;
    let likely = number > max && number % 1_000 == 0 && (1..=max).contains(&seconds);
    likely.then(|| time::format_exact(SignedDuration::from_secs(seconds)))
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
        assert!(message.contains("3600m or 3600s?") && hint.contains("--ttl 3600s"), "{message} {hint}");
        assert!(read("3600000").unwrap_err().1.contains("milliseconds: write 1h"));
        assert!(read("3600000s").unwrap_err().1.contains("milliseconds: write 1h"));
        assert_eq!(read("1000h").unwrap_err().1, "");
        assert_eq!(read("90001s").unwrap_err().1, "");
    }

    #[test]
    fn minutes_are_whole() {
        let rule = super::super::rule::Integer { min: 1, max: 43_200, unit: "minutes (30 days)" };
        assert_eq!(minutes("--ttl", "90m", &rule).unwrap(), 90);
        assert_eq!(minutes("--ttl", "90s", &rule).unwrap_err().hint(), Some("write 1m or 2m"));
        assert_eq!(
            minutes("--ttl", "0m", &rule).unwrap_err().to_string(),
            "--ttl must be 1 to 43200 minutes (30 days), got '0m'"
        );
    }
}
