//! How the requests to an endpoint are authenticated, and what it means where the service refuses one for that.

use super::Field;
use crate::pasted::Sought;

/// How the requests to an endpoint are authenticated.
pub enum Authentication {
    /// By the provider's whole set of credentials.
    Basic,
    /// By a token that another endpoint of the service mints.
    Bearer(&'static Bearer),
    /// Not at all: what the service judges instead is in the body.
    None(&'static Refused),
}

/// A token that authenticates requests, and the ways to give it.
pub struct Bearer {
    /// What it is, and where it is found.
    pub sought: Sought<'static>,
    /// The name of the kind that mints it.
    pub issuer: &'static str,
    /// The flag that reads it from a file or stdin.
    pub token: Field,
    /// The flag that has one minted first; its key is a field of the issuer's.
    pub issue: Field,
    /// What it means where the service refuses it.
    pub refused: Refused,
}

/// What a 401 or a 403 is about, where it is not about a set of credentials.
pub struct Refused {
    /// What was refused, with its article.
    pub what: &'static str,
    /// What to do about it.
    pub hint: &'static str,
    /// The field that holds it, where it is part of the body.
    pub field: Option<&'static str>,
}

impl Authentication {
    /// The scheme of the `Authorization` header, if there is one.
    pub fn scheme(&self) -> Option<&'static str> {
        match self {
            Authentication::Basic => Some("Basic"),
            Authentication::Bearer(_) => Some("Bearer"),
            Authentication::None(_) => None,
        }
    }

    /// The flags that say what to authenticate with. They are not fields of the request.
    pub fn flags(&self) -> impl Iterator<Item = &'static Field> + use<> {
        let flags = match self {
            Authentication::Bearer(bearer) => [Some(&bearer.token), Some(&bearer.issue)],
            Authentication::Basic | Authentication::None(_) => [None, None],
        };
        flags.into_iter().flatten()
    }

    /// What the service refuses with a 401 or 403, unless it is the set of credentials.
    pub fn refused(&self) -> Option<&'static Refused> {
        match self {
            Authentication::Basic => None,
            Authentication::Bearer(bearer) => Some(&bearer.refused),
            Authentication::None(refused) => Some(refused),
        }
    }
}
