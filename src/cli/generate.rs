//! Completions and man pages, written from the command tree itself. Where they are put is for the caller.

use clap_complete::Shell;
use clap_mangen::Man;
use roff::{Roff, bold, roman};

use super::tree;
use crate::error::{Category, OrFail as _, Result};

/// The completion script of a shell of [`SHELLS`].
pub fn completions(shell: &str) -> Vec<u8> {
    let generator = match shell {
        "zsh" => Shell::Zsh,
        "fish" => Shell::Fish,
        "powershell" => Shell::PowerShell,
        "elvish" => Shell::Elvish,
        _ => Shell::Bash,
    };
    let mut script = Vec::new();
    clap_complete::generate(generator, &mut tree(), "tokenmint", &mut script);
    script
}

/// Every man page: its file name and its text in roff. The first is that of the program.
///
/// # Errors
/// Exit 1 where a page cannot be rendered.
pub fn man_pages() -> Result<Vec<(String, Vec<u8>)>> {
    let mut tree = tree();
    tree.build();
    let mut pages = Vec::new();
    add_pages(&tree, "tokenmint", &mut pages)?;
    Ok(pages)
}

fn add_pages(command: &clap::Command, name: &str, pages: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    pages.push((format!("{name}.1"), page(command, name).or_fail(Category::Internal)?));
    for subcommand in command.get_subcommands().filter(|command| command.get_name() != "help") {
        add_pages(subcommand, &format!("{name}-{}", subcommand.get_name()), pages)?;
    }
    Ok(())
}

fn page(command: &clap::Command, name: &str) -> std::io::Result<Vec<u8>> {
    let version = format!("tokenmint {}", env!("CARGO_PKG_VERSION"));
    // The page of `tokenmint chat` is `tokenmint-chat`, and its synopsis is what is typed.
    let typed = name.replace('-', " ");
    let man = Man::new(command.clone().display_name(name.to_owned()).bin_name(typed.clone()))
        .source(version)
        .manual("tokenmint manual");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    synopsis(command, &typed, &mut page)?;
    man.render_description_section(&mut page)?;
    if let Some(examples) = command.get_before_long_help() {
        verbatim("EXAMPLES", &examples.to_string(), &mut page)?;
    }
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let after = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    for section in after.split("\n\n").filter(|section| !section.is_empty()) {
        let heading = section.lines().next().unwrap_or_default().trim_end_matches(':');
        // What man pages call it.
        let title = if heading == "Exit codes" { "EXIT STATUS".to_owned() } else { heading.to_uppercase() };
        verbatim(&title, section, &mut page)?;
    }
    // Plain ASCII, which every locale can show.
    Ok(String::from_utf8_lossy(&page).replace('…', "...").into_bytes())
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

/// A section whose lines stay as they are; the heading that the help gives it is left out.
fn verbatim(title: &str, text: &str, page: &mut Vec<u8>) -> std::io::Result<()> {
    let mut roff = Roff::default();
    roff.control("SH", [title]);
    roff.control("nf", []);
    for line in text.lines().skip(1) {
        roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
    }
    roff.control("fi", []);
    roff.to_writer(page)
}
