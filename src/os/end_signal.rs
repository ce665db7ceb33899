//! The signals that end a server.

pub use imp::end_signal;

#[cfg(unix)]
mod imp {
    use std::future::{Future, poll_fn};
    use std::io;
    use std::task::Poll;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use tokio::signal::unix::{SignalKind, signal};

    use crate::os::signals;

    /// Starts to watch for the signals that end the server, and gives what waits for the first of them and says
    /// whether that was SIGINT. SIGHUP, of a terminal that is closed, ends it likewise unless `nohup` had it ignored.
    pub fn end_signal() -> io::Result<impl Future<Output = bool>> {
        let numbers = [SIGINT, SIGTERM].into_iter().chain(signals::take(&[SIGHUP]));
        let mut signals = numbers.map(|number| signal(SignalKind::from_raw(number))).collect::<io::Result<Vec<_>>>()?;
        Ok(poll_fn(move |context| {
            let arrived = signals.iter_mut().position(|signal| signal.poll_recv(context).is_ready());
            // SIGINT is the first of them.
            arrived.map_or(Poll::Pending, |place| Poll::Ready(place == 0))
        }))
    }
}

#[cfg(not(unix))]
mod imp {
    use std::future::{Future, poll_fn};
    use std::io;
    use std::task::Poll;

    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};

    /// Starts to watch for Ctrl-C, Ctrl-Break and the end of the console, and gives what waits for the first of
    /// them and says whether that was Ctrl-C.
    pub fn end_signal() -> io::Result<impl Future<Output = bool>> {
        let (mut interrupt, mut stop, mut close) = (ctrl_c()?, ctrl_break()?, ctrl_close()?);
        Ok(poll_fn(move |context| {
            if interrupt.poll_recv(context).is_ready() {
                return Poll::Ready(true);
            }
            let arrived = stop.poll_recv(context).is_ready() || close.poll_recv(context).is_ready();
            if arrived { Poll::Ready(false) } else { Poll::Pending }
        }))
    }
}
