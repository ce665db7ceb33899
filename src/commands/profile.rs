//! The `profile` command: what profiles there are, what would be used and from where, and whether the service takes it.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde_json::json;

use crate::app::World;
use crate::catalog::{Defaults, Endpoint, Kind};
use crate::commands::mint;
use crate::credentials::config::{self, Config};
use crate::credentials::{self, Service, Set, Wanted};
use crate::error::{Category, Failure, Note, OrFail as _, Result};
use crate::options::{Action, General, Profile, Settings};
use crate::os;
use crate::output::deliver;
use crate::output::report::Report;
use crate::providers;
use crate::redact::REDACTED;
use crate::text;

/// The commented file that `profile init` writes, which is also the example in the repository.
const EXAMPLE: &str = include_str!("../../config.example.toml");

/// Does what was asked for and gives the exit status.
///
/// # Errors
/// Exit 3 for configuration that is missing or malformed, 6 where `check` reaches nobody.
pub fn run(profile: &Profile, general: &General, world: &World, report: &Report, notes: &mut Vec<Note>) -> Result<u8> {
    let looker = Looker { general, world, json: profile.json };
    let text = match &profile.action {
        Action::List => looker.list()?,
        Action::Show(name) => looker.show(name.as_deref(), notes)?,
        Action::Check(name, settings) => return looker.check(name.as_deref(), settings, report, notes),
        Action::Init => looker.init(notes)?,
        Action::Path => looker.path()?,
    };
    deliver::stdout(text.as_bytes())?;
    Ok(0)
}

struct Looker<'a> {
    general: &'a General,
    world: &'a World,
    json: bool,
}

impl Looker<'_> {
    fn wanted<'n>(&'n self, name: Option<&'n str>) -> Wanted<'n> {
        Wanted { profile: name.or(self.general.profile.as_deref()), config: self.general.config.as_deref() }
    }

    fn list(&self) -> Result<String> {
        let location = config::locate(self.general.config.as_deref(), &self.world.env)?;
        let config = if location.explicit || location.path.exists() {
            Config::read(&location.path, &self.world.env)?
        } else {
            Config::default()
        };
        let default = config.default_profile.as_deref();
        let services = |profile: &config::Profile| {
            let present = [(profile.signalwire.is_some(), "signalwire"), (profile.twilio.is_some(), "twilio")];
            present.into_iter().filter(|(present, _)| *present).map(|(_, name)| name).collect::<Vec<_>>()
        };
        let profiles = config.profiles.iter().map(|(name, profile)| (name.as_str(), services(profile)));
        let profiles = profiles.chain([(credentials::EMULATOR, vec!["signalwire"])]);
        if self.json {
            let profiles = profiles.map(|(name, services)| {
                json!({ "name": name, "default": default == Some(name), "built_in": name == credentials::EMULATOR, "services": services })
            });
            return Ok(line(&json!({ "path": text::path(&location.path), "profiles": profiles.collect::<Vec<_>>() })));
        }
        Ok(profiles.fold(String::new(), |text, (name, services)| {
            let mark = if default == Some(name) { "  (default)" } else { "" };
            let built_in = if name == credentials::EMULATOR { "  (built in)" } else { "" };
            text + &format!("{}  {}{mark}{built_in}\n", text::clip(name, 60), services.join(", "))
        }))
    }

    fn show(&self, name: Option<&str>, notes: &mut Vec<Note>) -> Result<String> {
        let mut text = String::new();
        let mut object = serde_json::Map::new();
        for service in [Service::SignalWire, Service::Twilio] {
            let set = match self.find(service, name, notes) {
                Ok(set) => set,
                // A profile that was named may well hold one service only.
                Err(failure) if service == Service::Twilio && !text.is_empty() && self.is_named(name) => {
                    drop(failure);
                    None
                }
                Err(_) if service == Service::SignalWire && self.is_named(name) => {
                    match self.find(Service::Twilio, name, notes) {
                        Ok(_) => None,
                        Err(_) => self.find(service, name, notes)?,
                    }
                }
                Err(failure) => return Err(failure),
            };
            let label = service.name();
            match set {
                Some(set) => {
                    let rows = self.rows(&set)?;
                    text += &in_words(label, &set, &rows);
                    object.insert(label.to_owned(), as_object(&set, &rows));
                }
                None => {
                    object.insert(label.to_owned(), serde_json::Value::Null);
                }
            }
        }
        if text.is_empty() {
            return Err(credentials::none_found(Service::SignalWire, &self.world.env));
        }
        Ok(if self.json { line(&object.into()) } else { text })
    }

    /// Everything in a set and beside it that a mint would use; the secret is masked.
    fn rows(&self, set: &Set) -> Result<Vec<Row>> {
        let shown = |value: &str| text::clip(value, 200);
        let open = (0..2).map(|place| (set.key(place).to_owned(), shown(&set.open[place]), set.origin(place)));
        let secret = (set.key(2).to_owned(), REDACTED.to_owned(), set.secret_place());
        let others = set.section.iter().flat_map(|section| &section.values);
        let others = others.filter(|(key, _)| (0..2).all(|place| set.key(place) != *key));
        let others = others.map(|(key, value)| ((*key).to_owned(), shown(value), set.source.to_string()));
        let mut rows: Vec<Row> = open.chain([secret]).chain(others).collect();
        if set.is_of_environment(Service::Twilio) {
            let fields = crate::twilio::PROVIDER.kinds.iter().flat_map(|kind| kind.fields);
            for (key, found) in Defaults::from_environment(fields, &self.world.env)?.iter() {
                rows.push((key.to_owned(), shown(&found.value), found.origin.clone()));
            }
        }
        Ok(rows)
    }

    fn is_named(&self, name: Option<&str>) -> bool {
        credentials::chosen_profile(self.wanted(name), &self.world.env).is_ok_and(|name| name.is_some())
    }

    fn find(&self, service: Service, name: Option<&str>, notes: &mut Vec<Note>) -> Result<Option<Set>> {
        credentials::find(service, self.wanted(name), &self.world.env, notes)
    }

    fn check(&self, name: Option<&str>, settings: &Settings, report: &Report, notes: &mut Vec<Note>) -> Result<u8> {
        let way = mint::Way::find(self.wanted(name), settings, self.world, report, notes)?;
        let trace = |text: &str| report.trace(text);
        let mut rows = Vec::new();
        let asked = providers::kinds().filter_map(|kind| Some((kind, kind.endpoint()?)));
        for (kind, endpoint) in asked {
            rows.push((kind, endpoint, way.transport.probe(endpoint.path, &trace)?));
        }
        let refused = rows.iter().filter(|(_, _, status)| matches!(status, 401 | 403)).count();
        let unclear = rows.iter().find(|(_, _, status)| verdict(*status).is_none());
        if let Some((_, endpoint, status)) = unclear.filter(|_| refused == 0) {
            let message = format!(
                "{} answered {status} for {}, which tells nothing about the credentials",
                way.host, endpoint.path
            );
            let hint = if matches!(status, 429 | 500..) { "try again later" } else { "check the space name" };
            return Err(Failure::unavailable(message).status(*status).hint(hint));
        }
        let text = self.verdicts(&way, &rows);
        deliver::stdout(text.as_bytes())?;
        if refused == 0 {
            return Ok(0);
        }
        let failure = Failure::message(
            Category::CredentialsRefused,
            format!("{refused} of {} endpoints refuse these credentials", rows.len()),
        );
        let hint = if refused == rows.len() {
            way.causes()
        } else {
            "give the API token the missing scopes in the SignalWire Dashboard".to_owned()
        };
        Err(failure.hint(hint))
    }

    /// What `check` found, endpoint by endpoint.
    fn verdicts(&self, way: &mint::Way, rows: &[(&Kind, &Endpoint, u16)]) -> String {
        if self.json {
            let endpoints = rows.iter().map(|(kind, endpoint, status)| {
                let (kind, path, scope) = (kind.name, endpoint.path, endpoint.scope);
                json!({ "kind": kind, "path": path, "scope": scope, "authorised": verdict(*status), "status": status })
            });
            let endpoints: Vec<_> = endpoints.collect();
            return line(&json!({ "source": way.source, "space": way.space, "endpoints": endpoints }));
        }
        let width = rows.iter().map(|(kind, ..)| kind.name.len()).max().unwrap_or_default() + 2;
        rows.iter().fold(format!("{} with {}\n", way.space, way.source), |text, (kind, endpoint, status)| {
            let said = match verdict(*status) {
                Some(true) => "may be used".to_owned(),
                Some(false) => format!("refused ({status}); the scope is {}", endpoint.scope),
                None => format!("unclear ({status})"),
            };
            text + &format!("  {:width$}{said}\n", kind.name)
        })
    }

    fn init(&self, notes: &mut Vec<Note>) -> Result<String> {
        let path = config::locate(self.general.config.as_deref(), &self.world.env)?.path;
        let place = text::path(&path);
        let cannot = || format!("cannot write {place}");
        if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
            std::fs::create_dir_all(folder).with_context(cannot).or_fail(Category::Internal)?;
        }
        let mut file = match os::create_private(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(Failure::configuration(format!("{place} exists and is left as it is"))
                    .hint("edit it, or name another file with --config"));
            }
            file => file.with_context(cannot).or_fail(Category::Internal)?,
        };
        file.write_all(EXAMPLE.as_bytes())
            .and_then(|()| file.sync_all())
            .with_context(cannot)
            .or_fail(Category::Internal)?;
        notes.push(Note::Hint("write your values into it, then run: tokenmint profile check".to_owned()));
        Ok(if self.json { line(&json!({ "path": place, "created": true })) } else { format!("{place}\n") })
    }

    fn path(&self) -> Result<String> {
        let path = config::locate(self.general.config.as_deref(), &self.world.env)?.path;
        let place = text::path(&path);
        Ok(if self.json { line(&json!({ "path": place, "exists": path.exists() })) } else { format!("{place}\n") })
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

/// Key, value and source of one value.
type Row = (String, String, String);

fn in_words(label: &str, set: &Set, rows: &[Row]) -> String {
    let head = format!("{label}: from {}\n", set.source);
    rows.iter().fold(head, |text, (key, value, place)| text + &format!("  {key} = {value}  ({place})\n"))
}

fn as_object(set: &Set, rows: &[Row]) -> serde_json::Value {
    let values = rows.iter().map(|(key, value, place)| json!({ "key": key, "value": value, "from": place }));
    json!({ "source": set.source.to_string(), "values": values.collect::<Vec<_>>() })
}

fn line(value: &serde_json::Value) -> String {
    format!("{value}\n")
}
