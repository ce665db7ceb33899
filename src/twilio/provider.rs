//! Twilio as a provider: its credentials and its kind of token.

use super::{access_token, credentials};
use crate::catalog::Provider;

/// Twilio, with its one kind of token.
pub static PROVIDER: Provider =
    Provider { name: "Twilio", credentials: &credentials::SCHEMA, kinds: &[&access_token::KIND] };
