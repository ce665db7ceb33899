//! Man pages, written from the command tree itself: one for each command, and one for the configuration file. Where they
//! are put is for the caller.

use clap_mangen::Man;
use roff::{Roff, bold, italic, roman};

use super::help::sections_of;
use super::sections::{Rows, Sections, of_variables};
use super::style::finished;
use super::tree::tree;
use super::{pages, topics};
use crate::error::{Category, Failure, OrFail as _, Result};
use crate::providers;

/// The page of the configuration file, as `SEE ALSO` names it.
const CONFIG: (&str, &str) = ("tokenmint-config", "5");

/// Every man page: its file name and its text in roff. The first is that of the program.
///
/// # Errors
/// Exit 1 where a page cannot be rendered.
pub(super) fn man_pages() -> Result<Vec<(String, Vec<u8>)>> {
    let mut tree = tree();
    tree.build();
    let mut pages = Vec::new();
    add_pages(&tree, "tokenmint", &mut pages)?;
    let config = config_page().or_fail(Category::Internal)?;
    pages.push((format!("{}.{}", CONFIG.0, CONFIG.1), config));
    Ok(pages)
}

/// The page of a command, given as it is typed, or of `config`.
///
/// # Errors
/// Exit 2 where there is no such page.
pub(super) fn man_page(words: &[&str]) -> Result<Vec<u8>> {
    let name = words.iter().fold("tokenmint".to_owned(), |name, word| format!("{name}-{word}"));
    let pages = man_pages()?;
    let known: Vec<String> = pages.iter().filter_map(|(file, _)| Some(file.rsplit_once('.')?.0.to_owned())).collect();
    let place = known.iter().position(|known| *known == name);
    match place.and_then(|place| pages.into_iter().nth(place)) {
        Some((_, page)) => Ok(page),
        None => Err(Failure::usage("there is no man page of this name")
            .with_hint(format!("pages: {}", known.join(", ").replace("tokenmint-", "")))),
    }
}

fn add_pages(command: &clap::Command, name: &str, pages: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    pages.push((format!("{name}.1"), page(command, name).or_fail(Category::Internal)?));
    for subcommand in command.get_subcommands() {
        add_pages(subcommand, &format!("{name}-{}", subcommand.get_name()), pages)?;
    }
    Ok(())
}

fn page(command: &clap::Command, name: &str) -> std::io::Result<Vec<u8>> {
    // The page of `tokenmint chat` is `tokenmint-chat`, and its synopsis is what is typed.
    let typed = name.replace('-', " ");
    let man = Man::new(command.clone().display_name(name.to_owned()).bin_name(typed.clone()));
    let mut page = title(name, "1");
    man.render_name_section(&mut page)?;
    synopsis(command, &typed, &mut page)?;
    man.render_description_section(&mut page)?;
    let examples = command.get_before_long_help().map(ToString::to_string).unwrap_or_default();
    verbatim("EXAMPLES", finished(&examples).trim_end().lines().skip(1), &mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let sections = match (providers::kind(command.get_name()), pages::page(command.get_name())) {
        (Some(kind), _) => Some(Sections::of_kind(kind)),
        (None, page) => page.map(sections_of),
    };
    if let Some(sections) = sections {
        list("ATTRIBUTES OF A 422", &sections.attributes, &mut page)?;
        list("ENVIRONMENT", &sections.environment, &mut page)?;
        list("FILES", &sections.files, &mut page)?;
        list("EXIT STATUS", &sections.exits, &mut page)?;
    }
    see_also(&related(command, name), &mut page)?;
    Ok(tidy(&page))
}

/// The page of the configuration file.
fn config_page() -> std::io::Result<Vec<u8>> {
    let mut page = title(CONFIG.0, CONFIG.1);
    let mut roff = Roff::default();
    roff.control("SH", ["NAME"]).text([roman(format!("{} - the configuration file of tokenmint", CONFIG.0))]);
    roff.control("SH", ["DESCRIPTION"]);
    roff.text([roman("A TOML file with profiles: named sets of credentials. The first of these files is read:")]);
    roff.to_writer(&mut page)?;
    terms(&topics::places(), &mut page)?;
    for paragraph in topics::CONFIG_NOTES {
        let mut roff = Roff::default();
        roff.control("PP", []).text([roman(*paragraph)]);
        roff.to_writer(&mut page)?;
    }
    list("KEYS", &topics::keys(), &mut page)?;
    verbatim("EXAMPLES", topics::EXAMPLE.lines(), &mut page)?;
    let variables = ["TOKENMINT_PROFILE", "TOKENMINT_CONFIG", "XDG_CONFIG_HOME"];
    list("ENVIRONMENT", &of_variables(&variables), &mut page)?;
    list("FILES", &super::sections::files(), &mut page)?;
    let related = ["tokenmint", "tokenmint-profile", "tokenmint-profile-init", "tokenmint-profile-check"];
    see_also(&related.map(|name| (name.to_owned(), "1")), &mut page)?;
    Ok(tidy(&page))
}

/// The heading of a page. It has no date, so that the same source gives the same page on any day.
fn title(name: &str, section: &str) -> Vec<u8> {
    let name = name.to_uppercase();
    let version = env!("CARGO_PKG_VERSION");
    format!(".TH \"{name}\" \"{section}\" \"\" \"tokenmint {version}\" \"tokenmint manual\"\n").into_bytes()
}

/// The usage line of the help: all flags in one paragraph, as the generator would write them, are no help.
fn synopsis(command: &clap::Command, typed: &str, page: &mut Vec<u8>) -> std::io::Result<()> {
    let usage = command.clone().render_usage().to_string();
    let rest = usage.trim_start_matches("Usage: ").trim_start_matches(typed);
    let mut roff = Roff::default();
    roff.control("SH", ["SYNOPSIS"]);
    roff.text([bold(typed), roman(rest)]);
    roff.to_writer(page)
}

/// A section whose lines stay as they are.
fn verbatim<'a>(title: &str, lines: impl Iterator<Item = &'a str>, page: &mut Vec<u8>) -> std::io::Result<()> {
    let mut roff = Roff::default();
    roff.control("SH", [title]).control("nf", []);
    for line in lines {
        roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
    }
    roff.control("fi", []);
    roff.to_writer(page)
}

/// A section of terms with what they mean.
fn list(title: &str, rows: &Rows, page: &mut Vec<u8>) -> std::io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut roff = Roff::default();
    roff.control("SH", [title]);
    roff.to_writer(page)?;
    terms(rows, page)
}

fn terms(rows: &Rows, page: &mut Vec<u8>) -> std::io::Result<()> {
    let mut roff = Roff::default();
    for (place, (term, meaning)) in rows.iter().enumerate() {
        if meaning.is_empty() {
            if place > 0 {
                roff.control("PP", []);
            }
            roff.text([roman(term.as_str())]);
        } else {
            roff.control("TP", []).text([bold(term.as_str())]).text([roman(meaning.as_str())]);
        }
    }
    roff.to_writer(page)
}

/// The pages that a page of a command leads to: those above and below it, and for a token what reads it again.
fn related(command: &clap::Command, name: &str) -> Vec<(String, &'static str)> {
    let above = name.match_indices('-').map(|(place, _)| name[..place].to_owned());
    let below = command.get_subcommands().map(|command| format!("{name}-{}", command.get_name()));
    let reader = providers::kind(command.get_name()).map(|_| "tokenmint-inspect".to_owned());
    above.chain(below).chain(reader).map(|name| (name, "1")).chain([(CONFIG.0.to_owned(), CONFIG.1)]).collect()
}

fn see_also(pages: &[(String, &str)], page: &mut Vec<u8>) -> std::io::Result<()> {
    let mut roff = Roff::default();
    roff.control("SH", ["SEE ALSO"]);
    for (place, (name, section)) in pages.iter().enumerate() {
        let comma = if place + 1 < pages.len() { "," } else { "" };
        roff.text([italic(name.as_str()), roman(format!("({section}){comma}"))]);
    }
    roff.to_writer(page)
}

/// A page without what each of its parts brings again, without empty lines, and in plain ASCII, which every locale can
/// show.
fn tidy(page: &[u8]) -> Vec<u8> {
    const PREAMBLE: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";
    let text = String::from_utf8_lossy(page).replace('…', "...").replace(PREAMBLE, "");
    let mut tidy = PREAMBLE.to_owned();
    let lines: Vec<&str> = text.lines().collect();
    let mut is_verbatim = false;
    for (place, line) in lines.iter().enumerate() {
        let next = lines.get(place + 1).copied().unwrap_or(".");
        is_verbatim = (is_verbatim || *line == ".nf") && *line != ".fi";
        match line.trim_end() {
            // Space before a new section or item is the macro's own.
            "" if next.starts_with('.') || next.is_empty() => {}
            "" => tidy += ".sp\n",
            line if is_verbatim || line.starts_with('.') => tidy.extend([line, "\n"]),
            line => add_wrapped(line, &mut tidy),
        }
    }
    tidy.into_bytes()
}

/// Adds a line of text, divided where it is longer than 80 characters. No part may look like a request.
fn add_wrapped(line: &str, page: &mut String) {
    let mut length = 0;
    for word in line.split(' ') {
        let fits = length == 0
            || length + 1 + word.len() <= 79
            || [".", "'", "\\*(Aq"].iter().any(|begin| word.starts_with(begin))
            || word.is_empty();
        let separator = match (length, fits) {
            (0, _) => "",
            (_, true) => " ",
            (_, false) => "\n",
        };
        length = if fits { length + separator.len() } else { 0 } + word.len();
        *page += separator;
        *page += word;
    }
    page.push('\n');
}
