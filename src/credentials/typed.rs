//! Values that are typed for a new profile, held to the rules of every other set.

use super::helper;
use super::origin::Origin;
use super::schema::{Field, Placed, Schema};
use super::set::{refuse_fault, trim_value};
use super::slip;
use crate::app::Notes;
use crate::error::{Failure, Result};
use crate::secret::Secret;

/// A public value, without the white space around it.
///
/// # Errors
/// Exit 3 where it is certainly wrong. `place` is what the message calls it.
pub fn public(schema: &Schema, field: &Field, value: &str, place: &str, notes: &Notes) -> Result<String> {
    let value = trim_value(value, place, notes)?;
    let origin = Origin::Typed(place.to_owned());
    if let Some(slip) = slip::of_public(&value, field.fault) {
        return Err(slip.refusal(&origin, schema.secret.key, false));
    }
    refuse_fault(field, &value, place)?;
    Ok(value)
}

/// A secret, without the white space around it.
///
/// # Errors
/// As [`public`], and where it and a public value have taken each other's place.
pub fn secret(schema: &Schema, public: &[Placed], bytes: &[u8], place: &str, notes: &Notes) -> Result<Secret> {
    let line = helper::one_line(bytes);
    let line = line.map_err(|fault| Failure::configuration(format!("{place} {}", fault.of_file())))?;
    let secret = trim_value(line.expose(), place, notes).map(Secret::new)?;
    if let Some(slip) = slip::of_secret(secret.expose()) {
        return Err(slip.refusal(&Origin::Typed(place.to_owned()), schema.secret.key, true));
    }
    if let Some(confusion) = (schema.confusion)(public, &Placed { place: place.to_owned(), value: secret.expose() }) {
        return Err(Failure::configuration(confusion.message).with_hint(confusion.hint));
    }
    refuse_fault(&schema.secret, secret.expose(), place)?;
    Ok(secret)
}
