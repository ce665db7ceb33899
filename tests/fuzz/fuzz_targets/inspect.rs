//! `inspect`: no text makes it panic, its report steers no terminal, and its JSON is JSON.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (i64, &str, &str, &str)| {
    let (now, text, header, claims) = input;
    let Ok(now) = Timestamp::from_second(now) else { return };
    // As it was pasted, and as a token that says what the fuzzer likes.
    let made = format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    for text in [text, &made] {
        let Ok(token) = tokenmint::testing::inspect::read(text) else { continue };
        let report = tokenmint::testing::inspect::report::text(&token, now);
        assert!(!report.contains(|character: char| character.is_control() && character != '\n'));
        serde_json::from_str::<serde_json::Value>(&tokenmint::testing::inspect::report::json(&token, now)).expect("JSON");
        let _ = token.check(now, Some(jiff::SignedDuration::from_mins(5)));
    }
});
