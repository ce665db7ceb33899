//! The text of a dotenv file with some of its variables set: their values are replaced, or lines added for them, and every
//! other byte stays.

use std::ops::Range;

use zeroize::Zeroizing;

/// The text with each of these variables set. A variable that is assigned more than once is set in every place: some
/// readers take the first assignment, others the last.
pub fn with_variables<'a>(text: &[u8], variables: impl Iterator<Item = (&'a str, &'a str)>) -> Zeroizing<Vec<u8>> {
    variables.fold(Zeroizing::new(text.to_vec()), |text, (name, value)| with_variable(&text, name, value))
}

fn with_variable(text: &[u8], name: &str, value: &str) -> Zeroizing<Vec<u8>> {
    // Two line breaks, an equals sign. Growing would leave a copy of the token behind.
    let room = text.len() + name.len() + value.len() + 5;
    let mut result = Zeroizing::new(Vec::with_capacity(room));
    let mut found = false;
    let mut written = 0;
    for assignment in Assignments::of(text).filter(|assignment| &text[assignment.name.clone()] == name.as_bytes()) {
        found = true;
        result.extend_from_slice(&text[written..assignment.value.start]);
        result.extend_from_slice(value.as_bytes());
        written = assignment.value.end;
    }
    result.extend_from_slice(&text[written..]);
    if !found {
        let end_of_line: &[u8] = if text.windows(2).any(|pair| pair == b"\r\n") { b"\r\n" } else { b"\n" };
        if !result.is_empty() && !result.ends_with(b"\n") {
            result.extend_from_slice(end_of_line);
        }
        for part in [name.as_bytes(), b"=", value.as_bytes(), end_of_line] {
            result.extend_from_slice(part);
        }
    }
    result
}

/// `NAME=VALUE`, as ranges of the text.
struct Assignment {
    name: Range<usize>,
    /// With its quotes, without a comment after it.
    value: Range<usize>,
}

/// The assignments of a text, from the first to the last. What is inside a quoted value is not an assignment, even on a
/// line of its own.
struct Assignments<'a> {
    text: &'a [u8],
    next_line: usize,
}

impl<'a> Assignments<'a> {
    fn of(text: &'a [u8]) -> Self {
        let mark = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Assignments { text, next_line: mark }
    }

    /// From a place to the end of its line, without the line break.
    fn line_from(&self, start: usize) -> Range<usize> {
        let rest = &self.text[start..];
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        start..start + rest[..length].strip_suffix(b"\r").map_or(length, <[u8]>::len)
    }

    fn skip_blanks(&self, start: usize, end: usize) -> usize {
        start + self.text[start..end].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }

    fn parse(&self, line: Range<usize>) -> Option<Assignment> {
        let mut start = self.skip_blanks(line.start, line.end);
        if let Some(rest) = self.text[start..line.end].strip_prefix(b"export")
            && rest.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'))
        {
            start = self.skip_blanks(line.end - rest.len(), line.end);
        }
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        let name = start..start + self.text[start..line.end].iter().take_while(is_name).count();
        let equals = self.skip_blanks(name.end, line.end);
        if name.is_empty() || self.text[..line.end].get(equals) != Some(&b'=') {
            return None;
        }
        let value = self.skip_blanks(equals + 1, line.end);
        Some(Assignment { name, value: self.quoted(value).unwrap_or_else(|| self.unquoted(value, line.end)) })
    }

    /// A value in quotes, which may have line breaks in it. A quote that is never closed, or closed in the middle of a
    /// word, is part of a plain value.
    fn quoted(&self, start: usize) -> Option<Range<usize>> {
        let quote = *self.text.get(start).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
        let mut place = start + 1;
        while let Some(byte) = self.text.get(place) {
            match *byte {
                b'\\' if quote == b'"' => place += 1,
                byte if byte == quote => return self.ends_value(place + 1).then_some(start..place + 1),
                _ => {}
            }
            place += 1;
        }
        None
    }

    /// Whether nothing but blanks and a comment follows on the line.
    fn ends_value(&self, place: usize) -> bool {
        let line = self.line_from(place);
        let next = self.skip_blanks(place, line.end);
        next == line.end || (next > place && self.text[next] == b'#')
    }

    /// A plain value: up to a comment or the blanks at the end of its line.
    fn unquoted(&self, start: usize, end: usize) -> Range<usize> {
        let value = &self.text[start..end];
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        let comment =
            (0..value.len()).find(|place| value[*place] == b'#' && (*place == 0 || is_blank(&value[place - 1])));
        let value = &value[..comment.unwrap_or(value.len())];
        let length = value.iter().rposition(|byte| !is_blank(byte)).map_or(0, |last| last + 1);
        start..start + length
    }
}

impl Iterator for Assignments<'_> {
    type Item = Assignment;

    fn next(&mut self) -> Option<Assignment> {
        while self.next_line < self.text.len() {
            let line = self.line_from(self.next_line);
            let found = self.parse(line.clone());
            let end = found.as_ref().map_or(line.end, |assignment| assignment.value.end.max(line.start));
            let rest = &self.text[end..];
            let to_next = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |place| place + 1);
            self.next_line = end + to_next;
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> String {
        String::from_utf8(with_variables(text.as_bytes(), [("TOKEN", "eyJ.new")].into_iter()).to_vec()).unwrap()
    }

    #[test]
    fn the_line_is_added_at_the_end_of_a_file_that_lacks_it() {
        assert_eq!(set(""), "TOKEN=eyJ.new\n");
        assert_eq!(set("FOO=1\n"), "FOO=1\nTOKEN=eyJ.new\n");
        assert_eq!(set("FOO=1"), "FOO=1\nTOKEN=eyJ.new\n");
        assert_eq!(set("FOO=1\r\n"), "FOO=1\r\nTOKEN=eyJ.new\r\n");
        assert_eq!(set("# TOKEN=old\nMY_TOKEN=1\nTOKEN_2=2\n"), "# TOKEN=old\nMY_TOKEN=1\nTOKEN_2=2\nTOKEN=eyJ.new\n");
    }

    #[test]
    fn the_value_is_replaced_and_everything_around_it_stays() {
        assert_eq!(set("A=1\nTOKEN=old\nB=2"), "A=1\nTOKEN=eyJ.new\nB=2");
        assert_eq!(set("A=1\r\nTOKEN=old\r\nB=2\r\n"), "A=1\r\nTOKEN=eyJ.new\r\nB=2\r\n");
        assert_eq!(set("export TOKEN = old  # for the lobby\n"), "export TOKEN = eyJ.new  # for the lobby\n");
        assert_eq!(set("  TOKEN=\n"), "  TOKEN=eyJ.new\n");
        assert_eq!(set("TOKEN=\nB=2\n"), "TOKEN=eyJ.new\nB=2\n");
        assert_eq!(set("TOKEN='old # value'\n"), "TOKEN=eyJ.new\n");
        assert_eq!(set("TOKEN=\"a\\\"b\" # c\n"), "TOKEN=eyJ.new # c\n");
        assert_eq!(set("\u{feff}TOKEN=old\n"), "\u{feff}TOKEN=eyJ.new\n");
        assert_eq!(set("TOKEN=1\nTOKEN=2\n"), "TOKEN=eyJ.new\nTOKEN=eyJ.new\n");
    }

    #[test]
    fn lines_inside_a_quoted_value_are_not_assignments() {
        let key = "KEY=\"-----BEGIN\nTOKEN=inside\n-----END\"\n";
        assert_eq!(set(key), format!("{key}TOKEN=eyJ.new\n"));
        assert_eq!(set("TOKEN='one\ntwo'\nB=2\n"), "TOKEN=eyJ.new\nB=2\n");
        // A quote that is never closed takes its own line only.
        assert_eq!(set("NAME=it's\nTITLE='90s\nTOKEN=old\n"), "NAME=it's\nTITLE='90s\nTOKEN=eyJ.new\n");
    }

    #[test]
    fn a_quote_that_closes_inside_a_word_is_part_of_it() {
        assert_eq!(set("TOKEN=\"old\"er\nB=2\n"), "TOKEN=eyJ.new\nB=2\n");
        assert_eq!(set("TOKEN='old'#x\n"), "TOKEN=eyJ.new\n");
        assert_eq!(set("TOKEN='old' x # c\n"), "TOKEN=eyJ.new # c\n");
        // The first quote would otherwise end in the line of the token.
        assert_eq!(set("TITLE='90s\nTOKEN='old'\n"), "TITLE='90s\nTOKEN=eyJ.new\n");
    }

    #[test]
    fn names_are_whole_words_and_export_may_come_before_them() {
        assert_eq!(set("export\tTOKEN=old\n"), "export\tTOKEN=eyJ.new\n");
        assert_eq!(set("exportTOKEN=1\nA.TOKEN=2\nTOKEN\n"), "exportTOKEN=1\nA.TOKEN=2\nTOKEN\nTOKEN=eyJ.new\n");
        assert_eq!(set("URL=https://x/?TOKEN=1\n"), "URL=https://x/?TOKEN=1\nTOKEN=eyJ.new\n");
    }

    #[test]
    fn bytes_that_are_not_text_stay() {
        let result = with_variables(b"A=\xff\xfe\nTOKEN=old\n", [("TOKEN", "t"), ("OTHER", "o")].into_iter());
        assert_eq!(*result, b"A=\xff\xfe\nTOKEN=t\nOTHER=o\n");
    }
}
