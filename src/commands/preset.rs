//! `--preset`: what the configuration file keeps for a command, found, held to the command's fields, and ready to lie
//! under what was typed.

use crate::app::App;
use crate::catalog::{Kind, PresetFields};
use crate::credentials::config::Config;
use crate::credentials::locate::locate;
use crate::credentials::preset::Preset;
use crate::error::{Failure, Result};
use crate::options::General;
use crate::providers::{self, SCHEMAS};
use crate::text;

/// A preset that is right for the command it was asked for.
#[derive(Debug)]
pub struct ChosenPreset {
    /// Its fields.
    pub fields: PresetFields,
    /// The profile that it names.
    pub profile: Option<String>,
}

impl ChosenPreset {
    /// Reads the preset of this name for a command. With `--profile` the profile that it names is of no matter.
    ///
    /// # Errors
    /// Exit 2 where it is for another command, 3 where it does not exist or is malformed.
    pub fn load(name: &str, kind: &'static Kind, general: &General, app: &App) -> Result<Self> {
        let shown = text::clip(name, 60);
        if name.is_empty() {
            return Err(Failure::usage("--preset is empty").with_hint("check that the variable is set"));
        }
        let location = locate(general.config.as_deref(), &app.env)?;
        let config = Config::read(&location.path, &app.env, &SCHEMAS).map_err(|failure| {
            // Where the file is wrong, the failure names its line.
            if location.path.exists() { failure } else { failure.context(format!("preset '{shown}'")) }
        })?;
        let preset = config.preset(name)?;
        let own = kind_of(&config, name, preset)?;
        if own != kind {
            return Err(Failure::usage(format!("preset '{shown}' is for {}, not for {}", own.name, kind.name))
                .with_hint(format!("run tokenmint {} --preset {}", own.name, text::sh_word(&shown))));
        }
        let fields = PresetFields::new(kind, &place(&config, name), &preset.fields, app.now())?;
        let profile = preset.profile.clone().filter(|_| general.profile.is_none());
        if let Some(profile) = &profile {
            config.require_profile_of(name, profile)?;
        }
        Ok(ChosenPreset { fields, profile })
    }
}

/// Checks every preset of a configuration file and gives each with its command.
///
/// # Errors
/// Exit 3 for the first that is malformed.
pub fn check_all<'c>(config: &'c Config, app: &App) -> Result<Vec<(&'c str, &'static Kind, &'c Preset)>> {
    let check = |(name, preset): &'c (String, Preset)| {
        let kind = kind_of(config, name, preset)?;
        PresetFields::new(kind, &place(config, name), &preset.fields, app.now())?;
        if let Some(profile) = &preset.profile {
            config.require_profile_of(name, profile)?;
        }
        Ok((name.as_str(), kind, preset))
    };
    config.presets.iter().map(check).collect()
}

/// The command of a preset. What the file has in its place is not shown.
fn kind_of(config: &Config, name: &str, preset: &Preset) -> Result<&'static Kind> {
    providers::kind(&preset.command).ok_or_else(|| {
        let names: Vec<&str> = providers::kinds().map(|kind| kind.name).collect();
        let nearest = text::did_you_mean(&preset.command, names.iter().copied());
        Failure::configuration(format!("{}: 'command' is not a command that mints{nearest}", place(config, name)))
            .with_hint(format!("expected one of: {}", names.join(", ")))
    })
}

/// What messages call a preset.
fn place(config: &Config, name: &str) -> String {
    format!("preset '{}' in {}", text::clip(name, 60), text::path(&config.path))
}
