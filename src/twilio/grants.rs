//! The `grants` claim: which products a token opens and with what. The keys and fields are those of Twilio's libraries
//! (`AccessToken` of Node 6.2); the values have been checked one by one before they come here.

use std::borrow::Cow;

use super::identity::Product;
use crate::catalog::Values;
use crate::error::{Failure, Result};
use crate::json::{self, Object};

/// What the settings make, identity and life aside: it is the same for all lines of a batch that change neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grants {
    /// `twr` of the header.
    pub(super) region: Option<String>,
    /// The members of `grants` after `identity`, with commas between them.
    pub(super) members: String,
    /// The products that they open.
    pub(super) products: Vec<Product>,
}

/// The grants for which there are flags: the key in the claim, and the flags that make or shape it.
const FLAGGED_GRANTS: [(&str, &[&str]); 5] = [
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

impl Grants {
    /// Works out region and grants; `None` where no grant is asked for.
    ///
    /// # Errors
    /// Exit 2 where flags do not go together or a value is found nowhere; exit 3 where a value of the profile or of the
    /// environment is malformed.
    pub(super) fn of(values: &Values<'_>) -> Result<Option<Self>> {
        let mut grants = Object::default();
        let made = [chat(values)?, video(values), voice(values)?, sync(values)?, task_router(values)?];
        for ((key, _), grant) in FLAGGED_GRANTS.iter().zip(made) {
            if let Some(grant) = grant {
                grants.set(key, grant.to_string());
            }
        }
        check_shared(values, &grants)?;
        add_others(values, &mut grants)?;
        if grants.is_empty() {
            return Ok(None);
        }
        let members = grants.members();
        let products = grants.iter().map(|(key, _)| Product::of_grant(key)).collect();
        let region = values.text_or_default("region")?.map(Cow::into_owned);
        Ok(Some(Grants { region, members, products }))
    }
}

/// The value of a grant that is asked for: its own, else the default's.
fn value<'a>(values: &Values<'a>, key: &str) -> Result<Option<Cow<'a, str>>> {
    if values.asked(key).is_none() {
        return Ok(None);
    }
    match values.text_or_default(key)? {
        None if key == "sync" => Ok(Some("default".into())),
        None => Err(value_missing(values, key)),
        found => Ok(found),
    }
}

fn value_missing(values: &Values<'_>, key: &str) -> Failure {
    let failure = values.value_missing(key);
    match failure.hint() {
        Some(hint) if key == "voice" => {
            let hint = format!("{hint}; for incoming calls alone, --voice-incoming without --voice");
            failure.with_hint(hint)
        }
        _ => failure,
    }
}

fn chat(values: &Values<'_>) -> Result<Option<Object>> {
    let Some(service) = value(values, "chat")? else {
        return Ok(None);
    };
    let mut grant = Object::default();
    grant.set("service_sid", json::string(&service));
    add_text(values, &mut grant, "endpoint_id", "endpoint_id");
    add_text(values, &mut grant, "deployment_role_sid", "deployment_role_sid");
    add_text(values, &mut grant, "push_credential_sid", "push_credential_sid");
    Ok(Some(grant))
}

fn video(values: &Values<'_>) -> Option<Object> {
    let mut grant = Object::default();
    add_text(values, &mut grant, "room", "video");
    values.asked("video").map(|_| grant)
}

fn voice(values: &Values<'_>) -> Result<Option<Object>> {
    let application = value(values, "voice")?;
    let incoming = values.asked("voice_incoming").is_some();
    let params = values.asked("voice_params");
    if params.is_some() && application.is_none() {
        let (params, voice) = (values.name("voice_params"), values.name("voice"));
        return Err(Failure::usage(format!("{params} requires {voice}")));
    }
    if application.is_none() && !incoming {
        return Ok(None);
    }
    let mut grant = Object::default();
    if incoming {
        grant.set(
            "incoming",
            json::object(|json| {
                json.bool("allow", true);
            }),
        );
    }
    if let Some(application) = application {
        let outgoing = json::object(|json| {
            json.string("application_sid", &application);
            if let Some(params) = params {
                json.raw("params", params);
            }
        });
        grant.set("outgoing", outgoing);
    }
    add_text(values, &mut grant, "push_credential_sid", "push_credential_sid");
    add_text(values, &mut grant, "endpoint_id", "endpoint_id");
    Ok(Some(grant))
}

fn sync(values: &Values<'_>) -> Result<Option<Object>> {
    let Some(service) = value(values, "sync")? else {
        return Ok(None);
    };
    let mut grant = Object::default();
    grant.set("service_sid", json::string(&service));
    add_text(values, &mut grant, "endpoint_id", "endpoint_id");
    Ok(Some(grant))
}

fn task_router(values: &Values<'_>) -> Result<Option<Object>> {
    let Some(workspace) = values.text("task_router") else {
        return match ["worker_sid", "task_router_role"].into_iter().find(|key| values.asked(key).is_some()) {
            None => Ok(None),
            Some(key) => Err(Failure::usage(format!("{} requires {}", values.name(key), values.name("task_router")))),
        };
    };
    let mut grant = Object::default();
    grant.set("workspace_sid", json::string(&workspace));
    add_text(values, &mut grant, "worker_sid", "worker_sid");
    add_text(values, &mut grant, "role", "task_router_role");
    Ok(Some(grant))
}

fn add_text(values: &Values<'_>, grant: &mut Object, field: &str, key: &str) {
    if let Some(text) = values.text(key) {
        grant.set(field, json::string(&text));
    }
}

/// Every flag that shapes grants must find one that has its field.
fn check_shared(values: &Values<'_>, grants: &Object) -> Result<()> {
    for (key, fields_of) in SHARED {
        let used = fields_of.iter().any(|grant| grants.get(grant).is_some());
        if values.asked(key).is_some() && !used {
            let flags: Vec<String> = fields_of
                .iter()
                .filter_map(|grant| FLAGGED_GRANTS.iter().find(|(key, _)| key == grant))
                .filter_map(|(_, flags)| flags.first().map(|key| values.name(key)))
                .collect();
            return Err(Failure::usage(format!("{} requires {}", values.name(key), flags.join(" or "))));
        }
    }
    Ok(())
}

/// Adds the grants of `--grant`, none of which may have a flag of its own in use.
fn add_others(values: &Values<'_>, grants: &mut Object) -> Result<()> {
    let Some(raw) = values.asked("grant") else {
        return Ok(());
    };
    let others = Object::parse(raw).map_err(|fault| Failure::usage(format!("{} {fault}", values.name("grant"))))?;
    for (key, _) in others.iter() {
        if let Some((_, flags)) = FLAGGED_GRANTS.iter().find(|(ours, _)| *ours == key)
            && let Some(used) = flags.iter().find(|flag| values.asked(flag).is_some())
        {
            return Err(Failure::usage(format!(
                "{} and {} {key} cannot be used together",
                values.name(used),
                values.name("grant")
            ))
            .with_hint("both make the same grant; keep one of them"));
        }
    }
    grants.merge(others);
    Ok(())
}
