//! The endpoint as HTTP: which callers are answered, and the headers that browsers need.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::fields::Fields;
use super::origins::{Caller, Origins};
use super::rate::Rate;
use super::recipe::Shared;
use super::refusal::Refusal;
use crate::error::Failure;
use crate::json::Object;
use crate::output::report::error_json;
use crate::redact::Scrubber;
use crate::server::header::{self, HeaderName, HeaderValue};
use crate::server::{self, Handler, Head, Method, Reply, Request, RequestLog, Unread};
use crate::text;

/// The most tokens that may be asked for at once, those that wait for a thread included.
const MOST_AT_ONCE: usize = 64;

/// The methods that mint, and the one that asks whether they may.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, OPTIONS");

/// What answers callers.
pub(super) struct Endpoint {
    pub path: String,
    pub origins: Origins,
    pub fields: Fields,
    pub recipe: Shared,
    pub scrubber: Scrubber,
    pub log: RequestLog,
    pub rate: Mutex<Rate>,
    pub running: Arc<AtomicUsize>,
}

/// What a caller gets.
enum Answer {
    Token(String),
    Preflight,
    Refused(Refusal),
}

/// A token that is being minted, counted until it is done.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Handler for Endpoint {
    async fn answer(&self, mut request: Request) -> Reply {
        let caller = self.admit(&request.head);
        let (answer, is_read) = match &caller {
            Ok(_) => self.serve(&mut request).await,
            Err(sentence) => (Answer::Refused(Refusal::new(403, sentence.clone())), request.finish().await),
        };
        let page = caller.ok().and_then(|caller| if let Caller::Page(page) = caller { Some(page) } else { None });
        self.reply(&request.head, page, answer, is_read)
    }
}

impl Endpoint {
    /// The sender of a request. A page can make its own host name resolve to loopback, but its `Host` header names it.
    fn admit(&self, head: &Head) -> Result<Caller<'_>, String> {
        if !server::is_local_host(head) {
            return Err("the Host header names another host than this machine".to_owned());
        }
        self.origins.admit(head)
    }

    /// The answer to a caller that may ask, and whether the body has been read.
    async fn serve(&self, request: &mut Request) -> (Answer, bool) {
        let refuse = |status, sentence: &str| Answer::Refused(Refusal::new(status, sentence));
        let is_ours = request.head.uri.path() == self.path;
        let method = request.head.method.clone();
        let early = if !is_ours {
            Some(refuse(404, &format!("tokens are at {}", self.path)))
        } else if method == Method::OPTIONS {
            Some(Answer::Preflight)
        } else if method != Method::GET && method != Method::POST {
            Some(refuse(405, "use GET or POST"))
        } else {
            None
        };
        if let Some(answer) = early {
            return (answer, request.finish().await);
        }
        match request.read().await {
            Ok(body) => {
                let minted = match self.fields(&request.head, &body) {
                    Ok(fields) => self.mint(fields).await,
                    Err(failure) => Err(Refusal::of(failure)),
                };
                (minted.map_or_else(Answer::Refused, Answer::Token), true)
            }
            Err(Unread::Slow) => (refuse(408, "the body did not arrive in time"), false),
            Err(Unread::Broken) => (refuse(400, "the body cannot be read"), request.finish().await),
            Err(Unread::TooLarge) => (refuse(413, "the body is larger than 1 MiB"), request.finish().await),
        }
    }

    /// The fields that a request sets.
    fn fields(&self, head: &Head, body: &[u8]) -> Result<Object, Failure> {
        let body = std::str::from_utf8(body).map_err(|_| Failure::usage("the body is not UTF-8 text"))?;
        if !body.is_empty() && head.method == Method::GET {
            return Err(Failure::usage("a GET request cannot have a body").with_hint("use the query, or POST"));
        }
        let content_type = head.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
        if !body.is_empty() && !content_type.is_none_or(server::is_json) {
            return Err(Failure::usage("Content-Type must be application/json"));
        }
        self.fields.read(head.uri.query().unwrap_or_default(), body)
    }

    async fn mint(&self, fields: Object) -> Result<String, Refusal> {
        // What is wrong with the fields costs no mint.
        let prepared = self.recipe.prepare(fields).map_err(Refusal::of)?;
        let place = self.place().ok_or_else(Refusal::busy)?;
        if !self.rate.lock().unwrap_or_else(PoisonError::into_inner).admit(Instant::now()) {
            return Err(Refusal::too_many());
        }
        let recipe = Arc::clone(&self.recipe);
        let minting = move || {
            // Counted to its end, even where the caller goes away.
            let _place = place;
            recipe.mint(prepared)
        };
        let lost = || Err(Failure::internal("the mint did not finish"));
        server::blocking(minting).await.unwrap_or_else(lost).map_err(Refusal::of)
    }

    fn place(&self) -> Option<Place> {
        let place = Place(Arc::clone(&self.running));
        (self.running.fetch_add(1, Ordering::Relaxed) < MOST_AT_ONCE).then_some(place)
    }

    /// An answer in HTTP, and on stderr.
    fn reply(&self, head: &Head, page: Option<&str>, answer: Answer, body_is_read: bool) -> Reply {
        let mut extra: Vec<(HeaderName, HeaderValue)> = Vec::new();
        let (status, body, note) = match answer {
            Answer::Token(object) => (200, object, String::new()),
            Answer::Preflight => {
                extra.push((header::ALLOW, METHODS));
                if page.is_some() {
                    extra.extend(preflight(head));
                }
                (204, String::new(), String::new())
            }
            Answer::Refused(refusal) => {
                if refusal.passes() {
                    extra.push((header::RETRY_AFTER, HeaderValue::from_static("1")));
                }
                if refusal.status == 405 {
                    extra.push((header::ALLOW, METHODS));
                }
                let body = error_json(&refusal.failure, &self.scrubber);
                (refusal.status, body, self.recipe.explain(refusal.failure).to_string())
            }
        };
        self.note(head, status, &note);
        let mut reply = server::reply(status, body, body_is_read);
        reply.headers_mut().extend(extra);
        protect(&mut reply, page);
        reply
    }

    /// The line about a request. Its query is left out: it names people.
    fn note(&self, head: &Head, status: u16, note: &str) {
        let (method, path) = (text::clip(head.method.as_str(), 60), text::clip(head.uri.path(), 60));
        let blank = if note.is_empty() { "" } else { " " };
        self.log.line(&self.scrubber.scrub(&format!("{method} {path} {status}{blank}{}", text::clean(note))));
    }
}

/// What a browser asks about before it sends JSON.
fn preflight(head: &Head) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers = vec![
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST")),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type")),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600")),
    ];
    // Chrome asks this before a public page may reach this machine.
    if head.headers.contains_key("access-control-request-private-network") {
        let allow = HeaderName::from_static("access-control-allow-private-network");
        headers.push((allow, HeaderValue::from_static("true")));
    }
    headers
}

/// Lets the page read the reply, if it was named, and nothing else. No cache keeps it.
fn protect(reply: &mut Reply, page: Option<&str>) {
    let headers = reply.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let embedding = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(embedding, HeaderValue::from_static("same-origin"));
    if let Some(page) = page.and_then(|page| HeaderValue::from_str(page).ok()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, page);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
    }
}
