//! Secrets taken out of text that is about to be shown.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::text::{SHOWN, clean, clip};

/// What stands where a secret was.
pub const REDACTED: &str = "[redacted]";

/// Takes the secrets of this process out of a text, in every form in which a server is likely to repeat them.
#[derive(Default)]
pub struct Scrubber {
    plain: Vec<Secret>,
    /// Worked out for the first text: most runs say nothing that could hold a secret.
    forms: OnceLock<Vec<Secret>>,
    /// The long forms without those that hold another one: finding the one inside is enough to know.
    telling: OnceLock<Vec<Secret>>,
}

impl Scrubber {
    /// A scrubber for these secrets: each as it is, in base64 and hexadecimal, and with the escapes of URLs and JSON. One
    /// of fewer than four characters is not looked for: it would tear up any text.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let plain = secrets.into_iter().filter(|secret| secret.expose().len() >= 4).cloned().collect();
        Scrubber { plain, ..Scrubber::default() }
    }

    /// A scrubber for these secrets, too.
    #[must_use]
    pub fn and(&self, more: &[Secret]) -> Self {
        Scrubber::new(self.plain.iter().chain(more))
    }

    fn forms(&self) -> &[Secret] {
        self.forms.get_or_init(|| {
            let mut forms: Vec<Secret> = self.plain.iter().flat_map(forms_of).collect();
            // The longest first, so that no form leaves the tail of another behind.
            forms.sort_by_key(|form| std::cmp::Reverse(form.expose().len()));
            forms.dedup();
            forms
        })
    }

    /// The text with [`REDACTED`] in place of each secret.
    pub fn scrub(&self, text: &str) -> String {
        let text = self.forms().iter().fold(text.to_owned(), |text, form| {
            if text.contains(form.expose()) { text.replace(form.expose(), REDACTED) } else { text }
        });
        self.plain.iter().fold(text, |text, secret| without_escaped(text, secret.expose()))
    }

    /// Whether a text has one of the secrets in it, in any of their forms. Short forms are passed over: any long text
    /// may hold them by chance.
    pub fn knows(&self, text: &str) -> bool {
        let telling = self.telling.get_or_init(|| {
            let long: Vec<&str> = self.forms().iter().map(Secret::expose).filter(|form| form.len() >= 16).collect();
            let holds_other = |form: &str| long.iter().any(|other| *other != form && form.contains(other));
            long.iter().filter(|form| !holds_other(form)).map(|form| Secret::new((*form).to_owned())).collect()
        });
        telling.iter().any(|form| text.contains(form.expose()))
    }

    /// Somebody else's text, ready to be shown: cleaned, scrubbed, then cut at [`SHOWN`] characters.
    pub fn outside(&self, text: &str) -> String {
        clip(&self.scrub(&clean(text)), SHOWN)
    }
}

/// A secret as it is, in base64 wherever it may begin, and in hexadecimal.
fn forms_of(secret: &Secret) -> Vec<Secret> {
    let plain = secret.expose();
    let hex = plain.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let forms = [
        plain.to_owned(),
        STANDARD.encode(plain),
        STANDARD_NO_PAD.encode(plain),
        URL_SAFE_NO_PAD.encode(plain),
        hex.to_uppercase(),
        hex,
    ];
    let inside = (0..3).flat_map(|before| {
        [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD].map(|engine| Secret::new(base64_inside(plain, before, engine)))
    });
    forms.into_iter().map(Secret::new).chain(inside).filter(|form| form.expose().len() >= 4).collect()
}

/// What the base64 of a longer text has in it wherever `plain` stands `before` bytes after a multiple of three: without
/// the characters that also depend on what stands around it.
fn base64_inside(plain: &str, before: usize, engine: &GeneralPurpose) -> String {
    let padded = Zeroizing::new([&[0; 2][..before], plain.as_bytes()].concat());
    let encoded = engine.encode(&padded);
    let shared_at_start = [0, 2, 3][before];
    let shared_at_end = usize::from(!padded.len().is_multiple_of(3));
    encoded[shared_at_start..encoded.len() - shared_at_end].to_owned()
}

/// A text without a secret in which any characters may stand as escapes of URLs or JSON: writers differ in which they
/// escape.
fn without_escaped(text: String, secret: &str) -> String {
    if !text.contains(['%', '\\']) {
        return text;
    }
    let spellings: Vec<[Secret; 4]> = secret.chars().map(spellings).collect();
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let length = if let Some(length) = spelt_length(rest, &spellings) {
            kept.push_str(REDACTED);
            length
        } else {
            kept.push(first);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    kept
}

/// The ways to write a character: as escapes of a URL and of JSON, and last as it is.
fn spellings(character: char) -> [Secret; 4] {
    let plain = character.to_string();
    let percent = plain.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02x}"));
    let units =
        character.encode_utf16(&mut [0; 2]).iter().fold(String::new(), |text, unit| text + &format!("\\u{unit:04x}"));
    [percent, units, format!("\\{plain}"), plain].map(Secret::new)
}

/// How much of the start of a text spells a secret, each character in one way or another.
fn spelt_length(text: &str, spellings: &[[Secret; 4]]) -> Option<usize> {
    let mut rest = text;
    for [escapes @ .., plain] in spellings {
        // The digits of an escape may be capitals; a letter itself may not.
        let escape = escapes
            .iter()
            .map(Secret::expose)
            .find(|escape| rest.get(..escape.len()).is_some_and(|start| start.eq_ignore_ascii_case(escape)));
        let spelling = escape.or_else(|| rest.starts_with(plain.expose()).then(|| plain.expose()))?;
        rest = &rest[spelling.len()..];
    }
    Some(text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_taken_out_in_every_form() {
        let secret = Secret::new("PT \"secret/value".to_owned());
        let scrubber = Scrubber::new([&secret]);
        // Written out by hand: printf '%s' 'PT "secret/value' | base64, | xxd -p, and so on.
        for form in [
            "PT \"secret/value",
            "UFQgInNlY3JldC92YWx1ZQ==",
            "UFQgInNlY3JldC92YWx1ZQ",
            "505420227365637265742f76616c7565",
            "PT%20%22secret%2Fvalue",
            "PT%20%22secret%2fvalue",
            "PT%20%22secret/value",
            "%50T \\u0022s\\u0065cret\\/value",
            "PT \\\"secret/value",
        ] {
            let result = scrubber.scrub(&format!("<{form}>"));
            assert!(result.starts_with("<[redacted]"), "{result}");
            assert!(!result.contains(form), "{result}");
        }
        assert_eq!(scrubber.scrub("nothing here"), "nothing here");
    }

    #[test]
    fn a_secret_inside_longer_base64_is_taken_out_at_every_offset() {
        let secret = Secret::new("PT0123456789abcdef".to_owned());
        let scrubber = Scrubber::new([&secret]);
        for before in ["", "a", "ab", "abc", "project:"] {
            let encoded = STANDARD.encode(format!("{before}{}, and more", secret.expose()));
            let left = scrubber.scrub(&encoded).replace(REDACTED, "");
            // What is left belongs to the text around it, but for a character or two on its edges.
            assert!(left.len() <= (before.len() + 10).div_ceil(3) * 4 + 4, "{left}");
        }
    }
}
