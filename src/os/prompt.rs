//! A line that is typed on the terminal, shown or hidden.

use std::io::{self, Read as _};

use zeroize::Zeroizing;

use super::stream::Stdin;
use super::without_echo;

/// The most bytes of a line; a terminal hands over 4096 at most.
const MAX_LINE: usize = 64 * 1024;

/// The next line of standard input without its line break, `None` at its end.
///
/// # Errors
/// Whatever the system says.
pub fn read_line() -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut line = Zeroizing::new(Vec::new());
    let mut byte = Zeroizing::new([0]);
    while line.len() < MAX_LINE {
        // Byte by byte: what comes after the line is for whoever reads next.
        match Stdin.read(byte.as_mut_slice()) {
            Ok(0) if line.is_empty() => return Ok(None),
            Ok(0) => break,
            Ok(_) if byte[0] == b'\n' => break,
            Ok(_) => line.push(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    // The console of Windows ends a line with both.
    line.pop_if(|last| *last == b'\r');
    Ok(Some(line))
}

/// The same, while the terminal shows nothing of what is typed. However this ends, the terminal is as it was. `ask` is
/// called once it is safe to type.
///
/// # Errors
/// Whatever the system says, and where a terminal cannot hide what is typed.
pub fn read_hidden_line(ask: impl FnOnce()) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    without_echo(|| {
        ask();
        read_line()
    })?
}
