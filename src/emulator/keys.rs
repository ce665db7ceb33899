//! The keys of the emulator. All of them are public: a token from this server is worth nothing anywhere else.

/// The HS512 key under which chat, PubSub and video tokens are signed.
pub const SIGNING_KEY: &[u8; 64] = b"tokenmint-emulator-development-signing-key-HS512-not-a-secret-64";

/// The A256GCM key under which guest and refresh tokens are encrypted.
pub const ENCRYPTION_KEY: &[u8; 32] = b"tokenmint-emulator-dev-aes256key";

/// The `kid` in the header of every token, by which `inspect` knows where it is from.
pub const KEY_ID: &str = "tokenmint-emulator";
