//! The standard streams. Whoever shares one with us may have set it to non-blocking: the flag belongs to the open file,
//! not to the process, and Node.js, ssh and tmux set it. Here a stream that is not ready is waited for.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write};

#[cfg(not(unix))]
use fallback as imp;
#[cfg(unix)]
use unix as imp;

/// Standard input, without a buffer.
#[derive(Debug, Clone, Copy)]
pub struct Stdin;

/// Standard output, without a buffer: how many bytes have left is known after each write.
#[derive(Debug, Clone, Copy)]
pub struct Stdout;

/// Standard error.
#[derive(Debug, Clone, Copy)]
pub struct Stderr;

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        imp::read_stdin(buffer)
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        imp::write_stdout(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        imp::flush_stdout()
    }
}

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        imp::write_stderr(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes all of `bytes` to standard output, or takes back what has been written where that is possible.
///
/// # Errors
/// Whatever the write that failed says.
pub fn write_stdout_whole(bytes: &[u8]) -> io::Result<()> {
    write_whole(&mut Stdout, imp::stdout_file().as_ref(), bytes)
}

/// Appends all of `bytes` to a file that is open for appending, or takes back what has been written.
///
/// # Errors
/// Whatever the write that failed says.
pub fn append_whole(file: &File, bytes: &[u8]) -> io::Result<()> {
    write_whole(&mut &*file, Some(file), bytes)
}

/// `file` is where `out` leads to, if that is known. Half a token at the end of a file looks like a whole one.
fn write_whole(out: &mut impl Write, file: Option<&File>, bytes: &[u8]) -> io::Result<()> {
    let before = file.and_then(length);
    let (written, result) = write_counted(out, bytes);
    if let (Err(_), Some(file), Some(before)) = (&result, file, before) {
        take_back(file, before, written);
    }
    result
}

fn write_counted(out: &mut impl Write, bytes: &[u8]) -> (u64, io::Result<()>) {
    let mut written = 0;
    while written < bytes.len() {
        match out.write(&bytes[written..]) {
            Ok(0) => return (written as u64, Err(io::ErrorKind::WriteZero.into())),
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (written as u64, Err(error)),
        }
    }
    (written as u64, out.flush())
}

/// Cuts off the last `written` bytes, if they are certainly ours: the file is exactly that much longer than before, and
/// ends where our last write ended. Otherwise another program has written to it, and it stays as it is.
fn take_back(mut file: &File, before: u64, written: u64) {
    let end = before.saturating_add(written);
    if written > 0 && length(file) == Some(end) && file.stream_position().is_ok_and(|position| position == end) {
        let _ = file.set_len(before);
        // The position is shared with programs that write after us; beyond the end it would leave a hole.
        let _ = file.seek(SeekFrom::Start(before));
    }
}

/// The length of a regular file.
fn length(file: &File) -> Option<u64> {
    file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len())
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io;
    use std::os::fd::{AsFd, BorrowedFd};

    use nix::errno::Errno;
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

    pub(super) fn read_stdin(buffer: &mut [u8]) -> io::Result<usize> {
        let stdin = io::stdin();
        patiently(stdin.as_fd(), PollFlags::POLLIN, |descriptor| nix::unistd::read(descriptor, buffer))
    }

    pub(super) fn write_stdout(bytes: &[u8]) -> io::Result<usize> {
        let stdout = io::stdout();
        patiently(stdout.as_fd(), PollFlags::POLLOUT, |descriptor| nix::unistd::write(descriptor, bytes))
    }

    pub(super) fn write_stderr(bytes: &[u8]) -> io::Result<usize> {
        let stderr = io::stderr();
        patiently(stderr.as_fd(), PollFlags::POLLOUT, |descriptor| nix::unistd::write(descriptor, bytes))
    }

    #[allow(clippy::unnecessary_wraps, reason = "elsewhere stdout has a buffer")]
    pub(super) fn flush_stdout() -> io::Result<()> {
        Ok(())
    }

    pub(super) fn stdout_file() -> Option<File> {
        io::stdout().as_fd().try_clone_to_owned().map(File::from).ok()
    }

    /// Does `step` until it has an answer, waiting for the descriptor in between.
    fn patiently<T>(
        descriptor: BorrowedFd,
        ready: PollFlags,
        mut step: impl FnMut(BorrowedFd) -> nix::Result<T>,
    ) -> io::Result<T> {
        loop {
            match step(descriptor) {
                // A signal alone is no reason to give up; those that end a run end it elsewhere.
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => match poll(&mut [PollFd::new(descriptor, ready)], PollTimeout::NONE) {
                    Ok(_) | Err(Errno::EINTR) => {}
                    Err(error) => return Err(error.into()),
                },
                result => return Ok(result?),
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use std::io::{Read as _, Write as _};
        use std::os::unix::net::UnixStream;

        use super::*;

        #[test]
        fn a_stream_that_is_not_ready_is_waited_for() {
            let (mut ours, mut theirs) = UnixStream::pair().unwrap();
            ours.set_nonblocking(true).unwrap();
            let mut byte = [0];
            assert_eq!(ours.read(&mut byte).unwrap_err().kind(), io::ErrorKind::WouldBlock);
            std::thread::scope(|scope| {
                scope.spawn(|| theirs.write_all(b"x").unwrap());
                let read = patiently(ours.as_fd(), PollFlags::POLLIN, |end| nix::unistd::read(end, &mut byte));
                assert_eq!(read.unwrap(), 1);
            });
            assert_eq!(&byte, b"x");
            // More than the system takes at once: each further piece waits until the other side has read.
            let long = vec![b'y'; 4_000_000];
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let mut left = &long[..];
                    while !left.is_empty() {
                        let count =
                            patiently(ours.as_fd(), PollFlags::POLLOUT, |end| nix::unistd::write(end, left)).unwrap();
                        left = &left[count..];
                    }
                });
                let mut all = vec![0; long.len()];
                theirs.read_exact(&mut all).unwrap();
                assert!(all == long);
            });
        }
    }
}

#[cfg(not(unix))]
mod fallback {
    use std::fs::File;
    use std::io::{self, Read as _, Write as _};

    pub(super) fn read_stdin(buffer: &mut [u8]) -> io::Result<usize> {
        io::stdin().read(buffer)
    }

    pub(super) fn write_stdout(bytes: &[u8]) -> io::Result<usize> {
        io::stdout().write(bytes)
    }

    pub(super) fn write_stderr(bytes: &[u8]) -> io::Result<usize> {
        io::stderr().write(bytes)
    }

    pub(super) fn flush_stdout() -> io::Result<()> {
        io::stdout().flush()
    }

    pub(super) fn stdout_file() -> Option<File> {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// Writes some bytes into a file, then fails; between the two it does something else.
    struct Failing<'a, F> {
        file: &'a File,
        room: usize,
        meanwhile: F,
    }

    impl<F: FnMut()> Write for Failing<'_, F> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.room == 0 {
                (self.meanwhile)();
                return Err(io::ErrorKind::StorageFull.into());
            }
            let count = self.room.min(bytes.len());
            self.room -= count;
            self.file.write(&bytes[..count])
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What a file that held `before` holds after 5 of our bytes, or none, were written and the rest was not; `append`
    /// comes from another program after that.
    fn after_failure(room: usize, append: &str) -> String {
        let folder = crate::os::temporary_folder();
        let path = folder.path().join("file");
        std::fs::write(&path, "before\n").unwrap();
        let open = || File::options().append(true).open(&path).unwrap();
        let file = open();
        let mut out = Failing { file: &file, room, meanwhile: || open().write_all(append.as_bytes()).unwrap() };
        assert!(write_whole(&mut out, Some(&file), b"token").is_err() || room >= 5);
        std::fs::read_to_string(&path).unwrap()
    }

    #[test]
    fn a_failed_write_takes_back_its_own_bytes_and_no_others() {
        assert_eq!(after_failure(3, ""), "before\n");
        assert_eq!(after_failure(3, "theirs\n"), "before\ntoktheirs\n");
        assert_eq!(after_failure(0, "theirs\n"), "before\ntheirs\n");
        assert_eq!(after_failure(0, ""), "before\n");
        assert_eq!(after_failure(5, ""), "before\ntoken");
    }

    #[test]
    fn what_is_written_over_is_not_cut_off() {
        let folder = crate::os::temporary_folder();
        let path = folder.path().join("file");
        std::fs::write(&path, "0123456789").unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        let mut out = Failing { file: &file, room: 3, meanwhile: || {} };
        assert!(write_whole(&mut out, Some(&file), b"token").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "tok3456789");
    }

    #[test]
    fn the_position_goes_back_with_the_bytes() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"before\n").unwrap();
        let shared = file.try_clone().unwrap();
        let mut out = Failing { file: &shared, room: 3, meanwhile: || {} };
        assert!(write_whole(&mut out, Some(&shared), b"token").is_err());
        assert_eq!((file.stream_position().unwrap(), length(&file)), (7, Some(7)));
    }
}
