//! What can follow on an unfinished command line, found in the command tree. The shells' scripts ask for it, so that all
//! of them offer the same and nothing that the help hides.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, Command};

use super::topics::TOPICS;
use crate::catalog::{Field, Input};
use crate::codes;
use crate::options::{Completion, Names, Rest};
use crate::providers;

/// Reads the words before the current one, and finds what the current one can become.
pub(super) fn complete(typed: &[&str], current: &str, mut tree: Command) -> Completion {
    tree.build();
    let mut line = Line::new(&tree);
    for (place, word) in typed.iter().enumerate() {
        if *word == "--" && line.open.is_none() {
            return Completion { rest: Rest::Command(place), ..Completion::default() };
        }
        line.read(word);
    }
    let mut completion = line.finish(current);
    completion.config = line.config.map(PathBuf::from);
    completion
}

/// The words so far.
struct Line<'a> {
    root: &'a Command,
    command: &'a Command,
    /// The flag whose value is next.
    open: Option<&'a Arg>,
    /// Flags that have been given.
    given: Vec<&'a str>,
    /// Words that are neither flags nor commands.
    positional: Vec<String>,
    config: Option<String>,
}

impl<'a> Line<'a> {
    fn new(tree: &'a Command) -> Self {
        Line { root: tree, command: tree, open: None, given: Vec::new(), positional: Vec::new(), config: None }
    }

    fn read(&mut self, word: &str) {
        if let Some(flag) = self.open.take()
            && !(is_optional(flag) && word.starts_with('-'))
        {
            if flag.get_id() == "config" {
                self.config = Some(word.to_owned());
            }
            return;
        }
        if word.starts_with('-') && word.len() > 1 {
            let Some((flag, value)) = flag(self.command, word) else { return };
            self.given.push(flag.get_id().as_str());
            match value {
                Some(value) if flag.get_id() == "config" => self.config = Some(value.to_owned()),
                None if flag.get_action().takes_values() => self.open = Some(flag),
                _ => {}
            }
        } else if let Some(command) = self.command.find_subcommand(word).filter(|_| self.positional.is_empty()) {
            self.command = command;
        } else {
            self.positional.push(word.to_owned());
        }
    }

    fn finish(&self, current: &str) -> Completion {
        if let Some(flag) = self.open
            && !(is_optional(flag) && current.starts_with('-'))
        {
            return values(self.command, flag, "", current);
        }
        if let Some((name, value)) = current.split_once('=')
            && name.starts_with("--")
        {
            let flag = flag(self.command, name).filter(|(flag, _)| flag.get_action().takes_values());
            return flag
                .map_or_else(Completion::default, |(flag, _)| values(self.command, flag, &format!("{name}="), value));
        }
        if current.starts_with('-') {
            return self.flags(current);
        }
        let mut words: Vec<(String, String)> =
            if self.positional.is_empty() { subcommands(self.command) } else { Vec::new() };
        words.retain(|(name, _)| name.starts_with(current));
        let mut positionals = self.command.get_positionals().filter(|argument| !argument.is_last_set());
        if let Some(argument) = positionals.find(|argument| self.positional.is_empty() || is_repeated(argument)) {
            let mut completion = match argument.get_id().as_str() {
                "subject" | "page" => self.pages(argument.get_id() == "subject", current),
                _ => values(self.command, argument, "", current),
            };
            completion.words.splice(0..0, words);
            return completion;
        }
        // Where nothing but flags can follow, they are what is looked for.
        if words.is_empty() && current.is_empty() {
            return self.flags("-");
        }
        Completion { words, ..Completion::default() }
    }

    /// The flags that begin like this, without those that are given and cannot be repeated.
    fn flags(&self, current: &str) -> Completion {
        let open = self.command.get_arguments().filter(|argument| {
            let repeated = matches!(argument.get_action(), ArgAction::Append);
            !argument.is_hide_set() && (repeated || !self.given.contains(&argument.get_id().as_str()))
        });
        let mut words = Vec::new();
        for argument in open {
            let text = argument.get_help().map(ToString::to_string).unwrap_or_default();
            let long = argument.get_long().map(|long| format!("--{long}"));
            let mut names: Vec<String> = long.into_iter().collect();
            if !names.iter().any(|name| name.starts_with(current)) {
                let aliases = argument.get_visible_aliases().unwrap_or_default();
                names = aliases.iter().map(|alias| format!("--{alias}")).collect();
            }
            let name = names.into_iter().find(|name| name.starts_with(current));
            words.extend(name.map(|name| (name, text)));
        }
        Completion { words, ..Completion::default() }
    }

    /// What `help` and `man` take: a command below those that are typed, or a topic.
    fn pages(&self, with_topics: bool, current: &str) -> Completion {
        let below = |command: &'a Command, name: &String| command.find_subcommand(name);
        let Some(command) = self.positional.iter().try_fold(self.root, below) else { return Completion::default() };
        let mut words = subcommands(command);
        if with_topics && self.positional.is_empty() {
            words.extend(TOPICS.iter().map(|topic| (topic.name.to_owned(), topic.about.to_owned())));
        }
        words.retain(|(name, _)| name.starts_with(current));
        Completion { words, ..Completion::default() }
    }
}

fn is_optional(flag: &Arg) -> bool {
    flag.get_num_args().is_some_and(|range| range.min_values() == 0)
}

fn is_repeated(argument: &Arg) -> bool {
    argument.get_num_args().is_some_and(|range| range.max_values() > 1)
}

fn subcommands(command: &Command) -> Vec<(String, String)> {
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set());
    let about = |command: &Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    shown.map(|command| (command.get_name().to_owned(), about(command))).collect()
}

/// The flag of a word, and the value in the same word. Of several short flags it is the one that takes a value, or the
/// last.
fn flag<'a, 'w>(command: &'a Command, word: &'w str) -> Option<(&'a Arg, Option<&'w str>)> {
    if let Some(long) = word.strip_prefix("--") {
        let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
        let is_meant = |argument: &&Arg| {
            argument.get_long_and_visible_aliases().unwrap_or_default().contains(&name)
                || argument.get_all_aliases().unwrap_or_default().contains(&name)
        };
        return command.get_arguments().find(is_meant).map(|argument| (argument, value));
    }
    let mut letters = word.strip_prefix('-')?.char_indices().peekable();
    while let Some((place, letter)) = letters.next() {
        let argument = command.get_arguments().find(|argument| argument.get_short() == Some(letter))?;
        if argument.get_action().takes_values() {
            let value = &word[1 + place + letter.len_utf8()..];
            return Some((argument, Some(value).filter(|value| !value.is_empty())));
        }
        if letters.peek().is_none() {
            return Some((argument, None));
        }
    }
    None
}

/// What the names of values mean to a person who presses TAB.
const LIFETIMES: &[&str] = &["15m", "1h", "12h", "1d"];
const TIMES: &[&str] = &["+15m", "+1h", "+1d"];
const TIME_LIMITS: &[&str] = &["10s", "30s", "1m"];
const LOOPBACK: &[&str] = &["127.0.0.1:8793", "127.0.0.1:0"];
const ACCESS: &[&str] = &["r", "w", "rw"];

/// The values of a flag that begin with `current`; `lead` stands before them in the same word.
fn values(command: &Command, argument: &Arg, lead: &str, current: &str) -> Completion {
    let name = argument.get_value_names().and_then(|names| names.first()).map_or("", |name| name.as_str());
    let id = argument.get_id().as_str();
    let (lead, current) = match name {
        // The last entry of a list.
        _ if is_comma_list(command, id) => after_last(lead, current, ','),
        "NAME=ACCESS" | "KEY=JSON" => after_last(lead, current, '='),
        _ => (lead.to_owned(), current),
    };
    let offered = |words: &[&str]| {
        let words = words.iter().filter(|word| word.starts_with(current));
        words.map(|word| (format!("{lead}{word}"), String::new())).collect::<Vec<_>>()
    };
    let of = |words: &[&str]| Completion { words: offered(words), ..Completion::default() };
    let known = argument.get_possible_values();
    if !known.is_empty() {
        let names: Vec<&str> = known.iter().filter(|value| !value.is_hide_set()).map(PossibleValue::get_name).collect();
        return of(&names);
    }
    let files = |rest: Rest, words: &[&str]| Completion { rest, words: offered(words), ..Completion::default() };
    let begun = lead.ends_with('=');
    match (id, name) {
        ("profile" | "which", _) | (_, "PROFILE") => {
            Completion { names: Some((Names::Profiles, lead, current.to_owned())), ..Completion::default() }
        }
        ("preset", _) | (_, "PRESET") => {
            Completion { names: Some((Names::Presets, lead, current.to_owned())), ..Completion::default() }
        }
        ("timeout", _) => of(TIME_LIMITS),
        ("batch", _) => files(Rest::Files(lead.clone()), &["-"]),
        ("cacert", _) => files(Rest::Files(lead.clone()), &["system"]),
        (_, "FILE") => files(Rest::Files(lead.clone()), &[]),
        (_, "DIR") => files(Rest::Folders(lead.clone()), &[]),
        (_, "NAME=ACCESS") if begun => of(ACCESS),
        (_, "KEY=JSON") if !begun => Completion::default(),
        (_, "CODE") => Completion { words: codes_from(current), ..Completion::default() },
        // Tokens cannot be guessed, and `-` is the default.
        (_, "TOKEN") if !current.starts_with('@') => Completion::default(),
        (_, name) if name == "TOKEN" || name.contains("JSON") || name.contains("@FILE") => {
            match current.strip_prefix('@') {
                Some(_) => files(Rest::Files(format!("{lead}@")), &[]),
                None => of(&["@", "-"]),
            }
        }
        (_, "DURATION") => of(LIFETIMES),
        (_, "TIME") => of(TIMES),
        (_, name) if name.contains("ADDR:PORT") => of(LOOPBACK),
        (_, name) if name.ends_with("|default") => of(&["default"]),
        _ => Completion::default(),
    }
}

/// The error codes that begin like this. The whole list is what the command itself prints.
fn codes_from(current: &str) -> Vec<(String, String)> {
    let codes = codes::all().flat_map(|entry| entry.codes.iter().map(move |code| (*code, entry.title)));
    let codes = codes.filter(|(code, _)| code.starts_with(current));
    codes.map(|(code, title)| (code.to_owned(), title.to_owned())).collect()
}

/// The part of a value that is being typed, with the part before it added to the lead.
fn after_last<'w>(lead: &str, current: &'w str, separator: char) -> (String, &'w str) {
    let start = current.rfind(separator).map_or(0, |place| place + separator.len_utf8());
    (format!("{lead}{}", &current[..start]), &current[start..])
}

fn is_comma_list(command: &Command, id: &str) -> bool {
    let field = |field: &&Field| field.flag.name == id && matches!(field.input, Input::CommaList);
    providers::kind(command.get_name()).is_some_and(|kind| kind.fields.iter().any(|own| field(&own)))
}

#[cfg(test)]
mod tests {
    use super::super::tree::tree;
    use super::*;

    /// What is offered for the last of these words, with what the shell adds.
    fn offered(line: &str) -> (Vec<String>, Rest) {
        let words: Vec<&str> = line.split(' ').collect();
        let (current, typed) = words.split_last().unwrap();
        let completion = complete(typed, current, tree());
        (completion.words.into_iter().map(|(word, _)| word).collect(), completion.rest)
    }

    fn words(line: &str) -> Vec<String> {
        offered(line).0
    }

    #[test]
    fn commands_and_flags_are_offered_by_what_they_begin_with() {
        assert_eq!(words("vid"), ["video"]);
        assert_eq!(words("profile ch"), ["check"]);
        assert_eq!(words("chat --cha"), ["--channel", "--channels"]);
        assert_eq!(words("chat --exp"), ["--expires-in"]);
        assert!(words("chat ").contains(&"--ttl".to_owned()) && words("").contains(&"chat".to_owned()));
        // A flag that cannot be repeated is offered once.
        assert!(!words("chat --ttl 1h --").contains(&"--ttl".to_owned()));
        assert!(words("chat -c a=r --").contains(&"--channel".to_owned()));
    }

    #[test]
    fn what_the_help_hides_is_not_offered() {
        for flag in ["--timeout", "--retries", "--cacert", "--curl", "--body"] {
            assert!(words("chat --").contains(&flag.to_owned()) && !words("twilio --").contains(&flag.to_owned()));
        }
        assert_eq!(words("completions --p"), Vec::<String>::new());
    }

    #[test]
    fn closed_sets_are_offered_in_every_way_of_writing_a_value() {
        for line in ["chat -o git", "chat -ogit", "chat -vo git", "chat --output git"] {
            if !line.contains("-ogit") {
                assert_eq!(words(line), ["github-env", "github-output"], "{line}");
            }
        }
        assert_eq!(words("chat --output=ra"), ["--output=raw"]);
        assert_eq!(words("video --join-as "), ["member", "audience"]);
        assert_eq!(words("video --media-allowed au"), ["audio-only"]);
        assert_eq!(words("guest --region "), ["us-central"]);
        assert_eq!(words("chat --shell f"), ["fish"]);
        assert_eq!(words("video --permission room.lock,room.un"), ["room.lock,room.unlock"]);
        assert_eq!(words("video --auto-create-room="), ["--auto-create-room=true", "--auto-create-room=false"]);
        assert_eq!(words("chat -c a=b="), ["a=b=r", "a=b=w", "a=b=rw"]);
        assert_eq!(words("chat -c lob"), Vec::<String>::new());
        assert_eq!(words("twilio --sync "), ["default"]);
        assert_eq!(words("help per"), ["permissions"]);
        assert_eq!(words("help profile sh"), ["show"]);
        assert_eq!(words("completions z"), ["zsh"]);
        assert_eq!(words("explain must_belong_to_p"), ["must_belong_to_project"]);
        assert!(words("explain 20101 2010").contains(&"20102".to_owned()));
    }

    #[test]
    fn files_are_offered_where_a_file_is_meant() {
        assert_eq!(offered("chat --write ").1, Rest::Files(String::new()));
        assert_eq!(offered("chat --write=a").1, Rest::Files("--write=".to_owned()));
        assert_eq!(offered("chat --state @a").1, Rest::Files("@".to_owned()));
        assert_eq!(offered("twilio --grant x=@a").1, Rest::Files("x=@".to_owned()));
        for line in ["inspect @", "inspect @a", "refresh @a", "chat --body @"] {
            assert_eq!(offered(line).1, Rest::Files("@".to_owned()), "{line}");
        }
        assert_eq!(offered("man --dir ").1, Rest::Folders(String::new()));
        assert_eq!(offered("chat --cacert "), (vec!["system".to_owned()], Rest::Files(String::new())));
        for line in ["chat --ttl ", "chat --member-id ", "chat --name ", "inspect ", "profile show ", "-p "] {
            assert_eq!(offered(line).1, Rest::Nothing, "{line}");
        }
        assert_eq!(offered("chat --ttl 1h -- prin").1, Rest::Command(4 - 1));
    }

    #[test]
    fn no_word_is_too_odd() {
        let odd = ["", "-", "--", "---", "-é", "-pé", "-vé", "--=", "--é=é", "=", "é", "@", "a=@", ",", "-c=", "\u{0}"];
        for first in odd {
            for second in odd {
                for third in odd {
                    complete(&["chat", first, second], third, tree_once());
                }
            }
        }
    }

    /// A tree of one command, which is quick to make.
    fn tree_once() -> Command {
        super::super::tree::tree_for(&["tokenmint".into(), "chat".into()])
    }

    #[test]
    fn names_are_asked_for_in_the_file_that_is_typed() {
        for line in ["chat -p d", "--profile d", "profile show d", "profile check d", "chat --profile d"] {
            let words: Vec<&str> = line.split(' ').collect();
            let (current, typed) = words.split_last().unwrap();
            let names = complete(typed, current, tree()).names;
            assert_eq!(names, Some((Names::Profiles, String::new(), "d".to_owned())), "{line}");
        }
        let config = complete(&["--config", "a.toml", "chat", "-p"], "", tree()).config;
        assert_eq!(config, Some(PathBuf::from("a.toml")));
    }
}
