//! The service's side of a kind: what the emulator answers.

use crate::json::Object;

/// How the emulator answers a right request.
pub struct Emulation {
    /// The status of a success.
    pub status: u16,
    /// The form of the token.
    pub form: Form,
    /// Adds the claims that are the kind's own to those that every token has. Values that the request leaves out are
    /// taken from what the emulator has invented.
    pub claims: fn(&mut Object, &Object, &Invented),
}

/// The form of a token, with the `typ` of its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JWS: readable claims.
    Signed(&'static str),
    /// JWE, with `exp`: only the service can read it.
    Encrypted(&'static str),
}

/// Values for what a request leaves out, new for each token.
pub struct Invented {
    /// A random UUID.
    pub id: String,
    /// A random name of letters and digits.
    pub name: String,
}
