//! What Twilio's products say about identities: lengths and characters. All of it is advice, drawn as warnings, since the
//! pages disagree with each other; only an empty identity is refused, and that elsewhere.

use crate::error::Note;

/// The products that a grant opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// Conversations and Programmable Chat.
    Chat,
    /// Video.
    Video,
    /// Voice.
    Voice,
    /// Sync.
    Sync,
    /// TaskRouter and Flex.
    TaskRouter,
    /// A grant that we only pass on.
    Other,
}

impl Product {
    /// The product that a key of the `grants` claim opens.
    pub fn of_grant(key: &str) -> Self {
        match key {
            "chat" => Product::Chat,
            "video" => Product::Video,
            "voice" => Product::Voice,
            "data_sync" => Product::Sync,
            "task_router" => Product::TaskRouter,
            _ => Product::Other,
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Product::Chat => "Conversations",
            Product::Video => "Video",
            Product::Voice => "Voice",
            Product::Sync => "Sync",
            Product::TaskRouter => "TaskRouter",
            Product::Other => "this product",
        }
    }

    /// The most characters of an identity, and the error code for more of them (Twilio's Conversations limits page, and
    /// the pages of errors 50207, 53201 and 54351). None is stated for the other products.
    const fn limit(self) -> Option<(usize, u32)> {
        match self {
            Product::Chat => Some((256, 50207)),
            Product::Video => Some((128, 53201)),
            Product::Sync => Some((256, 54351)),
            Product::Voice | Product::TaskRouter | Product::Other => None,
        }
    }
}

/// An identity that is longer than a product takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// The most characters.
    pub most: usize,
    /// How many there are, as the product counts.
    pub given: usize,
    /// The code of the error that the service answers.
    pub code: u32,
}

/// Whether an identity is longer than a product takes. Video counts a double-byte character as two (page of error 53200).
pub fn too_long(identity: &str, product: Product) -> Option<TooLong> {
    let (most, code) = product.limit()?;
    let given = match product {
        Product::Video => identity.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum(),
        _ => identity.chars().count(),
    };
    (given > most).then_some(TooLong { most, given, code })
}

/// Whether Voice takes every character: letters, digits, underscore (parameter table of "Access Tokens").
pub fn fits_voice(identity: &str) -> bool {
    identity.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What is worth saying about an identity in a token for these products.
pub fn advice(identity: &str, products: &[Product]) -> Vec<Note> {
    let mut notes: Vec<Note> = products.iter().filter_map(|product| length_advice(identity, *product)).collect();
    if identity.trim() != identity || identity.chars().any(char::is_control) {
        notes.push(warning("--identity has surrounding white space or control characters, which become part of it"));
    }
    if products.contains(&Product::Voice) && !fits_voice(identity) {
        notes.push(warning(
            "Voice takes only letters, digits and underscores in --identity; calls to this user are likely to fail",
        ));
    }
    let reserved = |character: char| "!*'();:@&=+$,/?%#[]".contains(character);
    if products.contains(&Product::Chat) && identity.contains(reserved) {
        notes.push(warning(
            "Twilio advises against the characters ! * ' ( ) ; : @ & = + $ , / ? % # [ ] in the --identity of a \
             Conversations or Chat user",
        ));
    }
    notes
}

fn length_advice(identity: &str, product: Product) -> Option<Note> {
    let TooLong { most, given, code } = too_long(identity, product)?;
    let name = product.name();
    Some(warning(&format!("{name} takes at most {most} characters in --identity, got {given} (its error {code})")))
}

fn warning(text: &str) -> Note {
    Note::Warning(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_product_has_its_own_advice() {
        let count = |identity: &str, products: &[Product]| advice(identity, products).len();
        assert_eq!(count("alice_1", &[Product::Voice, Product::Chat, Product::Video, Product::Sync]), 0);
        assert_eq!(count("alice@example.com", &[Product::Chat]), 1);
        assert_eq!(count("alice@example.com", &[Product::Video, Product::Sync]), 0);
        assert_eq!(count("alice@example.com", &[Product::Chat, Product::Voice]), 2);
        assert_eq!(count("alice ", &[Product::Sync]), 1);
        assert_eq!(count(&"a".repeat(257), &[Product::Chat, Product::Sync, Product::Video]), 3);
        assert_eq!(count(&"é".repeat(65), &[Product::Video]), 1);
        assert_eq!(count(&"é".repeat(64), &[Product::Video]), 0);
    }
}
