//! Text for messages: cleaning, shortening, quoting for a shell, suggestions.

use std::fmt::Write as _;
use std::path::Path;

/// The most characters of foreign text that are ever shown.
pub const SHOWN: usize = 300;

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

/// `1 line`, `2 lines`.
pub fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(words: &[&str], conjunction: &str) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} {conjunction} {last}", first.join(", ")),
    }
}

/// A path fit for a message.
pub fn path(path: &Path) -> String {
    clip(&path.to_string_lossy(), SHOWN)
}

/// Whether a text looks like a key of the configuration file. One that does not may be a value in the wrong place.
pub fn is_key(name: &str) -> bool {
    name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'-')
}

/// JSON in which characters that steer a terminal are written as escapes. Its meaning is unchanged: JSON has none of them
/// outside of strings.
pub fn escaped_json(json: &str) -> String {
    json.chars().fold(String::with_capacity(json.len()), |mut text, character| {
        let steers = (character.is_control() && character != '\n') || is_format(character);
        if steers || matches!(character, '\u{2028}' | '\u{2029}') {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(character);
        }
        text
    })
}

/// A word in single quotes for a POSIX shell.
pub fn sh_quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A word for a POSIX shell, quoted only where that is needed.
pub fn sh_word(word: &str) -> String {
    if is_plain_word(word) { word.to_owned() } else { sh_quoted(word) }
}

/// Whether a POSIX shell takes a word as it is. To zsh `=ls` is the path of `ls`.
pub fn is_plain_word(word: &str) -> bool {
    !word.is_empty()
        && !word.starts_with('=')
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+=:,@%".contains(&byte))
}

/// Whether a text has quotes that a web page or a word processor made of straight ones.
pub fn has_curly_quotes(text: &str) -> bool {
    text.contains(['\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}'])
}

/// The characters of Unicode's general category Cf and their like, as ranges of the standard.
fn is_format(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// The nearest of `known` to `word`, if it is near enough to be a slip: alike from the start on, and mostly made of the
/// same letters.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const NEAR: f64 = 0.8;
    const SAME: f64 = 0.5;
    // The dashes, which all flags share, say nothing.
    let bare = |word: &'_ str| word.trim_start_matches('-').to_owned();
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, candidate)| {
            *likeness >= NEAR && strsim::normalized_damerau_levenshtein(&bare(word), &bare(candidate)) > SAME
        })
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// ` (did you mean 'x'?)`, or nothing.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map_or_else(String::new, |candidate| format!(" (did you mean '{candidate}'?)"))
}

/// What to do about a file that is not UTF-8 text. `>` of Windows PowerShell 5 writes UTF-16 with a byte order mark.
pub fn encoding_hint(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            "it is UTF-16, which > of Windows PowerShell 5 writes; save it as UTF-8: … | Out-File -Encoding utf8 FILE"
        }
        _ => "save it as UTF-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steering_characters_in_json_become_escapes() {
        let json = "{\"a\u{202e}\u{9b}\u{7f}\":\"é\u{e0001} x\"}\n";
        assert_eq!(escaped_json(json), "{\"a\\u202e\\u009b\\u007f\":\"é\\udb40\\udc01 x\"}\n");
    }

    #[test]
    fn control_and_steering_characters_do_not_survive() {
        assert_eq!(clean("a\u{1b}[31mb\u{9b}c\u{7f}d\u{202e}e\r\n::add-mask::x\u{200b}"), "a[31mbcde  ::add-mask::x");
        assert_eq!(clip(&"é".repeat(400), 300).chars().count(), 301);
    }
}
