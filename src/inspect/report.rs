//! The report: lines for people, one JSON object for programs. Text from the token is cleaned or escaped on the way.

use jiff::Timestamp;

use super::decode::Format;
use super::explain::{self, Row};
use super::validity::End;
use super::{Inspected, problems};
use crate::json::{self, Object};
use crate::text;
use crate::time;

/// The report for people: several lines, each with its line break.
pub fn text(token: &Inspected, now: Timestamp) -> String {
    let mut rows = vec![plain("format", format_words(token))];
    let times = [("issued", token.validity.issued_at), ("starts", token.validity.starts)];
    rows.extend(times.into_iter().filter_map(|(name, moment)| Some(plain(name, moment_words(moment?, now)))));
    let (name, end) = end_words(token, now);
    rows.push(plain(name, end));
    rows.push(plain("valid now", valid_words(token.valid(now)).to_owned()));
    rows.push(plain("signature", token.signature.words().to_owned()));
    let mut report = format!("{}\n", token.kind.title());
    section(&mut report, &rows);
    if let Some(header) = token.header.as_ref() {
        report.push_str("\nheader\n");
        section(&mut report, &explain::header(header));
    }
    if let Some(claims) = token.claims.as_ref() {
        report.push_str("\nclaims\n");
        section(&mut report, &explain::claims(token.kind, claims, now));
    }
    let problems = problems::of(token, now);
    if !problems.is_empty() {
        report.push_str("\nproblems\n");
        for problem in problems {
            report.extend(["  ", &text::clean(&problem), "\n"]);
        }
    }
    report
}

/// The report for programs: one object, one line, no line break. Header and claims are as written in the token.
pub fn json(token: &Inspected, now: Timestamp) -> String {
    let moment = |moment: Option<Timestamp>| {
        moment.map_or_else(|| "null".to_owned(), |moment| json::string(&time::rfc3339(moment)))
    };
    let object = |object: Option<&Object>| {
        object.map_or_else(|| "null".to_owned(), |object| text::escaped_json(&object.to_string()))
    };
    let end = token.validity.expires_at();
    let left = end.map(|end| (end.as_second() - now.as_second()).to_string());
    let problems = problems::of(token, now).iter().map(|problem| text::clean(problem)).collect::<Vec<_>>();
    let mut report = Object::default();
    report.set("kind", json::string(token.kind.name()));
    report.set("format", json::string(token.format.name()));
    report.set("header", object(token.header.as_ref()));
    report.set("claims", object(token.claims.as_ref()));
    report.set("issued_at", moment(token.validity.issued_at));
    report.set("not_before", moment(token.validity.starts));
    report.set("expires_at", moment(end));
    report.set("expires_in", left.unwrap_or_else(|| "null".to_owned()));
    report.set("valid", token.valid(now).map_or_else(|| "null".to_owned(), |valid| valid.to_string()));
    report.set("signature", json::string(token.signature.words()));
    report.set("problems", serde_json::Value::from(problems).to_string());
    report.to_string()
}

fn plain(name: &str, value: String) -> Row {
    Row { name: name.to_owned(), value, meaning: String::new() }
}

fn section(report: &mut String, rows: &[Row]) {
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).min(24);
    for Row { name, value, meaning } in rows {
        let meaning = if meaning.is_empty() { String::new() } else { format!("  ({meaning})") };
        let line = format!("  {name:width$}  {value}{meaning}");
        report.push_str(line.trim_end());
        report.push('\n');
    }
}

fn format_words(token: &Inspected) -> String {
    match token.format {
        Format::Jws => "signed, readable by anyone (JWS)".to_owned(),
        Format::Jwe => "encrypted (JWE): only the service can read the claims, including the expiry".to_owned(),
        Format::Opaque => "opaque (not a JWT)".to_owned(),
    }
}

fn moment_words(moment: Timestamp, now: Timestamp) -> String {
    format!("{}, {}", time::rfc3339(moment), explain::relative(moment, now))
}

fn end_words(token: &Inspected, now: Timestamp) -> (&'static str, String) {
    match token.validity.ends {
        End::At(end) if end <= now => ("expired", moment_words(end, now)),
        End::At(end) => ("expires", moment_words(end, now)),
        End::Never => ("expires", "never".to_owned()),
        End::Unknown => ("expires", "cannot be known".to_owned()),
    }
}

const fn valid_words(valid: Option<bool>) -> &'static str {
    match valid {
        Some(true) => "yes",
        Some(false) => "no",
        None => "cannot be known",
    }
}
