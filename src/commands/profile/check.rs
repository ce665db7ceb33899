//! `profile check`: whether a service takes the credentials, endpoint by endpoint, without minting.

use serde_json::json;

use super::command::{ProfileCommand, line};
use crate::catalog::{Authentication, Endpoint, Kind};
use crate::commands::connection::Connection;
use crate::commands::login::Login;
use crate::commands::refusal;
use crate::credentials::Wanted;
use crate::error::{Category, Failure, Result};
use crate::http::{Mode, Request, Settings};
use crate::output::deliver;
use crate::output::report::Report;
use crate::output::screen::{BAD, BOLD, DIM, GOOD, WARN};
use crate::output::table::{Cell, Table};
use crate::providers;

impl ProfileCommand<'_> {
    /// Sends an empty request to each endpoint and prints what its answer tells.
    pub(super) fn check(&self, name: Option<&str>, settings: &Settings, report: &Report) -> Result<u8> {
        let wanted = Wanted { timeout: Some(settings.timeout), ..self.wanted(name) };
        let connection = Connection::find(&Login::Set, wanted, settings, Mode::Single, self.app, report)?;
        let trace = |text: &str| report.trace(text);
        let mut rows = Vec::new();
        let asked = providers::kinds().filter_map(|kind| Some((kind, kind.endpoint()?)));
        // What is exchanged came from another endpoint, which asks for the same scope; the others do not ask for the
        // credentials.
        let asked = asked.filter(|(_, endpoint)| {
            endpoint.consumes.is_none() && matches!(endpoint.authentication, Authentication::Basic)
        });
        for (kind, endpoint) in asked {
            rows.push((kind, endpoint, connection.client.probe(&Request::basic(endpoint.path, "{}"), &trace)?));
        }
        let refused: Vec<(&str, u16)> = rows
            .iter()
            .filter(|(_, _, status)| verdict(*status) == Some(false))
            .map(|(_, endpoint, status)| (endpoint.scope, *status))
            .collect();
        let unclear = rows.iter().find(|(_, _, status)| verdict(*status).is_none());
        if let Some((_, endpoint, status)) = unclear.filter(|_| refused.is_empty()) {
            let path = endpoint.path;
            let message = format!("unexpected status {status} from {path}; cannot tell whether the credentials work");
            let hint = if matches!(status, 429 | 500..) { "try again later" } else { "check the space name" };
            return Err(Failure::unavailable(message).with_status(*status).with_hint(hint));
        }
        let text = self.verdicts(&connection, &rows);
        deliver::stdout(text.as_bytes())?;
        if refused.is_empty() {
            return Ok(0);
        }
        let failure = Failure::message(
            Category::CredentialsRefused,
            format!("{} of {} endpoints refuse these credentials", refused.len(), rows.len()),
        );
        let (scopes, statuses): (Vec<&str>, Vec<u16>) = refused.into_iter().unzip();
        // One endpoint that accepts them proves the rest of the set.
        let accepted = rows.iter().any(|(_, _, status)| verdict(*status) == Some(true));
        let hint = if accepted { refusal::missing_scopes(&scopes) } else { connection.refusal.of_all(&statuses) };
        Err(failure.with_hint(hint))
    }

    /// What `check` found, endpoint by endpoint.
    fn verdicts(&self, connection: &Connection, rows: &[(&Kind, &Endpoint, u16)]) -> String {
        if self.json {
            let endpoints = rows.iter().map(|(kind, endpoint, status)| {
                let (kind, path, scope) = (kind.name, endpoint.path, endpoint.scope);
                json!({ "kind": kind, "path": path, "scope": scope, "authorised": verdict(*status), "status": status })
            });
            let endpoints: Vec<_> = endpoints.collect();
            return line(&json!({ "source": connection.source, "space": connection.space, "endpoints": endpoints }));
        }
        let (screen, mut table) = (self.screen(), Table::default());
        for (kind, endpoint, status) in rows {
            let (mark, style, word, note) = match verdict(*status) {
                Some(true) => ('✓', GOOD, "ok", String::new()),
                Some(false) => ('✗', BAD, "refused", format!("scope: {}", endpoint.scope)),
                None => ('?', WARN, "unclear", String::new()),
            };
            let cells = [Cell::styled(format!("{mark} {}", kind.name), style), Cell::styled(word, style)];
            table.row(cells.into_iter().chain([Cell::styled(status.to_string(), DIM), Cell::plain(note)]));
        }
        format!("{} with {}\n{}", screen.paint(&connection.space, BOLD), connection.source, table.render(2, &screen))
    }
}

/// What the answer to an empty request tells of the credentials. A complaint about its content comes from a service that
/// has accepted them; a success from somebody who has looked at neither, such as the login page of a network.
fn verdict(status: u16) -> Option<bool> {
    match status {
        401 | 403 => Some(false),
        400 | 422 => Some(true),
        _ => None,
    }
}
