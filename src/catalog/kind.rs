//! A kind of token, and the provider that it belongs to, as data.

use std::fmt;

use super::{Emulation, Endpoint, Field, Offline};
use crate::credentials::Schema;
use crate::token::Member;

/// A service whose tokens are minted, with one schema of credentials for all of them.
pub struct Provider {
    /// The name as people write it.
    pub name: &'static str,
    /// Which credentials its tokens need.
    pub credentials: &'static Schema,
    /// The kinds of token, in the order of the help.
    pub kinds: &'static [&'static Kind],
}

/// One kind of token: everything about it that is not the same for all kinds.
pub struct Kind {
    /// The name of the command, and `kind` in JSON.
    pub name: &'static str,
    /// The variable that carries the token where a format names one and `--name` does not.
    pub variable: &'static str,
    /// What its help says.
    pub help: Help,
    /// What may be typed, in the order of the help and of the request. A field that several flags set has an entry for
    /// each of them.
    pub fields: &'static [Field],
    /// Where the token comes from.
    pub minting: Minting,
    /// The service's side, as far as the emulator has one.
    pub emulation: Option<Emulation>,
}

/// The texts of a command.
pub struct Help {
    /// One line.
    pub about: &'static str,
    /// What stands at the top of `--help`.
    pub long: &'static str,
    /// Command lines that work as they are, one a line.
    pub examples: &'static str,
}

/// Where a token comes from.
pub enum Minting {
    /// A service is asked for it.
    Http(Endpoint),
    /// It is signed on this machine.
    Signed(&'static dyn Offline),
}

impl Kind {
    /// The field with this JSON key, as its first flag declares it.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The fields without those that are only another flag for one of them.
    pub fn distinct_fields(&self) -> impl Iterator<Item = &'static Field> {
        let fields = self.fields;
        let seen_before = move |place: usize| fields[..place].iter().any(|field| field.key == fields[place].key);
        fields.iter().enumerate().filter(move |(place, _)| !seen_before(*place)).map(|(_, field)| field)
    }

    /// Every flag that is its own: those of its fields, then those that say what to authenticate with.
    pub fn flags(&self) -> impl Iterator<Item = &'static Field> + use<> {
        let others = self.endpoint().map(|endpoint| endpoint.authentication.flags());
        self.fields.iter().chain(others.into_iter().flatten())
    }

    /// The endpoint that mints it, if it is not signed here.
    pub fn endpoint(&self) -> Option<&Endpoint> {
        match &self.minting {
            Minting::Http(endpoint) => Some(endpoint),
            Minting::Signed(_) => None,
        }
    }

    /// Whether the same request can be made again, with a token as its answer each time: for the lines of a batch, for the
    /// callers of a server, to renew a token.
    pub fn is_repeatable(&self) -> bool {
        self.endpoint().is_none_or(|endpoint| endpoint.consumes.is_none())
    }

    /// The members of an answer with such a token. What is signed here is the token alone.
    pub fn members(&self) -> &'static [Member] {
        match &self.minting {
            Minting::Http(endpoint) => endpoint.answer,
            Minting::Signed(_) => &[Member::TOKEN],
        }
    }
}

/// The name: two kinds never share one.
impl fmt::Debug for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Kind {}
