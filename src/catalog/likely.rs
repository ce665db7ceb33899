//! What was likely meant by a duration or a time that cannot be read, as a hint to copy.

use jiff::SignedDuration;

use super::Rule;
use crate::time;

/// A bare number of more minutes than these is most often one of seconds.
const MANY_MINUTES: i64 = 1_440;

/// The durations that a flag takes, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    least: i64,
    most: i64,
    step: i64,
}

impl Limits {
    /// Any duration.
    pub const ANY: Limits = Limits { least: 1, most: i64::MAX, step: 1 };

    /// At most so many seconds.
    pub(super) fn up_to(most: i64) -> Self {
        Limits { most, ..Self::ANY }
    }

    /// What a rule allows, whose numbers are in units of so many seconds.
    pub(super) fn of(rule: &dyn Rule, step: i64) -> Self {
        let (least, most) = rule.bounds().unwrap_or((1, i64::MAX / step));
        Limits { least: least.saturating_mul(step), most: most.saturating_mul(step), step }
    }

    pub(super) fn most(self) -> i64 {
        self.most
    }

    /// The durations in words, where there is a most: `1m to 30d`.
    pub(super) fn range(self) -> Option<String> {
        let has_most = self.most < i64::MAX / 60 * 60;
        has_most.then(|| format!("{} to {}", time::format_limit(self.least), time::format_limit(self.most)))
    }

    fn admits(self, seconds: i64) -> bool {
        (self.least..=self.most).contains(&seconds) && seconds % self.step == 0
    }

    /// What to write in place of a text that is not a duration. `name` is what messages call the value.
    pub fn hint(self, name: &str, text: &str) -> Option<String> {
        match text.strip_prefix('+') {
            Some(rest) => time::duration(rest).is_ok().then(|| format!("write {}", assigned(name, rest))),
            None => self.meant(text, &|value| assigned(name, value)),
        }
    }

    /// What a duration without its unit means in seconds and in minutes.
    fn meant(self, text: &str, write: &dyn Fn(&str) -> String) -> Option<String> {
        let is_bare = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_'));
        if !is_bare || text.is_empty() {
            return None;
        }
        let Ok(number) = text.replace('_', "").parse::<i64>() else {
            return Some(format!("add the unit, such as {}", write("90m")));
        };
        let admitted = |length: Option<i64>| length.filter(|length| self.admits(*length));
        match (admitted(Some(number)), admitted(number.checked_mul(60))) {
            (None, None) => self
                .of_milliseconds(number)
                .map(|meant| format!("that looks like milliseconds; write {}", write(&exact(meant)))),
            (Some(length), None) => Some(equation(number, 's', length, "; ") + "write " + &write(&exact(length))),
            (None, Some(length)) => Some(equation(number, 'm', length, "; ") + "write " + &write(&exact(length))),
            (Some(short), Some(long)) => {
                let readings = equation(number, 's', short, ", ") + &equation(number, 'm', long, "; ");
                let other = if number > MANY_MINUTES { String::new() } else { format!(" or {}", write(&exact(long))) };
                Some(format!("{readings}write {}{other}", write(&exact(short))))
            }
        }
    }

    /// What a number of milliseconds is, if it is more than any number of seconds may be.
    pub(super) fn of_milliseconds(self, number: i64) -> Option<i64> {
        let seconds = number / 1_000;
        (number > self.most && number % 1_000 == 0 && self.admits(seconds)).then_some(seconds)
    }
}

/// `3600s is 1h`, or nothing for what reads the same.
fn equation(number: i64, unit: char, length: i64, end: &str) -> String {
    let (given, meant) = (format!("{number}{unit}"), exact(length));
    if given == meant { String::new() } else { format!("{given} is {meant}{end}") }
}

/// What to write in place of a text that is not a time.
pub fn time_hint(name: &str, text: &str) -> Option<String> {
    if let Some(rest) = text.strip_prefix('+') {
        return Limits::ANY.meant(rest, &|value| assigned(name, &format!("+{value}")));
    }
    if time::duration(text).is_ok() {
        return Some(format!("write {}", assigned(name, &format!("+{text}"))));
    }
    let digits = text.strip_prefix('@').unwrap_or(text);
    let number: i64 = digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    match digits.len() {
        13 => {
            let seconds = assigned(name, &format!("@{}", number / 1_000));
            Some(format!("that looks like milliseconds; did you mean seconds? write {seconds}"))
        }
        9..=11 => Some(format!("write {}", assigned(name, &format!("@{number}")))),
        _ => None,
    }
}

/// A flag with its value, or a member of a JSON object.
pub(super) fn assigned(name: &str, value: &str) -> String {
    if name.starts_with('-') { format!("{name} {value}") } else { format!("\"{name}\":\"{value}\"") }
}

fn exact(seconds: i64) -> String {
    time::format_exact(SignedDuration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::rule::Integer;

    const MONTH: Integer = Integer { min: 1, max: 43_200, unit: "minutes (30 days)" };

    fn minutes(text: &str) -> String {
        Limits::of(&MONTH, 60).hint("--ttl", text).unwrap_or_default()
    }

    #[test]
    fn a_bare_number_is_said_in_both_units() {
        assert_eq!(minutes("3600"), "3600s is 1h, 3600m is 60h; write --ttl 1h");
        assert_eq!(minutes("60"), "60s is 1m, 60m is 1h; write --ttl 1m or --ttl 1h");
        assert_eq!(Limits::ANY.hint("--timeout", "5").unwrap(), "write --timeout 5s or --timeout 5m");
        assert_eq!(Limits::ANY.hint("ttl", "1_800").unwrap(), "1800s is 30m, 1800m is 30h; write \"ttl\":\"30m\"");
    }

    #[test]
    fn only_what_is_within_the_limits_is_suggested() {
        // 90 seconds are not whole minutes; 30 days are 43200 minutes; 86400 minutes are too many.
        assert_eq!(minutes("90"), "90m is 1h30m; write --ttl 1h30m");
        assert_eq!(minutes("86400"), "86400s is 24h; write --ttl 24h");
        assert_eq!(minutes("3600000"), "that looks like milliseconds; write --ttl 1h");
        assert_eq!(minutes("99999999999999999999"), "add the unit, such as --ttl 90m");
        assert_eq!(minutes("2592001"), "");
        assert_eq!(Limits::up_to(86_400).hint("--ttl", "3600").unwrap(), "3600s is 1h; write --ttl 1h");
    }

    #[test]
    fn signs_and_fractions_get_a_line_to_copy() {
        assert_eq!(minutes("+1h"), "write --ttl 1h");
        assert_eq!(minutes("1.5"), "add the unit, such as --ttl 90m");
        for other in ["", "soon", "+soon", "-5", "1mo"] {
            assert_eq!(minutes(other), "", "{other}");
        }
    }

    #[test]
    fn a_time_is_told_from_a_number_of_seconds_and_of_milliseconds() {
        let hint = |text: &str| time_hint("--expire-at", text).unwrap_or_default();
        assert_eq!(hint("1795600000"), "write --expire-at @1795600000");
        assert_eq!(
            hint("1795600000000"),
            "that looks like milliseconds; did you mean seconds? write --expire-at @1795600000"
        );
        assert_eq!(
            hint("@1795600000000"),
            "that looks like milliseconds; did you mean seconds? write --expire-at @1795600000"
        );
        assert_eq!(hint("2h"), "write --expire-at +2h");
        assert_eq!(hint("+60"), "60s is 1m, 60m is 1h; write --expire-at +1m or --expire-at +1h");
        for other in ["", "tomorrow", "2030", "@", "+", "-1795600000"] {
            assert_eq!(hint(other), "", "{other}");
        }
    }
}
