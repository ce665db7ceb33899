//! A token that a narrow terminal or a mail has broken into several lines.

/// The lengths of signatures in base64url, of the algorithms from HS256 to RS512 with a key of 4096 bits.
const SIGNATURES: [usize; 5] = [43, 64, 86, 342, 683];

/// The JWT that the pieces of a text are together, if they are one.
pub(super) fn joined(text: &str) -> Option<String> {
    let pieces: Vec<&str> = text.split_whitespace().collect();
    if pieces.len() < 2 || !text.starts_with("eyJ") {
        return None;
    }
    let whole: String = pieces.concat();
    let parts: Vec<&str> = whole.split('.').collect();
    let is_one = match parts[..] {
        // A first piece that looks like a whole token is one, unless the signature is right only with the rest.
        [_, payload, signature] => {
            !payload.is_empty() && (pieces.iter().all(|piece| !is_whole(piece)) || has_a_length(signature))
        }
        // An encrypted one. Of two signed tokens the second part is a JSON object as well.
        [_, key, _, _, tag] => !key.starts_with("eyJ") && !tag.is_empty(),
        _ => false,
    };
    is_one.then_some(whole)
}

fn is_whole(piece: &str) -> bool {
    let parts: Vec<&str> = piece.split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty())
}

fn has_a_length(signature: &str) -> bool {
    SIGNATURES.contains(&signature.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_one_token_are_joined() {
        let signature = "s".repeat(43);
        let (start, end) = signature.split_at(20);
        assert_eq!(joined("eyJh.ey\nJp.si\n  g").as_deref(), Some("eyJh.eyJp.sig"));
        assert_eq!(joined("eyJh.k\ney.iv.text.t\nag").as_deref(), Some("eyJh.key.iv.text.tag"));
        assert_eq!(joined("eyJh.\n.iv.text.tag").as_deref(), Some("eyJh..iv.text.tag"));
        assert_eq!(joined(&format!("eyJh.eyJp.{start}\n{end}")), Some(format!("eyJh.eyJp.{signature}")));
    }

    #[test]
    fn other_words_are_not() {
        for text in [
            "",
            "eyJh.eyJp.sig",
            "eyJh.eyJp.sig word",
            "eyJh.eyJp.sig\neyJh.eyJp.sig",
            "eyJh.ey\nJp.sig\neyJh.ey\nJp.sig",
            "two words",
            "eyJh word",
        ] {
            assert_eq!(joined(text), None, "{text}");
        }
    }
}
