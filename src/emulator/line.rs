//! The line about a request: `POST chat 200 member=alice`.

use crate::catalog::Kind;
use crate::json::{self, Object};
use crate::server::Head;
use crate::signalwire::PROVIDER;
use crate::text;

/// The fields that say whom a token is for, and what the line calls them. Others may be secret, or long.
const SHOWN: [(&str, &str); 6] = [
    ("member_id", "member"),
    ("room_name", "room"),
    ("user_name", "user"),
    ("reference", "reference"),
    ("address_id", "address"),
    ("application_id", "application"),
];

/// The most characters of a path or value.
const MAX: usize = 60;

/// What was asked for and what was answered.
pub(super) fn line(head: &Head, status: u16, note: &str) -> String {
    let path = head.uri.path();
    let is_for = |kind: &&&Kind| kind.endpoint().is_some_and(|endpoint| endpoint.path == path);
    let target = PROVIDER.kinds.iter().find(is_for).map_or_else(|| word(path), |kind| kind.name.to_owned());
    let blank = if note.is_empty() { "" } else { " " };
    format!("{} {target} {status}{blank}{note}", text::clip(head.method.as_str(), MAX))
}

/// Whom a token is for, as far as the request says.
pub(super) fn subject(body: &Object) -> String {
    let shown = SHOWN.iter().filter_map(|(key, label)| {
        let value = json::as_str(body.get(key)?)?;
        Some(format!("{label}={}", word(&value)))
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// A text as one word, quoted where it would be more.
fn word(text: &str) -> String {
    let shown = text::clip(text, MAX);
    let is_plain = !shown.is_empty() && shown.chars().all(|letter| !letter.is_whitespace() && letter != '"');
    if is_plain { shown } else { json::string(&shown) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(method: &str, target: &str, status: u16, note: &str) -> String {
        let (head, ()) = hyper::Request::builder().method(method).uri(target).body(()).unwrap().into_parts();
        line(&head, status, note)
    }

    #[test]
    fn a_line_names_the_kind_and_whom_the_token_is_for() {
        let body = Object::parse(r#"{"member_id":"alice","ttl":1,"password":"hunter2"}"#).unwrap();
        assert_eq!(of("POST", "/api/chat/tokens?x=1", 200, &subject(&body)), "POST chat 200 member=alice");
        assert_eq!(of("POST", "/api/video/room_tokens", 422, "room_name: x"), "POST video 422 room_name: x");
        assert_eq!(of("GET", "/nowhere", 404, ""), "GET /nowhere 404");
    }

    #[test]
    fn what_clients_send_stays_one_word() {
        let body = Object::parse(r#"{"member_id":"a 200\n\u001b[31m","reference":""}"#).unwrap();
        assert_eq!(subject(&body), r#"member="a 200 [31m" reference="""#);
        assert_eq!(subject(&Object::parse(r#"{"member_id":7}"#).unwrap()), "");
        assert!(of("GET", &format!("/{}", "x".repeat(1_000)), 404, "").len() < 100);
    }
}
