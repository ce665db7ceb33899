//! The parts of a signed token.

use super::decode;

/// The second part of a signed token, which holds its claims. It says nothing of the signature.
pub fn payload(token: &str) -> Option<Vec<u8>> {
    decode(token.split('.').nth(1)?)
}

/// What is signed, and the signature, of a signed token.
pub fn signed(token: &str) -> Option<(&str, Vec<u8>)> {
    let (signed, signature) = token.rsplit_once('.')?;
    Some((signed, decode(signature)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_token_are_found() {
        // printf '%s' '{"a":1}' | basenc --base64url | tr -d =
        assert_eq!(payload("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln").unwrap(), br#"{"a":1}"#);
        assert_eq!(signed("x.eyJhIjoxfQ.c2ln"), Some(("x.eyJhIjoxfQ", b"sig".to_vec())));
        assert_eq!((payload("alone"), payload("a.!.c"), signed("alone")), (None, None, None));
    }
}
