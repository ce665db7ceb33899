//! What was likely meant by a value that is not the JSON that is expected, as a hint. It repeats nothing of the value.

use super::{Field, Input, Kind};
use crate::json::{Expected, Fault};
use crate::text;

const EXAMPLE: &str = r#"'{"name":"value"}'"#;

/// The hint for a flag whose value cannot be read.
pub(super) fn hint(flag: &str, given: &str, fault: &Fault) -> String {
    let given = given.trim();
    let Fault::Syntax { expected, .. } = fault else {
        return format!("write {flag} {EXAMPLE}");
    };
    let (is_object, has_quotes) = (given.starts_with('{'), given.contains('"'));
    if given.is_empty() {
        format!("write {flag} {EXAMPLE}, or {flag} @FILE; check that the variable is set")
    } else if text::has_curly_quotes(given) {
        "replace the curly quotes with straight ones".to_owned()
    } else if matches!(expected, Expected::Key | Expected::Value) && given.contains('\'') {
        format!("use double quotes inside: {flag} {EXAMPLE}")
    } else if is_object && !has_quotes {
        format!("the shell removed the double quotes; write {flag} {EXAMPLE}")
    } else {
        match expected {
            Expected::Key => format!("put keys in double quotes: {flag} {EXAMPLE}"),
            Expected::NoComma => "remove the last comma".to_owned(),
            Expected::End => format!("{flag} takes one JSON value"),
            Expected::More => "the closing brace, bracket or quote is missing; single quotes keep the shell from \
                               splitting the value"
                .to_owned(),
            _ if !is_object => format!("write {flag} {EXAMPLE}, or {flag} @FILE"),
            Expected::Colon => "put a colon between key and value".to_owned(),
            Expected::Comma => "put a comma between members".to_owned(),
            _ => "put strings in double quotes".to_owned(),
        }
    }
}

/// The hint for entries given to the flag that takes the whole object. `field` has the flag for one entry each.
pub(super) fn one_by_one(field: &Field, given: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.=,".contains(&byte);
    let is_short = given.len() <= 60 && given.bytes().all(is_plain);
    if given.starts_with('{') {
        return None;
    }
    let flag = field.flag.short.map_or_else(|| field.dashed(), |short| format!("-{short}"));
    let Input::Entries { example, .. } = field.input else { return None };
    let entries = if is_short && given.contains('=') { given } else { example };
    Some(format!("write {flag} {}", entries.split(',').collect::<Vec<_>>().join(&format!(" {flag} "))))
}

/// The field of the same key whose flag takes one entry each, where there is one besides `field`.
pub(super) fn entries_of(kind: &Kind, field: &Field) -> Option<&'static Field> {
    kind.fields.iter().find(|other| {
        other.key == field.key
            && other.flag.name != field.flag.name
            && matches!(other.input, Input::Entries { json: false, .. })
    })
}

/// The hint for a batch line that cannot be read: the input was likely another format.
pub fn line_hint(line: &str) -> &'static str {
    match line.as_bytes() {
        [b'[', ..] => "write one JSON object per line: jq -c '.[]' FILE",
        [b'{' | b'}'] | [.., b',' | b'{'] => "write each object on one line: jq -c . FILE",
        _ => "write one JSON object per line, such as {\"id\":1}",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Object;

    fn said(given: &str) -> String {
        hint("--state", given, &Object::parse(given).unwrap_err())
    }

    #[test]
    fn the_cause_is_guessed_from_the_look_of_the_value() {
        for (given, words) in [
            ("{team:blue}", "the shell removed the double quotes"),
            ("{'team':'blue'}", "use double quotes inside"),
            ("{team:\"blue\"}", "put keys in double quotes"),
            ("{\u{201c}team\u{201d}:1}", "curly quotes"),
            ("{\"a\":1,}", "remove the last comma"),
            ("{\"a\":1} {\"b\":2}", "takes one JSON value"),
            ("{\"a\":", "the closing brace"),
            ("team=blue", "write --state '{\"name\":\"value\"}', or --state @FILE"),
            ("{\"a\":blue}", "put strings in double quotes"),
            ("[1]", "write --state '{"),
            ("", "check that the variable is set"),
        ] {
            assert!(said(given).contains(words), "{given}: {}", said(given));
        }
    }

    #[test]
    fn no_hint_repeats_the_value() {
        for given in ["{hidden:x}", "{'hidden':1}", "hidden", "hidden=1", "{\"hidden\":", "[\"hidden\"]"] {
            assert!(!said(given).contains("hidden"), "{given}");
        }
    }

    #[test]
    fn entries_for_the_whole_object_go_to_their_own_flag() {
        let input = Input::Entries { parse: |_, _| Ok(Object::default()), json: false, example: "lobby=rw" };
        let field = Field::new("channels", "channel", "", input, &super::super::rule::Text::ANY, "").short('c');
        let said = |given: &str| one_by_one(&field, given).unwrap();
        assert_eq!(said("lobby=rw"), "write -c lobby=rw");
        assert_eq!(said("lobby=rw,news=r"), "write -c lobby=rw -c news=r");
        assert_eq!(said("my lobby=rw"), "write -c lobby=rw");
        assert_eq!(one_by_one(&field, "{lobby=rw}"), None);
    }

    #[test]
    fn a_batch_in_another_format_is_told_how_to_become_lines() {
        assert!(line_hint("[{\"a\":1}]").contains("'.[]'"));
        assert!(line_hint("{").contains("jq -c . "));
        assert!(line_hint("name,ttl").contains("such as"));
    }
}
