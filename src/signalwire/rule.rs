//! What may stand in a request field, and what is said when something else does: to the person at the command line with
//! the flag and the limit, and by the emulator with the code and the sentence of the service.
//!
//! Limits and codes are those of the service's REST reference (OpenAPI and error-codes page, August 2026).

use std::fmt;

use jiff::Timestamp;

use super::permission;
use crate::json::{self, Object};
use crate::time;

/// What may stand in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// An integer within these bounds, both included, in this unit.
    Integer {
        /// The least that is taken.
        min: i64,
        /// The most that is taken.
        max: i64,
        /// The unit, in the plural.
        unit: &'static str,
    },
    /// Whole seconds since 1970.
    Epoch,
    /// A string of at most so many characters.
    Text {
        /// The most characters.
        max: usize,
    },
    /// A string of 1 to so many of the characters `A-Z a-z 0-9 _ -`.
    Name {
        /// The most characters.
        max: usize,
    },
    /// Any JSON object of at most so many characters when serialised.
    Object {
        /// The most characters.
        max: usize,
        /// The service's code for one that is longer.
        code: &'static str,
    },
    /// Channels with their permissions: 1 to 500, names of at most 250 characters.
    Channels {
        /// A prefix that names may not have.
        reserved: Option<&'static str>,
    },
    /// A list of 1 to so many UUIDs.
    Uuids {
        /// The most entries.
        max: usize,
    },
    /// An RFC 3339 time, or a date alone.
    DateTime,
    /// `true` or `false`.
    Boolean,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// One of these strings as far as is documented; others draw a warning.
    Region(&'static [&'static str]),
    /// A list of room permissions.
    Permissions,
}

/// The most channels of one token.
pub const MAX_CHANNELS: usize = 500;
/// The most characters of a channel name.
pub const MAX_CHANNEL_NAME: usize = 250;

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A required field is not there.
    Missing,
    /// The schema does not name this field.
    Unknown,
    /// Not an integer.
    NotInteger,
    /// Not a string.
    NotString,
    /// Not a JSON object.
    NotObject,
    /// Not a list of strings.
    NotStrings,
    /// Neither `true` nor `false`.
    NotBoolean,
    /// Not an RFC 3339 time.
    NotDateTime,
    /// A number outside its bounds.
    OutOfRange {
        /// The least that is taken.
        min: i64,
        /// The most that is taken.
        max: i64,
        /// The unit, in the plural.
        unit: &'static str,
        /// What was given.
        given: i64,
    },
    /// A string of too many characters.
    TooLong {
        /// The most characters.
        max: usize,
        /// How many there were.
        given: usize,
    },
    /// A name that is empty or has other characters than the documented ones.
    NotName(String),
    /// An object whose JSON has too many characters.
    TooLarge {
        /// The most characters.
        max: usize,
        /// How many there were.
        given: usize,
        /// The service's code.
        code: &'static str,
    },
    /// No channel at all.
    NoChannels,
    /// More channels than a token can hold.
    TooManyChannels(usize),
    /// A channel name of too many characters; how many there were.
    ChannelNameTooLong(usize),
    /// A channel name with a reserved prefix.
    ChannelReserved {
        /// The channel.
        channel: String,
        /// The prefix.
        prefix: &'static str,
    },
    /// A channel that is no object, or has neither `read` nor `write`.
    ChannelIncomplete(String),
    /// A channel whose `read` or `write` is no boolean.
    ChannelNotBoolean(String),
    /// An empty list.
    Empty,
    /// A list with too many entries.
    TooMany {
        /// The most entries.
        max: usize,
        /// How many there were.
        given: usize,
    },
    /// A list entry that is no UUID.
    NotUuid(String),
    /// None of the documented values.
    NotOneOf {
        /// What is documented.
        known: &'static [&'static str],
        /// What was given.
        given: String,
    },
    /// A region that is not documented.
    UnknownRegion {
        /// What is documented.
        known: &'static [&'static str],
        /// What was given.
        given: String,
    },
    /// A permission that begins with `room.` and is not documented; the nearest one that is.
    UnknownPermission {
        /// What was given.
        given: String,
    },
    /// A permission that cannot be one.
    NotPermission(String),
    /// A time that has gone by.
    Past {
        /// The time.
        given: Timestamp,
        /// The time now.
        now: Timestamp,
    },
    /// `join_until` that does not come after `join_from`.
    ReversedWindow,
}

/// A problem with the field that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The JSON key.
    pub key: String,
    /// What is wrong.
    pub problem: Problem,
}

impl Violation {
    /// A problem of the field with this key.
    pub fn new(key: &str, problem: Problem) -> Self {
        Violation { key: key.to_owned(), problem }
    }
}

impl Rule {
    /// Everything that is wrong with a value, given as compact JSON text.
    pub fn check(&self, raw: &str) -> Vec<Problem> {
        match *self {
            Rule::Channels { reserved } => check_channels(raw, reserved),
            Rule::Uuids { max } => check_uuids(raw, max),
            Rule::Permissions => check_permissions(raw),
            _ => self.check_single(raw).err().into_iter().collect(),
        }
    }

    fn check_single(&self, raw: &str) -> Result<(), Problem> {
        match *self {
            Rule::Integer { min, max, unit } => {
                let given = json::as_integer(raw).ok_or(Problem::NotInteger)?;
                if given < min || given > max {
                    return Err(Problem::OutOfRange { min, max, unit, given });
                }
            }
            Rule::Epoch => {
                let given = json::as_integer(raw).ok_or(Problem::NotInteger)?;
                Timestamp::from_second(given).map_err(|_| Problem::NotInteger)?;
            }
            Rule::Text { max } => {
                let given = json::as_str(raw).ok_or(Problem::NotString)?.chars().count();
                if given > max {
                    return Err(Problem::TooLong { max, given });
                }
            }
            Rule::Name { max } => {
                let name = json::as_str(raw).ok_or(Problem::NotString)?;
                let given = name.chars().count();
                if given > max {
                    return Err(Problem::TooLong { max, given });
                }
                if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
                    return Err(Problem::NotName(name.into_owned()));
                }
            }
            Rule::Object { max, code } => {
                if !json::is_object(raw) {
                    return Err(Problem::NotObject);
                }
                let given = raw.chars().count();
                if given > max {
                    return Err(Problem::TooLarge { max, given, code });
                }
            }
            Rule::DateTime => {
                let text = json::as_str(raw).ok_or(Problem::NotDateTime)?;
                time::written(&text).ok_or(Problem::NotDateTime)?;
            }
            Rule::Boolean => {
                if !matches!(raw, "true" | "false") {
                    return Err(Problem::NotBoolean);
                }
            }
            Rule::OneOf(known) => {
                let given = json::as_str(raw).ok_or(Problem::NotString)?.into_owned();
                if !known.contains(&given.as_str()) {
                    return Err(Problem::NotOneOf { known, given });
                }
            }
            Rule::Region(known) => {
                let given = json::as_str(raw).ok_or(Problem::NotString)?.into_owned();
                if !known.contains(&given.as_str()) {
                    return Err(Problem::UnknownRegion { known, given });
                }
            }
            Rule::Channels { .. } | Rule::Uuids { .. } | Rule::Permissions => {}
        }
        Ok(())
    }
}

fn check_channels(raw: &str, reserved: Option<&'static str>) -> Vec<Problem> {
    let Ok(channels) = Object::parse(raw) else { return vec![Problem::NotObject] };
    if channels.is_empty() {
        return vec![Problem::NoChannels];
    }
    let mut problems = Vec::new();
    if channels.len() > MAX_CHANNELS {
        problems.push(Problem::TooManyChannels(channels.len()));
    }
    for (name, access) in channels.iter() {
        let length = name.chars().count();
        if length > MAX_CHANNEL_NAME {
            problems.push(Problem::ChannelNameTooLong(length));
        }
        if let Some(prefix) = reserved.filter(|prefix| name.starts_with(prefix)) {
            problems.push(Problem::ChannelReserved { channel: name.to_owned(), prefix });
        }
        let access = Object::parse(access).unwrap_or_default();
        let given: Vec<&str> = ["read", "write"].iter().filter_map(|key| access.get(key)).collect();
        if given.is_empty() {
            problems.push(Problem::ChannelIncomplete(name.to_owned()));
        } else if given.iter().any(|value| !matches!(*value, "true" | "false")) {
            problems.push(Problem::ChannelNotBoolean(name.to_owned()));
        }
    }
    problems
}

fn check_uuids(raw: &str, max: usize) -> Vec<Problem> {
    let Some(entries) = json::as_strings(raw) else { return vec![Problem::NotStrings] };
    if entries.is_empty() {
        return vec![Problem::Empty];
    }
    let mut problems = Vec::new();
    if entries.len() > max {
        problems.push(Problem::TooMany { max, given: entries.len() });
    }
    problems.extend(entries.into_iter().filter(|entry| !is_uuid(entry)).map(Problem::NotUuid));
    problems
}

fn check_permissions(raw: &str) -> Vec<Problem> {
    let Some(entries) = json::as_strings(raw) else { return vec![Problem::NotStrings] };
    let problem = |given: String| {
        if permission::is_known(&given) {
            None
        } else if permission::may_be_new(&given) {
            Some(Problem::UnknownPermission { given })
        } else {
            Some(Problem::NotPermission(given))
        }
    };
    entries.into_iter().filter_map(problem).collect()
}

/// The time that a field holds, as seconds since 1970 or as RFC 3339.
pub(super) fn moment(body: &Object, key: &str) -> Option<Timestamp> {
    let raw = body.get(key)?;
    match json::as_integer(raw) {
        Some(seconds) => Timestamp::from_second(seconds).ok(),
        None => time::written(&json::as_str(raw)?),
    }
}

/// A field whose time has gone by.
pub(super) fn past(body: &Object, key: &str, now: Timestamp) -> Option<Violation> {
    let given = moment(body, key)?;
    (given <= now).then(|| Violation::new(key, Problem::Past { given, now }))
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

impl Problem {
    /// Whether the service may well know better: worth a warning, no reason to refuse.
    pub fn is_soft(&self) -> bool {
        matches!(self, Problem::UnknownRegion { .. } | Problem::UnknownPermission { .. })
    }

    /// The service's code for it, from its error-codes page.
    pub fn code(&self) -> &'static str {
        match self {
            Problem::Missing => "missing_required_parameter",
            Problem::NotObject => "not_a_hash",
            Problem::NotStrings => "not_an_array_of_strings",
            Problem::NotBoolean | Problem::ChannelNotBoolean(_) => "not_a_boolean",
            Problem::NotDateTime => "not_a_datetime",
            Problem::TooLarge { code, .. } => code,
            Problem::NoChannels => "no_channel_specified",
            Problem::TooManyChannels(_) => "channel_size_limit_exceeded",
            Problem::ChannelNameTooLong(_) => "channel_name_size_limit_exceeded",
            Problem::ChannelReserved { .. } => "channel_name_is_reserved",
            Problem::ChannelIncomplete(_) => "channel_has_missing_properties",
            Problem::TooMany { .. } => "allowed_address_limit_exceeded",
            Problem::NotUuid(_) => "list_contains_invalid_entries",
            Problem::NotOneOf { .. } | Problem::UnknownPermission { .. } | Problem::NotPermission(_) => {
                "unsupported_option"
            }
            Problem::UnknownRegion { .. } => "unsupported_region",
            Problem::ReversedWindow => "invalid_join_until_date",
            Problem::Unknown
            | Problem::NotInteger
            | Problem::NotString
            | Problem::OutOfRange { .. }
            | Problem::TooLong { .. }
            | Problem::NotName(_)
            | Problem::Empty
            | Problem::Past { .. } => "invalid_parameter",
        }
    }

    /// A sentence in the manner of the service's, for the emulator. `name` is the field, capitalised.
    pub fn service_message(&self, name: &str) -> String {
        match self {
            Problem::Missing => format!("{name} must be present"),
            Problem::Unknown => format!("{name} is not a known parameter"),
            Problem::NotInteger => format!("{name} must be an integer"),
            Problem::NotString => format!("{name} must be a string"),
            Problem::NotObject => format!("{name} must be a hash"),
            Problem::NotStrings => format!("{name} must be an array of strings"),
            Problem::NotBoolean => format!("{name} must be a boolean"),
            Problem::NotDateTime => format!("{name} must be a valid RFC 3339 datetime"),
            Problem::OutOfRange { min, given, .. } if given < min => {
                format!("{name} must be greater than or equal to {min}")
            }
            Problem::OutOfRange { max, .. } => format!("{name} must be less than or equal to {max}"),
            Problem::TooLong { max, .. } => format!("{name} is too long (maximum is {max} characters)"),
            Problem::NotName(_) => format!("{name} is invalid"),
            Problem::TooLarge { max, .. } => format!("{name} exceeds the maximum size of {max} characters"),
            Problem::NoChannels => "At least one channel must be specified".to_owned(),
            Problem::TooManyChannels(_) => format!("{name} exceed the maximum of {MAX_CHANNELS} channels"),
            Problem::ChannelNameTooLong(_) => {
                format!("Channel names cannot be longer than {MAX_CHANNEL_NAME} characters")
            }
            Problem::ChannelReserved { prefix, .. } => format!("Channel names cannot begin with {prefix}"),
            Problem::ChannelIncomplete(_) => "Each channel must have read, write or both properties".to_owned(),
            Problem::ChannelNotBoolean(_) => "The read and write properties must be booleans".to_owned(),
            Problem::Empty => format!("{name} can't be blank"),
            Problem::TooMany { max, .. } => format!("{name} cannot have more than {max} entries"),
            Problem::NotUuid(_) => format!("{name} must be a list of valid UUIDs"),
            Problem::NotOneOf { known, .. } => format!("{name} must be one of {}", known.join(", ")),
            Problem::UnknownPermission { .. } | Problem::NotPermission(_) => {
                format!("{name} contain an unsupported permission")
            }
            Problem::UnknownRegion { .. } => format!("{name} is not supported"),
            Problem::Past { now, .. } => format!("{name} must be greater than {}", now.as_second()),
            Problem::ReversedWindow => format!("{name} must be after join_from"),
        }
    }
}

/// The sentence for the command line, to follow the flag: what was given and what the limit is.
impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &str| crate::text::clip(text, 60);
        match self {
            Problem::Missing => write!(formatter, "is required"),
            Problem::Unknown => write!(formatter, "is no field of this request"),
            Problem::NotInteger => write!(formatter, "must be a whole number"),
            Problem::NotString => write!(formatter, "must be a string"),
            Problem::NotObject => write!(formatter, "must be a JSON object, written {{…}}"),
            Problem::NotStrings => write!(formatter, "must be a list of strings"),
            Problem::NotBoolean => write!(formatter, "must be true or false"),
            Problem::NotDateTime => {
                write!(formatter, "must be an RFC 3339 time such as 2030-01-31T12:00:00Z, or a date such as 2030-01-31")
            }
            Problem::OutOfRange { min, max, unit, given } => {
                write!(formatter, "must be {min} to {max} {unit}, got {given}")
            }
            Problem::TooLong { max, given } => write!(formatter, "may have at most {max} characters, got {given}"),
            Problem::NotName(given) => {
                write!(formatter, "must be 1 or more of the characters A-Z a-z 0-9 _ -, got '{}'", shown(given))
            }
            Problem::TooLarge { max, given, .. } => {
                write!(formatter, "may have at most {max} characters as JSON, got {given}")
            }
            Problem::NoChannels => write!(formatter, "must name at least one channel"),
            Problem::TooManyChannels(given) => {
                write!(formatter, "may name at most {MAX_CHANNELS} channels, got {given}")
            }
            Problem::ChannelNameTooLong(given) => {
                write!(formatter, "has a channel name of {given} characters; at most {MAX_CHANNEL_NAME} are allowed")
            }
            Problem::ChannelReserved { channel, prefix } => {
                write!(formatter, "names '{}', but names that begin with {prefix} are reserved", shown(channel))
            }
            Problem::ChannelIncomplete(channel) => {
                write!(formatter, "needs \"read\" or \"write\" for channel '{}'", shown(channel))
            }
            Problem::ChannelNotBoolean(channel) => {
                write!(formatter, "needs true or false as \"read\" and \"write\" of channel '{}'", shown(channel))
            }
            Problem::Empty => write!(formatter, "needs at least one entry"),
            Problem::TooMany { max, given } => write!(formatter, "may be given at most {max} times, got {given}"),
            Problem::NotUuid(given) => {
                write!(formatter, "must be a UUID such as 0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0, got '{}'", shown(given))
            }
            Problem::NotOneOf { known, given } => {
                write!(formatter, "must be one of {}, got '{}'", known.join(", "), shown(given))
            }
            Problem::UnknownRegion { known, given } => {
                write!(formatter, "is documented as {} only; sent as '{}'", known.join(", "), shown(given))
            }
            // Looked for here: of many thousand only a few are ever written out.
            Problem::UnknownPermission { given } => match permission::nearest(given) {
                Some(nearest) => write!(
                    formatter,
                    "'{}' is not a known permission, did you mean '{nearest}'? Sent as it is",
                    shown(given)
                ),
                None => write!(formatter, "'{}' is not a known permission; sent as it is", shown(given)),
            },
            Problem::NotPermission(given) => {
                write!(formatter, "takes names that begin with room., got '{}'", shown(given))
            }
            Problem::Past { given, now } => write!(
                formatter,
                "must be in the future: {} is past, it is now {}",
                time::rfc3339(*given),
                time::rfc3339(*now)
            ),
            Problem::ReversedWindow => write!(formatter, "must come after --join-from"),
        }
    }
}
