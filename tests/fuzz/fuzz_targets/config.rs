//! The configuration file: no text makes the reader panic, and no message quotes a value of it.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use tokenmint::testing::providers::SCHEMAS;
use tokenmint::testing::credentials::config::Config;
use tokenmint::testing::app::Environment;

/// A value that no message of ours has in it by chance.
const CANARY: &str = "canary7c9d2f0a51";

fuzz_target!(|text: &str| {
    let path = Path::new("/home/user/config.toml");
    let text = text.replace('~', CANARY);
    if let Err(failure) = Config::parse(&text, path, &Environment::default(), &SCHEMAS) {
        assert_eq!(failure.exit_code(), 3);
        assert!(!failure.to_string().contains(CANARY));
        assert!(!failure.hint().unwrap_or_default().contains(CANARY));
    }
});
