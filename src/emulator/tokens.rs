//! From a right request to the answer with its tokens: clock and randomness come in here. What the tokens say is for the
//! kind, how they are signed or encrypted for `seal`.

use jiff::{SignedDuration, Timestamp};

use super::PROJECT_ID;
use super::answer::Answer;
use super::exchange::Exchange;
use super::seal::Sealer;
use crate::app::App;
use crate::catalog::{Emulation, Endpoint, Form, Invented, Kind};
use crate::error::{Failure, Result};
use crate::json::{self, Object};
use crate::token::Role;

/// How much longer than its token a refresh token lives.
const REFRESH_EXTRA: SignedDuration = SignedDuration::from_mins(5);

/// Mints tokens from right requests.
pub(super) struct Minter {
    app: App,
    sealer: Sealer,
    exchange: Exchange,
    /// How far ahead of the real time this server is.
    ahead: SignedDuration,
}

impl Minter {
    /// Sets up the keys.
    pub(super) fn new(app: App) -> Result<Self> {
        Ok(Minter { app, sealer: Sealer::new()?, exchange: Exchange::default(), ahead: SignedDuration::ZERO })
    }

    /// Lets the clock run on from this time.
    pub(super) fn set_clock(&mut self, start: Option<Timestamp>) {
        self.ahead = start.map_or(SignedDuration::ZERO, |start| start.duration_since(self.app.now()));
    }

    /// The time now.
    pub(super) fn now(&self) -> Timestamp {
        let now = self.app.now();
        now.checked_add(self.ahead).unwrap_or(now)
    }

    /// Whether a token was minted here, is of this type and has not expired.
    pub(super) fn accepts(&self, token: &str, typ: &str) -> bool {
        let Some((header, claims)) = self.sealer.decrypt(token) else { return false };
        let is_typ = header.get("typ").and_then(json::as_str).is_some_and(|own| own == typ);
        let expiry = claims.get("exp").and_then(json::as_integer);
        is_typ && expiry.is_some_and(|expiry| expiry > self.now().as_second())
    }

    /// A random UUID (version 4).
    pub(super) fn uuid(&self) -> Result<String> {
        let mut bytes = self.app.random_bytes::<16>()?;
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex = format!("{:032x}", u128::from_be_bytes(bytes));
        Ok([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
    }

    /// What the tokens of an answer are made from: the request itself, or the token that it exchanges.
    pub(super) fn basis(
        &self,
        endpoint: &Endpoint,
        body: Object,
        now: Timestamp,
    ) -> std::result::Result<Object, Answer> {
        match endpoint.consumes {
            Some(consumed) => self.exchange.take(&self.sealer, consumed.field, &body, now),
            None => Ok(body),
        }
    }

    /// The answer with the members that the kind's table names.
    pub(super) fn mint(&self, kind: &Kind, endpoint: &Endpoint, body: &Object, now: Timestamp) -> Result<Answer> {
        let Some(emulation) = &kind.emulation else { return Ok(Answer::not_found()) };
        let members = endpoint.answer.iter().map(|member| {
            let value = match member.role {
                Role::Token => self.token(emulation, endpoint, body, now)?,
                Role::Refresh => self.refresh_token(emulation, endpoint, body, now)?,
                Role::Plain => self.uuid()?,
            };
            Ok((member.key, value))
        });
        Ok(Answer::success(emulation.status, &members.collect::<Result<Vec<_>>>()?))
    }

    fn token(&self, emulation: &Emulation, endpoint: &Endpoint, body: &Object, now: Timestamp) -> Result<String> {
        match emulation.form {
            Form::Signed(typ) => Ok(self.sealer.sign(typ, &self.claims(emulation, body, now, None)?.to_string())),
            Form::Encrypted(typ) => {
                let expiry = (endpoint.expiry)(body, now).or_else(|| now.checked_add(emulation.lifetime).ok());
                let expiry = expiry.ok_or_else(|| Failure::internal("a token without expiry"))?;
                self.encrypt(typ, body, &self.claims(emulation, body, now, Some(expiry))?)
            }
        }
    }

    fn refresh_token(
        &self,
        emulation: &Emulation,
        endpoint: &Endpoint,
        body: &Object,
        now: Timestamp,
    ) -> Result<String> {
        let expiry = (endpoint.expiry)(body, now).and_then(|expiry| expiry.checked_add(REFRESH_EXTRA).ok());
        self.encrypt("Refresh", body, &self.claims(emulation, body, now, expiry)?)
    }

    fn encrypt(&self, typ: &str, body: &Object, claims: &Object) -> Result<String> {
        self.sealer.encrypt(typ, body.get("ch"), &claims.to_string(), self.app.random_bytes()?)
    }

    /// `iat jti sub`, with which every token begins, `exp` where it has one, then the kind's own.
    fn claims(
        &self,
        emulation: &Emulation,
        body: &Object,
        now: Timestamp,
        expiry: Option<Timestamp>,
    ) -> Result<Object> {
        let mut claims = Object::default();
        claims.set("iat", now.as_second().to_string());
        claims.set("jti", json::string(&self.uuid()?));
        claims.set("sub", json::string(PROJECT_ID));
        if let Some(expiry) = expiry {
            claims.set("exp", expiry.as_second().to_string());
        }
        let invented = Invented { id: self.uuid()?, name: self.user_name()? };
        (emulation.claims)(&mut claims, body, &invented);
        Ok(claims)
    }

    /// The name of a user who was given none.
    fn user_name(&self) -> Result<String> {
        const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let bytes = self.app.random_bytes::<12>()?;
        Ok(bytes.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Environment, Notes};
    use crate::emulator::ENCRYPTION_KEY;
    use crate::signalwire::{chat, guest, pubsub, video};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

    /// A minter at 2023-11-14T22:13:20Z whose every random byte is 0xab.
    fn minter() -> Minter {
        let app = App {
            env: Environment::default(),
            clock: || Timestamp::from_second(1_700_000_000).unwrap(),
            random: |bytes| {
                bytes.fill(0xab);
                Ok(())
            },
            notes: Notes::default(),
        };
        Minter::new(app).unwrap()
    }

    fn mint(kind: &Kind, body: &str) -> (u16, serde_json::Value) {
        let minter = minter();
        let answer = minter.mint(kind, kind.endpoint().unwrap(), &Object::parse(body).unwrap(), minter.now()).unwrap();
        (answer.status, serde_json::from_str(&answer.body).unwrap())
    }

    fn decoded(part: &str) -> String {
        String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    /// Header and claims of the signed token that a body gets.
    fn signed(kind: &Kind, body: &str) -> (String, String) {
        let (status, json) = mint(kind, body);
        assert_eq!(status, 200);
        let parts: Vec<&str> = json["token"].as_str().unwrap().split('.').collect();
        assert_eq!(parts.len(), 3);
        (decoded(parts[0]), decoded(parts[1]))
    }

    /// Header and claims of an encrypted token, read by the order of parts in RFC 7516.
    fn opened(token: &str) -> (String, String) {
        let parts: Vec<&str> = token.split('.').collect();
        assert_eq!((parts.len(), parts[1]), (5, ""));
        let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, ENCRYPTION_KEY).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&bytes(parts[2])).unwrap();
        let mut sealed = [bytes(parts[3]), bytes(parts[4])].concat();
        let claims = key.open_in_place(nonce, Aad::from(parts[0]), &mut sealed).unwrap();
        (decoded(parts[0]), String::from_utf8(claims.to_vec()).unwrap())
    }

    #[test]
    fn ids_are_random_uuids_of_version_4_and_names_alphanumeric() {
        assert_eq!(minter().uuid().unwrap(), "abababab-abab-4bab-abab-abababababab");
        // 0xab is 171; 171 - 2 * 62 is 47, the letter v of the second alphabet.
        assert_eq!(minter().user_name().unwrap(), "vvvvvvvvvvvv");
    }

    #[test]
    fn chat_and_room_tokens_are_signed_under_the_types_that_were_observed() {
        let channels = r#"{"ttl":60,"channels":{"a":{"read":true}}}"#;
        let cases = [
            (&chat::KIND, channels, "CRT"),
            (&pubsub::KIND, channels, "CRT"),
            (&video::KIND, r#"{"room_name":"r"}"#, "VRT"),
        ];
        for (kind, body, typ) in cases {
            let (header, claims) = signed(kind, body);
            assert_eq!(header, format!(r#"{{"alg":"HS512","typ":"{typ}","kid":"tokenmint-emulator"}}"#));
            assert!(
                claims.starts_with(
                    r#"{"iat":1700000000,"jti":"abababab-abab-4bab-abab-abababababab","sub":"00000000-0000-4000-8000-000000008793","#
                ),
                "{claims}"
            );
        }
    }

    #[test]
    fn a_guest_gets_an_encrypted_token_and_one_to_renew_it() {
        let addresses = r#"["5e6f7a8b-9c0d-4e1f-a2b3-c4d5e6f7a8b9"]"#;
        let body = format!(r#"{{"allowed_addresses":{addresses},"ch":"us-central"}}"#);
        let (status, json) = mint(&guest::KIND, &body);
        assert_eq!(status, 201);
        let (header, claims) = opened(json["token"].as_str().unwrap());
        assert_eq!(header, r#"{"alg":"dir","enc":"A256GCM","typ":"SAT","kid":"tokenmint-emulator","ch":"us-central"}"#);
        // Two hours from now, and five minutes more.
        assert!(claims.contains(&format!(r#""exp":1700007200,"allowed_addresses":{addresses}"#)), "{claims}");
        let (header, claims) = opened(json["refresh_token"].as_str().unwrap());
        assert!(
            header.starts_with(r#"{"alg":"dir","enc":"A256GCM","typ":"Refresh","kid":"tokenmint-emulator""#),
            "{header}"
        );
        assert!(claims.contains(r#""exp":1700007500"#), "{claims}");
    }

    #[test]
    fn a_token_is_accepted_that_was_minted_here_is_of_the_type_and_has_not_expired() {
        let minter = minter();
        let sealed =
            |typ: &str, claims: &str| minter.encrypt(typ, &Object::default(), &Object::parse(claims).unwrap()).unwrap();
        let right = sealed("SAT", r#"{"exp":1700000001}"#);
        assert!(minter.accepts(&right, "SAT"));
        for wrong in [
            sealed("SAT", r#"{"exp":1700000000}"#),
            sealed("SAT", "{}"),
            sealed("Refresh", r#"{"exp":1700000001}"#),
            // The header is authenticated with the rest: another one in its place is noticed.
            sealed("Refresh", r#"{"exp":1700000001}"#).replacen(
                sealed("Refresh", "{}").split('.').next().unwrap(),
                right.split('.').next().unwrap(),
                1,
            ),
            right.replacen("..", ".x.", 1),
            right[..right.len() - 2].to_owned(),
            format!("{right}."),
            "a.b.c".to_owned(),
            String::new(),
        ] {
            assert!(!minter.accepts(&wrong, "SAT"), "{wrong}");
        }
    }

    #[test]
    fn a_guest_token_ends_when_it_was_asked_to() {
        let (_, json) = mint(
            &guest::KIND,
            r#"{"allowed_addresses":["5e6f7a8b-9c0d-4e1f-a2b3-c4d5e6f7a8b9"],"expire_at":1800000000}"#,
        );
        assert!(opened(json["token"].as_str().unwrap()).1.contains(r#""exp":1800000000,"#));
        assert!(opened(json["refresh_token"].as_str().unwrap()).1.contains(r#""exp":1800000300,"#));
    }
}
