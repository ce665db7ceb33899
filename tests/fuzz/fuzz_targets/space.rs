//! The grammar of a space: whatever is accepted has a plain host, and only loopback goes without TLS.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tokenmint::testing::signalwire::Space;

fuzz_target!(|text: &str| {
    let Ok(space) = Space::parse(text, "SIGNALWIRE_SPACE") else { return };
    let loopback = ["127.0.0.1", "localhost", "[::1]"].contains(&space.host());
    assert!(space.is_secure() || loopback);
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    assert!(space.host() == "[::1]" || space.host().bytes().all(plain));
    let stem = space.host().strip_suffix(".signalwire.com").unwrap_or(space.host());
    assert!(text.to_ascii_lowercase().contains(stem));
    // What is accepted is accepted again as it is written, and means the same.
    assert_eq!(Space::parse(&space.to_string(), "SIGNALWIRE_SPACE").ok(), Some(space));
});
