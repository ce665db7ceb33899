//! How long a token lives: `--ttl` and `--not-before`. Twilio takes at most 24 hours (its page of error 20157); its own
//! libraries count seconds and default to an hour.

use jiff::{SignedDuration, Timestamp};

use crate::error::{Failure, Result};
use crate::{json, text, time};

/// Seconds of a token for which no life was asked.
pub const DEFAULT: i64 = 3_600;

/// The most seconds of a token.
pub const MOST: i64 = 86_400;

/// The seconds that a `ttl` stands for, from the JSON of a flag or of a batch line. `name` is what the message calls it.
///
/// # Errors
/// Exit 2: a bare number, a fraction of a second, more than 24 hours, or not a duration.
pub fn ttl(name: &str, raw: &str) -> Result<i64> {
    // A number in a batch line is a bare number like any other, so it gets the same question.
    let text = json::as_str(raw).unwrap_or_else(|| raw.into());
    let length = time::duration(&text).map_err(|fault| {
        let failure = Failure::usage(format!("{name} {fault}"));
        match fault {
            time::Fault::NoUnit(given) => failure.hint(unit_hint(name, &given)),
            time::Fault::NotPositive(given) => Failure::usage(format!("{name} must be 1s to 24h, got '{given}'")),
            _ => failure,
        }
    })?;
    let shown = text::clip(&text, 40);
    let seconds = length.as_secs();
    if seconds > MOST || length > SignedDuration::from_secs(MOST) {
        let failure = Failure::usage(format!("{name} must be at most 24h, got '{shown}'"));
        // Only a plain number of seconds can be one of milliseconds; whoever writes 25h means hours.
        let plain = text.strip_suffix('s').and_then(|number| number.parse().ok());
        return Err(match plain.and_then(from_milliseconds) {
            Some(meant) => failure.hint(format!("that looks like milliseconds: write {meant}")),
            None => failure,
        });
    }
    if length.subsec_nanos() != 0 {
        return Err(Failure::usage(format!("{name} counts whole seconds, got '{shown}'")));
    }
    Ok(seconds)
}

/// The second that a `not_before` stands for.
///
/// # Errors
/// Exit 2 where it is no time.
pub fn not_before(name: &str, raw: &str, now: Timestamp) -> Result<i64> {
    let Some(text) = json::as_str(raw) else {
        return Err(Failure::usage(format!("{name} must be a string")));
    };
    let (time, _) = time::instant(&text, now).map_err(|fault| Failure::usage(format!("{name} {fault}")))?;
    Ok(time.as_second())
}

fn unit_hint(name: &str, given: &str) -> String {
    match given.parse().ok().and_then(from_milliseconds) {
        Some(meant) => format!("that looks like milliseconds: write {meant}"),
        None => format!("write the unit: {name} {given}s for seconds, as Twilio's libraries count"),
    }
}

/// What was meant, if a number that is too large for seconds is right for milliseconds.
fn from_milliseconds(number: i64) -> Option<String> {
    let seconds = number / 1_000;
    let likely = number > MOST && number % 1_000 == 0 && (1..=MOST).contains(&seconds);
    likely.then(|| time::exact(SignedDuration::from_secs(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> std::result::Result<i64, (String, String)> {
        ttl("--ttl", &json::string(text))
            .map_err(|failure| (failure.to_string(), failure.hint_text().unwrap_or_default().to_owned()))
    }

    #[test]
    fn a_life_is_one_second_to_24_hours() {
        assert_eq!(read("1h"), Ok(3_600));
        assert_eq!(read("1s"), Ok(1));
        assert_eq!(read("24h"), Ok(86_400));
        assert_eq!(read("1d"), Ok(86_400));
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
        assert!(ttl("ttl", "3600").unwrap_err().to_string().starts_with("ttl '3600' has no unit"));
        assert!(ttl("ttl", "true").is_err());
    }
}
