//! `inspect`: no text makes it panic, its report steers no terminal, and its JSON is JSON.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use tokenmint::testing::inspect;
use tokenmint::testing::output::screen::Screen;

fuzz_target!(|input: (i64, &str, &str, &str)| {
    let (now, text, header, claims) = input;
    let Ok(now) = Timestamp::from_second(now) else { return };
    // As it was pasted, and as a token that says what the fuzzer likes.
    let made = format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    for text in [text, &made] {
        for (_, token) in inspect::read(text).unwrap_or_default() {
            let judgement = inspect::Judgement::of(&token, now);
            for width in [None, Some(30)] {
                let report = inspect::report::text(&judgement, &Screen { width, color: false });
                assert!(!report.contains(|character: char| character.is_control() && character != '\n'));
            }
            let json = inspect::report::json(&judgement).to_string();
            serde_json::from_str::<serde_json::Value>(&json).expect("JSON");
            let _ = judgement.check(Some(jiff::SignedDuration::from_mins(5)));
        }
    }
});
