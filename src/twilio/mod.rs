//! Twilio Access Tokens, made here and not by a service: identity and grants in, a signed token out. Nothing in this
//! folder opens a socket; where the credentials and the defaults come from is for `credentials`.

pub mod claims;
pub mod credentials;
pub mod defaults;
pub mod draft;
pub mod flag;
pub mod grants;
pub mod identity;
pub mod key;
pub mod keyed;
pub mod life;
pub mod region;
mod settings;
pub mod sid;
pub mod sign;

pub use claims::{Claims, Issuer, Nonce, Nonces};
pub use defaults::{Defaults, Found};
pub use draft::{Draft, Given};
pub use key::{Key, check_secret};
pub use sign::Signer;

#[cfg(test)]
mod tests;
