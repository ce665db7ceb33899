//! The `grants` claim: which products a token opens and with what. The keys and fields are those of Twilio's libraries
//! (`AccessToken` of Node 6.2); the values have been checked one by one before they come here.

use std::fmt::Write as _;

use super::identity::Product;
use super::settings::Settings;
use crate::error::{Failure, Result};
use crate::json::{self, Object};

/// What the settings make, identity and life aside: it is the same for all lines of a batch that change neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// `twr` of the header.
    pub(super) region: Option<String>,
    /// The members of `grants` after `identity`, each with a comma before it.
    pub(super) grants: String,
    /// The products that they open.
    pub(super) products: Vec<Product>,
}

/// The grants for which there are flags: the key in the claim, and the flags that make or shape it.
const OURS: [(&str, &[&str]); 5] = [
    ("chat", &["chat"]),
    ("video", &["video"]),
    ("voice", &["voice", "voice_incoming", "voice_params"]),
    ("data_sync", &["sync"]),
    ("task_router", &["task_router"]),
];

/// Flags that shape several grants, with the keys of the grants that have such a field.
const SHARED: [(&str, &[&str]); 3] = [
    ("endpoint_id", &["chat", "voice", "data_sync"]),
    ("push_credential_sid", &["chat", "voice"]),
    ("deployment_role_sid", &["chat"]),
];

impl Terms {
    /// Works out region and grants.
    ///
    /// # Errors
    /// Exit 2 where flags do not go together, a value is found nowhere, or there is no grant at all; exit 3 where a value
    /// of the profile or of the environment is malformed.
    pub(super) fn of(settings: &Settings<'_>) -> Result<Self> {
        let mut grants = Object::default();
        let made = [settings.chat()?, settings.video(), settings.voice()?, settings.sync()?, settings.task_router()?];
        for ((key, _), grant) in OURS.iter().zip(made) {
            if let Some(grant) = grant {
                grants.set(key, grant.to_string());
            }
        }
        settings.check_shared(&grants)?;
        settings.add_others(&mut grants)?;
        if grants.is_empty() {
            return Err(Failure::usage("the token would grant nothing").hint(
                "add at least one of --chat, --video, --voice, --voice-incoming, --sync, --task-router, --grant",
            ));
        }
        let mut written = String::new();
        for (key, grant) in grants.iter() {
            // Writing to a string cannot fail.
            let _ = write!(written, ",{}:{grant}", json::string(key));
        }
        let products = grants.iter().map(|(key, _)| Product::of_grant(key)).collect();
        Ok(Terms { region: settings.region()?, grants: written, products })
    }
}

impl Settings<'_> {
    fn chat(&self) -> Result<Option<Object>> {
        let Some(service) = self.grant_value("chat")? else {
            return Ok(None);
        };
        let mut grant = Object::default();
        grant.set("service_sid", json::string(&service));
        self.add_text(&mut grant, "endpoint_id", "endpoint_id");
        self.add_text(&mut grant, "deployment_role_sid", "deployment_role_sid");
        self.add_text(&mut grant, "push_credential_sid", "push_credential_sid");
        Ok(Some(grant))
    }

    fn video(&self) -> Option<Object> {
        let mut grant = Object::default();
        self.add_text(&mut grant, "room", "video");
        self.get("video").map(|_| grant)
    }

    fn voice(&self) -> Result<Option<Object>> {
        let application = self.grant_value("voice")?;
        let incoming = self.get("voice_incoming").is_some();
        let params = self.get("voice_params");
        if params.is_some() && application.is_none() {
            let (params, voice) = (self.name("voice_params"), self.name("voice"));
            return Err(Failure::usage(format!("{params} needs {voice}: it goes to its TwiML application")));
        }
        if application.is_none() && !incoming {
            return Ok(None);
        }
        let mut grant = Object::default();
        if incoming {
            grant.set("incoming", r#"{"allow":true}"#.to_owned());
        }
        if let Some(application) = application {
            let params = params.map_or_else(String::new, |params| format!(",\"params\":{params}"));
            grant.set("outgoing", format!("{{\"application_sid\":{}{params}}}", json::string(&application)));
        }
        self.add_text(&mut grant, "push_credential_sid", "push_credential_sid");
        self.add_text(&mut grant, "endpoint_id", "endpoint_id");
        Ok(Some(grant))
    }

    fn sync(&self) -> Result<Option<Object>> {
        let Some(service) = self.grant_value("sync")? else {
            return Ok(None);
        };
        let mut grant = Object::default();
        grant.set("service_sid", json::string(&service));
        self.add_text(&mut grant, "endpoint_id", "endpoint_id");
        Ok(Some(grant))
    }

    fn task_router(&self) -> Result<Option<Object>> {
        let Some(workspace) = self.text("task_router") else {
            return match ["worker_sid", "task_router_role"].into_iter().find(|key| self.get(key).is_some()) {
                None => Ok(None),
                Some(key) => Err(Failure::usage(format!("{} needs {}", self.name(key), self.name("task_router")))),
            };
        };
        let mut grant = Object::default();
        grant.set("workspace_sid", json::string(&workspace));
        self.add_text(&mut grant, "worker_sid", "worker_sid");
        self.add_text(&mut grant, "role", "task_router_role");
        Ok(Some(grant))
    }

    fn add_text(&self, grant: &mut Object, field: &str, key: &str) {
        if let Some(text) = self.text(key) {
            grant.set(field, json::string(&text));
        }
    }

    /// Every flag that shapes grants must find one that has its field.
    fn check_shared(&self, grants: &Object) -> Result<()> {
        for (key, fields_of) in SHARED {
            let used = fields_of.iter().any(|grant| grants.get(grant).is_some());
            if self.get(key).is_some() && !used {
                let flags: Vec<String> = fields_of
                    .iter()
                    .filter_map(|grant| OURS.iter().find(|(key, _)| key == grant))
                    .filter_map(|(_, flags)| flags.first().map(|key| self.name(key)))
                    .collect();
                return Err(Failure::usage(format!(
                    "{} is part of no grant given; it needs {}",
                    self.name(key),
                    flags.join(" or ")
                )));
            }
        }
        Ok(())
    }

    /// Adds the grants of `--grant`, none of which may have a flag of its own in use.
    fn add_others(&self, grants: &mut Object) -> Result<()> {
        let Some(raw) = self.get("grant") else {
            return Ok(());
        };
        let others = Object::parse(raw).map_err(|fault| Failure::usage(format!("{} {fault}", self.name("grant"))))?;
        for (key, _) in others.iter() {
            if let Some((_, flags)) = OURS.iter().find(|(ours, _)| *ours == key)
                && let Some(used) = flags.iter().find(|flag| self.get(flag).is_some())
            {
                return Err(Failure::usage(format!(
                    "{} and {} {key} cannot be used together",
                    self.name(used),
                    self.name("grant")
                ))
                .hint("both make the same grant; keep one of them"));
            }
        }
        grants.merge(others);
        Ok(())
    }
}
