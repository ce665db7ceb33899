//! Durations and points in time as people type them: `90m`, `1h30m`, RFC 3339, a date, `@EPOCH`, `+2h`.

use std::time::SystemTime;

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp, Unit};

/// Why a text is not a duration or a time. It holds what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A number without a unit.
    NoUnit(String),
    /// Nothing that can be read as a duration.
    NotDuration(String),
    /// Months and years differ in length.
    Calendar(String),
    /// Zero or less.
    NotPositive(String),
    /// Nothing that can be read as a time.
    NotTime(String),
    /// A time without its zone.
    NoZone(String),
    /// A time at the very end of the calendar.
    TooLate(String),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::NoUnit(given) => write!(formatter, "'{given}' has no unit: {given}m or {given}s?"),
            Fault::NotDuration(given) => {
                write!(formatter, "'{given}' is not a duration; expected 90m, 12h, 1h30m or 30d")
            }
            Fault::Calendar(given) => {
                write!(formatter, "'{given}' has months or years, whose length varies; use days, such as 30d")
            }
            Fault::NotPositive(given) => write!(formatter, "'{given}' must be positive"),
            Fault::NoZone(given) => {
                write!(formatter, "'{given}' has no time zone: add Z for UTC, or an offset such as +02:00")
            }
            Fault::TooLate(given) => {
                write!(formatter, "'{given}' is too late; the latest supported time is 9999-12-30T22:00:00Z")
            }
            Fault::NotTime(given) => write!(
                formatter,
                "'{given}' is not a time; expected RFC 3339 (2030-01-31T12:00:00Z), a date (2030-01-31), @EPOCH_SECONDS or +2h"
            ),
        }
    }
}

/// A duration with its unit: `90m`, `12h`, `1h30m`, `30d`, `PT1H`. A day is 24 hours.
///
/// # Errors
/// A bare number (the services count minutes in one place and seconds in another), anything with months or years, and
/// what is not more than zero.
pub fn duration(text: &str) -> Result<SignedDuration, Fault> {
    let given = || shown(text);
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'_') {
        // Nothing is nothing in every unit.
        let is_zero = text.bytes().all(|byte| byte != b'_' && !(b'1'..=b'9').contains(&byte));
        return Err(if is_zero { Fault::NotPositive(given()) } else { Fault::NoUnit(given()) });
    }
    // The library also reads clock times and signs, neither of which says how long.
    if text.contains([':', '+']) {
        return Err(Fault::NotDuration(given()));
    }
    let span: Span = text.parse().map_err(|_| Fault::NotDuration(given()))?;
    if span.get_months() != 0 || span.get_years() != 0 {
        return Err(Fault::Calendar(given()));
    }
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| Fault::NotDuration(given()))?;
    if duration <= SignedDuration::ZERO {
        return Err(Fault::NotPositive(given()));
    }
    Ok(duration)
}

/// How a point in time was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// RFC 3339 or a date alone: the service reads it as well as we do.
    Absolute,
    /// `@EPOCH` or `+2h`: only we understand it.
    Ours,
}

/// A point in time: RFC 3339 (with second 60 at the end of a day, as in the service's own example), a date alone (midnight UTC),
/// `@EPOCH_SECONDS`, or `+DURATION` from `now`.
///
/// # Errors
/// [`Fault::NotTime`], or the duration's own fault after `+`.
pub fn instant(text: &str, now: Timestamp) -> Result<(Timestamp, Form), Fault> {
    let not_time = || Fault::NotTime(shown(text));
    if let Some(span) = text.strip_prefix('+') {
        let later = now.checked_add(duration(span)?).map_err(|_| not_time())?;
        return Ok((later, Form::Ours));
    }
    if let Some(seconds) = text.strip_prefix('@') {
        let seconds: i64 = seconds.parse().map_err(|_| not_time())?;
        let time = Timestamp::from_second(seconds);
        return Ok((time.map_err(|_| if seconds > 0 { Fault::TooLate(shown(text)) } else { not_time() })?, Form::Ours));
    }
    parse_rfc3339_or_date(text).map(|time| (time, Form::Absolute)).ok_or_else(|| {
        let a_year_earlier = text.strip_prefix("9999-").map(|rest| format!("9998-{rest}"));
        if a_year_earlier.is_some_and(|text| parse_rfc3339_or_date(&text).is_some()) {
            Fault::TooLate(shown(text))
        } else if parse_rfc3339_or_date(&format!("{text}Z")).is_some() {
            Fault::NoZone(shown(text))
        } else {
            not_time()
        }
    })
}

/// The same, or `-DURATION` for that long before `now`.
///
/// # Errors
/// As those of [`instant`].
pub fn instant_or_ago(text: &str, now: Timestamp) -> Result<Timestamp, Fault> {
    match text.strip_prefix('-') {
        Some(span) => now.checked_sub(duration(span)?).map_err(|_| Fault::NotTime(shown(text))),
        None => instant(text, now).map(|(time, _)| time),
    }
}

/// A time as it may stand in a request: RFC 3339 with its zone, or a date alone, which is midnight UTC.
pub fn parse_rfc3339_or_date(text: &str) -> Option<Timestamp> {
    if text.len() == "2022-01-01".len() {
        let date: Date = text.parse().ok()?;
        return utc(date.to_datetime(jiff::civil::Time::midnight()));
    }
    // The library alone reads more forms than the service does.
    let is_leap_second = is_rfc3339(text)?;
    let time: Timestamp = text.parse().ok()?;
    // It reads second 60 of any minute as second 59; leap seconds come at the end of a day of UTC only.
    (!is_leap_second || time.as_millisecond().div_euclid(1000).rem_euclid(86_400) == 86_399).then_some(time)
}

/// Whether a text has second 60, or `None` where it is not of the grammar of RFC 3339, section 5.6. The ranges of the
/// other numbers are for the library, except for the hours of an offset, of which it allows 25.
fn is_rfc3339(text: &str) -> Option<bool> {
    let like = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                _ => byte.eq_ignore_ascii_case(&form),
            })
    };
    let (seconds, rest) = text.split_at_checked("2022-01-01T23:59:60".len())?;
    let zone = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => match fraction.trim_start_matches(|character: char| character.is_ascii_digit()) {
            zone if zone.len() < fraction.len() => zone,
            _ => return None,
        },
    };
    let offset = (like(zone, "+00:00") || like(zone, "-00:00")) && zone[1..3] <= *"23";
    let zoned = like(zone, "Z") || offset;
    let dated = like(seconds, "0000-00-00T00:00:00") || like(seconds, "0000-00-00 00:00:00");
    (dated && zoned).then(|| seconds.ends_with("60"))
}

/// The time of a system clock, or `None` before 1970 and after 9999, where tokens and dates cannot be written.
pub fn of_clock(time: SystemTime) -> Option<Timestamp> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Timestamp::from_duration(SignedDuration::try_from(since).ok()?).ok()
}

/// RFC 3339 in UTC, whole seconds: `2030-01-31T12:00:00Z`.
pub fn rfc3339(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}

/// A duration for people: `2h 5m`, `3d`, `45s`, with the two largest units.
pub fn format_approx(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let mut left = seconds.saturating_abs();
    let mut parts = Vec::new();
    for (size, name) in UNITS {
        if left >= size && parts.len() < 2 {
            parts.push(format!("{}{name}", left / size));
            left %= size;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

/// A duration as it is typed back in a message: `90s`, `31d`, `24h`.
pub fn format_exact(duration: SignedDuration) -> String {
    let span = Span::try_from(duration).unwrap_or_default();
    let relative = SpanRelativeTo::days_are_24_hours();
    let rounded = span.round(jiff::SpanRound::new().largest(Unit::Hour).relative(relative)).unwrap_or(span);
    format!("{rounded:#}").replace(' ', "")
}

/// What was typed, short and without control characters.
fn shown(text: &str) -> String {
    crate::text::clip(text, 40)
}

fn utc(time: DateTime) -> Option<Timestamp> {
    time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_second(1_700_000_000).unwrap()
    }

    #[test]
    fn durations_need_a_unit_and_a_positive_length() {
        let seconds = |text: &str| duration(text).map(|duration| duration.as_secs());
        assert_eq!(seconds("90m"), Ok(5_400));
        assert_eq!(seconds("12h"), Ok(43_200));
        assert_eq!(seconds("1h30m"), Ok(5_400));
        assert_eq!(seconds("30d"), Ok(2_592_000));
        assert_eq!(seconds("1w"), Ok(604_800));
        assert_eq!(duration("60"), Err(Fault::NoUnit("60".into())));
        assert_eq!(duration("1mo"), Err(Fault::Calendar("1mo".into())));
        assert_eq!(duration("0"), Err(Fault::NotPositive("0".into())));
        assert_eq!(duration("0s"), Err(Fault::NotPositive("0s".into())));
        assert_eq!(duration("-5m"), Err(Fault::NotPositive("-5m".into())));
        assert_eq!(duration(""), Err(Fault::NotDuration(String::new())));
        assert_eq!(duration("soon"), Err(Fault::NotDuration("soon".into())));
        assert!(duration("99999999999999999999h").is_err());
        assert!(duration("01:30:00").is_err() && duration("+1h").is_err());
    }

    #[test]
    fn every_form_of_time_is_read() {
        let second = |text: &str| instant(text, now()).map(|(time, form)| (time.as_second(), form));
        assert_eq!(second("2022-01-01T23:59:60Z"), Ok((1_641_081_599, Form::Absolute)));
        assert_eq!(second("2022-01-01"), Ok((1_640_995_200, Form::Absolute)));
        assert_eq!(second("2022-01-01T01:00:00+01:00"), Ok((1_640_995_200, Form::Absolute)));
        assert_eq!(second("@1800000000"), Ok((1_800_000_000, Form::Ours)));
        assert_eq!(second("+2h"), Ok((1_700_007_200, Form::Ours)));
        for wrong in [
            "",
            "tomorrow",
            "2022-13-01",
            "2022-01-01T10:00:00",
            "@",
            "@1e9",
            "+",
            "+2",
            "1800000000",
            "@99999999999999",
        ] {
            assert!(instant(wrong, now()).is_err(), "{wrong}");
        }
        // Forms that the library would read and the service would not.
        for wrong in [
            "2030-06-01T10Z",
            "2030-06-01T10:00Z",
            "2030-06-01T10:00:00+0200",
            "2030-06-01T10:00:00,5Z",
            "2030-06-01T10:00:00.Z",
            "2030-06-01T10:00:00Z[UTC]",
            "2030-W22-6",
        ] {
            assert!(parse_rfc3339_or_date(wrong).is_none(), "{wrong}");
        }
        assert!(parse_rfc3339_or_date("2030-06-01t10:00:00.25z").is_some());
    }

    #[test]
    fn an_offset_is_less_than_a_day() {
        let second = |text: &str| parse_rfc3339_or_date(text).map(Timestamp::as_second);
        assert_eq!(second("1970-01-02T23:59:00+23:59"), Some(86_400));
        assert_eq!(second("1970-01-01T00:01:00-23:59"), Some(86_400));
        for hours in ["24:00", "24:59", "25:00", "25:59", "26:00", "99:00", "10:60"] {
            for sign in ["+", "-"] {
                assert_eq!(second(&format!("2030-06-01T10:00:00{sign}{hours}")), None, "{sign}{hours}");
            }
        }
    }

    #[test]
    fn second_60_ends_a_day_of_utc_and_nothing_else() {
        let second = |text: &str| parse_rfc3339_or_date(text).map(Timestamp::as_second);
        // The service's own example, then RFC 3339's two for one leap second.
        assert_eq!(second("2022-01-01T23:59:60Z"), Some(1_641_081_599));
        assert_eq!(second("1990-12-31T23:59:60Z"), Some(662_687_999));
        assert_eq!(second("1990-12-31T15:59:60-08:00"), Some(662_687_999));
        for wrong in
            ["2030-06-01T10:00:60Z", "2030-06-01T23:58:60Z", "2030-06-01T23:59:60+01:00", "2030-06-01T23:59:61Z"]
        {
            assert_eq!(second(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_clock_beyond_the_calendar_gives_no_time() {
        use std::time::Duration;

        let at = |second: u64| of_clock(SystemTime::UNIX_EPOCH + Duration::from_secs(second));
        assert_eq!(at(0), Some(Timestamp::UNIX_EPOCH));
        assert_eq!(at(1_700_000_000), Some(now()));
        // 9999-12-30T22:00:00Z, the last second that jiff has.
        assert_eq!(at(253_402_207_200), Some(Timestamp::from_second(253_402_207_200).unwrap()));
        assert_eq!(at(253_402_207_201), None);
        assert_eq!(of_clock(SystemTime::UNIX_EPOCH - Duration::from_secs(1)), None);
    }

    #[test]
    fn times_and_durations_are_written_plainly() {
        assert_eq!(rfc3339(Timestamp::from_millisecond(1_700_000_000_999).unwrap()), "2023-11-14T22:13:20Z");
        assert_eq!(format_approx(7_500), "2h 5m");
        assert_eq!(format_approx(0), "0s");
        assert_eq!(format_exact(SignedDuration::from_secs(5_400)), "1h30m");
    }
}
