//! The expiry of a Chat or PubSub token, which has no `exp`: `t` minutes after `iat`.

use jiff::Timestamp;

use crate::jwt;

/// When a Chat or PubSub token ends by its own claims. Such a token has no `exp`.
///
/// `None` where the token is not a JWT whose claims can be read.
pub fn of_token(token: &str) -> Option<Timestamp> {
    #[derive(serde::Deserialize)]
    struct Claims {
        iat: i64,
        t: i64,
    }

    let Claims { iat, t } = serde_json::from_slice(&jwt::payload(token)?).ok()?;
    of_claims(iat, t)
}

/// When a Chat or PubSub token ends: `t` minutes after `iat`.
pub fn of_claims(iat: i64, t: i64) -> Option<Timestamp> {
    Timestamp::from_second(iat.checked_add(t.checked_mul(60)?)?).ok()
}
