//! Twilio: Access Tokens, which are signed here. Fields, grants and claims; nothing in this folder opens a socket.

pub mod access_token;
pub mod claims;
pub mod credentials;
mod fields;
mod grants;
pub mod identity;
pub mod key;
mod other_grants;
pub mod region;
pub mod sid;
pub mod sign;

use crate::catalog::Provider;

pub use access_token::{Plan, Signing};
pub use claims::Issuer;
pub use fields::MAX_TTL_SECONDS;
pub use key::Key;
pub use sign::Signer;

/// Twilio, with its one kind of token.
pub static PROVIDER: Provider =
    Provider { name: "Twilio", credentials: &credentials::SCHEMA, kinds: &[&access_token::KIND] };

#[cfg(test)]
mod tests;
