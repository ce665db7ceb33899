//! What an answer means: a token that can be believed, or a failure with the service's own reasons. Bodies that are not
//! believed are never shown.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use crate::catalog::Request;
use crate::error::{self, Category, Detail, Failure, Note};
use crate::redact::Scrubber;
use crate::secret::Secret;
use crate::token::{Member, Role, is_believable};

/// What a successful answer gives.
#[derive(Debug)]
pub struct Answer {
    /// The members that the kind's table names, in its order; `None` for one that is not there.
    pub members: Vec<(Member, Option<Secret>)>,
    /// What is odd about the answer.
    pub notes: Vec<Note>,
}

/// An answer as it came in. A body longer than the limit has exactly one byte more than it.
#[derive(Default)]
pub struct Received {
    /// The status.
    pub status: u16,
    /// `Retry-After`, if it is text.
    pub retry_after: Option<String>,
    /// `Content-Type`, likewise.
    pub content_type: Option<String>,
    /// `Location`, likewise.
    pub location: Option<String>,
    /// The body, as far as it was read.
    pub body: Zeroizing<Vec<u8>>,
}

/// Without the body, which may hold a token.
impl fmt::Debug for Received {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Received").field("status", &self.status).finish_non_exhaustive()
    }
}

/// A failure after which nobody knows whether a token exists.
pub(super) fn unclear(what: &str) -> Failure {
    Failure::unavailable(format!("{what}; a token may have been created"))
        .hint("minting again makes a second token; the first, if there is one, ends by its own time")
}

/// Judges an answer by its status, then by its body. `host` and `scrubber` are for the words of a failure.
///
/// # Errors
/// Exit 4, 5 or 6 for anything but a success with a token that can be believed.
pub fn judge(received: &Received, request: &Request, host: &str, scrubber: &Scrubber) -> error::Result<Answer> {
    let status = received.status;
    if (200..300).contains(&status) {
        return success(received, request, host, scrubber);
    }
    let said = Said::read(received, request, scrubber);
    let failure = match status {
        300..=399 => redirect(received, host, scrubber),
        401 => refused(&said, host, "401 Unauthorized").hint(format!(
            "three causes look alike: a wrong project id or API token, a wrong space, or an API token without the scope {} (tokenmint profile check tells more)",
            request.endpoint.scope
        )),
        403 => refused(&said, host, "403 Forbidden")
            .hint(format!("the API token needs the scope {}", request.endpoint.scope)),
        404 => Failure::message(Category::RequestRefused, format!("{host} has no {}{}", request.endpoint.path, said.after(" (404)")))
            .hint("check the space name"),
        429 => Failure::unavailable(format!("{host} is limiting requests{}", said.after(" (429)"))).hint("wait a little, then try again"),
        400..=499 => {
            // Any other scheme would not lead to a page.
            let page = |detail: &Detail| detail.url.clone().filter(|url| url.starts_with("https://"));
            let hint = said.details.iter().find_map(page).map(|url| format!("see {url}"));
            let failure = Failure::message(Category::RequestRefused, format!("{host} refused the request{}", said.after(&format!(" ({status})"))));
            match hint {
                Some(hint) => failure.hint(hint),
                None => failure,
            }
        }
        503 => Failure::unavailable(format!("{host} is not available{}", said.after(" (503)"))).hint("try again later"),
        _ => unclear(&format!("{host} failed{}", said.after(&format!(" ({status})")))),
    };
    Err(failure.status(status).details(said.details))
}

fn refused(said: &Said, host: &str, status: &str) -> Failure {
    Failure::message(
        Category::CredentialsRefused,
        format!("{host} refused the credentials{}", said.after(&format!(" ({status})"))),
    )
}

fn redirect(received: &Received, host: &str, scrubber: &Scrubber) -> Failure {
    let target = received.location.as_deref().and_then(|location| location.parse::<ureq::http::Uri>().ok());
    let target = target.and_then(|uri| uri.host().map(|host| scrubber.outside(host)));
    let to = target.map_or_else(String::new, |target| format!(" to {target}"));
    Failure::unavailable(format!("{host} answered with a redirect{to} ({}), which is not followed", received.status))
        .hint("check the space name; a redirect would carry the credentials elsewhere")
}

/// Reads the members of a table from a successful body. Others are read past.
struct Table(&'static [Member]);

impl<'de> DeserializeSeed<'de> for Table {
    type Value = Vec<Option<Text>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Table {
    type Value = Vec<Option<Text>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found: Self::Value = self.0.iter().map(|_| None).collect();
        while let Some(key) = members.next_key::<std::borrow::Cow<'de, str>>()? {
            match self.0.iter().position(|member| member.key == key) {
                Some(place) if found[place].is_some() => return Err(serde::de::Error::duplicate_field("member")),
                Some(place) => found[place] = members.next_value::<Option<Text>>()?,
                None => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}

/// A member that is worth reading only where it is a text. Everything else is read past and not kept: a server can put a
/// million values into the megabyte that it is allowed, and each would cost many times its size in memory.
enum Text {
    String(Secret),
    Number(String),
    Other,
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Text;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }

            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text::String(Secret::new(text.to_owned())))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Text, E> {
                Ok(Text::Number(number.to_string()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Text, E> {
                Ok(Text::Number(number.to_string()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Text, E> {
                Ok(Text::Number(number.to_string()))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Text, E> {
                Ok(Text::Other)
            }

            fn visit_unit<E>(self) -> Result<Text, E> {
                Ok(Text::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Text, A::Error> {
                while entries.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Text::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Text, A::Error> {
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Text::Other)
            }
        }

        deserializer.deserialize_any(Read)
    }
}

fn success(received: &Received, request: &Request, host: &str, scrubber: &Scrubber) -> error::Result<Answer> {
    let wrong =
        |what: &str| Err(unclear(&format!("{host} answered {} {what}", received.status)).status(received.status));
    if received.body.len() as u64 > super::MAX_BODY {
        return wrong("with more than 1 MiB");
    }
    let starts = received.body.iter().find(|byte| !byte.is_ascii_whitespace());
    let table = request.endpoint.answer;
    let minted = if starts == Some(&b'{') { read_table(&received.body, table) } else { None };
    let Some(minted) = minted else {
        let content = received.content_type.as_deref().unwrap_or_default();
        let content = content.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        // Only a plain media type is named: the header is somebody else's text like any other.
        let plain =
            content.len() < 40 && content.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/+-.".contains(&byte));
        return match content.as_str() {
            "" | "application/json" => wrong("without one complete JSON object"),
            other if plain => wrong(&format!("with {other} instead of JSON")),
            _ => wrong("with something other than JSON"),
        };
    };
    let believable = |value: Option<Text>| match value {
        // A server that gives our own secret back for a token would have it published.
        Some(Text::String(text)) if is_believable(text.expose()) && !scrubber.knows(text.expose()) => Ok(Some(text)),
        None => Ok(None),
        Some(_) => Err(()),
    };
    let mut answer = Answer { members: Vec::new(), notes: Vec::new() };
    for (member, value) in table.iter().zip(minted) {
        match (believable(value), member.role) {
            (Err(()) | Ok(None), Role::Token) => return wrong("without a valid token"),
            (Err(()), Role::Refresh) => return wrong("with an invalid refresh token"),
            (Err(()), Role::Plain) => return wrong(&format!("with an invalid {}", member.key)),
            (Ok(value), _) => {
                if value.is_none() {
                    answer.notes.push(Note::Warning(format!("the answer has no {}", member.key)));
                }
                answer.members.push((*member, value));
            }
        }
    }
    Ok(answer)
}

fn read_table(body: &[u8], table: &'static [Member]) -> Option<Vec<Option<Text>>> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let minted = Table(table).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok().map(|()| minted)
}

/// What the service says in the body of a refusal, fit to be shown.
struct Said {
    details: Vec<Detail>,
    error: Option<String>,
}

#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(default, deserialize_with = "first_entries")]
    errors: Vec<Entry>,
    error: Option<Text>,
    message: Option<Text>,
}

/// The most entries of a refusal that are kept. No request of ours can earn more reasons than it has fields.
const MAX_ENTRIES: usize = 20;

/// The first entries of an array; the rest is read past.
fn first_entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Entry>, D::Error> {
    struct Read;

    impl<'de> Visitor<'de> for Read {
        type Value = Vec<Entry>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Vec<Entry>, A::Error> {
            let mut kept = Vec::new();
            while kept.len() < MAX_ENTRIES {
                match entries.next_element()? {
                    Some(entry) => kept.push(entry),
                    None => return Ok(kept),
                }
            }
            while entries.next_element::<IgnoredAny>()?.is_some() {}
            Ok(kept)
        }
    }

    deserializer.deserialize_seq(Read)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    #[serde(rename = "type")]
    category: Option<Text>,
    code: Option<Text>,
    message: Option<Text>,
    detail: Option<Text>,
    attribute: Option<Text>,
    url: Option<Text>,
}

/// How many reasons stand in the sentence; all of them stand in the details.
const SAID: usize = 5;

impl Said {
    fn read(received: &Received, request: &Request, scrubber: &Scrubber) -> Self {
        let starts = received.body.iter().find(|byte| !byte.is_ascii_whitespace());
        let refusal: Refusal = if starts == Some(&b'{') {
            serde_json::from_slice(&received.body).unwrap_or_default()
        } else {
            Refusal::default()
        };
        let text = |value: Option<Text>| match value {
            Some(Text::String(text)) => Some(scrubber.outside(text.expose())),
            Some(Text::Number(number)) => Some(number),
            Some(Text::Other) | None => None,
        };
        let details = refusal.errors.into_iter().map(|entry| {
            let attribute = text(entry.attribute);
            Detail {
                category: text(entry.category),
                code: text(entry.code),
                message: text(entry.message).or(text(entry.detail)),
                flag: attribute.as_deref().and_then(|attribute| request.flag_of(attribute)),
                attribute,
                url: text(entry.url),
            }
        });
        let error = text(refusal.error).or(text(refusal.message)).filter(|text| !text.is_empty());
        Said { details: details.collect(), error }
    }

    /// The status, then what was said: ` (422): --channel: Permissions must be valid JSON [not_a_valid_json]`.
    fn after(&self, status: &str) -> String {
        let mut reasons: Vec<String> = self.details.iter().map(reason).filter(|reason| !reason.is_empty()).collect();
        if !reasons.is_empty() {
            let more = reasons.len().saturating_sub(SAID);
            reasons.truncate(SAID);
            let more = if more == 0 { String::new() } else { format!("; and {more} more") };
            return format!("{status}: {}{more}", reasons.join("; "));
        }
        match &self.error {
            // "Unauthorized" beside 401 says nothing new.
            Some(error) if !status.contains(error.as_str()) => format!("{status}: {error}"),
            _ => status.to_owned(),
        }
    }
}

fn reason(detail: &Detail) -> String {
    let field = match (&detail.flag, &detail.attribute) {
        (Some(flag), _) => format!("{flag}: "),
        (None, Some(attribute)) if !attribute.is_empty() => format!("{attribute}: "),
        (None, _) => String::new(),
    };
    let message = detail.message.as_deref().unwrap_or_default();
    match &detail.code {
        Some(code) if !code.is_empty() && !message.is_empty() => format!("{field}{message} [{code}]"),
        Some(code) if !code.is_empty() => format!("{field}{code}"),
        _ if message.is_empty() => String::new(),
        _ => format!("{field}{message}"),
    }
}
