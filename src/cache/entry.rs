//! A kept token as the text of a file, and back. What is read is believed only if it is exactly what was written for this
//! request.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::json::Writer;
use crate::secret::Secret;
use crate::token::{Member, Role, Token, is_believable};

/// Changes with the form of the file: a file of another version is as good as none.
const VERSION: u8 = 1;
/// The most bytes of a file: room for the largest token, the other members, and what stands around them.
pub(super) const MAX_SIZE: u64 = 256 * 1024;

/// What the token of a request consists of.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// The name of its kind.
    pub kind: &'static str,
    /// The members of the kind's table.
    pub members: &'static [Member],
}

/// Whether a member is kept. A refresh token works once: kept, it would be given again after it has been used up.
fn is_kept(member: &Member) -> bool {
    member.role != Role::Refresh
}

/// The file of a token. `None` for one whose end is not known, or that lacks a member.
pub(super) fn encode(request: &str, token: &Token) -> Option<Zeroizing<Vec<u8>>> {
    let expiry = token.expires_at?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
    let mut json = Writer::new(&mut *bytes);
    json.object().number("version", u16::from(VERSION)).string("request", request).string("kind", token.kind);
    json.number("expires_at", expiry.as_second()).object_in("members");
    for (member, value) in token.members.iter().filter(|(member, _)| is_kept(member)) {
        json.string(member.key, value.as_ref()?.expose());
    }
    json.end().end();
    bytes.push(b'\n');
    Some(bytes)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    version: u8,
    request: String,
    kind: String,
    expires_at: i64,
    members: BTreeMap<String, String>,
}

/// The token in a file, if it is one for this request.
pub(super) fn decode(bytes: &[u8], request: &str, shape: Shape) -> Option<Token> {
    let Kept { version, request: kept_for, kind, expires_at, mut members } = serde_json::from_slice(bytes).ok()?;
    if (version, kept_for.as_str(), kind.as_str()) != (VERSION, request, shape.kind) {
        return None;
    }
    let mut take = |member: &Member| {
        let value = if is_kept(member) { Some(Secret::new(members.remove(member.key)?)) } else { None };
        Some((*member, value))
    };
    let found: Vec<(Member, Option<Secret>)> = shape.members.iter().map(&mut take).collect::<Option<_>>()?;
    let mut values = found.iter().filter_map(|(_, value)| value.as_ref());
    let is_whole = members.is_empty() && values.all(|value| is_believable(value.expose()));
    let expires_at = Timestamp::from_second(expires_at).ok()?;
    is_whole.then_some(Token { kind: shape.kind, members: found, expires_at: Some(expires_at) })
}

/// When the token in a file expires, whatever request it is for.
pub(super) fn expiry(bytes: &[u8]) -> Option<Timestamp> {
    let kept: Kept = serde_json::from_slice(bytes).ok()?;
    Timestamp::from_second(kept.expires_at).ok().filter(|_| kept.version == VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Member = Member::plain("subscriber_id");
    const MEMBERS: &[Member] = &[Member::TOKEN, Member::REFRESH, ID];
    const SHAPE: Shape = Shape { kind: "guest", members: MEMBERS };

    fn token(id: Option<&str>) -> Token {
        let secret = |text: &str| Some(Secret::new(text.to_owned()));
        Token {
            kind: "guest",
            members: vec![
                (Member::TOKEN, secret("aaa.bbb")),
                (Member::REFRESH, secret("ccc")),
                (ID, id.and_then(secret)),
            ],
            expires_at: Timestamp::from_second(1_700_000_060).ok(),
        }
    }

    #[test]
    fn a_token_is_read_back_for_its_own_request_alone() {
        let bytes = encode("ab12", &token(Some("ddd"))).unwrap();
        assert_eq!(
            std::str::from_utf8(&bytes).unwrap(),
            "{\"version\":1,\"request\":\"ab12\",\"kind\":\"guest\",\"expires_at\":1700000060,\
             \"members\":{\"token\":\"aaa.bbb\",\"subscriber_id\":\"ddd\"}}\n"
        );
        let read = decode(&bytes, "ab12", SHAPE).unwrap();
        assert_eq!((read.text(), read.kind, read.expires_at), ("aaa.bbb", "guest", token(None).expires_at));
        assert!(read.get(Role::Refresh).is_none(), "it works once");
        assert_eq!(expiry(&bytes), read.expires_at);
        assert!(decode(&bytes, "ab13", SHAPE).is_none());
        assert!(decode(&bytes, "ab12", Shape { kind: "chat", ..SHAPE }).is_none());
        assert!(decode(&bytes, "ab12", Shape { members: &[Member::TOKEN], ..SHAPE }).is_none());
    }

    #[test]
    fn what_was_not_written_so_is_not_believed() {
        let good = String::from_utf8(encode("ab12", &token(Some("ddd"))).unwrap().to_vec()).unwrap();
        for (part, other) in [
            ("\"version\":1", "\"version\":2"),
            ("aaa.bbb", ""),
            ("aaa.bbb", "aaa'bbb"),
            ("\"ddd\"", "\"d\\nd\""),
            ("\"ddd\"", "null"),
            ("\"ddd\"", "\"ddd\",\"refresh_token\":\"ccc\""),
            (",\"subscriber_id\":\"ddd\"", ""),
            ("1700000060", "\"soon\""),
            ("\"ab12\"", "\"ab12\",\"more\":1"),
            ("}}\n", ""),
        ] {
            assert!(good.contains(part), "{part}");
            assert!(decode(good.replacen(part, other, 1).as_bytes(), "ab12", SHAPE).is_none(), "{part} {other}");
        }
        assert!(decode(b"", "ab12", SHAPE).is_none());
    }

    #[test]
    fn a_token_without_an_end_or_a_member_is_not_written() {
        assert!(encode("ab12", &token(None)).is_none());
        assert!(encode("ab12", &Token { expires_at: None, ..token(Some("ddd")) }).is_none());
    }
}
