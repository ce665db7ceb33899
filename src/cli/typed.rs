//! A command line that the parser has refused, and how its parts are named in messages. A value in the wrong place is not
//! repeated, since it may be a secret.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};

use crate::text::clip;

/// What was typed, as far as commands were understood.
pub(super) struct Typed<'a> {
    /// The words, program name first.
    pub(super) words: &'a [OsString],
    /// The whole tree.
    pub(super) tree: &'a clap::Command,
    /// The command that the words lead to.
    pub(super) command: &'a clap::Command,
    /// What is typed to reach it, such as `tokenmint profile show`.
    pub(super) path: String,
}

impl<'a> Typed<'a> {
    pub(super) fn new(words: &'a [OsString], tree: &'a clap::Command) -> Self {
        let (path, command) = parent(words, tree);
        Typed { words, tree, command, path }
    }

    /// The hint where nothing better is known.
    pub(super) fn help(&self) -> String {
        format!("run {} --help", self.path)
    }

    /// Whether a flag was typed, alone or with its value.
    pub(super) fn has(&self, flag: &str) -> bool {
        let texts = self.words.iter().map_while(|word| word.to_str()).take_while(|word| *word != "--");
        texts
            .into_iter()
            .any(|word| word.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('=')))
    }
}

/// The command that the words lead to, and what is typed to reach it.
fn parent<'a>(words: &[OsString], tree: &'a clap::Command) -> (String, &'a clap::Command) {
    let mut found = ("tokenmint".to_owned(), tree);
    let mut words = words.iter().skip(1).map(|word| word.to_string_lossy());
    while let Some(word) = words.next().filter(|word| word != "--") {
        if word.starts_with('-') {
            if takes_next_word(&word, found.1) || takes_next_word(&word, tree) {
                words.next();
            }
            continue;
        }
        let Some(command) = found.1.find_subcommand(&*word) else { break };
        found = (format!("{} {word}", found.0), command);
    }
    found
}

/// Whether the word after this one is its value.
fn takes_next_word(word: &str, command: &clap::Command) -> bool {
    let is_meant = |argument: &clap::Arg| match word.strip_prefix("--") {
        Some(long) => argument.get_long_and_visible_aliases().unwrap_or_default().contains(&long),
        None => argument.get_short().is_some_and(|short| word.ends_with(short)),
    };
    command.get_arguments().any(|argument| argument.get_action().takes_values() && is_meant(argument))
}

/// The flags of a command as they are typed, aliases and short ones included.
pub(super) fn flags(command: &clap::Command) -> Vec<String> {
    let of_argument = |argument: &clap::Arg| {
        let long =
            argument.get_long_and_visible_aliases().unwrap_or_default().into_iter().map(|long| format!("--{long}"));
        long.chain(argument.get_short().map(|short| format!("-{short}"))).collect::<Vec<_>>()
    };
    command.get_arguments().flat_map(of_argument).collect()
}

/// The commands under a command that its help shows.
pub(super) fn commands(tree: &clap::Command) -> Vec<String> {
    tree.get_subcommands()
        .filter(|command| !command.is_hide_set())
        .map(|command| command.get_name().to_owned())
        .collect()
}

/// The flag of an argument as the parser writes it, without value names and without a value: of a short flag one letter,
/// of a long one what stands before `=`, both only as far as they look like a flag.
pub(super) fn flag_alone(written: &str) -> String {
    // An argument without a flag goes by the name of its value.
    if let Some(name) = written.strip_prefix(['<', '[']) {
        return name.chars().take_while(char::is_ascii_uppercase).collect();
    }
    let word = written.split([' ', '=', '<', '[']).next().unwrap_or_default();
    let shown: String = match word.strip_prefix("--") {
        Some(_) => {
            word.chars().take_while(|character| character.is_ascii_lowercase() || *character == '-').take(40).collect()
        }
        None => word.chars().take(2).collect(),
    };
    clip(&shown, 42)
}

/// What the parser knows about an error.
pub(super) fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        _ => None,
    }
}
