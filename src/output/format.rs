//! The formats: a token becomes the bytes of a line, an object, or an assignment. No format reads or writes anything.

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::shell::Shell;
use crate::catalog::Kind;
use crate::error::{Failure, Note, Result};
use crate::json::{Buffer, Writer};
use crate::secret::Secret;
use crate::time;
use crate::token::{Role, Token};

/// How a token is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The token and a line feed.
    Raw,
    /// One JSON object on one line.
    Json,
    /// An assignment for a shell to evaluate.
    Export(Shell),
    /// `NAME=token` lines.
    Dotenv,
    /// A mask command on stdout, `NAME=token` appended to the file that `GITHUB_ENV` names.
    GithubEnv,
    /// The same with `GITHUB_OUTPUT`.
    GithubOutput,
}

impl Format {
    /// What `--output` takes. Its `export` is for `sh`: `--shell` names another.
    pub const NAMES: [(&'static str, Format); 6] = [
        ("raw", Format::Raw),
        ("json", Format::Json),
        ("export", Format::Export(Shell::Sh)),
        ("dotenv", Format::Dotenv),
        ("github-env", Format::GithubEnv),
        ("github-output", Format::GithubOutput),
    ];

    /// The format of a name, for this shell where it depends on one.
    pub fn named(name: &str, shell: Shell) -> Option<Format> {
        let found = Format::NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)?;
        Some(if let Format::Export(_) = found { Format::Export(shell) } else { found })
    }

    /// The variable that names the file of a GitHub format.
    pub fn github_variable(self) -> Option<&'static str> {
        match self {
            Format::GithubEnv => Some("GITHUB_ENV"),
            Format::GithubOutput => Some("GITHUB_OUTPUT"),
            _ => None,
        }
    }
}

/// The variables that carry a token and its refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// For the token.
    pub token: String,
    /// For the refresh token, if one comes with it.
    pub refresh: String,
}

impl Names {
    /// The documented names of a kind, or the one that `--name` gives.
    ///
    /// # Errors
    /// Exit 2 for a name that is none, or that a shell, a loader or an interpreter acts on.
    pub fn new(kind: &Kind, name: Option<&str>) -> Result<Self> {
        let token = name.unwrap_or(kind.variable).to_owned();
        let first = token.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        if !first || !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(Failure::usage("--name must be a variable name: letters, digits and _, no digit first"));
        }
        if is_acted_on(&token) {
            return Err(Failure::usage(format!(
                "--name {token} is refused: shells, loaders or interpreters act on it"
            ))
            .with_hint("use a name of your own, such as MY_TOKEN"));
        }
        let refresh = match token.strip_suffix("_TOKEN") {
            Some(stem) => format!("{stem}_REFRESH_TOKEN"),
            None => format!("{token}_REFRESH_TOKEN"),
        };
        Ok(Names { token, refresh })
    }

    /// Each variable with its value.
    pub fn assignments<'a>(&'a self, token: &'a Token) -> impl Iterator<Item = (&'a str, &'a str)> {
        let named = [(&self.token, Role::Token), (&self.refresh, Role::Refresh)];
        named.into_iter().filter_map(|(name, role)| Some((name.as_str(), token.get(role)?)))
    }
}

/// Variables that change what programs do: setting one from a token would be an accident or an attack.
fn is_acted_on(name: &str) -> bool {
    const WHOLE: [&str; 15] = [
        "PATH",
        "HOME",
        "SHELL",
        "IFS",
        "ENV",
        "BASH_ENV",
        "SHELLOPTS",
        "BASHOPTS",
        "PROMPT_COMMAND",
        "PS1",
        "PS2",
        "PS3",
        "PS4",
        "NODE_OPTIONS",
        "PS0",
    ];
    const PREFIXES: [&str; 5] = ["PYTHON", "PERL5", "RUBY", "LD_", "DYLD_"];
    WHOLE.contains(&name)
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || name.to_ascii_uppercase().ends_with("_PROXY")
}

/// Bytes on their way out.
pub struct Rendered {
    /// What stdout, or the file of `--write`, gets.
    pub bytes: Zeroizing<Vec<u8>>,
    /// What is appended to the file of a GitHub format.
    pub appended: Zeroizing<Vec<u8>>,
    /// What is set in the file of `-o dotenv --write`.
    pub variables: Vec<(String, Secret)>,
}

/// Writes a token in a format. `notes` reach the `warnings` of JSON and nothing else; `now` gives `expires_in`.
pub fn render(token: &Token, format: Format, names: &Names, notes: &[Note], now: Timestamp) -> Rendered {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut appended = Zeroizing::new(Vec::new());
    let mut variables = Vec::new();
    let pairs = || names.assignments(token);
    match format {
        Format::Raw => {
            bytes.extend_from_slice(token.text().as_bytes());
            bytes.push(b'\n');
        }
        Format::Json => *bytes = object(token, notes, now),
        Format::Export(shell) => {
            for (name, value) in pairs() {
                bytes.extend_from_slice(Zeroizing::new(shell.set_variable(name, value)).as_bytes());
            }
        }
        Format::Dotenv => {
            append_assignments(&mut bytes, pairs());
            variables.extend(pairs().map(|(name, value)| (name.to_owned(), Secret::new(value.to_owned()))));
        }
        Format::GithubEnv | Format::GithubOutput => {
            // A believable token has no %, CR or LF, so nothing in a workflow command needs escaping.
            for (_, value) in pairs() {
                for part in ["::add-mask::", value, "\n"] {
                    bytes.extend_from_slice(part.as_bytes());
                }
            }
            append_assignments(&mut appended, pairs());
        }
    }
    Rendered { bytes, appended, variables }
}

fn append_assignments<'a>(bytes: &mut Vec<u8>, pairs: impl Iterator<Item = (&'a str, &'a str)>) {
    for (name, value) in pairs {
        for part in [name, "=", value, "\n"] {
            bytes.extend_from_slice(part.as_bytes());
        }
    }
}

fn object(token: &Token, notes: &[Note], now: Timestamp) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_object(&mut Writer::new(&mut bytes), token, notes, now, &[]);
    bytes.push(b'\n');
    bytes
}

/// The JSON object of a token for a web page: with `expiry_at` in milliseconds, as JavaScript counts, and with more
/// members.
pub fn served(token: &Token, notes: &[Note], now: Timestamp, more: &[(&'static str, String)]) -> String {
    let mut text = String::new();
    // The same moment as `expires_at`, which has whole seconds.
    let expiry = token.expires_at.map_or_else(|| "null".to_owned(), |expiry| (expiry.as_second() * 1_000).to_string());
    let mut members = vec![("expiry_at", expiry)];
    members.extend(more.iter().cloned());
    write_object(&mut Writer::new(&mut text), token, notes, now, &members);
    text
}

fn write_object<B: Buffer>(
    json: &mut Writer<B>,
    token: &Token,
    notes: &[Note],
    now: Timestamp,
    more: &[(&'static str, String)],
) {
    json.object().string("kind", token.kind);
    for (member, value) in &token.members {
        json.string_or_null(member.key, value.as_ref().map(Secret::expose));
    }
    json.string_or_null("expires_at", token.expires_at.map(time::rfc3339).as_deref());
    match token.expires_at {
        Some(expiry) => json.number("expires_in", expiry.as_second() - now.as_second()),
        None => json.raw("expires_in", "null"),
    };
    for (key, raw) in more {
        json.raw(key, raw);
    }
    if !notes.is_empty() {
        json.array_in("warnings");
        for note in notes {
            json.string_item(note.text());
        }
        json.end_array();
    }
    json.end();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signalwire::{chat, guest};
    use crate::token::Member;

    fn guest() -> Token {
        Token {
            kind: "guest",
            members: vec![
                (Member::TOKEN, Some(Secret::new("aaa.bbb".into()))),
                (Member::REFRESH, Some(Secret::new("ccc".into()))),
            ],
            expires_at: Timestamp::from_second(1_700_000_060).ok(),
        }
    }

    fn written(format: Format, name: Option<&str>) -> (String, String) {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let names = Names::new(&guest::KIND, name).unwrap();
        let rendered = render(&guest(), format, &names, &[Note::Hint("mind".into())], now);
        (String::from_utf8(rendered.bytes.to_vec()).unwrap(), String::from_utf8(rendered.appended.to_vec()).unwrap())
    }

    #[test]
    fn every_format_writes_what_the_contract_says() {
        assert_eq!(written(Format::Raw, None).0, "aaa.bbb\n");
        assert_eq!(
            written(Format::Json, None).0,
            "{\"kind\":\"guest\",\"token\":\"aaa.bbb\",\"refresh_token\":\"ccc\",\"expires_at\":\"2023-11-14T22:14:20Z\",\"expires_in\":60,\"warnings\":[\"mind\"]}\n"
        );
        assert_eq!(
            written(Format::Export(Shell::Sh), None).0,
            "export SIGNALWIRE_GUEST_TOKEN='aaa.bbb'\nexport SIGNALWIRE_GUEST_REFRESH_TOKEN='ccc'\n"
        );
        assert_eq!(written(Format::Dotenv, Some("MINE")).0, "MINE=aaa.bbb\nMINE_REFRESH_TOKEN=ccc\n");
        assert_eq!(
            written(Format::GithubEnv, Some("A_TOKEN")),
            ("::add-mask::aaa.bbb\n::add-mask::ccc\n".into(), "A_TOKEN=aaa.bbb\nA_REFRESH_TOKEN=ccc\n".into())
        );
    }

    #[test]
    fn names_that_are_code_are_refused() {
        for wrong in [
            "",
            "1A",
            "A-B",
            "A;id",
            "A B",
            "É",
            "PATH",
            "PS4",
            "LD_PRELOAD",
            "PYTHONPATH",
            "https_proxy",
            "NO_PROXY",
            "IFS",
        ] {
            assert!(Names::new(&chat::KIND, Some(wrong)).is_err(), "{wrong}");
        }
        for right in ["A", "_a1", "PATHS", "PS5", "MY_TOKEN"] {
            assert!(Names::new(&chat::KIND, Some(right)).is_ok(), "{right}");
        }
    }
}
