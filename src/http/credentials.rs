//! The credentials of a client: what its `Authorization` header says, and what no message may repeat.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ureq::http::HeaderValue;
use zeroize::Zeroizing;

use super::request::Authorization;
use crate::error::{Failure, Result};
use crate::redact::Scrubber;
use crate::secret::Secret;

/// What a client authenticates with.
#[derive(Debug)]
pub enum Credentials<'a> {
    /// A user name without a colon, and a password.
    Basic(&'a str, &'a Secret),
    /// A token of the service's own.
    Bearer(&'a Secret),
    /// Nothing.
    None,
}

impl Credentials<'_> {
    /// Which requests they fit.
    pub(super) fn scheme(&self) -> Authorization {
        match self {
            Credentials::Basic(..) => Authorization::Basic,
            Credentials::Bearer(_) => Authorization::Bearer,
            Credentials::None => Authorization::None,
        }
    }

    fn pair(&self) -> Option<Secret> {
        match self {
            Credentials::Basic(user, password) => Some(Secret::new(format!("{user}:{}", password.expose()))),
            _ => None,
        }
    }

    /// The value of the `Authorization` header.
    pub(super) fn header(&self) -> Result<Option<HeaderValue>> {
        let text = Zeroizing::new(match (self, self.pair()) {
            (Credentials::Bearer(token), _) => format!("Bearer {}", token.expose()),
            (_, Some(pair)) => format!("Basic {}", *Zeroizing::new(STANDARD.encode(pair.expose()))),
            (_, None) => return Ok(None),
        });
        let unfit = |_| Failure::internal("the credentials do not fit into an HTTP header");
        let mut header = HeaderValue::from_str(&text).map_err(unfit)?;
        header.set_sensitive(true);
        Ok(Some(header))
    }

    /// What no message may show.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let own = match self {
            Credentials::Basic(_, secret) | Credentials::Bearer(secret) => Some((*secret).clone()),
            Credentials::None => None,
        };
        own.into_iter().chain(self.pair()).collect()
    }

    /// Takes them out of messages.
    pub(super) fn scrubber(&self) -> Scrubber {
        Scrubber::new(&self.secrets())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_gives_the_header_of_its_rfc() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let header = |credentials: Credentials| {
            credentials.header().expect("a header").map(|header| {
                assert!(header.is_sensitive());
                header.to_str().expect("text").to_owned()
            })
        };
        // The examples of RFC 7617, section 2, and RFC 6750, section 2.1.
        let password = secret("open sesame");
        let basic = Credentials::Basic("Aladdin", &password);
        assert_eq!(header(basic).as_deref(), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        let token = secret("mF_9.B5f-4.1JqM");
        assert_eq!(header(Credentials::Bearer(&token)).as_deref(), Some("Bearer mF_9.B5f-4.1JqM"));
        assert_eq!(header(Credentials::None), None);
        let failure = Credentials::Bearer(&secret("canary\n")).header().expect_err("a line break");
        assert!(!failure.to_string().contains("canary"), "{failure}");
    }

    #[test]
    fn neither_the_secret_nor_the_pair_is_shown() {
        let secret = Secret::new("PT0123456789abcdef".to_owned());
        let scrubber = Credentials::Basic("project", &secret).scrubber();
        let pair = STANDARD.encode("project:PT0123456789abcdef");
        assert_eq!(scrubber.scrub(&format!("<{}> <{pair}>", secret.expose())), "<[redacted]> <[redacted]>");
        assert_eq!(Credentials::Bearer(&secret).scrubber().scrub(secret.expose()), "[redacted]");
        let basic = format!("{:?}", Credentials::Basic("project", &secret));
        assert!(!basic.contains(secret.expose()), "{basic}");
    }
}
