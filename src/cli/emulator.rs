//! The flags of `emulator`.

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, ValueHint, value_parser};

use crate::options::Emulator;

const TESTS: &str = "For tests";

pub(super) fn command() -> clap::Command {
    let listen = Arg::new("listen").long("listen");
    let port = Arg::new("port").long("port").conflicts_with("listen").allow_hyphen_values(true);
    let tls = Arg::new("tls").long("tls").action(ArgAction::SetTrue);
    let one = |name: &'static str| Arg::new(name).long(name).allow_hyphen_values(true);
    let many = |name: &'static str| one(name).action(ArgAction::Append);
    let flags = [
        Arg::new("api-scope").long("scope").action(ArgAction::Append),
        many("address"),
        one("clock"),
        one("delay"),
        many("fail"),
        one("seed"),
    ];
    let program = Arg::new("program")
        .last(true)
        .num_args(1..)
        .value_parser(value_parser!(OsString))
        .value_hint(ValueHint::CommandWithArguments)
        .help_heading("After --");
    clap::Command::new("emulator")
        .args([listen, port, tls])
        .args(flags.map(|flag| flag.help_heading(TESTS)))
        .arg(program)
}

pub(super) fn read(matches: &ArgMatches) -> Emulator {
    let one = |name: &str| matches.get_one::<String>(name).cloned();
    let many = |name: &str| matches.get_many::<String>(name).unwrap_or_default().cloned().collect();
    Emulator {
        listen: one("listen"),
        port: one("port"),
        tls: matches.get_flag("tls"),
        scopes: many("api-scope"),
        addresses: many("address"),
        clock: one("clock"),
        delay: one("delay"),
        fail: many("fail"),
        seed: one("seed"),
        program: matches.get_many::<OsString>("program").map(|words| words.cloned().collect()),
    }
}
