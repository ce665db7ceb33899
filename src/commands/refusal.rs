//! What is known about credentials that the service refused: where they came from, and what can be wrong with them.

use jiff::Timestamp;

use crate::credentials::{Set, Source};
use crate::error::Failure;
use crate::http::CHECK;
use crate::secret::Secret;
use crate::text;

/// The credentials of a run, in words for a failure.
#[derive(Clone, Default)]
pub struct Refusal {
    /// Where they came from, as the end of a sentence.
    source: Option<String>,
    /// The profile that was used, as a word of a command line.
    profile: Option<String>,
    likely_mistake: Option<&'static str>,
    /// Of a token that the run has minted itself.
    minted: Option<MintedToken>,
}

/// A token that the run has minted itself. In a long one it may have expired.
#[derive(Clone, Copy)]
struct MintedToken {
    expires_at: Option<Timestamp>,
    clock: fn() -> Timestamp,
}

impl MintedToken {
    /// What is known about it, as the end of a sentence, and what to do.
    fn now(self) -> (&'static str, &'static str) {
        match self.expires_at {
            Some(end) if end <= (self.clock)() => {
                ("it was minted when the run started, and has expired", "run the command again: it mints a new token")
            }
            _ => (
                "it was minted by this run",
                "a new token has not expired; check that the address belongs to a subscriber of this space",
            ),
        }
    }
}

impl Refusal {
    /// For this set and its secret.
    pub fn new(set: &Set, secret: &Secret) -> Self {
        let profile = match &set.source {
            Source::Profile { name, .. } => Some(text::sh_word(&text::clip(name, 60))),
            Source::Environment(_) | Source::Emulator => None,
        };
        Refusal {
            source: Some(format!("they came from {}", set.summary())),
            profile,
            likely_mistake: likely_mistake(secret.expose()),
            minted: None,
        }
    }

    /// For a token; the place that it came from is the end of a sentence.
    pub fn of_token(place: &str) -> Self {
        Refusal { source: Some(place.to_owned()), ..Refusal::default() }
    }

    /// For a token that the run itself has minted, with its end.
    pub fn of_new_token(expires_at: Option<Timestamp>, clock: fn() -> Timestamp) -> Self {
        Refusal { minted: Some(MintedToken { expires_at, clock }), ..Refusal::default() }
    }

    /// Adds to a 401 or 403 where the credentials came from, and what the API token looks like.
    pub fn explain(&self, failure: Failure) -> Failure {
        if !matches!(failure.status(), Some(401 | 403)) {
            return failure;
        }
        let unauthorized = failure.status() == Some(401);
        let failure = match &self.source {
            Some(source) => failure.and(format_args!("; {source}")),
            None => failure,
        };
        let failure = match self.minted.map(MintedToken::now) {
            Some((place, remedy)) => failure.and(format_args!("; {place}")).with_hint(remedy),
            None => failure,
        };
        match (self.likely_mistake, &self.profile, failure.hint()) {
            (Some(likely_mistake), ..) if unauthorized => failure.with_hint(looks_like(likely_mistake)),
            (_, Some(profile), Some(hint)) => {
                let hint = hint.replace(CHECK, &format!("{CHECK} {profile}"));
                failure.with_hint(hint)
            }
            _ => failure,
        }
    }

    /// What is wrong where every kind of token was refused with one of these statuses.
    pub fn of_all(&self, statuses: &[u16]) -> String {
        match self.likely_mistake {
            Some(likely_mistake) => looks_like(likely_mistake),
            // 401 is about who asks, and a scope is about what for.
            None if statuses.iter().all(|status| *status == 401) => "the project id, the API token or the space is \
                wrong (a missing scope would affect only some kinds of token)"
                .to_owned(),
            None => "the API token has none of these scopes, or belongs to another project or space".to_owned(),
        }
    }
}

/// What is wrong where some kinds of token were refused and others were not: the credentials are right.
pub fn missing_scopes(scopes: &[&str]) -> String {
    let mut distinct: Vec<&str> = Vec::new();
    for scope in scopes {
        if !distinct.contains(scope) {
            distinct.push(scope);
        }
    }
    let missing = distinct.join("; ");
    format!("the credentials are right, but the API token lacks a scope: add {missing} in the SignalWire Dashboard")
}

fn looks_like(likely_mistake: &str) -> String {
    format!("the API token looks like {likely_mistake}")
}

/// What was likely mistaken for an API token, by its look.
fn likely_mistake(token: &str) -> Option<&'static str> {
    if token.starts_with("PSK_") {
        Some("a project signing key (PSK_…), which signs webhooks and cannot authenticate")
    } else if token.starts_with("c2c_") || token.starts_with("vpt_") || token.starts_with("eyJ") {
        Some("a client token; the API token begins with PT; create one in the SignalWire Dashboard, under API")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Category;

    fn refusal(token: &str) -> Refusal {
        let profile = Some("dev".to_owned());
        let source = Some("they came from profile 'dev' in c.toml".to_owned());
        Refusal { source, profile, likely_mistake: likely_mistake(token), minted: None }
    }

    #[test]
    fn a_refusal_names_the_source_and_other_failures_do_not() {
        let failure =
            |status| Failure::message(Category::CredentialsRefused, "x refused the credentials").with_status(status);
        for status in [401, 403] {
            let said = refusal("PT1").explain(failure(status).with_hint("h"));
            assert_eq!(said.to_string(), "x refused the credentials; they came from profile 'dev' in c.toml");
            assert_eq!(said.hint(), Some("h"));
        }
        assert_eq!(refusal("PT1").explain(failure(404)).to_string(), "x refused the credentials");
        let said = refusal("PT1").explain(failure(401).with_hint("(tokenmint profile check tests them)"));
        assert_eq!(said.hint(), Some("(tokenmint profile check dev tests them)"));
        assert!(refusal("PSK_1").explain(failure(401)).hint().unwrap().contains("signing key"));
    }

    #[test]
    fn a_token_of_the_run_that_has_expired_meanwhile_is_said_to_have() {
        let clock = || Timestamp::from_second(7_200).unwrap();
        let said = |end| {
            let refusal = Refusal::of_new_token(Some(Timestamp::from_second(end).unwrap()), clock);
            let failure = Failure::message(Category::CredentialsRefused, "x refused the token").with_status(401);
            refusal.explain(failure)
        };
        let expired = said(7_200);
        assert_eq!(expired.to_string(), "x refused the token; it was minted when the run started, and has expired");
        assert_eq!(expired.hint(), Some("run the command again: it mints a new token"));
        assert!(said(7_201).hint().unwrap().contains("has not expired"));
    }

    #[test]
    fn all_refused_is_another_cause_than_some() {
        assert!(refusal("PT1").of_all(&[401, 401]).starts_with("the project id, the API token or the space is wrong"));
        assert!(refusal("PT1").of_all(&[401, 403]).starts_with("the API token has none of these scopes"));
        assert!(refusal("eyJ").of_all(&[401]).contains("client token"));
        assert_eq!(
            missing_scopes(&["Chat", "Video", "Chat"]),
            "the credentials are right, but the API token lacks a scope: add Chat; Video in the SignalWire Dashboard"
        );
    }
}
