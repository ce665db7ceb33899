//! Parts of a token that are not as long as their algorithm makes them, which is what a careless copy leaves behind.

use super::member;
use super::problem::Problem;
use crate::json::Object;

/// The characters of a signature, by algorithm. Those of RSA depend on the key.
const SIGNATURES: [(&str, usize); 7] =
    [("HS256", 43), ("HS384", 64), ("HS512", 86), ("ES256", 86), ("ES384", 128), ("ES512", 176), ("EdDSA", 86)];
/// The characters of the nonce and the tag of AES-GCM.
const NONCE: usize = 16;
const TAG: usize = 22;

/// What the lengths of a signed token's parts give away.
pub(super) fn of_signed(header: &Object, parts: &[&str]) -> Option<Problem> {
    let algorithm = member::text(header, "alg").unwrap_or_default();
    let signature = parts.last().copied().unwrap_or_default();
    if algorithm.eq_ignore_ascii_case("none") {
        return None;
    }
    if signature.is_empty() {
        return Some(Problem::fatal("the signature is missing; the token was cut short"));
    }
    let (_, wanted) = SIGNATURES.iter().find(|(name, _)| *name == algorithm)?;
    fault("signature", signature, *wanted)
}

/// What the lengths of an encrypted token's parts give away.
pub(super) fn of_encrypted(header: &Object, parts: &[&str]) -> Option<Problem> {
    let is = |key: &str, test: &dyn Fn(&str) -> bool| member::text(header, key).is_some_and(|value| test(&value));
    let [_, key, nonce, text, tag] = parts else { return None };
    if is("alg", &|alg| alg == "dir") && !key.is_empty() {
        return Some(Problem::fatal("the second part should be empty; the token was altered"));
    }
    let authenticated = is("enc", &|enc| enc.ends_with("GCM"));
    if text.is_empty() {
        return Some(Problem::fatal("the encrypted part is empty; the token was cut short"));
    }
    if !authenticated {
        return None;
    }
    fault("nonce", nonce, NONCE).or_else(|| fault("authentication tag", tag, TAG))
}

fn fault(name: &str, part: &str, wanted: usize) -> Option<Problem> {
    // Padding is another fault, and has its own sentence.
    let length = part.trim_end_matches('=').len();
    let what = if length < wanted { "cut short" } else { "extended" };
    (length != wanted).then(|| {
        let length = crate::text::count(length as u64, "character");
        Problem::fatal(format!("the {name} has {length} instead of {wanted}; it was {what}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(algorithm: &str, length: usize) -> Option<String> {
        let header = Object::parse(&format!(r#"{{"alg":"{algorithm}"}}"#)).unwrap();
        of_signed(&header, &["h", "c", &"s".repeat(length)]).map(|problem| problem.to_string())
    }

    #[test]
    fn a_signature_has_the_length_of_its_algorithm() {
        for (algorithm, length) in [("HS256", 43), ("HS384", 64), ("HS512", 86), ("RS256", 342), ("none", 0)] {
            assert_eq!(signed(algorithm, length), None, "{algorithm}");
        }
        for (algorithm, length, said) in [
            ("HS256", 42, "42 characters instead of 43; it was cut short"),
            ("HS512", 87, "87 characters instead of 86; it was extended"),
            ("HS384", 1, "1 character instead of 64"),
            ("RS256", 0, "missing"),
        ] {
            assert!(signed(algorithm, length).is_some_and(|problem| problem.contains(said)), "{algorithm} {length}");
        }
    }

    #[test]
    fn an_encrypted_token_has_an_empty_key_a_nonce_a_text_and_a_tag() {
        let header = Object::parse(r#"{"alg":"dir","enc":"A256GCM"}"#).unwrap();
        let of = |key: usize, nonce: usize, text: usize, tag: usize| {
            let parts = [key, nonce, text, tag].map(|length| "x".repeat(length));
            let parts = ["h", &parts[0], &parts[1], &parts[2], &parts[3]];
            of_encrypted(&header, &parts).map(|problem| problem.to_string()).unwrap_or_default()
        };
        assert_eq!(of(0, 16, 1, 22), "");
        assert!(of(1, 16, 1, 22).contains("should be empty"));
        assert!(of(0, 15, 1, 22).contains("nonce has 15"));
        assert!(of(0, 16, 0, 22).contains("part is empty"));
        assert!(of(0, 16, 9, 21).contains("tag has 21 characters instead of 22; it was cut short"));
        // Another method has other lengths.
        let other = Object::parse(r#"{"alg":"RSA-OAEP","enc":"A128CBC-HS256"}"#).unwrap();
        assert_eq!(of_encrypted(&other, &["h", "k", "i", "t", "a"]), None);
    }
}
