//! Text that came from outside, made fit to show to a person: without control characters, without the secrets this
//! process holds, and short. Whether it is shown at all is decided elsewhere.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::credentials::Secret;

/// The most characters of somebody else's text that are ever shown.
pub const SHOWN: usize = 300;

/// What stands where a secret was.
pub const REDACTED: &str = "[redacted]";

/// Text without C0 and C1 controls, DEL, and characters that only steer how other text is shown (bidirectional marks,
/// joiners, tags). Line breaks and tabs become blanks, and the ends are trimmed, so it is one line.
pub fn clean(text: &str) -> String {
    let kept = text.chars().filter_map(|character| match character {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        _ if character.is_control() || is_format(character) => None,
        _ => Some(character),
    });
    kept.collect::<String>().trim().to_owned()
}

/// [`clean`], then at most `most` characters, with `…` for what is left out.
pub fn clip(text: &str, most: usize) -> String {
    let clean = clean(text);
    match clean.char_indices().nth(most) {
        None => clean,
        Some((end, _)) => format!("{}…", &clean[..end]),
    }
}

/// The characters of Unicode's general category Cf and their like, as ranges of the standard.
fn is_format(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Takes the secrets of this process out of a text, in every form in which a server is likely to repeat them.
#[derive(Default)]
pub struct Scrubber {
    secrets: Vec<Secret>,
    /// Worked out for the first text: most runs say nothing that could hold a secret.
    forms: OnceLock<Vec<Secret>>,
}

impl Scrubber {
    /// A scrubber for these secrets: each as it is, in base64, hexadecimal, percent-encoded and JSON-escaped form.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        Scrubber { secrets: secrets.into_iter().cloned().collect(), forms: OnceLock::new() }
    }

    fn forms(&self) -> &[Secret] {
        self.forms.get_or_init(|| {
            let mut forms: Vec<Secret> = self.secrets.iter().flat_map(forms_of).collect();
            // The longest first, so that no form leaves the tail of another behind.
            forms.sort_by_key(|form| std::cmp::Reverse(form.expose().len()));
            forms.dedup();
            forms
        })
    }

    /// The text with [`REDACTED`] in place of each secret.
    pub fn scrub(&self, text: &str) -> String {
        self.forms().iter().fold(text.to_owned(), |text, form| {
            if text.contains(form.expose()) { text.replace(form.expose(), REDACTED) } else { text }
        })
    }

    /// Whether a text has one of the secrets in it, in any of their forms. Short forms are passed over: any long text
    /// may hold them by chance.
    pub fn knows(&self, text: &str) -> bool {
        self.forms().iter().map(Secret::expose).any(|form| form.len() >= 16 && text.contains(form))
    }

    /// Somebody else's text, ready to be shown: cleaned, scrubbed, then cut at [`SHOWN`] characters.
    pub fn outside(&self, text: &str) -> String {
        clip(&self.scrub(&clean(text)), SHOWN)
    }
}

/// The forms of one secret. One of fewer than four characters is not looked for: it would tear up any text.
fn forms_of(secret: &Secret) -> Vec<Secret> {
    let plain = secret.expose();
    if plain.len() < 4 {
        return Vec::new();
    }
    let hex = plain.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let json = serde_json::Value::from(plain).to_string();
    let forms = [
        plain.to_owned(),
        STANDARD.encode(plain),
        STANDARD_NO_PAD.encode(plain),
        URL_SAFE_NO_PAD.encode(plain),
        hex.to_uppercase(),
        hex,
        percent_encoded(plain).to_lowercase(),
        percent_encoded(plain),
        json[1..json.len() - 1].to_owned(),
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

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            encoded + char::from(byte).encode_utf8(&mut [0; 4])
        }
        _ => encoded + &format!("%{byte:02X}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_steering_characters_do_not_survive() {
        assert_eq!(clean("a\u{1b}[31mb\u{9b}c\u{7f}d\u{202e}e\r\n::add-mask::x\u{200b}"), "a[31mbcde  ::add-mask::x");
        assert_eq!(clip(&"é".repeat(400), 300).chars().count(), 301);
    }

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
