//! What was minted: the token, what came with it, and its expiry.

use jiff::Timestamp;

use crate::secret::Secret;

/// A member of an answer that is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Its key, in the answer and in our JSON.
    pub key: &'static str,
    /// What it is.
    pub role: Role,
}

/// What a member of an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The token, without which an answer is not a success.
    Token,
    /// The token that renews it, which has a variable of its own.
    Refresh,
    /// A public value, which stands in JSON alone.
    Plain,
}

impl Member {
    /// The token itself.
    pub const TOKEN: Member = Member { key: "token", role: Role::Token };
    /// The token that renews it.
    pub const REFRESH: Member = Member { key: "refresh_token", role: Role::Refresh };

    /// A public value under this key.
    pub const fn plain(key: &'static str) -> Self {
        Member { key, role: Role::Plain }
    }
}

/// What was minted.
#[derive(Debug, Clone)]
pub struct Token {
    /// The name of its kind.
    pub kind: &'static str,
    /// The members of the kind's table, in their order; `None` for one that the answer left out.
    pub members: Vec<(Member, Option<Secret>)>,
    /// When it expires, or `None` where it never does or that cannot be known.
    pub expires_at: Option<Timestamp>,
}

impl Token {
    /// A token that comes alone.
    pub fn alone(kind: &'static str, token: Secret, expires_at: Timestamp) -> Self {
        Token { kind, members: vec![(Member::TOKEN, Some(token))], expires_at: Some(expires_at) }
    }

    /// The value of the member with this role, if there is one.
    pub fn get(&self, role: Role) -> Option<&str> {
        let member = self.members.iter().find(|(member, _)| member.role == role);
        member.and_then(|(_, value)| value.as_ref()).map(Secret::expose)
    }

    /// The token itself.
    pub fn text(&self) -> &str {
        self.get(Role::Token).unwrap_or_default()
    }
}

/// The most characters of a token.
pub const MAX_LENGTH: usize = 65_536;

/// Whether a text can be a token: 1 to [`MAX_LENGTH`] characters of `A-Z a-z 0-9 . _ ~ + / = -`. Nothing in that
/// alphabet can end a quote, a line or a shell word.
pub fn is_believable(text: &str) -> bool {
    (1..=MAX_LENGTH).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~+/=-".contains(&byte))
}
