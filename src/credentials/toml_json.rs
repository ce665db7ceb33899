//! Values of TOML as the JSON that a batch line would have in their place.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::json::{self, Object};

/// The JSON of a value, or `None` for a number that JSON does not have. Dates and times become strings.
pub(super) fn value(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(json::string(text)),
        DeValue::Boolean(boolean) => Some(boolean.to_string()),
        DeValue::Datetime(time) => Some(json::string(&time.to_string())),
        DeValue::Integer(integer) if integer.radix() == 10 => number(integer.as_str()),
        DeValue::Integer(integer) => {
            i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(|number| number.to_string())
        }
        DeValue::Float(float) => number(float.as_str()),
        DeValue::Array(entries) => {
            let entries: Option<Vec<String>> = entries.iter().map(|entry| self::value(entry.get_ref())).collect();
            entries.map(|entries| format!("[{}]", entries.join(",")))
        }
        DeValue::Table(entries) => table(entries).map(|object| object.to_string()),
    }
}

/// A table as an object, its members in the order of the file.
pub(super) fn table(table: &DeTable<'_>) -> Option<Object> {
    let mut object = Object::default();
    for (key, entry) in in_order(table) {
        object.set(key.get_ref(), value(entry.get_ref())?);
    }
    Some(object)
}

/// The entries of a table in the order of the file; the parser sorts them by name.
pub(super) fn in_order<'t, 'i>(
    table: &'t DeTable<'i>,
) -> Vec<(&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// A decimal number without the signs that only TOML has: a leading plus, and the parser has dropped underscores.
fn number(text: &str) -> Option<String> {
    let text = text.strip_prefix('+').unwrap_or(text);
    json::value(text).ok().filter(|_| !text.starts_with(|first: char| first.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Option<String> {
        table(DeTable::parse(text).unwrap().get_ref()).map(|object| object.to_string())
    }

    #[test]
    fn every_value_becomes_what_a_line_would_hold_in_the_order_of_the_file() {
        let text = "z = 'q\"'\na = +1_000\nh = 0x1f\nf = 1.0\nb = true\nt = 2030-01-31T12:00:00Z\nd = 2030-01-31\n\
            [c.lobby]\nwrite = true\nread = false\n[c.a]\nl = [1, 'x', { k = -2 }]\n";
        let json = r#"{"z":"q\"","a":1000,"h":31,"f":1.0,"b":true,"t":"2030-01-31T12:00:00Z","d":"2030-01-31","c":{"lobby":{"write":true,"read":false},"a":{"l":[1,"x",{"k":-2}]}}}"#;
        assert_eq!(object(text).unwrap(), json);
    }

    #[test]
    fn numbers_that_json_does_not_have_are_none() {
        for wrong in ["x = nan", "x = inf", "x = -inf", "x = [1, +inf]", "[x]\ny = nan"] {
            assert_eq!(object(wrong), None, "{wrong}");
        }
    }
}
