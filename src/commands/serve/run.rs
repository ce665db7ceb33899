//! The run of the server: what was typed is checked, credentials are found once, and callers are answered until a signal
//! ends it.

use std::sync::{Arc, Mutex};

use super::endpoint::Endpoint;
use super::fields::Fields;
use super::origins::Origins;
use super::recipe::Recipe;
use crate::commands::job::Job;
use crate::credentials::environment;
use crate::error::{Failure, Note, Result};
use crate::options::Serve;
use crate::output::deliver;
use crate::providers::SCHEMAS;
use crate::server::{Exposure, Listener, RequestLog, parse_address};
use crate::text;

const EXPOSURE: Exposure =
    Exposure { flag: "--serve", reason: "others on the network could mint tokens", free: "--serve 127.0.0.1:0" };

/// Where it listens if nothing else is asked for.
const DEFAULT_PORT: u16 = 8794;
const DEFAULT_PATH: &str = "/token";

/// Answers callers until SIGINT, SIGTERM or SIGHUP.
///
/// # Errors
/// Exit 2 or 3 for what cannot be served, 1 for a port that is in use.
pub fn run(job: &Job, serve: &Serve) -> Result<u8> {
    let address = match &serve.address {
        Some(typed) => parse_address(typed, &EXPOSURE, DEFAULT_PORT)?,
        None => ([127, 0, 0, 1], DEFAULT_PORT).into(),
    };
    let (path, origins) = (path(serve.path.as_deref())?, Origins::new(&serve.origins)?);
    let fields = Fields::new(job.mint.kind, &serve.fields)?;
    let recipe = Recipe::new(job, fields.keys())?;
    let listener = Listener::bind(address, &EXPOSURE)?;
    let url = format!("http://{}", listener.address());
    let warning = format!("for development only: any program on this machine can get tokens from {url}{path}");
    job.app.notes.push(Note::Warning(warning));
    if origins.is_empty() {
        let hint = "pages need their origin named, for example --origin http://localhost:5173";
        job.app.notes.push(Note::Hint(hint.to_owned()));
    }
    job.report.aside(&job.app.notes.take());
    let log = if job.general.verbosity.quiet { RequestLog::silent() } else { RequestLog::to_stderr() };
    let scrubber = environment::scrubber(&job.app.env, &SCHEMAS);
    let endpoint = Endpoint {
        path,
        origins,
        fields,
        recipe: Arc::new(recipe),
        scrubber,
        log,
        rate: Mutex::default(),
        running: Arc::default(),
    };
    listener.serve(None, Arc::new(endpoint), || deliver::stdout(format!("listening on {url}\n").as_bytes()))?;
    Ok(0)
}

/// The path of the endpoint.
fn path(typed: Option<&str>) -> Result<String> {
    let path = typed.unwrap_or(DEFAULT_PATH);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    if path.starts_with('/') && path.len() <= 200 && path.bytes().all(is_plain) {
        return Ok(path.to_owned());
    }
    Err(Failure::usage(format!(
        "--path must begin with / and contain only letters, digits and / - . _ ~, got '{}'",
        text::clip(path, 60)
    ))
    .with_hint("for example --path /api/token"))
}
