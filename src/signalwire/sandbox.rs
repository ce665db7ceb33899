//! The public credentials of the emulator. They open nothing else, and are fixed so that settings survive a restart.

/// The space on which `tokenmint emulator` listens by default.
pub const SPACE: &str = "127.0.0.1:8793";

/// The project id.
pub const PROJECT_ID: &str = "00000000-0000-4000-8000-000000008793";

/// The API token.
pub const API_TOKEN: &str = "PTdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
