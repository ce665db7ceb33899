//! A request on paper: as text, as JSON, and as a curl command. Credentials are never part of it.

use serde_json::value::RawValue;

use crate::catalog::{Field, Request};
use crate::http::USER_AGENT;
use crate::options::Settings;
use crate::redact::REDACTED;
use crate::signalwire::Space;
use crate::text::{sh_quoted, sh_word};

/// The headers that say what a request is, in the order in which they are shown.
fn headers() -> [(&'static str, String); 4] {
    [
        ("Authorization", format!("Basic {REDACTED}")),
        ("Content-Type", "application/json".to_owned()),
        ("Accept", "application/json".to_owned()),
        ("User-Agent", USER_AGENT.to_owned()),
    ]
}

impl Request {
    /// Method, URL, headers, a blank line, the body.
    pub fn as_text(&self, space: &Space) -> String {
        let headers = headers().iter().fold(String::new(), |text, (name, value)| text + &format!("{name}: {value}\n"));
        format!("POST {space}{}\n{headers}\n{}\n", self.endpoint.path, self.redacted())
    }

    /// One JSON object on one line: `method`, `url`, `headers`, `body`.
    pub fn as_json(&self, space: &Space, warnings: &[&str]) -> String {
        let headers: serde_json::Map<String, serde_json::Value> =
            headers().into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let shown = Shown {
            method: "POST",
            url: format!("{space}{}", self.endpoint.path),
            headers,
            body: RawValue::from_string(self.redacted()).ok(),
            warnings,
        };
        format!("{}\n", serde_json::to_string(&shown).unwrap_or_default())
    }

    /// A command for POSIX `sh` that sends the same bytes, with the credentials from the environment.
    pub fn as_curl(&self, space: &Space, settings: &Settings) -> String {
        let cacert = settings.cacert.as_ref().filter(|path| path.as_os_str() != "system");
        let cacert =
            cacert.map_or_else(String::new, |path| format!(" \\\n  --cacert {}", sh_word(&path.to_string_lossy())));
        format!(
            "curl --silent --show-error --max-time {} --user \"$SIGNALWIRE_PROJECT_ID:$SIGNALWIRE_API_TOKEN\" \\\n  \
             --header 'Content-Type: application/json' --header 'Accept: application/json'{cacert} \\\n  \
             --data-raw {} \\\n  {}\n",
            settings.timeout.as_secs().max(1),
            self.body_for_sh(),
            sh_quoted(&format!("{space}{}", self.endpoint.path)),
        )
    }

    /// The variables from which the curl command takes secrets of the body.
    pub fn secret_variables(&self) -> impl Iterator<Item = String> {
        self.secret_fields().map(|field| self.secret_variable(field))
    }

    fn secret_variable(&self, field: &Field) -> String {
        format!("SIGNALWIRE_{}_{}", self.kind.name.to_uppercase(), field.key.to_uppercase())
    }

    /// The body as a word for `sh`, in which a variable that must be set takes the place of a secret.
    fn body_for_sh(&self) -> String {
        const MARK: &str = "\u{1a}";
        let mut word = sh_quoted(&self.shown(|_| MARK.to_owned()));
        for field in self.secret_fields() {
            let variable = self.secret_variable(field);
            let demanded = format!("'\"${{{variable}:?set it to the {} as a JSON string}}\"'", field.key);
            word = word.replacen(MARK, &demanded, 1);
        }
        word
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
