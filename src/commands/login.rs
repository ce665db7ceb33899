//! What the requests of a run authenticate with: the set of credentials, a token at hand, one that is minted first, or
//! nothing.

use std::path::Path;

use super::fingerprint::hash_of;
use super::job::Job;
use crate::catalog::{Authentication, Bearer, Defaults, Draft, Given, Kind, Request};
use crate::credentials::{Needs, ShellWord};
use crate::error::{Failure, Note, Result};
use crate::json;
use crate::providers;
use crate::secret::Secret;
use crate::signalwire::credentials::SPACE;
use crate::text;

/// What the requests of a run authenticate with.
pub enum Login {
    /// The set of credentials.
    Set,
    /// A token at hand.
    Token(Held),
    /// A token that is minted first, with the set of credentials.
    Issued(Box<Request>),
    /// A token that was not given: enough for a request on paper.
    Absent(&'static Bearer),
    /// Nothing.
    Nothing,
}

/// A token and the place that it came from.
pub struct Held {
    /// The token.
    pub token: Secret,
    /// The place, as the end of a sentence.
    pub place: String,
    /// The token in a shell.
    pub word: ShellWord,
}

impl Login {
    /// What the flags and the environment give for a kind. Secrets that flags name have been read; what stands under a flag
    /// in `mint.given` is still as it was typed.
    ///
    /// # Errors
    /// Exit 2 where two sources are given or a file holds another token, 3 where the variable does.
    pub fn find(job: &Job, kind: &Kind, given: &Given) -> Result<Self> {
        match kind.endpoint().map(|endpoint| &endpoint.authentication) {
            None | Some(Authentication::Basic) => Ok(Login::Set),
            Some(Authentication::None(_)) => Ok(Login::Nothing),
            Some(Authentication::Bearer(bearer)) => bearer_token(job, bearer, given),
        }
    }

    /// How much of the set of credentials it needs.
    pub fn needs(&self) -> Needs {
        match self {
            Login::Set | Login::Issued(_) => Needs::Set,
            Login::Token(_) | Login::Absent(_) | Login::Nothing => Needs::Only(SPACE),
        }
    }

    /// What was asked for besides the fields of the request.
    pub fn asked(&self) -> Vec<(String, String)> {
        let Login::Issued(request) = self else { return Vec::new() };
        request.body.iter().map(|(key, raw)| (key.to_owned(), raw.to_owned())).collect()
    }

    /// The same, and of a token at hand its hash: what another one gives is another token.
    pub fn identity(&self) -> Vec<(String, String)> {
        match self {
            Login::Token(held) => vec![("authorization".to_owned(), hash_of(&held.token))],
            _ => self.asked(),
        }
    }

    /// What is worth saying where requests go on for long.
    pub fn lasting(&self, kind: &Kind) -> Option<Note> {
        let bearer = match kind.endpoint().map(|endpoint| &endpoint.authentication) {
            Some(Authentication::Bearer(bearer)) if matches!(self, Login::Token(_)) => bearer,
            _ => return None,
        };
        let (name, issue) = (bearer.sought.name, bearer.issue.example());
        Some(Note::Hint(format!("when the {name} expires, calls fail; with {issue} the server mints new ones itself")))
    }

    /// What is worth saying of a request on paper.
    pub fn note(&self) -> Option<Note> {
        let Login::Issued(request) = self else { return None };
        let (path, body) = (request.endpoint.path, request.redacted());
        Some(Note::Note(format!("a {} token is minted first, with POST {path} {body}", request.kind.name)))
    }
}

/// What is said where the token is missing.
pub fn absent(bearer: &Bearer) -> Failure {
    let (token, issue) = (bearer.token.example(), bearer.issue.example());
    Failure::configuration(format!("no {} found", bearer.sought.name))
        .with_hint(format!("set {}, or add {token}, or {issue} to mint one first", bearer.sought.variable))
}

fn bearer_token(job: &Job, bearer: &'static Bearer, given: &Given) -> Result<Login> {
    let typed = |flag: &'static str| given.get(flag).and_then(|values| values.iter().flatten().last());
    let (token, issue) = (typed(bearer.token.flag.name), typed(bearer.issue.flag.name));
    let name = bearer.sought.variable;
    let variable = job.app.env.required_text(name).map_err(|failure| {
        failure.with_hint(format!("unset it, or set it to the output of tokenmint {}", bearer.issuer))
    })?;
    let sources =
        [token.map(|_| bearer.token.dashed()), issue.map(|_| bearer.issue.dashed()), variable.map(|_| name.to_owned())];
    let sources: Vec<String> = sources.into_iter().flatten().collect();
    if let [first, second, ..] = &sources[..] {
        return Err(Failure::usage(format!("{first} and {second} cannot be used together"))
            .with_hint(format!("each gives the {}; keep one of them", bearer.sought.name)));
    }
    match (token, issue, variable) {
        (Some(text), ..) => from_text(job, bearer, text),
        (_, Some(reference), _) => issued(job, bearer, reference),
        (_, _, Some(text)) => from_variable(job, bearer, text),
        (None, None, None) => Ok(Login::Absent(bearer)),
    }
}

/// What to do about a token that is another.
fn mint_one(bearer: &Bearer) -> String {
    format!("mint one with tokenmint {} {}", bearer.issuer, bearer.issue.example())
}

fn from_text(job: &Job, bearer: &Bearer, text: &str) -> Result<Login> {
    let flag = bearer.token.dashed();
    let found = bearer.sought.find(&flag, text).map_err(|failure| failure.with_hint(mint_one(bearer)))?;
    let typed = job.mint.given.get(bearer.token.flag.name).and_then(|values| values.iter().flatten().last());
    let file = typed.and_then(|typed| typed.strip_prefix('@')).filter(|_| found.is_bare);
    // A pipe of this shell is not there for another one.
    let file = file.map(Path::new).filter(|path| path.is_file());
    let word = file.and_then(ShellWord::content);
    let demanded = || ShellWord::demanded(bearer.sought.variable, &format!("the {}", bearer.sought.name));
    Ok(Login::Token(Held {
        token: found.token,
        place: format!("it came from {flag}"),
        word: word.unwrap_or_else(demanded),
    }))
}

fn from_variable(job: &Job, bearer: &Bearer, text: &str) -> Result<Login> {
    let (name, token) = (bearer.sought.variable, text.trim());
    if let Some(misfit) = bearer.sought.misfit(token) {
        return Err(Failure::configuration(format!("{name} {misfit}")).with_hint(mint_one(bearer)));
    }
    if token.len() != text.len() {
        job.app.notes.push(Note::Warning(format!("{name} has surrounding white space, which is ignored")));
    }
    let (token, place) = (Secret::new(token.to_owned()), format!("it came from {name}"));
    Ok(Login::Token(Held { token, place, word: ShellWord::variable(name) }))
}

/// The request for a token of the issuer's, by its own rules.
fn issued(job: &Job, bearer: &'static Bearer, reference: &str) -> Result<Login> {
    let given = Given::from([(bearer.issue.flag.name, vec![Some(reference.to_owned())])]);
    let issuer = providers::kind(bearer.issuer).ok_or_else(|| Failure::internal("a token that nothing mints"))?;
    let draft = Draft::new(issuer, &given, None, Defaults::default(), job.app)?;
    Ok(Login::Issued(Box::new(draft.finish()?)))
}

/// The command that prints the token of a request which comes first, as words of a shell.
pub fn command(job: &Job, request: &Request) -> ShellWord {
    let mut words = vec!["tokenmint".to_owned(), request.kind.name.to_owned()];
    let mut flag = |name: &str, value: &str| words.extend([name.to_owned(), text::sh_word(value)]);
    if let Some(profile) = job.profile() {
        flag("--profile", profile);
    }
    if let Some(config) = job.general.config.as_ref().and_then(|path| std::path::absolute(path).ok()) {
        flag("--config", &config.to_string_lossy());
    }
    if let Some(cacert) = &job.mint.settings.cacert {
        flag("--cacert", &cacert.to_string_lossy());
    }
    for field in request.kind.distinct_fields() {
        if let Some(value) = request.body.get(field.key).and_then(json::as_str) {
            flag(&field.dashed(), &value);
        }
    }
    ShellWord::output(&words.join(" "))
}
