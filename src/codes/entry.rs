//! An error code with its meaning.

/// One or more codes with one meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The codes, as the service writes them.
    pub codes: &'static [&'static str],
    /// Where it is seen.
    pub service: Service,
    /// What the service says, as a noun phrase or a short sentence.
    pub title: &'static str,
    /// Why it says so.
    pub cause: &'static str,
    /// What mends it: a flag, a variable or a command.
    pub fix: &'static str,
}

/// Where a code is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Twilio's client SDKs and error pages.
    Twilio,
    /// Answers of SignalWire's REST API.
    SignalWire,
    /// The WebSocket of SignalWire's Browser SDK.
    BrowserSdk,
}

impl Service {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Service::Twilio => "Twilio",
            Service::SignalWire => "SignalWire REST API",
            Service::BrowserSdk => "SignalWire Browser SDK (WebSocket)",
        }
    }
}
