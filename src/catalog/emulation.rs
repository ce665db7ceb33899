//! The service's side of a kind: what the emulator answers.

use jiff::SignedDuration;

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
    /// How long an encrypted token lives where neither the request nor the documents say.
    pub lifetime: SignedDuration,
    /// What the service's sentences call a field, where that is not its key in words.
    pub names: &'static [(&'static str, &'static str)],
    /// The service's sentence about a required field that is missing, `{}` in place of the field.
    pub missing: &'static str,
}

impl Emulation {
    /// With the sentences that most endpoints share, and the hour that the Browser SDK assumes.
    pub const fn new(status: u16, form: Form, claims: fn(&mut Object, &Object, &Invented)) -> Self {
        let lifetime = SignedDuration::from_hours(1);
        Emulation { status, form, claims, lifetime, names: &[], missing: "{} must be present" }
    }
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
