//! A request on paper: as text, as JSON, and as a curl command. Credentials are never part of it.

use serde_json::value::RawValue;

use crate::catalog;
use crate::catalog::{Field, Input};
use crate::credentials::ShellWord;
use crate::http::{Request, Settings};
use crate::redact::REDACTED;
use crate::signalwire::Space;
use crate::text::{sh_quoted, sh_word};

/// The headers in the order in which they are shown.
fn headers(request: &Request) -> Vec<(&'static str, String)> {
    let authorization = request.authorization.scheme().map(|scheme| ("Authorization", format!("{scheme} {REDACTED}")));
    let others = Request::headers().map(|(name, value)| (name, value.to_owned()));
    authorization.into_iter().chain(others).collect()
}

/// Method, URL, headers, a blank line, the body.
pub fn text(request: &Request, space: &Space) -> String {
    let headers =
        headers(request).iter().fold(String::new(), |text, (name, value)| text + &format!("{name}: {value}\n"));
    format!("{} {space}{}\n{headers}\n{}\n", Request::METHOD, request.path, request.body)
}

/// One JSON object on one line: `method`, `url`, `headers`, `body`.
pub fn json(request: &Request, space: &Space, warnings: &[&str]) -> String {
    let headers = headers(request).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let shown = Shown {
        method: Request::METHOD,
        url: format!("{space}{}", request.path),
        headers,
        body: RawValue::from_string(request.body.clone()).ok(),
        warnings,
    };
    format!("{}\n", serde_json::to_string(&shown).unwrap_or_default())
}

/// What authenticates a curl command: what stands inside of double quotes.
pub enum Login {
    /// User and password.
    Pair(ShellWord, ShellWord),
    /// A token.
    Token(ShellWord),
    /// Nothing.
    Nothing,
}

impl Login {
    /// The variables that it needs.
    pub fn variables(&self) -> impl Iterator<Item = String> {
        let words = match self {
            Login::Pair(user, password) => [Some(user), Some(password)],
            Login::Token(token) => [Some(token), None],
            Login::Nothing => [None, None],
        };
        words.into_iter().flatten().filter_map(|word| word.variable.clone())
    }

    /// The words of the command.
    fn words(&self) -> String {
        match self {
            Login::Pair(user, password) => format!(" --user \"{}:{}\"", user.text, password.text),
            // curl hides the values of both flags from a list of processes, and the value of a header from none.
            Login::Token(token) => format!(" --oauth2-bearer \"{}\"", token.text),
            Login::Nothing => String::new(),
        }
    }
}

/// A command for POSIX `sh` that sends the same bytes, with credentials from where they are stored. The name under which
/// curl introduces itself stays its own.
pub fn curl(request: &Request, body: &Body, space: &Space, login: &Login, settings: &Settings) -> String {
    let headers = Request::headers().into_iter().filter(|(name, _)| *name != "User-Agent");
    let headers: Vec<String> =
        headers.map(|(name, value)| format!("--header {}", sh_quoted(&format!("{name}: {value}")))).collect();
    let cacert = settings.cacert.as_ref().filter(|path| path.as_os_str() != "system");
    let cacert =
        cacert.map_or_else(String::new, |path| format!(" \\\n  --cacert {}", sh_word(&path.to_string_lossy())));
    format!(
        "{}curl --silent --show-error --max-time {}{} \\\n  {}{cacert} \\\n  {} \\\n  {}\n",
        body.before,
        settings.timeout.as_secs().max(1),
        login.words(),
        headers.join(" "),
        body.flag,
        sh_quoted(&format!("{space}{}", request.path)),
    )
}

/// The variables from which the curl command takes secrets of the body.
pub fn secret_variables(request: &catalog::Request) -> Vec<String> {
    request.secret_fields().map(|field| secret_variable(request, field)).collect()
}

fn secret_variable(request: &catalog::Request, field: &Field) -> String {
    if let Input::Token(sought) = field.input {
        return sought.variable.to_owned();
    }
    format!("SIGNALWIRE_{}_{}", request.kind.name.to_uppercase(), field.key.to_uppercase())
}

/// The body of a curl command.
pub struct Body {
    /// What comes before the command.
    before: String,
    /// The flag that gives the body.
    flag: String,
}

impl Body {
    /// The body of a request. Variables that must be set take the place of secrets, and reach curl through a pipe: its
    /// arguments are in the list of processes.
    pub fn for_sh(request: &catalog::Request) -> Self {
        const MARK: &str = "\u{1a}";
        let mut word = sh_quoted(&request.shown(|_| MARK.to_owned()));
        let mut demands = Vec::new();
        for field in request.secret_fields() {
            let variable = secret_variable(request, field);
            // A token has no character that JSON escapes, so the variable is what `-o export` sets.
            let (what, quote) = match field.input {
                Input::Token(_) => (field.key.to_owned(), "\""),
                _ => (format!("{} as a JSON string", field.key), ""),
            };
            // Not inside of the pipe, which would go on without it.
            demands.push(format!(": \"${{{variable}:?set it to the {what}}}\" &&\n"));
            word = word.replacen(MARK, &format!("{quote}'\"${variable}\"'{quote}"), 1);
        }
        if demands.is_empty() {
            return Body { before: String::new(), flag: format!("--data-raw {word}") };
        }
        Body { before: format!("{}printf %s {word} |\n", demands.concat()), flag: "--data-binary @-".to_owned() }
    }
}

#[derive(serde::Serialize)]
struct Shown<'a> {
    method: &'static str,
    url: String,
    headers: serde_json::Map<String, serde_json::Value>,
    body: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    warnings: &'a [&'a str],
}
