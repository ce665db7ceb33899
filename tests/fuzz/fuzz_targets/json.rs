//! JSON that is passed on: it keeps its meaning, and reading it again changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tokenmint::testing::json;

fuzz_target!(|text: &str| {
    if let Ok(kept) = json::value(text) {
        assert_eq!(json::value(&kept).as_deref(), Ok(kept.as_str()));
        // Numbers beyond the other reader's range are text to us.
        if let Ok(value) = serde_json::from_str::<serde_json::Value>(text) {
            assert_eq!(serde_json::from_str::<serde_json::Value>(&kept).expect("JSON"), value);
        }
    }
    if let Ok(object) = json::Object::parse(text) {
        let written = object.to_string();
        assert_eq!(json::Object::parse(&written).map(|again| again.to_string()), Ok(written));
    }
});
