//! The mark of a request: what was asked for, and of whom, in 64 bits. It stands in each output line of a batch, so it
//! must come out the same in every run and every version.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

/// Marks the requests of a run.
///
/// The mark is the beginning of a SHA-256 over the command, the place (space or API key), and the fields of flags and
/// line together, by key. What hashes faster is easy to forge: whoever may choose a field of a line could choose it so
/// that the token of another request is kept for it.
#[derive(Clone)]
pub struct Fingerprint {
    /// Has read command and place.
    start: Sha256,
    /// The fields that flags give, in order of their keys, each with its bytes.
    shared: Vec<(String, Vec<u8>)>,
    /// The fields of a line are put together here.
    buffer: Vec<u8>,
}

impl Fingerprint {
    /// For requests of this command to this place, with the fields that flags give, as typed: what is counted from now
    /// is another value in each run.
    pub fn new(command: &str, place: &str, shared: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut start = Vec::new();
        put(&mut start, command);
        put(&mut start, place);
        // Whole blocks of the hash are worked through here, once for all lines.
        start.resize(start.len().next_multiple_of(BLOCK), 0);
        let mut shared: Vec<(String, String)> = shared.into_iter().collect();
        shared.sort();
        let shared = shared.into_iter().map(|(key, value)| {
            let mut bytes = Vec::new();
            put_field(&mut bytes, &key, Some(&value));
            (key, bytes)
        });
        let shared = shared.collect();
        Fingerprint { start: Sha256::new_with_prefix(&start), shared, buffer: Vec::new() }
    }

    /// The mark of a line with these fields, which override those of the flags. A field without a value only takes the
    /// flag's away.
    pub fn of_fields<'a>(&mut self, line: impl IntoIterator<Item = (&'a str, Option<Cow<'a, str>>)>) -> u64 {
        let mut line = line.into_iter();
        let first = line.next();
        match line.next() {
            // Most lines have one field, and need no memory to be sorted in.
            None => self.merge(first.into_iter()),
            Some(second) => {
                let mut own: Vec<_> = first.into_iter().chain([second]).chain(line).collect();
                own.sort_by_key(|(key, _)| *key);
                self.merge(own.into_iter());
            }
        }
        self.finish()
    }

    /// Puts the fields of a line, in order of their keys, over those of the flags.
    fn merge<'a>(&mut self, own: impl Iterator<Item = (&'a str, Option<Cow<'a, str>>)>) {
        let mut own = own.peekable();
        self.buffer.clear();
        for (key, bytes) in &self.shared {
            while let Some((earlier, value)) = own.next_if(|(own, _)| *own < key.as_str()) {
                put_field(&mut self.buffer, earlier, value.as_deref());
            }
            match own.next_if(|(own, _)| *own == key.as_str()) {
                Some((_, value)) => put_field(&mut self.buffer, key, value.as_deref()),
                None => self.buffer.extend_from_slice(bytes),
            }
        }
        own.for_each(|(key, value)| put_field(&mut self.buffer, key, value.as_deref()));
    }

    /// The mark of a line that cannot be read.
    pub fn of_text(&mut self, text: &[u8]) -> u64 {
        self.buffer.clear();
        // No length is as large, so that no line with fields has this mark.
        self.buffer.extend_from_slice(&u32::MAX.to_be_bytes());
        self.buffer.extend_from_slice(text);
        self.finish()
    }

    fn finish(&mut self) -> u64 {
        let digest = self.start.clone().chain_update(&self.buffer).finalize();
        // One long line is no reason to hold its memory from then on: hundreds of threads may.
        self.buffer.clear();
        self.buffer.shrink_to(ROOM);
        digest[..8].iter().fold(0, |mark, byte| mark << 8 | u64::from(*byte))
    }
}

/// SHA-256 takes so many bytes at a time.
const BLOCK: usize = 64;
/// The most memory that is kept for the next line.
const ROOM: usize = 16 * 1024;

fn put_field(buffer: &mut Vec<u8>, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        put(buffer, key);
        put(buffer, value);
    }
}

/// A text with its length before it, so that no two sequences of texts look alike.
fn put(buffer: &mut Vec<u8>, text: &str) {
    // What is longer than 4 GiB does not get here.
    buffer.extend_from_slice(&u32::try_from(text.len()).unwrap_or_default().to_be_bytes());
    buffer.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn mark(flags: &[(&str, &str)], line: &[(&str, &str)]) -> u64 {
        let line = line.iter().map(|(key, value)| (*key, Some(Cow::Borrowed(*value))));
        Fingerprint::new("chat", "https://a.example", owned(flags)).of_fields(line)
    }

    #[test]
    fn a_mark_is_the_same_in_every_version() {
        // { printf '\0\0\0\4chat\0\0\0\21https://a.example'; head -c 35 /dev/zero; printf '\0\0\0\11member_id\0\0\0\3"m"\0\0\0\3ttl\0\0\0\00260'; } | sha256sum | cut -c1-16
        assert_eq!(format!("{:016x}", mark(&[("ttl", "60")], &[("member_id", "\"m\"")])), "bdd81c448b359652");
    }

    #[test]
    fn it_does_not_matter_where_a_field_comes_from_or_stands() {
        let all = mark(&[], &[("a", "1"), ("b", "2"), ("c", "3")]);
        assert_eq!(mark(&[], &[("c", "3"), ("a", "1"), ("b", "2")]), all);
        assert_eq!(mark(&[("b", "2")], &[("c", "3"), ("a", "1")]), all);
        assert_eq!(mark(&[("c", "3"), ("b", "2"), ("a", "1")], &[]), all);
        assert_eq!(mark(&[("a", "9"), ("c", "3")], &[("a", "1"), ("b", "2")]), all, "the line overrides");
    }

    #[test]
    fn every_part_of_a_request_counts() {
        let mut marks = vec![
            mark(&[], &[]),
            mark(&[], &[("a", "1")]),
            mark(&[], &[("a", "2")]),
            mark(&[], &[("b", "1")]),
            mark(&[], &[("a", "1"), ("b", "1")]),
            mark(&[], &[("a1", "b1")]),
            Fingerprint::new("pubsub", "https://a.example", owned(&[])).of_fields([]),
            Fingerprint::new("chat", "https://b.example", owned(&[])).of_fields([]),
            Fingerprint::new("chat", "https://a.example", owned(&[])).of_text(b""),
            Fingerprint::new("chat", "https://a.example", owned(&[])).of_text(b"{"),
        ];
        let count = marks.len();
        marks.sort_unstable();
        marks.dedup();
        assert_eq!(marks.len(), count);
    }

    #[test]
    fn a_field_without_a_value_takes_the_flag_away() {
        let mut fingerprint = Fingerprint::new("chat", "https://a.example", owned(&[("a", "1")]));
        assert_eq!(fingerprint.of_fields([("a", None)]), mark(&[], &[]));
    }
}
