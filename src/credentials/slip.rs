//! Slips of quoting: quotes that have become part of a value, and the name of a variable where its value was meant.

use super::origin::Origin;
use crate::error::Failure;

/// A slip, as far as it is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// Quotes around the value.
    Quoted,
    /// `$NAME` or `${NAME}`.
    Variable,
}

/// A slip in a value whose grammar has neither quotes nor a dollar sign. Where it would be wrong without its quotes, too,
/// they are not what to mend first.
pub fn of_public(value: &str, fault: fn(&str) -> Option<String>) -> Option<Slip> {
    let names_one = value.match_indices('$').any(|(place, _)| variable(&value[place..]).is_some());
    if names_one {
        return Some(Slip::Variable);
    }
    inside_of_quotes(value).filter(|inner| fault(inner).is_none()).map(|_| Slip::Quoted)
}

/// A slip in a secret. It may have any character inside, so only a variable that is all of it is certain.
pub fn of_secret(value: &str) -> Option<Slip> {
    if inside_of_quotes(value).is_some() {
        Some(Slip::Quoted)
    } else {
        variable(value).filter(|rest| rest.is_empty()).map(|_| Slip::Variable)
    }
}

/// What follows the variable at the beginning of a text.
fn variable(text: &str) -> Option<&str> {
    let after = text.strip_prefix('$')?;
    // Workflow files of GitHub write two braces.
    if let Some(inner) = after.strip_prefix('{') {
        let end = inner.find('}')?;
        let closing = inner[end..].bytes().take_while(|byte| *byte == b'}').count();
        let name = inner[..end].trim_start_matches('{').trim_start();
        return name.starts_with(begins_a_name).then(|| &inner[end + closing..]);
    }
    let rest = after.trim_start_matches(|character: char| character.is_ascii_alphanumeric() || character == '_');
    after.starts_with(begins_a_name).then_some(rest)
}

fn begins_a_name(character: char) -> bool {
    character.is_ascii_alphabetic() || character == '_'
}

/// What a pair of quotes is around.
fn inside_of_quotes(value: &str) -> Option<&str> {
    const PAIRS: [(char, char); 5] =
        [('"', '"'), ('\'', '\''), ('`', '`'), ('\u{201c}', '\u{201d}'), ('\u{2018}', '\u{2019}')];
    PAIRS.iter().find_map(|(open, close)| value.strip_prefix(*open)?.strip_suffix(*close))
}

impl Slip {
    /// The refusal of a value with this slip. The name of the variable is not shown: it could be part of a secret.
    pub fn refusal(self, origin: &Origin, secret_key: &str, is_secret: bool) -> Failure {
        match self {
            Slip::Quoted => {
                Failure::configuration(format!("{origin} has quotes around it; they are part of the value here"))
                    .with_hint(if is_secret { "store the secret without them" } else { "remove them" })
            }
            Slip::Variable => {
                let failure = Failure::configuration(format!("{origin} contains a variable that was not expanded"));
                match origin {
                    Origin::Profile { suffix: "", .. } if is_secret => failure.with_hint(format!(
                        "variables are not expanded here; use {secret_key}_command or {secret_key}_file"
                    )),
                    Origin::Profile { .. } => failure.with_hint("variables are not expanded here; write the value"),
                    _ => failure.with_hint("single quotes and .env files keep $NAME as it is; write the value"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Slip, of_secret};
    use crate::credentials::origin::Origin;

    fn of_public(value: &str) -> Option<Slip> {
        super::of_public(value, |_| None)
    }

    #[test]
    fn quotes_around_a_public_value_count_if_it_is_right_without_them() {
        let fault = |text: &str| (text != "right").then(String::new);
        assert_eq!(super::of_public("'right'", fault), Some(Slip::Quoted));
        assert_eq!(super::of_public("'wrong'", fault), None);
        assert_eq!(super::of_public("'$NAME'", fault), Some(Slip::Variable));
    }

    #[test]
    fn quotes_count_as_a_pair_around_all_of_a_value() {
        for quoted in ["\"PT1\"", "'PT1'", "`PT1`", "\u{201c}PT1\u{201d}", "\u{2018}PT1\u{2019}", "\"\""] {
            assert_eq!((of_public(quoted), of_secret(quoted)), (Some(Slip::Quoted), Some(Slip::Quoted)), "{quoted}");
        }
        for plain in ["PT1", "\"PT1", "PT1'", "PT\"1\"", "\"PT1'", "\"", ""] {
            assert_eq!((of_public(plain), of_secret(plain)), (None, None), "{plain}");
        }
    }

    #[test]
    fn a_variable_in_a_secret_must_be_all_of_it() {
        for whole in ["$TOKEN", "${TOKEN}", "${TOKEN:-x}", "$_t1", "${{ secrets.TOKEN }}"] {
            assert_eq!((of_public(whole), of_secret(whole)), (Some(Slip::Variable), Some(Slip::Variable)), "{whole}");
        }
        for part in ["PT$TOKEN", "https://$SPACE.signalwire.com", "${A}${B}"] {
            assert_eq!((of_public(part), of_secret(part)), (Some(Slip::Variable), None), "{part}");
        }
        for none in ["$", "$1", "${", "${}", "PT$", "a$(b)", "$é"] {
            assert_eq!((of_public(none), of_secret(none)), (None, None), "{none}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_do_where_the_value_is() {
        let profile = |suffix| Origin::Profile { key: "api_token", suffix, profile: "dev".to_owned() };
        let hint = |origin: &Origin, is_secret| {
            Slip::Variable.refusal(origin, "api_token", is_secret).hint().unwrap_or_default().to_owned()
        };
        let ways = "variables are not expanded here; use api_token_command or api_token_file";
        assert_eq!(hint(&profile(""), true), ways);
        assert_eq!(hint(&profile("_file"), true), "variables are not expanded here; write the value");
        assert_eq!(hint(&profile(""), false), "variables are not expanded here; write the value");
        assert!(hint(&Origin::Variable("X"), true).contains("$NAME"));
        let quoted = Slip::Quoted.refusal(&Origin::Variable("X"), "api_token", true);
        assert_eq!(quoted.to_string(), "X has quotes around it; they are part of the value here");
    }
}
