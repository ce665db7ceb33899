//! Compact serialisation of signed and encrypted tokens (RFC 7515, RFC 7516): the one place that encodes, decodes, signs
//! and verifies them. What a token says is for its users.

mod base64url;
#[cfg(feature = "emulator")]
mod encrypt;
mod parts;
mod sign;

pub use base64url::{decode, decode_lenient};
#[cfg(feature = "emulator")]
pub use encrypt::A256Gcm;
pub use parts::{payload, signed};
pub use sign::{Begun, Head, Hs256, Hs512};
