//! The sections below the flags, as rows that the help and the man pages both show: attributes of a 422, variables,
//! files, exit codes.

use super::style;
use crate::catalog::{Authentication, Field, Kind};
use crate::credentials::Schema;
use crate::error::Category;
use crate::providers::{PROVIDERS, provider_of};

/// What is typed, set or returned, and what it means.
pub(super) type Rows = Vec<(String, String)>;

/// The sections of one command.
pub(super) struct Sections {
    /// Attributes of a 422 and the flags that set them, where the two differ.
    pub(super) attributes: Rows,
    pub(super) environment: Rows,
    pub(super) files: Rows,
    pub(super) exits: Rows,
}

/// Variables that belong to no provider. Those of the providers are declared with their credentials.
const VARIABLES: [(&str, &str); 17] = [
    ("SIGNALWIRE_SUBSCRIBER_TOKEN", "subscriber token that authenticates invite"),
    ("TOKENMINT_PROFILE", "profile to use, like --profile"),
    ("TOKENMINT_CONFIG", "configuration file, like --config"),
    ("XDG_CONFIG_HOME", "folder that holds tokenmint/config.toml"),
    ("XDG_CACHE_HOME", "folder that holds tokenmint/ with the tokens of --reuse"),
    ("VISUAL", "editor of profile edit"),
    ("EDITOR", "editor of profile edit, if VISUAL is not set"),
    ("GITHUB_ENV", "file that -o github-env appends to"),
    ("GITHUB_OUTPUT", "file that -o github-output appends to"),
    ("SSL_CERT_FILE", "CA certificates to trust, like --cacert"),
    ("SIGNALWIRE_REST_CA_FILE", "the same, read by SignalWire's SDKs"),
    ("HTTPS_PROXY", "proxy for https; also ALL_PROXY, as curl reads them"),
    ("NO_PROXY", "hosts that are reached without a proxy"),
    ("NO_COLOR", "disable colours"),
    ("CLICOLOR_FORCE", "force colours, even in a pipe; also FORCE_COLOR"),
    ("TWILIO_REGION", "only causes a hint; use --region"),
    ("TWILIO_EDGE", "only causes a hint; use --region"),
];

/// Variables that every command which sends a request reads.
const SENDING: [&str; 4] = ["SSL_CERT_FILE", "SIGNALWIRE_REST_CA_FILE", "HTTPS_PROXY", "NO_PROXY"];

impl Sections {
    /// Those of a command that reads these variables (where there are none, the usual ones of the program), with its exit
    /// codes.
    pub(super) fn of_command(variables: &[&str], exits: Rows) -> Self {
        let environment = if variables.is_empty() { overview() } else { of_variables(variables) };
        Sections { attributes: Vec::new(), environment, files: configuration_file(), exits }
    }

    pub(super) fn of_kind(kind: &Kind) -> Self {
        let sent = kind.endpoint().is_some();
        let credentials = provider_of(kind).map(|provider| provider.credentials);
        let values = credentials.into_iter().flat_map(Schema::fields);
        let values = values.filter_map(|field| field.variables.first().copied());
        let bearer = kind.endpoint().and_then(|endpoint| match endpoint.authentication {
            Authentication::Bearer(bearer) => Some(bearer.sought.variable),
            Authentication::Basic | Authentication::None(_) => None,
        });
        let values = values.chain(bearer);
        let fallbacks = kind.fields.iter().filter_map(|field| field.default?.variables.first().copied());
        let sending = SENDING.into_iter().filter(|_| sent);
        let kept = Some("XDG_CACHE_HOME").filter(|_| kind.is_repeatable());
        let general = ["TOKENMINT_PROFILE", "TOKENMINT_CONFIG", "GITHUB_ENV", "GITHUB_OUTPUT", "NO_COLOR"];
        let wanted: Vec<&str> = values.chain(fallbacks).chain(sending).chain(kept).chain(general).collect();
        let environment = of_variables(&wanted);
        let failures = Category::ALL.into_iter().filter(|category| match category {
            Category::NotValid => false,
            Category::Partial => kind.is_repeatable(),
            Category::CredentialsRefused | Category::RequestRefused | Category::Unavailable => sent,
            _ => true,
        });
        let exits = exits(&failures.collect::<Vec<_>>(), true);
        let files = if kind.is_repeatable() { files() } else { configuration_file() };
        Sections { attributes: attributes(kind), environment, files, exits }
    }

    /// The sections of the help. Files are left to the man pages.
    pub(super) fn help(&self) -> Vec<String> {
        let attributes = ("Attributes of a 422 whose flags have other names", &self.attributes);
        [attributes, ("Environment", &self.environment), ("Exit codes", &self.exits)]
            .into_iter()
            .filter(|(_, rows)| !rows.is_empty())
            .map(|(title, rows)| style::table(title, rows))
            .collect()
    }
}

/// The files of the program.
pub(super) fn files() -> Rows {
    let kept = rows(&[("$XDG_CACHE_HOME/tokenmint", "tokens kept for --reuse")]);
    configuration_file().into_iter().chain(kept).collect()
}

/// Where the configuration file is.
fn configuration_file() -> Rows {
    rows(&[
        ("$XDG_CONFIG_HOME/tokenmint/config.toml", "configuration file"),
        ("~/.config/tokenmint/config.toml", "configuration file where XDG_CONFIG_HOME is not set"),
    ])
}

/// Every variable that is read.
pub(super) fn all_variables() -> Rows {
    let mut all = Vec::new();
    for provider in PROVIDERS {
        let schema = provider.credentials;
        let settings = schema.settings.iter().map(|setting| (setting.key, setting.variables));
        for (key, variables) in schema.fields().map(|field| (field.key, field.variables)).chain(settings) {
            let Some((first, others)) = variables.split_first() else { continue };
            let fields = provider.kinds.iter().flat_map(|kind| kind.fields);
            let flag = fields.into_iter().find(|field| field.default.is_some_and(|default| default.profile_key == key));
            let flag = flag.map(|field| format!(", default of {}", field.dashed())).unwrap_or_default();
            let also = if others.is_empty() { String::new() } else { format!("; also {}", others.join(", ")) };
            all.push(((*first).to_owned(), format!("{}{flag}{also}", in_words(key))));
        }
    }
    all.extend(rows(&VARIABLES));
    all
}

/// The rows of some variables.
pub(super) fn of_variables(wanted: &[&str]) -> Rows {
    let mut rows = all_variables();
    rows.retain(|(name, _)| wanted.contains(&name.as_str()));
    rows
}

/// The variables that most people need, for the program's own help.
fn overview() -> Rows {
    let sets = PROVIDERS.iter().map(|provider| {
        let variables = provider.credentials.fields().filter_map(|field| field.variables.first().copied());
        (variables.collect::<Vec<_>>().join(", "), String::new())
    });
    let others = ["TOKENMINT_PROFILE", "TOKENMINT_CONFIG", "SSL_CERT_FILE", "HTTPS_PROXY", "NO_COLOR"];
    let more = "Run `tokenmint help environment` for the full list.";
    sets.chain([(others.join(", "), String::new()), (more.to_owned(), String::new())]).collect()
}

/// A key of the configuration file as words.
fn in_words(key: &str) -> String {
    let word = |word: &str| match word {
        "id" | "sid" | "api" => word.to_uppercase(),
        _ => word.to_owned(),
    };
    key.split('_').map(word).collect::<Vec<_>>().join(" ")
}

/// The rows of the attributes that are not simply the flag's name with underscores.
fn attributes(kind: &Kind) -> Rows {
    let Some(endpoint) = kind.endpoint() else { return Vec::new() };
    let flags_of = |key: &str| {
        let flags = kind.fields.iter().filter(|field| field.key == key).map(Field::spelling);
        flags.collect::<Vec<_>>().join(", ")
    };
    let own = kind.distinct_fields().map(|field| (field.key, field.key));
    own.chain(endpoint.other_attributes.iter().copied())
        .map(|(attribute, key)| (attribute.to_owned(), flags_of(key)))
        .filter(|(attribute, flags)| *flags != format!("--{}", attribute.replace('_', "-")))
        .collect()
}

/// The exit codes of a command that can fail in these ways, and whether it runs a command after `--`.
pub(super) fn exits(failures: &[Category], runs: bool) -> Rows {
    let mut all = rows(&[("0", "done")]);
    all.extend(failures.iter().map(|category| (category.exit().to_string(), category.meaning().to_owned())));
    if runs {
        all.extend(rows(&[("126, 127", "COMMAND after -- cannot be run, or is not found; else its own status")]));
    }
    all.extend(rows(&[("130, 143", "interrupted, terminated")]));
    all
}

fn rows(pairs: &[(&str, &str)]) -> Rows {
    pairs.iter().map(|(left, right)| ((*left).to_owned(), (*right).to_owned())).collect()
}
