//! Answers with more headers than ureq counts.

/// ureq refuses an answer with more headers than this, though the token in it may be the only one of its line.
const MAX_HEADERS: usize = 128;

/// The headers that say how to read an answer, and those that are read of it.
const NEEDED: [&str; 7] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "location",
    "retry-after",
    "transfer-encoding",
];

/// What is to be done about the head of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// It is whole, and can be handed on.
    Whole,
    /// It is not whole yet, and can be handed on as far as it has arrived.
    Part,
    /// It has too many headers, and its end has not arrived.
    Unfinished,
    /// What stands in for so many bytes of it: the same without headers that are not needed.
    Replaced(usize, Vec<u8>),
}

/// Looks at what has arrived of an answer. What is not well formed is left for the parser to refuse.
pub(super) fn examine(input: &[u8]) -> Head {
    let mut lines = input.split_inclusive(|byte| *byte == b'\n');
    let mut length = lines.next().map_or(0, <[u8]>::len);
    let mut count = 0;
    for line in lines {
        length += line.len();
        match line {
            b"\r\n" | b"\n" if count > MAX_HEADERS => {
                return without_unneeded(&input[..length]).map_or(Head::Whole, |head| Head::Replaced(length, head));
            }
            b"\r\n" | b"\n" => return Head::Whole,
            _ => count += 1,
        }
    }
    if count > MAX_HEADERS { Head::Unfinished } else { Head::Part }
}

/// A whole head without the headers that are not needed, if all of them are well formed.
fn without_unneeded(head: &[u8]) -> Option<Vec<u8>> {
    let mut lines = head.split_inclusive(|byte| *byte == b'\n');
    let mut kept = lines.next()?.to_vec();
    for line in lines {
        if line == b"\r\n" || line == b"\n" || is_needed(line)? {
            kept.extend(line);
        }
    }
    Some(kept)
}

/// Whether a header is needed; nothing for what is no header.
fn is_needed(line: &[u8]) -> Option<bool> {
    let name = &line[..line.iter().position(|byte| *byte == b':')?];
    let token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    if name.is_empty() || !name.iter().all(token) {
        return None;
    }
    Some(NEEDED.iter().any(|needed| name.eq_ignore_ascii_case(needed.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(fillers: usize, end: &str) -> String {
        let filler = "X-Policy: p\r\n".repeat(fillers);
        format!("HTTP/1.1 200 OK\r\n{filler}Content-Length: 4\r\nContent-LENGTH: 5\r\n{end}")
    }

    #[test]
    fn a_head_of_128_headers_is_left_alone() {
        assert_eq!(examine(answer(126, "\r\nbody").as_bytes()), Head::Whole);
        assert_eq!(examine(answer(126, "").as_bytes()), Head::Part);
        assert_eq!(examine(b""), Head::Part);
        assert_eq!(examine(b"HTTP/1.1 200 OK\n\nbody"), Head::Whole);
        assert_eq!(examine(b"SSH-2.0-OpenSSH"), Head::Part);
    }

    #[test]
    fn of_more_headers_those_that_are_needed_stay() {
        let text = answer(127, "\r\nbody");
        let kept = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-LENGTH: 5\r\n\r\n".to_vec();
        assert_eq!(examine(text.as_bytes()), Head::Replaced(text.len() - 4, kept));
        let bare = text.replace('\r', "");
        let kept = b"HTTP/1.1 200 OK\nContent-Length: 4\nContent-LENGTH: 5\n\n".to_vec();
        assert_eq!(examine(bare.as_bytes()), Head::Replaced(bare.len() - 4, kept));
    }

    #[test]
    fn the_end_of_too_many_headers_is_waited_for() {
        assert_eq!(examine(answer(200, "").as_bytes()), Head::Unfinished);
        assert_eq!(examine(answer(200, "X-Cut").as_bytes()), Head::Unfinished);
        assert_eq!(examine(answer(200, "\r").as_bytes()), Head::Unfinished);
    }

    #[test]
    fn what_is_no_header_is_not_tidied_away() {
        for line in [" folded: value", "no colon", ": no name", "a name: x", "na\0me: x"] {
            assert_eq!(examine(answer(200, &format!("{line}\r\n\r\nbody")).as_bytes()), Head::Whole, "{line}");
        }
    }
}
