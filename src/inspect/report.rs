//! The report: lines for people, one JSON object for programs. Text from the token is cleaned or escaped on the way.

use jiff::Timestamp;

use super::Judgement;
use super::claims::{self, Row};
use super::summary;
use super::verdict::Verdict;
use crate::json::{self, Object};
use crate::output::screen::{BAD, BOLD, DIM, NAME, Screen, WARN};
use crate::output::table::{Cell, Table, paragraph};
use crate::pasted::problem::Problem;
use crate::text;
use crate::time;

/// The report for people: several lines, each with its line break. The verdict comes first, then what the token is good
/// for, then its parts with their meaning, then its parts as they are.
pub fn text(judgement: &Judgement<'_>, screen: &Screen) -> String {
    let token = judgement.token;
    let Verdict { mark, style, words } = Verdict::of(judgement);
    let mut report = String::new();
    let mut verdict = Table::default();
    verdict.row([Cell::styled(format!("{mark} {}", text::clean(&words)), style)]);
    report.push_str(&verdict.render(0, screen));
    report.push_str(&overview(judgement, screen));
    // What the verdict says is not said again, unless there is a code to add.
    let is_said = |problem: &&Problem| problem.code().is_none() && words.contains(problem.sentence());
    let problems: Vec<&Problem> = judgement.problems.iter().filter(|problem| !is_said(problem)).collect();
    if !problems.is_empty() {
        heading(&mut report, "Problems", screen);
        for problem in problems {
            report.push_str(&problem_line(problem.code(), problem.sentence(), problem.is_fatal(), screen));
        }
    }
    if let Some(header) = token.header.as_ref() {
        heading(&mut report, "Header", screen);
        report.push_str(&rows(claims::header(header), screen));
    }
    if let Some(claims) = token.claims.as_ref() {
        heading(&mut report, "Claims", screen);
        report.push_str(&rows(claims::claims(token.kind, claims, judgement.now), screen));
    }
    let raw: Vec<String> = [&token.header, &token.claims].into_iter().flatten().map(ToString::to_string).collect();
    if !raw.is_empty() {
        heading(&mut report, "Raw", screen);
        for part in raw {
            // Never wrapped: it is there to be copied.
            report.extend(["  ", &screen.paint(&text::escaped_json(&part), DIM), "\n"]);
        }
    }
    report
}

fn overview(judgement: &Judgement<'_>, screen: &Screen) -> String {
    let mut table = Table::default();
    for (label, value) in summary::of(judgement) {
        table.row([Cell::styled(label, NAME), Cell::plain(value)]);
    }
    if summary::is_emulated(judgement) {
        let source = "tokenmint's emulator; not valid on SignalWire";
        table.row([Cell::styled("source", NAME), Cell::styled(source, WARN)]);
    }
    table.render(2, screen)
}

fn problem_line(code: Option<&str>, sentence: &str, is_fatal: bool, screen: &Screen) -> String {
    let sentence = text::clean(sentence);
    let Some(code) = code else { return paragraph(&sentence, 2, screen) };
    let style = if is_fatal { BAD } else { WARN };
    // `CODE: sentence`, as in JSON.
    paragraph(&format!("{code}: {sentence}"), 2, screen).replacen(code, &screen.paint(code, style), 1)
}

fn heading(report: &mut String, title: &str, screen: &Screen) {
    report.extend(["\n", &screen.paint(title, BOLD), "\n"]);
}

fn rows(rows: Vec<Row>, screen: &Screen) -> String {
    let mut table = Table::default();
    for Row { name, meaning, value } in rows {
        table.row([Cell::styled(name, NAME), Cell::styled(meaning, DIM), Cell::plain(value)]);
    }
    table.render(2, screen)
}

/// The report for programs: one object. Header and claims are as written in the token.
pub fn json(judgement: &Judgement<'_>) -> Object {
    let (token, now) = (judgement.token, judgement.now);
    let moment = |moment: Option<Timestamp>| {
        moment.map_or_else(|| "null".to_owned(), |moment| json::string(&time::rfc3339(moment)))
    };
    let object = |object: Option<&Object>| {
        object.map_or_else(|| "null".to_owned(), |object| text::escaped_json(&object.to_string()))
    };
    let end = token.validity.expires_at();
    let left = end.map(|end| (end.as_second() - now.as_second()).to_string());
    let problems = judgement.problems.iter().map(|problem| text::clean(&problem.to_string())).collect::<Vec<_>>();
    let mut report = Object::default();
    report.set("kind", json::string(token.kind.name()));
    report.set("format", json::string(token.format.name()));
    report.set("header", object(token.header.as_ref()));
    report.set("claims", object(token.claims.as_ref()));
    report.set("issued_at", moment(token.validity.issued_at));
    report.set("not_before", moment(token.validity.starts));
    report.set("expires_at", moment(end));
    report.set("expires_in", left.unwrap_or_else(|| "null".to_owned()));
    report.set("valid", judgement.valid().map_or_else(|| "null".to_owned(), |valid| valid.to_string()));
    report.set("signature", json::string(token.signature.words()));
    report.set("problems", serde_json::Value::from(problems).to_string());
    report
}
