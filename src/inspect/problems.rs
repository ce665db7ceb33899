//! What is wrong with a token. For a Twilio token each sentence has the code of the error that the service would answer
//! (Twilio's pages of errors, and what people report under them), since that is what a client shows.

use jiff::Timestamp;

use super::validity::{self, End};
use super::{Inspected, Signature, capability, claims};
use crate::json::Object;
use crate::pasted::decoded::Format;
use crate::pasted::member;
use crate::pasted::problem::Problem;
use crate::pasted::token_type::TokenType;
use crate::sid::Sid;
use crate::text::clip;
use crate::time;
use crate::twilio::MAX_TTL_SECONDS;
use crate::twilio::claims::CONTENT_TYPE;
use crate::twilio::identity::{self, Product};
use crate::twilio::region;

/// Everything that is wrong, the worst first.
pub(super) fn of(token: &Inspected, now: Timestamp) -> Vec<Problem> {
    let mut found = Vec::new();
    let code = |code: &str, problem: Problem| {
        if token.kind == TokenType::Twilio { problem.with_code(code) } else { problem }
    };
    found.extend(token.look().map(Problem::mild));
    found.extend(token.faults.iter().map(|fault| code("20101", fault.clone())));
    unsigned(token, &mut found);
    match (token.kind, token.header.as_ref(), token.claims.as_ref()) {
        (TokenType::Capability, _, Some(claims)) => found.push(Problem::coded(
            "20102",
            format!("a capability token; mint an Access Token instead: {}", capability::equivalent(claims)),
        )),
        (TokenType::Twilio, Some(given), claims) => {
            header(given, &mut found);
            match claims {
                Some(claims) => twilio_claims(token, claims, now, &mut found),
                None => found.push(Problem::coded("20101", "the claims cannot be read")),
            }
        }
        _ => {}
    }
    found.extend(token.validity.faults.iter().map(|fault| code("20156", Problem::mild(fault))));
    times(token, now, &code, &mut found);
    if token.signature == Signature::Invalid {
        let sentence = format!("the signature does not match the API key secret{}", token.other_key());
        found.push(Problem::coded("20107", sentence));
    }
    found
}

/// SignalWire signs what it gives out, so nothing of the kind comes without a signature.
fn unsigned(token: &Inspected, found: &mut Vec<Problem>) {
    if !token.is_unsigned() || token.kind == TokenType::Twilio {
        return;
    }
    let sentence = "unsigned (alg none); anyone could have made it";
    found.push(if token.kind.is_signalwire() { Problem::fatal(sentence) } else { Problem::mild(sentence) });
}

/// The header must be exactly this (Twilio, "Access Tokens"; errors 20102 and 20160).
fn header(header: &Object, found: &mut Vec<Problem>) {
    for (key, wanted) in [("alg", "HS256"), ("typ", "JWT"), ("cty", CONTENT_TYPE)] {
        match member::text(header, key) {
            Some(value) if value == wanted => {}
            Some(value) => {
                let value = clip(&value, 40);
                found.push(Problem::coded("20102", format!("the header has {key} '{value}', expected {wanted}")));
            }
            None => found.push(Problem::coded("20102", format!("the header has no {key}, expected {wanted}"))),
        }
    }
}

fn twilio_claims(token: &Inspected, claims: &Object, now: Timestamp, found: &mut Vec<Problem>) {
    for (key, sid) in [("iss", Sid::ApiKey), ("sub", Sid::Account)] {
        match member::text(claims, key).map(|given| sid.check(&given)) {
            Some(Ok(())) => {}
            Some(Err(fault)) => found.push(Problem::coded("20103", format!("{key} {fault}"))),
            None => found.push(Problem::coded("20103", format!("{key}, {}, is missing", sid.name()))),
        }
    }
    grants(token, claims, found);
    span(token, claims, now, found);
}

fn grants(token: &Inspected, claims: &Object, found: &mut Vec<Problem>) {
    let Some(grants) = claims.get("grants").and_then(|raw| Object::parse(raw).ok()) else {
        found.push(Problem::coded("20106", "no grants"));
        found.push(Problem::coded("51105", "no identity (Voice answers 31204)"));
        return;
    };
    let keys: Vec<&str> = grants.iter().map(|(key, _)| key).filter(|key| *key != "identity").collect();
    if keys.is_empty() {
        found.push(Problem::coded("20106", "the grants are empty"));
    }
    for key in &keys {
        let grant = grants.get(key).and_then(|raw| Object::parse(raw).ok());
        match grant {
            Some(grant) => found.extend(grant_fault(key, &grant).map(|fault| Problem::coded("20106", fault))),
            None => found.push(Problem::coded("20106", format!("the grant {} is not an object", clip(key, 40)))),
        }
    }
    let products: Vec<Product> = keys.iter().map(|key| Product::of_grant(key)).collect();
    identity(&grants, &products, found);
    let region = token.header.as_ref().and_then(|header| member::text(header, "twr"));
    let foreign = region.filter(|region| region != region::DEFAULT);
    if let Some(region) = foreign.filter(|_| products.contains(&Product::Video)) {
        let region = clip(&region, 40);
        found.push(Problem::coded("51007", format!("Video accepts only API keys of us1, and twr is '{region}'")));
    }
}

fn identity(grants: &Object, products: &[Product], found: &mut Vec<Problem>) {
    match member::text(grants, "identity").filter(|identity| !identity.is_empty()) {
        Some(name) => found.extend(products.iter().filter_map(|product| length(&name, *product))),
        None if products.contains(&Product::Voice) => {
            found.push(Problem::coded("51105", "no identity (Voice answers 31204)"));
        }
        None => found.push(Problem::coded("51105", "no identity")),
    }
}

fn length(name: &str, product: Product) -> Option<Problem> {
    let identity::TooLong { most, given, code } = identity::too_long(name, product)?;
    let product = product.name();
    Some(Problem::coded(
        &code.to_string(),
        format!("{product} allows at most {most} characters of identity, got {given}"),
    ))
}

/// The fields that a grant cannot do without (page of error 51007).
fn grant_fault(key: &str, grant: &Object) -> Option<String> {
    let needed = match key {
        "data_sync" if member::text(grant, "service_sid").as_deref() == Some("default") => return None,
        "chat" | "data_sync" => ("service_sid", Sid::Service),
        "task_router" => ("workspace_sid", Sid::Workspace),
        "voice" => return voice_fault(grant),
        _ => return None,
    };
    let (field, sid) = needed;
    match member::text(grant, field) {
        None => Some(format!("the grant {key} has no {field}")),
        Some(given) => sid.check(&given).err().map(|fault| format!("{field} of the grant {key} {fault}")),
    }
}

fn voice_fault(grant: &Object) -> Option<String> {
    let Some(outgoing) = grant.get("outgoing").and_then(|raw| Object::parse(raw).ok()) else {
        let incoming = grant.get("incoming").is_some();
        return (!incoming).then(|| "the grant voice allows neither incoming nor outgoing calls".to_owned());
    };
    match member::text(&outgoing, "application_sid") {
        None => Some("the grant voice has outgoing calls without an application_sid".to_owned()),
        Some(given) => {
            Sid::Application.check(&given).err().map(|fault| format!("application_sid of the grant voice {fault}"))
        }
    }
}

/// From `iat` (or the start, or now) to `exp` at most a day; an `exp` there must be.
fn span(token: &Inspected, claims: &Object, now: Timestamp, found: &mut Vec<Problem>) {
    if let Some(issued) = token.validity.issued_at.filter(|issued| *issued > now) {
        let ahead = time::format_age(issued.as_second() - now.as_second());
        // Clocks differ by some seconds, which the service overlooks.
        let problem = Problem::coded("20101", format!("issued {ahead} in the future; check both clocks"));
        found.push(problem.made_mild());
    }
    let Some(raw) = claims.get("exp").filter(|raw| *raw != "null") else {
        found.push(Problem::coded("20156", "no exp"));
        return;
    };
    // Read as a number of its own: milliseconds are no time, but they surely are too far away.
    let end = validity::seconds(raw);
    let start = token.validity.issued_at.or(token.validity.starts).unwrap_or(now).as_second();
    if end.is_some_and(|end| end.saturating_sub(start) > MAX_TTL_SECONDS) {
        found.push(Problem::coded("20157", "the lifetime is over 24 hours"));
    }
}

fn times(token: &Inspected, now: Timestamp, code: &dyn Fn(&str, Problem) -> Problem, found: &mut Vec<Problem>) {
    match token.validity.ends {
        End::At(end) if end <= now => {
            let age = time::format_age(now.as_second() - end.as_second());
            found.push(code("20104", Problem::fatal(format!("expired {age} ago"))));
        }
        End::Unknown
            if token.format == Format::Jws && token.claims.as_ref().is_none() && token.kind != TokenType::Twilio =>
        {
            found.push(Problem::mild("the claims cannot be read, so the expiry is not known"));
        }
        _ => {}
    }
    if let Some(start) = token.validity.starts.filter(|start| *start > now) {
        let start = claims::relative(start, now);
        found.push(code("20105", Problem::fatal(format!("not valid yet (starts {start})"))));
    }
    if let (Some(start), End::At(end)) = (token.validity.starts, token.validity.ends)
        && end <= start
    {
        found.push(code("20104", Problem::fatal("expires before it starts")));
    }
}
