//! Twilio: Access Tokens, which are signed here. Fields, grants and claims; nothing in this folder opens a socket.

pub mod access_token;
pub mod claims;
pub mod credentials;
mod fields;
mod grants;
pub mod identity;
pub mod key;
mod other_grants;
mod provider;
pub mod region;
mod sid_rule;
pub mod sign;

pub use access_token::{Plan, Signing};
pub use claims::Issuer;
pub use fields::MAX_TTL_SECONDS;
pub use key::Key;
pub use provider::PROVIDER;
pub use sign::Signer;

#[cfg(test)]
mod tests;
