//! What a field may hold. A rule owns its check and both of its sentences: the one for the command line, with the limit
//! and what was given, and the service's.

use jiff::Timestamp;

use super::Problem;
use crate::json;
use crate::pasted::token_type::look_of_secret;
use crate::text::clip;
use crate::time;

/// The most characters of a wrong value that a message repeats.
pub const SHOWN: usize = 60;

const INVALID: &str = "invalid_parameter";

/// What a field may hold.
pub trait Rule: Sync {
    /// Everything that is wrong with a value, given as compact JSON.
    fn check(&self, raw: &str) -> Vec<Problem>;

    /// The least and the most of a number.
    fn bounds(&self) -> Option<(i64, i64)> {
        None
    }

    /// The limit in the words of the help.
    fn limit(&self) -> Option<String> {
        None
    }

    /// Values that shells complete. Others may be right, too.
    fn suggestions(&self) -> &'static [&'static str] {
        &[]
    }
}

/// The problem of a value that is not a string.
pub fn not_string() -> Problem {
    Problem::new("must be a string", INVALID, "{} must be a string")
}

/// The problem of a value that is not an integer.
pub fn not_integer() -> Problem {
    Problem::new("must be a whole number", INVALID, "{} must be an integer")
}

/// The problem of a value that is not an object.
pub fn not_object() -> Problem {
    Problem::new("must be a JSON object, written {…}", "not_a_hash", "{} must be a hash")
}

/// The problem of a value that is not a list of strings.
pub fn not_strings() -> Problem {
    Problem::new("must be a list of strings", "not_an_array_of_strings", "{} must be an array of strings")
}

/// The one problem of a value, or none.
fn one(result: Result<(), Problem>) -> Vec<Problem> {
    result.err().into_iter().collect()
}

/// An integer within bounds, both included.
pub struct Integer {
    /// The least.
    pub min: i64,
    /// The most.
    pub max: i64,
    /// The unit, in the plural.
    pub unit: &'static str,
}

impl Rule for Integer {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let Some(given) = json::as_integer(raw) else { return vec![not_integer()] };
        let Integer { min, max, unit } = *self;
        let service = match given {
            _ if given < min => format!("{{}} must be greater than or equal to {min}"),
            _ if given > max => format!("{{}} must be less than or equal to {max}"),
            _ => return Vec::new(),
        };
        vec![Problem::new(format!("must be {min} to {max} {unit}, got {given}"), INVALID, service)]
    }

    fn bounds(&self) -> Option<(i64, i64)> {
        Some((self.min, self.max))
    }

    fn limit(&self) -> Option<String> {
        Some(format!("{} to {} {}", self.min, self.max, self.unit))
    }
}

/// Whole seconds since 1970.
pub struct Epoch;

impl Rule for Epoch {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let Some(given) = json::as_integer(raw) else { return vec![not_integer()] };
        if Timestamp::from_second(given).is_ok() {
            return Vec::new();
        }
        let seconds = given / 1_000;
        let meant = Timestamp::from_second(seconds).is_ok();
        let hint = meant.then(|| format!("that looks like milliseconds; did you mean seconds? write {seconds}"));
        let sentence = format!("is out of range, got {given}");
        vec![Problem::new(sentence, INVALID, "{} must be an integer").hint(hint)]
    }
}

/// A string of at most so many characters.
pub struct Text {
    /// The most characters.
    pub max: usize,
}

impl Text {
    /// A string for which no limit is documented.
    pub const ANY: Text = Text { max: usize::MAX };
}

impl Rule for Text {
    fn check(&self, raw: &str) -> Vec<Problem> {
        one(json::as_str(raw).ok_or_else(not_string).and_then(|text| at_most(self.max, text.chars().count())))
    }

    fn limit(&self) -> Option<String> {
        (self.max < usize::MAX).then(|| format!("at most {} characters", self.max))
    }
}

fn at_most(max: usize, given: usize) -> Result<(), Problem> {
    if given <= max {
        return Ok(());
    }
    Err(Problem::new(
        format!("may have at most {max} characters, got {given}"),
        INVALID,
        format!("{{}} is too long (maximum is {max} characters)"),
    ))
}

/// A string that is not empty.
pub struct NonEmpty;

impl Rule for NonEmpty {
    fn check(&self, raw: &str) -> Vec<Problem> {
        match json::as_str(raw) {
            None => vec![not_string()],
            Some(text) if text.is_empty() => vec![Problem::new("is empty", INVALID, "{} can't be blank")],
            Some(_) => Vec::new(),
        }
    }
}

/// A string of 1 to so many of the characters `A-Z a-z 0-9 _ -`.
pub struct Name {
    /// The most characters.
    pub max: usize,
}

impl Rule for Name {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let Some(name) = json::as_str(raw) else { return vec![not_string()] };
        if let Err(problem) = at_most(self.max, name.chars().count()) {
            return vec![problem];
        }
        if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
            return Vec::new();
        }
        let sentence = format!("must be 1 or more of the characters A-Z a-z 0-9 _ -, got {}", quoted(&name));
        vec![Problem::new(sentence, INVALID, "{} is invalid")]
    }

    fn limit(&self) -> Option<String> {
        Some(format!("1 to {} of the characters A-Z a-z 0-9 _ -", self.max))
    }
}

/// Any JSON object of at most so many characters when serialised.
pub struct AnyObject {
    /// The most characters.
    pub max: usize,
    /// The service's code for one that is longer.
    pub code: &'static str,
}

impl Rule for AnyObject {
    fn check(&self, raw: &str) -> Vec<Problem> {
        if !json::is_object(raw) {
            return vec![not_object()];
        }
        let (max, given) = (self.max, raw.chars().count());
        if given <= max {
            return Vec::new();
        }
        let sentence = format!("may have at most {max} characters as JSON, got {given}");
        vec![Problem::new(sentence, self.code, format!("{{}} exceeds the maximum size of {max} characters"))]
    }

    fn limit(&self) -> Option<String> {
        (self.max < usize::MAX).then(|| format!("at most {} characters as JSON", self.max))
    }
}

/// An RFC 3339 time, or a date alone.
pub struct DateTime;

impl Rule for DateTime {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let sentence = "must be an RFC 3339 time such as 2030-01-31T12:00:00Z, or a date such as 2030-01-31";
        let problem = || Problem::new(sentence, "not_a_datetime", "{} must be a valid RFC 3339 datetime");
        one(json::as_str(raw).and_then(|text| time::parse_rfc3339_or_date(&text)).map(drop).ok_or_else(problem))
    }
}

/// `true` or `false`.
pub struct Boolean;

impl Rule for Boolean {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let problem = || Problem::new("must be true or false", "not_a_boolean", "{} must be a boolean");
        one(if matches!(raw, "true" | "false") { Ok(()) } else { Err(problem()) })
    }
}

/// One of these strings.
pub struct OneOf(pub &'static [&'static str]);

impl Rule for OneOf {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let Some(given) = json::as_str(raw) else { return vec![not_string()] };
        if self.0.contains(&given.as_ref()) {
            return Vec::new();
        }
        let known = self.0.join(", ");
        let one_of = if self.0.len() == 1 { "" } else { "one of " };
        vec![Problem::new(
            format!("must be {one_of}{known}, got {}", quoted(&given)),
            "unsupported_option",
            format!("{{}} must be one of {known}"),
        )]
    }

    fn limit(&self) -> Option<String> {
        let one_of = if self.0.len() == 1 { "" } else { "one of " };
        Some(format!("{one_of}{}", self.0.join(", ")))
    }

    fn suggestions(&self) -> &'static [&'static str] {
        self.0
    }
}

/// One of these strings as far as is documented; others draw a warning.
pub struct Region {
    /// What is documented.
    pub documented: &'static [&'static str],
    /// The service's code for anything else.
    pub code: &'static str,
}

impl Rule for Region {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let Some(given) = json::as_str(raw) else { return vec![not_string()] };
        if self.documented.contains(&given.as_ref()) {
            return Vec::new();
        }
        let sentence = format!("is documented as {} only; sent as {}", self.documented.join(", "), quoted(&given));
        vec![Problem::new(sentence, self.code, "{} is not supported").soft()]
    }

    fn limit(&self) -> Option<String> {
        Some(format!("{}; others cause a warning and are sent", self.documented.join(", ")))
    }

    fn suggestions(&self) -> &'static [&'static str] {
        self.documented
    }
}

/// A UUID.
pub struct Uuid;

impl Rule for Uuid {
    fn check(&self, raw: &str) -> Vec<Problem> {
        match json::as_str(raw) {
            None => vec![not_string()],
            Some(given) if is_uuid(&given) => Vec::new(),
            Some(given) => vec![Problem::new(not_uuid(&given), INVALID, "{} must be a valid UUID")],
        }
    }
}

/// A list of 1 to so many UUIDs.
pub struct Uuids {
    /// The most entries.
    pub max: usize,
    /// The service's code for more of them.
    pub code: &'static str,
    /// Where the right ones are found.
    pub source: &'static str,
}

impl Rule for Uuids {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let Some(entries) = json::as_strings(raw) else { return vec![not_strings()] };
        if entries.is_empty() {
            return vec![Problem::new("needs at least one entry", INVALID, "{} can't be blank")];
        }
        let (max, given) = (self.max, entries.len());
        let too_many = (given > max).then(|| {
            let service = format!("{{}} cannot have more than {max} entries");
            Problem::new(format!("may be given at most {max} times, got {given}"), self.code, service)
        });
        let wrong = entries.iter().filter(|entry| !is_uuid(entry)).map(|entry| {
            Problem::new(not_uuid(entry), "list_contains_invalid_entries", "{} must be a list of valid UUIDs")
                .hint(Some(self.source.to_owned()))
        });
        too_many.into_iter().chain(wrong).collect()
    }

    fn limit(&self) -> Option<String> {
        Some(format!("1 to {} UUIDs", self.max))
    }
}

/// What is said of a text that is not a UUID.
pub fn not_uuid(given: &str) -> String {
    format!("must be a UUID such as 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0, got {}", quoted(given))
}

/// A value in a message, unless it looks like a secret in the wrong place.
fn quoted(given: &str) -> String {
    match look_of_secret(given) {
        Some(look) => format!("what {look} (not shown)"),
        None => format!("'{}'", clip(given, SHOWN)),
    }
}

/// 8-4-4-4-12 hexadecimal digits.
pub fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.len() == 5
        && groups
            .iter()
            .zip([8, 4, 4, 4, 12])
            .all(|(group, length)| group.len() == length && group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(rule: &dyn Rule, raw: &str) -> Vec<String> {
        rule.check(raw).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn numbers_keep_their_bounds_and_are_written_as_integers() {
        let rule = Integer { min: 1, max: 10, unit: "minutes" };
        assert_eq!(said(&rule, "1"), [""; 0]);
        assert_eq!(said(&rule, "10"), [""; 0]);
        assert_eq!(said(&rule, "11"), ["must be 1 to 10 minutes, got 11"]);
        assert_eq!(said(&rule, "1.0"), ["must be a whole number"]);
        assert_eq!(
            rule.check("0")[0].complaint("Ttl"),
            Some(("invalid_parameter", "Ttl must be greater than or equal to 1".to_owned()))
        );
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(said(&Text { max: 2 }, "\"éé\""), [""; 0]);
        assert_eq!(said(&Text { max: 2 }, "\"ééé\""), ["may have at most 2 characters, got 3"]);
        assert_eq!(said(&Name { max: 3 }, "\"a_-\""), [""; 0]);
        assert_eq!(said(&Name { max: 3 }, "\"\"").len(), 1);
        assert_eq!(said(&Name { max: 3 }, "\"é\"").len(), 1);
    }

    #[test]
    fn a_uuid_has_five_groups_of_hexadecimal_digits() {
        assert!(is_uuid("0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0"));
        for wrong in ["", "0b1c2d3e4f5041728394a5b6c7d8e9f0", "0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f", "g"] {
            assert!(!is_uuid(wrong), "{wrong}");
        }
        assert_eq!(said(&Uuids { max: 1, code: "x", source: "" }, "[]"), ["needs at least one entry"]);
    }

    #[test]
    fn uuids_are_refused_by_their_form_and_by_their_number() {
        let uuid = "\"0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0\"";
        assert_eq!(said(&Uuid, uuid), [""; 0]);
        let refusal = "must be a UUID such as 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0, got 'x'";
        assert_eq!(said(&Uuid, "\"x\""), [refusal]);
        let rule = Uuids { max: 2, code: "x", source: "" };
        assert_eq!(said(&rule, &format!("[{uuid},{uuid}]")), [""; 0]);
        assert_eq!(said(&rule, &format!("[{uuid},{uuid},{uuid}]")), ["may be given at most 2 times, got 3"]);
        assert_eq!(said(&rule, &format!("[{uuid},\"x\"]")), [refusal]);
    }

    #[test]
    fn milliseconds_are_recognized_where_seconds_are_meant() {
        assert_eq!(said(&Epoch, "4000000000"), [""; 0]);
        let hint = |raw: &str| Epoch.check(raw)[0].failure("--x").hint().map(ToString::to_string);
        let meant = "that looks like milliseconds; did you mean seconds? write 4000000000";
        assert_eq!(hint("4000000000000").as_deref(), Some(meant));
        // Not even as milliseconds.
        assert_eq!(hint("9000000000000000000"), None);
    }

    #[test]
    fn a_limit_is_told_as_the_help_shows_it() {
        let limit = |rule: &dyn Rule| rule.limit().unwrap_or_default();
        assert_eq!(limit(&Integer { min: 1, max: 10, unit: "minutes" }), "1 to 10 minutes");
        assert_eq!(limit(&Text { max: 2 }), "at most 2 characters");
        assert_eq!(Text::ANY.limit(), None);
        assert_eq!(limit(&Name { max: 3 }), "1 to 3 of the characters A-Z a-z 0-9 _ -");
        assert_eq!(limit(&AnyObject { max: 9, code: "x" }), "at most 9 characters as JSON");
        assert_eq!(AnyObject { max: usize::MAX, code: "x" }.limit(), None);
        assert_eq!(limit(&OneOf(&["a", "b"])), "one of a, b");
        assert_eq!(limit(&OneOf(&["a"])), "a");
        assert_eq!(limit(&Uuids { max: 10, code: "x", source: "" }), "1 to 10 UUIDs");
        assert_eq!(Boolean.limit(), None);
        let region = Region { documented: &["us1", "ie1"], code: "x" };
        assert_eq!(limit(&region), "us1, ie1; others cause a warning and are sent");
        assert_eq!((region.suggestions(), OneOf(&["a"]).suggestions()), (&["us1", "ie1"][..], &["a"][..]));
        assert_eq!(Boolean.suggestions(), [""; 0]);
    }

    #[test]
    fn an_undocumented_region_is_a_warning_and_an_undocumented_choice_is_not() {
        assert!(Region { documented: &["us-central"], code: "x" }.check("\"mars\"")[0].is_soft());
        assert!(!OneOf(&["a", "b"]).check("\"c\"")[0].is_soft());
        assert_eq!(said(&OneOf(&["a", "b"]), "\"c\""), ["must be one of a, b, got 'c'"]);
    }
}
