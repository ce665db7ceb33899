//! Tokens that are signed on this machine: from a draft and a set of credentials to a signature, whichever provider's.

use hmac::Hmac;
use jiff::Timestamp;
use sha2::Sha256;

use super::Draft;
use crate::app::{App, Environment};
use crate::credentials::Set;
use crate::error::{Note, Result};
use crate::json::Object;
use crate::jwt::Begun;
use crate::secret::Secret;

/// A way of signing: each kind that is signed here names one.
pub trait Offline: Sync {
    /// Checks what the flags say together, and settles what all tokens of a run share.
    fn prepare(&self, draft: Draft, app: &App) -> Result<Box<dyn Prepared>>;
}

/// The part of the tokens that is settled before credentials are at hand.
pub trait Prepared {
    /// Whether the flags alone make a token, which a batch need not ask.
    fn complete(&self, now: Timestamp) -> Result<()>;

    /// What the environment shows to be likely, and is never guessed in silence.
    fn advice(&self, env: &Environment) -> Vec<Note>;

    /// What signs every token of a run.
    fn signer(self: Box<Self>, set: &Set, secret: &Secret, app: &App) -> Result<Box<dyn Sign>>;

    /// What shows a token without signing it, with credentials or without.
    fn paper(self: Box<Self>, set: Option<&Set>) -> Box<dyn Paper>;
}

/// Signs tokens with one key.
pub trait Sign: Send + Sync {
    /// What every token of the run has.
    fn draft(&self) -> &Draft;

    /// The public name of the key.
    fn key_id(&self) -> &str;

    /// Appends a signed token to the scratch, with a batch line's values if there is one, and gives its expiry.
    fn sign(&self, line: Option<Object>, now: Timestamp, scratch: &mut Scratch) -> Result<Timestamp>;
}

/// Shows tokens.
pub trait Paper: Send + Sync {
    /// The header and the claims as compact JSON.
    fn show(&self, line: Option<Object>, now: Timestamp, scratch: &mut Scratch) -> Result<(String, String)>;
}

/// Memory that one thread uses for token after token.
pub struct Scratch {
    /// Randomness for ids.
    pub nonces: NoncePool,
    /// Where claims are put together.
    pub payload: Vec<u8>,
    /// What the last token's claims began with.
    pub begun: Begun<Hmac<Sha256>>,
    /// The signed token.
    pub token: String,
}

impl Scratch {
    /// Empty memory, with this source of random bytes.
    pub fn new(random: fn(&mut [u8]) -> Result<()>) -> Self {
        Scratch { nonces: NoncePool::new(random), payload: Vec::new(), begun: Begun::default(), token: String::new() }
    }
}

/// The random end of a token's id, by which two tokens of one second differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nonce(pub [u8; 8]);

/// NoncePool for a whole run: the system is asked once for many of them.
pub struct NoncePool {
    random: fn(&mut [u8]) -> Result<()>,
    pool: [u8; 512],
    used: usize,
}

impl NoncePool {
    /// NoncePool from this source of random bytes.
    pub fn new(random: fn(&mut [u8]) -> Result<()>) -> Self {
        NoncePool { random, pool: [0; 512], used: 512 }
    }

    /// The next one.
    pub fn take(&mut self) -> Result<Nonce> {
        if self.pool.len() - self.used < 8 {
            (self.random)(&mut self.pool)?;
            self.used = 0;
        }
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.pool[self.used..self.used + 8]);
        self.used += 8;
        Ok(Nonce(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_differ_across_refills() {
        let mut nonces = NoncePool::new(|bytes| {
            static COUNT: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);
            let refill = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            bytes.iter_mut().enumerate().for_each(|(place, byte)| *byte = u8::try_from(place / 8).unwrap());
            bytes.iter_mut().step_by(8).for_each(|byte| *byte = refill);
            Ok(())
        });
        let all: std::collections::BTreeSet<[u8; 8]> = (0..200).map(|_| nonces.take().unwrap().0).collect();
        assert_eq!(all.len(), 200);
    }

    #[test]
    fn a_source_that_fails_gives_no_nonce() {
        let mut nonces = NoncePool::new(|_| Err(crate::error::Failure::internal("dry")));
        assert!(nonces.take().is_err());
        assert!(nonces.take().is_err());
    }
}
