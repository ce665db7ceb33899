//! The shells that completions can be written for.

/// The shells that completions can be written for: the name that is typed, and the file in `completions/`.
pub const SHELLS: [(&str, &str); 5] = [
    ("bash", "tokenmint.bash"),
    ("zsh", "_tokenmint"),
    ("fish", "tokenmint.fish"),
    ("powershell", "_tokenmint.ps1"),
    ("elvish", "tokenmint.elv"),
];
