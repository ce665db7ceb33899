//! Placeholders for values that vary from run to run, such as ports, folders, times and tokens.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use crate::harness::{API_TOKEN, GUEST, PROJECT, REFRESH, TOKEN};
use crate::server::Server;
use crate::twilio::SECRET;

/// How far from now a time may be and still count as one that was taken from the clock.
const NEAR: i64 = 400 * 86_400;

/// The values of one invocation and their placeholders, which go both ways.
pub struct Mask {
    values: Vec<(String, String)>,
}

impl Mask {
    pub fn new(server: &Server, root: &Path) -> Self {
        let pair = |value: &str, name: &str| (value.to_owned(), name.to_owned());
        let root = root.display().to_string();
        Mask {
            values: vec![
                pair(&server.space(), "{server}"),
                pair(&server.address().port().to_string(), "{port}"),
                pair(root.trim_end_matches('/'), "{root}"),
                pair(TOKEN, "{chat}"),
                pair(GUEST, "{guest}"),
                pair(REFRESH, "{refresh}"),
                pair(PROJECT, "{project}"),
                pair(API_TOKEN, "{api token}"),
                pair(SECRET, "{twilio secret}"),
                pair(env!("CARGO_PKG_VERSION"), "{version}"),
            ],
        }
    }

    /// One more value and its placeholder.
    pub fn add(&mut self, value: &str, name: &str) {
        self.values.push((value.to_owned(), name.to_owned()));
    }

    /// A JWT of this header and these claims, as `{jwt}`.
    pub fn add_jwt(&mut self, header: &str, claims: &str) {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(self.reveal(text));
        // As long as the algorithm makes one, so that it does not look cut short.
        let lengths = [("HS256", 43), ("HS384", 64), ("HS512", 86)];
        let length = lengths.iter().find(|(name, _)| header.contains(name)).map_or(4, |(_, length)| *length);
        let token = format!("{}.{}.{}", part(header), part(claims), "c".repeat(length));
        self.add(&token, "{jwt}");
    }

    /// A text of a snapshot file with the values that its placeholders stand for. `{a*251}` is 251 letters,
    /// `{-c#=r*3}` is the words `-c1=r -c2=r -c3=r`, and `{now+60}` is the second one minute from now.
    pub fn reveal(&self, text: &str) -> String {
        let known = self.values.iter().fold(text.to_owned(), |text, (value, name)| text.replace(name, value));
        repeat(&known)
    }

    /// An output with its placeholders.
    pub fn hide(&self, text: &str) -> String {
        // Colours are part of the output, but no character that a text file should hold.
        let text = text.replace('\u{1b}', "{esc}").replace('\r', "{cr}");
        // The C library of the static program has other words for it.
        let text = text.replace(": Address in use", ": Address already in use");
        hide_varying(&self.values.iter().fold(text, |text, (value, name)| text.replace(value, name)))
    }
}

/// An output with placeholders for what was taken from the clock or made up at random.
pub fn hide_varying(text: &str) -> String {
    map_numbers(&map_words(&marks(text), word))
}

/// The mark of a batch line's request depends on the server's port: `{mark}`.
fn marks(text: &str) -> String {
    const BEFORE: &str = "\"request\":\"";
    let mut masked = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(BEFORE) {
        let digits = after.bytes().take_while(u8::is_ascii_hexdigit).count();
        for part in [before, BEFORE, if digits == 16 { "{mark}" } else { &after[..digits] }] {
            masked.push_str(part);
        }
        rest = &after[digits..];
    }
    masked + rest
}

/// A text with its repetitions and times written out.
pub fn repeat(text: &str) -> String {
    let mut written = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        written.push_str(before);
        if let Some((text, after)) = repeated(after) {
            written.push_str(&text);
            rest = after;
        } else {
            written.push('{');
            rest = after;
        }
    }
    written + rest
}

/// What `{TEXT*COUNT}` or `{now+SECONDS}` stands for, given what follows the brace, and what comes after it.
fn repeated(after: &str) -> Option<(String, &str)> {
    let (inside, rest) = after.split_once('}')?;
    if let Some(offset) = inside.strip_prefix("now") {
        let offset: i64 = offset.parse().ok()?;
        return Some(((Timestamp::now().as_second() + offset).to_string(), rest));
    }
    let (text, count) = inside.rsplit_once('*').filter(|(text, _)| !text.contains(['{', '"']))?;
    let count: usize = count.parse().ok()?;
    let text = if text.contains('#') {
        (1..=count).map(|number| text.replace('#', &number.to_string())).collect::<Vec<_>>().join(" ")
    } else {
        text.repeat(count)
    };
    Some((text, rest))
}

/// The text with each of its words, made of what tokens and times have, replaced by what `change` makes of it.
fn map_words(text: &str, change: fn(&str) -> Option<&'static str>) -> String {
    let inside = |character: char| character.is_ascii_alphanumeric() || "-_.:+".contains(character);
    let mut mapped = String::new();
    let mut rest = text;
    // A colon in front divides a key from its value.
    while let Some(start) = rest.find(|character| inside(character) && character != ':') {
        mapped.push_str(&rest[..start]);
        let length = rest[start..].find(|character| !inside(character)).unwrap_or(rest.len() - start);
        let (word, after) = rest[start..].split_at(length);
        let bare = word.trim_end_matches(['.', ':']);
        mapped.push_str(change(bare).unwrap_or(bare));
        mapped.push_str(&word[bare.len()..]);
        rest = after;
    }
    mapped + rest
}

/// The placeholder of a word, if it varies.
fn word(word: &str) -> Option<&'static str> {
    let now = Timestamp::now().as_second();
    let near = |second: i64| (second - now).abs() < NEAR;
    if word.starts_with("eyJ") && word.len() > 40 {
        return Some("{token}");
    }
    if let Ok(time) = word.parse::<Timestamp>() {
        return near(time.as_second()).then_some("{time}");
    }
    if let Ok(second) = word.parse::<i64>() {
        return near(second).then_some("{epoch}");
    }
    let port = word.strip_prefix("127.0.0.1:").or_else(|| word.strip_prefix("localhost:"));
    if port.is_some_and(|port| port.len() == 5 && port.bytes().all(|byte| byte.is_ascii_digit())) {
        return Some("127.0.0.1:{free port}");
    }
    let (_, jti) = word.split_once('-').filter(|(key, _)| key.starts_with("SK"))?;
    jti.split('-').next()?.parse().is_ok_and(near).then_some("{jti}")
}

/// Numbers that vary: those before ` ms`, `/s` and ` a second`, behind `"expires_in":`, spans of time that are counted
/// from now, and the system's numbers of errors.
fn map_numbers(text: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| {
            let line = number_before(&number_before(&number_before(line, " ms"), "/s"), " a second");
            let line = number_after(&line, "(os error ");
            spans(&just_now(&duration_of_a_batch(&number_after(&line, "\"expires_in\":"))))
        })
        .collect()
}

/// How long a batch took: milliseconds, but on a busy machine there may be seconds of it.
fn duration_of_a_batch(line: &str) -> String {
    let parts = line.split_once(" failed in ").and_then(|(before, after)| Some((before, after.split_once(" (")?.1)));
    parts.map_or_else(|| line.to_owned(), |(before, after)| format!("{before} failed in {{n}} ms ({after}"))
}

/// The line with the age of what was made for this invocation as `now`: a busy machine may take seconds to start it.
fn just_now(line: &str) -> String {
    let Some((before, after)) = line.split_once("{time}, ") else { return line.to_owned() };
    let seconds = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
    match seconds.strip_prefix("s ago") {
        Some(rest) if seconds.len() < after.len() => format!("{before}{{time}}, now{rest}"),
        _ => line.to_owned(),
    }
}

/// The line with each span that is counted from now, and so varies, as `{span}`: those of two units or more, of more
/// than 30 days, or with a fraction. One of a single unit is what somebody asked for.
fn spans(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let mut kept: Vec<String> = Vec::new();
    let mut rest = words.as_slice();
    while let Some(word) = rest.first() {
        if let Some(end) = rest.get(1).and_then(|unit| years_or_months(word, unit)) {
            kept.push(format!("{{span}}{end}"));
            rest = &rest[2..];
            continue;
        }
        let count = span_words(rest);
        let varies = count > 1 || (count == 1 && is_long(word));
        if varies {
            let last = rest[count - 1];
            let end = last.trim_end_matches(|character: char| !character.is_ascii_alphanumeric()).len();
            let open = &word[..word.len() - unbraced(word).len()];
            kept.push(format!("{open}{{span}}{}", &last[end..]));
        } else {
            kept.extend(rest[..count.max(1)].iter().map(|&word| word.to_owned()));
        }
        rest = &rest[count.max(1)..];
    }
    kept.join(" ")
}

/// What stands behind `6 years` or `4 months`, where these two words are that.
fn years_or_months<'a>(number: &str, unit: &'a str) -> Option<&'a str> {
    let end = ["years", "months"].iter().find_map(|name| unit.strip_prefix(name))?;
    number.parse::<u32>().ok().map(|_| end)
}

/// How many words at the start are one span of time, such as `1h 23m`. A comma ends it.
fn span_words(words: &[&str]) -> usize {
    let spans = words.iter().take_while(|word| is_span(word)).count();
    let whole = words[..spans].iter().take_while(|word| word.ends_with(|last: char| last.is_ascii_lowercase())).count();
    spans.min(whole + 1)
}

/// Whether a word is a number with a unit of time.
fn is_span(word: &str) -> bool {
    let word = unbraced(word).trim_end_matches([',', ')', ';', '.', '\n', '"']);
    let unit = word.trim_start_matches(DIGITS);
    unit.len() < word.len() && ["s", "m", "h", "d", "w", "mo", "y"].contains(&unit)
}

/// The word without the parenthesis in which it is the first.
fn unbraced(word: &str) -> &str {
    word.strip_prefix('(').unwrap_or(word)
}

/// Whether a span is longer than anything that these invocations ask for, or has a fraction.
fn is_long(word: &str) -> bool {
    let word = unbraced(word);
    let number: String = word.chars().take_while(|character| DIGITS.contains(character)).collect();
    let unit = word[number.len()..].trim_end_matches(|character: char| !character.is_ascii_alphanumeric());
    number.contains('.') || (unit == "d" && number.replace(',', "").parse().is_ok_and(|days: u32| days > 31))
}

const DIGITS: [char; 12] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', ','];

fn number_before(line: &str, unit: &str) -> String {
    let mut parts = line.split(unit).map(str::to_owned).collect::<Vec<_>>();
    let last = parts.len() - 1;
    for part in &mut parts[..last] {
        let stem = part.trim_end_matches(DIGITS);
        if stem.len() < part.len() {
            *part = format!("{stem}{{n}}");
        }
    }
    parts.join(unit)
}

fn number_after(line: &str, before: &str) -> String {
    let mut parts = line.split(before).map(str::to_owned).collect::<Vec<_>>();
    for part in &mut parts[1..] {
        let rest = part.trim_start_matches(DIGITS);
        if rest.len() + 1 < part.len() {
            // A number that is all there is of an answer's life; the comma behind it is not part of it.
            let comma = if part[..part.len() - rest.len()].ends_with(',') { "," } else { "" };
            *part = format!("{{n}}{comma}{rest}");
        }
    }
    parts.join(before)
}

#[test]
fn a_slow_machine_changes_no_snapshot() {
    assert_eq!(
        map_numbers("done: 2 minted, 0 failed in 1.2 s (1/s)\n"),
        "done: 2 minted, 0 failed in {n} ms ({n}/s)\n"
    );
    assert_eq!(map_numbers("1 failed in 999 ms (1/s) (1 usage)"), "1 failed in {n} ms ({n}/s) (1 usage)");
    assert_eq!(map_numbers("  issued  {time}, 12s ago\n"), "  issued  {time}, now\n");
    for other in ["  issued  {time}, now\n", "  issued  {time}, 2h ago\n", "  expires {time}, in 5s\n"] {
        assert_eq!(map_numbers(other), other);
    }
}
