//! Tokens that are exchanged for new ones: each is taken once, however many ask at the same time.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::answer::{Answer, Entry};
use super::seal::Sealer;
use crate::json::{self, Object};

/// How many exchanged tokens are remembered. A token that is older than so many others may be exchanged again.
const MEMORY: usize = 100_000;

/// The claims that every token has anew.
const OWN_CLAIMS: [&str; 4] = ["iat", "jti", "sub", "exp"];

/// The tokens that were exchanged.
#[derive(Default)]
pub(super) struct Exchange(Mutex<Taken>);

#[derive(Default)]
struct Taken {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl Taken {
    /// Whether this is the first time.
    fn take(&mut self, id: String) -> bool {
        if !self.ids.insert(id.clone()) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > MEMORY
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

impl Exchange {
    /// Takes the token in a field of a request, and gives what its successors have in common with it: the claims that are
    /// about its subscriber, and the `ch` of its header.
    pub(super) fn take(&self, sealer: &Sealer, field: &str, body: &Object, now: Timestamp) -> Result<Object, Answer> {
        let refused = |code, message: &str| Answer::invalid(&[Entry::new(field.to_owned(), code, message.to_owned())]);
        let token = body.get(field).and_then(json::as_str).unwrap_or_default();
        let Some((header, mut claims)) = sealer.decrypt(&token) else {
            let form = token.split('.').count();
            return Err(if form == 5 {
                refused("token_invalid", "Token is invalid.")
            } else {
                refused("invalid_token_format", "Invalid token format.")
            });
        };
        let end = claims.get("exp").and_then(json::as_integer);
        if end.is_none_or(|end| end <= now.as_second()) {
            return Err(refused("token_expired", "Token has expired."));
        }
        let id = claims.get("jti").map(str::to_owned);
        if !id.is_some_and(|id| self.0.lock().unwrap_or_else(PoisonError::into_inner).take(id)) {
            return Err(refused("token_invalid", "Token is invalid."));
        }
        for own in OWN_CLAIMS {
            claims.remove(own);
        }
        if let Some(ch) = header.get("ch") {
            claims.set("ch", ch.to_owned());
        }
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn body(sealer: &Sealer, number: u8, claims: &str) -> Object {
        let token = sealer.encrypt("Refresh", Some(r#""us-central""#), claims, [number; 12]).unwrap();
        Object::parse(&format!(r#"{{"refresh_token":"{token}"}}"#)).unwrap()
    }

    fn take(exchange: &Exchange, sealer: &Sealer, body: &Object) -> Result<String, String> {
        let taken = exchange.take(sealer, "refresh_token", body, Timestamp::from_second(NOW).unwrap());
        taken.map(|claims| claims.to_string()).map_err(|answer| {
            let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!((answer.status, &json["errors"][0]["attribute"]), (422, &"refresh_token".into()));
            format!(
                "{}: {}",
                json["errors"][0]["code"].as_str().unwrap(),
                json["errors"][0]["message"].as_str().unwrap()
            )
        })
    }

    #[test]
    fn a_token_is_taken_once_and_gives_what_is_about_its_subscriber() {
        let (exchange, sealer) = (Exchange::default(), Sealer::new().unwrap());
        let first = body(&sealer, 1, r#"{"iat":1,"jti":"a","sub":"p","exp":1700000001,"reference":"alice"}"#);
        let used = Err("token_invalid: Token is invalid.".to_owned());
        assert_eq!(take(&exchange, &sealer, &first), Ok(r#"{"reference":"alice","ch":"us-central"}"#.to_owned()));
        assert_eq!(take(&exchange, &sealer, &first), used);
        let other = body(&sealer, 2, r#"{"jti":"b","exp":1700000001}"#);
        assert_eq!(take(&exchange, &sealer, &other), Ok(r#"{"ch":"us-central"}"#.to_owned()));
        assert_eq!(take(&exchange, &sealer, &body(&sealer, 3, r#"{"exp":1700000001}"#)), used);
    }

    #[test]
    fn what_has_ended_or_is_not_from_here_is_refused() {
        let (exchange, sealer) = (Exchange::default(), Sealer::new().unwrap());
        let expired = Err("token_expired: Token has expired.".to_owned());
        assert_eq!(take(&exchange, &sealer, &body(&sealer, 1, r#"{"jti":"a","exp":1700000000}"#)), expired);
        assert_eq!(take(&exchange, &sealer, &body(&sealer, 1, r#"{"jti":"a"}"#)), expired);
        for (token, said) in [
            ("a.b.c.d.e", "token_invalid: Token is invalid."),
            ("opaque", "invalid_token_format: Invalid token format."),
        ] {
            let body = Object::parse(&format!(r#"{{"refresh_token":"{token}"}}"#)).unwrap();
            assert_eq!(take(&exchange, &sealer, &body), Err(said.to_owned()));
        }
    }

    #[test]
    fn of_many_at_once_one_succeeds() {
        let (exchange, sealer) = (Exchange::default(), Sealer::new().unwrap());
        let body = body(&sealer, 1, r#"{"jti":"a","exp":1700000001}"#);
        let barrier = std::sync::Barrier::new(8);
        let count = std::thread::scope(|scope| {
            let one = || {
                barrier.wait();
                take(&exchange, &sealer, &body).is_ok()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).filter(|taken| *taken).count()
        });
        assert_eq!(count, 1);
    }

    #[test]
    fn memory_is_bounded() {
        let mut taken = Taken::default();
        for number in 0..=MEMORY {
            assert!(taken.take(number.to_string()));
        }
        assert_eq!((taken.ids.len(), taken.order.len()), (MEMORY, MEMORY));
        assert!(!taken.take(MEMORY.to_string()) && taken.take("0".to_owned()));
    }
}
