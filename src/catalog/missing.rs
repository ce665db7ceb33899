//! What a token cannot be minted without, named all at once with a line to copy.

use super::{Field, Kind};
use crate::error::Failure;
use crate::text;

/// Where the missing values can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Nothing was given for the token: the hint is a whole command line.
    Nowhere,
    /// Some flags were given.
    Flags,
    /// `--body` was given.
    Body,
    /// A line of a batch.
    Line,
    /// The flags of a server, or its callers where they are let.
    Server,
    /// A request to the server.
    Caller,
}

/// What is missing: what messages call it, and an example of the flag that gives it.
pub struct Missing {
    name: String,
    example: String,
    key: Option<&'static str>,
}

impl Missing {
    /// A field that was not given.
    pub fn field(field: &Field, place: Place) -> Self {
        let name = match place {
            Place::Line | Place::Caller => field.key.to_owned(),
            _ if field.is_argument() => format!("the {}", field.key.replace('_', " ")),
            _ => field.dashed(),
        };
        Missing { name, example: field.example(), key: Some(field.key) }
    }

    /// Something that more than one flag gives.
    pub fn other(name: &str, example: &str) -> Self {
        Missing { name: name.to_owned(), example: example.to_owned(), key: None }
    }
}

/// The failure that names everything that is missing.
pub fn failure(kind: &Kind, missing: &[Missing], place: Place) -> Failure {
    let names: Vec<&str> = missing.iter().map(|missing| missing.name.as_str()).collect();
    let flags: Vec<&str> = missing.iter().map(|missing| missing.example.as_str()).collect();
    let (names, flags) = (text::list(&names, "and"), flags.join(" "));
    let keys: Option<Vec<&str>> = missing.iter().map(|missing| missing.key).collect();
    let hint = match place {
        Place::Nowhere => format!("tokenmint {} {flags}", kind.name),
        Place::Flags => format!("add {flags}"),
        Place::Body => format!("add {flags}, or the fields to --body"),
        Place::Line => format!("add {names} to the line, or {flags} to the command for all lines"),
        Place::Server => match keys {
            Some(keys) => format!("add {flags}, or let callers set what is missing: --let {}", keys.join(",")),
            None => format!("add {flags}"),
        },
        Place::Caller => format!("add {names} to the query or to the JSON body"),
    };
    Failure::usage(format!("missing {names}")).with_hint(hint)
}
