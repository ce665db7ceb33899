//! The strings of an object's members.

use crate::json::{self, Object};

/// The string of a member, if it is one.
pub fn text(object: &Object, key: &str) -> Option<String> {
    object.get(key).and_then(json::as_str).map(std::borrow::Cow::into_owned)
}
