//! The list of providers, and with them of every kind of token. Commands, help, completions, the emulator and
//! `profile check` are made from it.

use crate::catalog::{Kind, Provider};
use crate::credentials::Schema;
use crate::{signalwire, twilio};

/// Every provider, in the order of the help.
pub static PROVIDERS: [&Provider; 2] = [&signalwire::PROVIDER, &twilio::PROVIDER];

/// The credentials that a profile may hold, one set for each provider.
pub static SCHEMAS: [&Schema; 2] = [signalwire::PROVIDER.credentials, twilio::PROVIDER.credentials];

/// Every kind of token, in the order of the help.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    PROVIDERS.into_iter().flat_map(|provider| provider.kinds).copied()
}

/// The kind with this name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    kinds().find(|kind| kind.name == name)
}

/// The provider of a kind.
pub fn provider_of(kind: &Kind) -> Option<&'static Provider> {
    PROVIDERS.into_iter().find(|provider| provider.kinds.contains(&kind))
}
