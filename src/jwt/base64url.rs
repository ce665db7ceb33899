//! Base64 with the URL-safe alphabet and without padding, as every part of a token has it.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::{GeneralPurpose, URL_SAFE_NO_PAD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};

/// Reads what other tools wrote, padding and stray bits included.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The characters that so many bytes become.
pub(super) const fn encoded_length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// Appends a part to a token. The library's own way into a `String` takes a detour through a buffer that it clears, and
/// looks at each character again.
pub(super) fn append(token: &mut Vec<u8>, bytes: &[u8]) {
    let start = token.len();
    token.resize(start + encoded_length(bytes.len()), 0);
    // There is room for all of it.
    let written = URL_SAFE_NO_PAD.encode_slice(bytes, &mut token[start..]).unwrap_or_default();
    token.truncate(start + written);
}

/// The bytes of a part.
pub fn decode(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

/// The bytes of a part that is not quite as it should be: with padding, or with bits that belong to no byte.
pub fn decode_lenient(part: &str) -> Option<Vec<u8>> {
    LENIENT.decode(part).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_known_beforehand() {
        for count in 0..70 {
            let mut text = b"before".to_vec();
            append(&mut text, &vec![0xfb; count]);
            let text = str::from_utf8(&text).unwrap().strip_prefix("before").unwrap();
            assert_eq!(text.len(), encoded_length(count));
            assert_eq!(text, URL_SAFE_NO_PAD.encode(vec![0xfb; count]));
            assert_eq!(decode(text), Some(vec![0xfb; count]));
        }
    }

    #[test]
    fn padding_is_read_leniently_alone() {
        assert_eq!((decode("YQ"), decode("YQ=="), decode("YR")), (Some(b"a".to_vec()), None, None));
        assert_eq!(decode_lenient("YQ=="), Some(b"a".to_vec()));
        assert_eq!(decode_lenient("YR"), Some(b"a".to_vec()));
        assert_eq!((decode_lenient("Y+"), decode_lenient("!")), (None, None));
    }
}
