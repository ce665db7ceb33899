//! A string that will not show itself. Where it is read is decided by its callers, and each of them says `expose`.

use std::fmt;

use zeroize::Zeroizing;

/// A secret in memory: no `Display`, no serialisation, a `Debug` that hides it, wiped when dropped.
///
/// Wiping reaches this copy only: the environment block and the buffers of the TLS library keep theirs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a string in; the string itself becomes the secret, no copy stays behind.
    pub fn new(plain: String) -> Self {
        Secret(Zeroizing::new(plain))
    }

    /// The secret in the clear. Search for this word to see every place that uses one.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_the_secret() {
        assert_eq!(format!("{:?}", Some(Secret::new("PT0123".into()))), "Some([redacted])");
    }
}
