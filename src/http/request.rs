//! A request as data: what the client sends, what `--dry-run` shows and what `--curl` writes.

use std::fmt;

use crate::catalog::Authentication;

/// What identifies us to the service.
pub(super) const USER_AGENT: &str = concat!("tokenmint/", env!("CARGO_PKG_VERSION"));

/// How a request is authenticated. The secret itself belongs to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authorization {
    /// Project id and API token.
    Basic,
    /// A token of the service's own.
    Bearer,
    /// Not at all.
    None,
}

impl Authorization {
    /// The scheme in the `Authorization` header, if there is one.
    pub fn scheme(self) -> Option<&'static str> {
        match self {
            Authorization::Basic => Some("Basic"),
            Authorization::Bearer => Some("Bearer"),
            Authorization::None => None,
        }
    }
}

impl From<&Authentication> for Authorization {
    fn from(authentication: &Authentication) -> Self {
        match authentication {
            Authentication::Basic => Authorization::Basic,
            Authentication::Bearer(_) => Authorization::Bearer,
            Authentication::None(_) => Authorization::None,
        }
    }
}

/// A POST of a JSON object, which every endpoint takes.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The path on the space's host.
    pub path: String,
    /// How it is authenticated.
    pub authorization: Authorization,
    /// The body.
    pub body: String,
    /// It uses something up, so it must not be sent again once it may have arrived.
    pub once: bool,
}

impl Request {
    /// The method of every request.
    pub const METHOD: &'static str = "POST";

    /// A request with Basic authentication.
    pub fn basic(path: impl Into<String>, body: impl Into<String>) -> Self {
        Request { path: path.into(), authorization: Authorization::Basic, body: body.into(), once: false }
    }

    /// The request, to be sent again only if nothing of it was sent.
    #[must_use]
    pub fn once(self, once: bool) -> Self {
        Request { once, ..self }
    }

    /// The headers that say what it is, without `Authorization`.
    pub const fn headers() -> [(&'static str, &'static str); 3] {
        [("Content-Type", "application/json"), ("Accept", "application/json"), ("User-Agent", USER_AGENT)]
    }
}

/// Without the body, which may hold a secret.
impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Request");
        shown.field("path", &self.path).field("authorization", &self.authorization).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_has_no_body() {
        let request = Request::basic("/api/chat/tokens", r#"{"password":"canary"}"#);
        assert_eq!(format!("{request:?}"), r#"Request { path: "/api/chat/tokens", authorization: Basic, .. }"#);
    }

    #[test]
    fn each_scheme_is_written_as_in_its_rfc() {
        let schemes = [Authorization::Basic, Authorization::Bearer, Authorization::None].map(Authorization::scheme);
        assert_eq!(schemes, [Some("Basic"), Some("Bearer"), None]);
    }
}
