//! What is wrong with a token. For a Twilio token each sentence begins with the code of the error that the service would
//! answer (Twilio's pages of errors, and what people report under them), since that is what a client shows.

use jiff::Timestamp;

use super::decode::Format;
use super::token_type::{self, TokenType};
use super::validity::{self, End};
use super::{Inspected, Signature};
use crate::json::Object;
use crate::text::clip;
use crate::time;
use crate::twilio::MAX_TTL_SECONDS;
use crate::twilio::claims::CONTENT_TYPE;
use crate::twilio::identity::{self, Product};
use crate::twilio::region;
use crate::twilio::sid::Sid;

/// Everything that is wrong, the worst first.
pub fn of(token: &Inspected, now: Timestamp) -> Vec<String> {
    let mut found = Vec::new();
    let code = |code: &str| {
        if token.kind == TokenType::Twilio { format!("{code}: ") } else { String::new() }
    };
    found.extend(token.look());
    found.extend(token.faults.iter().map(|fault| format!("{}{fault}", code("20101"))));
    if token.kind == TokenType::Twilio {
        header(token, &mut found);
        match token.claims.as_ref() {
            Some(claims) => twilio_claims(token, claims, now, &mut found),
            None => found.push("20101: the claims cannot be read".to_owned()),
        }
    }
    found.extend(token.validity.faults.iter().map(|fault| format!("{}{fault}", code("20156"))));
    times(token, now, &code, &mut found);
    if token.signature == Signature::Invalid {
        found.push(format!("20107: the signature does not match the API key secret{}", token.other_key()));
    }
    found
}

/// The header must be exactly this (Twilio, "Access Tokens"; errors 20102 and 20160).
fn header(token: &Inspected, found: &mut Vec<String>) {
    let Some(header) = token.header.as_ref() else { return };
    if token.claims.as_ref().is_some_and(token_type::is_capability) {
        found.push("20102: a capability token; Access Tokens have replaced these".to_owned());
        return;
    }
    for (key, wanted) in [("alg", "HS256"), ("typ", "JWT"), ("cty", CONTENT_TYPE)] {
        match token_type::text(header, key) {
            Some(value) if value == wanted => {}
            Some(value) => {
                found.push(format!("20102: the header has {key} '{}', expected {wanted}", clip(&value, 40)));
            }
            None => found.push(format!("20102: the header has no {key}, expected {wanted}")),
        }
    }
}

fn twilio_claims(token: &Inspected, claims: &Object, now: Timestamp, found: &mut Vec<String>) {
    if token_type::is_capability(claims) {
        return;
    }
    for (key, sid) in [("iss", Sid::ApiKey), ("sub", Sid::Account)] {
        match token_type::text(claims, key).map(|given| sid.check(&given)) {
            Some(Ok(())) => {}
            Some(Err(fault)) => found.push(format!("20103: {key} {fault}")),
            None => found.push(format!("20103: {key}, {}, is missing", sid.name())),
        }
    }
    grants(token, claims, found);
    span(token, claims, now, found);
}

fn grants(token: &Inspected, claims: &Object, found: &mut Vec<String>) {
    let Some(grants) = claims.get("grants").and_then(|raw| Object::parse(raw).ok()) else {
        found.push("20106: no grants".to_owned());
        found.push("51105: no identity (Voice answers 31204)".to_owned());
        return;
    };
    let keys: Vec<&str> = grants.iter().map(|(key, _)| key).filter(|key| *key != "identity").collect();
    if keys.is_empty() {
        found.push("20106: the grants are empty".to_owned());
    }
    for key in &keys {
        let grant = grants.get(key).and_then(|raw| Object::parse(raw).ok());
        match grant {
            Some(grant) => found.extend(grant_fault(key, &grant).map(|fault| format!("20106: {fault}"))),
            None => found.push(format!("20106: the grant {} is not an object", clip(key, 40))),
        }
    }
    let products: Vec<Product> = keys.iter().map(|key| Product::of_grant(key)).collect();
    identity(&grants, &products, found);
    let region = token.header.as_ref().and_then(|header| token_type::text(header, "twr"));
    let foreign = region.filter(|region| region != region::DEFAULT);
    if let Some(region) = foreign.filter(|_| products.contains(&Product::Video)) {
        let region = clip(&region, 40);
        found.push(format!("51007: Video accepts only API keys of us1, and twr is '{region}'"));
    }
}

fn identity(grants: &Object, products: &[Product], found: &mut Vec<String>) {
    match token_type::text(grants, "identity").filter(|identity| !identity.is_empty()) {
        Some(name) => found.extend(products.iter().filter_map(|product| length(&name, *product))),
        None if products.contains(&Product::Voice) => {
            found.push("51105: no identity (Voice answers 31204)".to_owned());
        }
        None => found.push("51105: no identity".to_owned()),
    }
}

fn length(name: &str, product: Product) -> Option<String> {
    let identity::TooLong { most, given, code } = identity::too_long(name, product)?;
    Some(format!("{code}: {} allows at most {most} characters of identity, got {given}", product.name()))
}

/// The fields that a grant cannot do without (page of error 51007).
fn grant_fault(key: &str, grant: &Object) -> Option<String> {
    let needed = match key {
        "data_sync" if token_type::text(grant, "service_sid").as_deref() == Some("default") => return None,
        "chat" | "data_sync" => ("service_sid", Sid::Service),
        "task_router" => ("workspace_sid", Sid::Workspace),
        "voice" => return voice_fault(grant),
        _ => return None,
    };
    let (field, sid) = needed;
    match token_type::text(grant, field) {
        None => Some(format!("the grant {key} has no {field}")),
        Some(given) => sid.check(&given).err().map(|fault| format!("{field} of the grant {key} {fault}")),
    }
}

fn voice_fault(grant: &Object) -> Option<String> {
    let Some(outgoing) = grant.get("outgoing").and_then(|raw| Object::parse(raw).ok()) else {
        let incoming = grant.get("incoming").is_some();
        return (!incoming).then(|| "the grant voice allows neither incoming nor outgoing calls".to_owned());
    };
    match token_type::text(&outgoing, "application_sid") {
        None => Some("the grant voice has outgoing calls without an application_sid".to_owned()),
        Some(given) => {
            Sid::Application.check(&given).err().map(|fault| format!("application_sid of the grant voice {fault}"))
        }
    }
}

/// From `iat` (or the start, or now) to `exp` at most a day; an `exp` there must be.
fn span(token: &Inspected, claims: &Object, now: Timestamp, found: &mut Vec<String>) {
    if let Some(issued) = token.validity.issued_at.filter(|issued| *issued > now) {
        let ahead = time::format_approx(issued.as_second() - now.as_second());
        found.push(format!("20101: issued {ahead} in the future; check both clocks"));
    }
    let Some(raw) = claims.get("exp").filter(|raw| *raw != "null") else {
        found.push("20156: no exp".to_owned());
        return;
    };
    // Read as a number of its own: milliseconds are no time, but they surely are too far away.
    let end = validity::seconds(raw);
    let start = token.validity.issued_at.or(token.validity.starts).unwrap_or(now).as_second();
    if end.is_some_and(|end| end.saturating_sub(start) > MAX_TTL_SECONDS) {
        found.push("20157: the lifetime is over 24 hours".to_owned());
    }
}

fn times(token: &Inspected, now: Timestamp, code: &dyn Fn(&str) -> String, found: &mut Vec<String>) {
    match token.validity.ends {
        End::At(end) if end <= now => {
            found.push(format!(
                "{}expired {} ago",
                code("20104"),
                time::format_approx(now.as_second() - end.as_second())
            ));
        }
        End::Unknown
            if token.format == Format::Jws && token.claims.as_ref().is_none() && token.kind != TokenType::Twilio =>
        {
            found.push("the claims cannot be read, so the expiry is not known".to_owned());
        }
        _ => {}
    }
    if let Some(start) = token.validity.starts.filter(|start| *start > now) {
        let wait = time::format_approx(start.as_second() - now.as_second());
        found.push(format!("{}not valid yet (starts in {wait})", code("20105")));
    }
    if let (Some(start), End::At(end)) = (token.validity.starts, token.validity.ends)
        && end <= start
    {
        found.push(format!("{}expires before it starts", code("20104")));
    }
}
