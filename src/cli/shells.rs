//! The shells that completions are written for, and their scripts. A script holds no candidates of ours: it
//! calls the program for them.

use clap::builder::PossibleValue;

/// A shell: the name that is typed, and the script.
struct Shell {
    name: &'static str,
    /// Another name for it.
    alias: Option<&'static str>,
    script: &'static str,
}

const SHELLS: [Shell; 6] = [
    Shell { name: "bash", alias: None, script: include_str!("scripts/tokenmint.bash") },
    Shell { name: "zsh", alias: None, script: include_str!("scripts/_tokenmint") },
    Shell { name: "fish", alias: None, script: include_str!("scripts/tokenmint.fish") },
    Shell { name: "powershell", alias: Some("pwsh"), script: include_str!("scripts/_tokenmint.ps1") },
    Shell { name: "elvish", alias: None, script: include_str!("scripts/tokenmint.elv") },
    Shell { name: "nushell", alias: Some("nu"), script: include_str!("scripts/tokenmint.nu") },
];

/// The names, as the parser takes them.
pub(super) fn names() -> [PossibleValue; SHELLS.len()] {
    SHELLS.map(|shell| PossibleValue::new(shell.name).aliases(shell.alias))
}

/// The completion script of a shell.
pub(super) fn completions(shell: &str) -> &'static str {
    let is_meant = |known: &&Shell| known.name == shell || known.alias == Some(shell);
    SHELLS.iter().find(is_meant).map_or("", |shell| shell.script)
}
