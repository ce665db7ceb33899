//! The order in which the addresses of a host are tried: both families in turn, one after another without waiting for the
//! one before to fail (RFC 8305).

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long an attempt runs alone before the next one starts beside it: RFC 8305, section 5.
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Starts connections and waits for them. What is still running when it is dropped is closed.
pub(super) trait Dialer {
    type Connection;

    fn now(&self) -> Instant;

    /// Starts to connect; fails where the system refuses at once.
    fn start(&mut self, address: SocketAddr) -> io::Result<()>;

    /// Waits until one of those that were started connects or fails, at most so long. The one it reports runs no more.
    fn wait(&mut self, at_most: Duration) -> io::Result<Option<(SocketAddr, io::Result<Self::Connection>)>>;
}

/// The first connection to any of the addresses, which are tried in their order; `None` at the deadline. When all have
/// failed, the failure of the last.
pub(super) fn race<D: Dialer>(
    addresses: &[SocketAddr],
    deadline: Instant,
    dialer: &mut D,
) -> io::Result<Option<(SocketAddr, D::Connection)>> {
    let mut untried = addresses.iter();
    let (mut running, mut next_start) = (0_usize, dialer.now());
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        let now = dialer.now();
        if now >= deadline {
            return Ok(None);
        }
        if now >= next_start
            && let Some(address) = untried.next()
        {
            match dialer.start(*address) {
                Ok(()) => {
                    running += 1;
                    next_start = now + ATTEMPT_DELAY;
                }
                Err(error) => failure = error,
            }
            continue;
        }
        if running == 0 {
            return Err(failure);
        }
        let until = if untried.as_slice().is_empty() { deadline } else { next_start.min(deadline) };
        match dialer.wait(until.saturating_duration_since(now))? {
            Some((address, Ok(connection))) => return Ok(Some((address, connection))),
            Some((_, Err(error))) => {
                failure = error;
                running -= 1;
                next_start = now;
            }
            None => {}
        }
    }
}

/// The addresses with their families in turn, each family in the order in which the system prefers its addresses.
pub(super) fn interleave(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut first, mut second): (Vec<_>, Vec<_>) =
        addresses.iter().copied().partition(|address| address.is_ipv6() == first_is_v6);
    let mut turns = Vec::with_capacity(addresses.len());
    let (mut first, mut second) = (first.drain(..), second.drain(..));
    loop {
        let (one, other) = (first.next(), second.next());
        if one.is_none() && other.is_none() {
            return turns;
        }
        turns.extend(one.into_iter().chain(other));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::HashMap;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn v4(last: u8) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, last], 443))
    }

    fn v6(last: u16) -> SocketAddr {
        SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, last], 443))
    }

    #[derive(Clone, Copy)]
    enum Fate {
        Connects(Duration),
        Refuses(Duration),
        Unroutable,
    }

    /// A network with a clock of its own, which only waiting moves. An address that is not named swallows everything.
    struct Script {
        fates: HashMap<SocketAddr, Fate>,
        begin: Instant,
        elapsed: Cell<Duration>,
        running: Vec<(SocketAddr, Duration)>,
        /// Each address that was tried, with the time in milliseconds.
        started: Vec<(SocketAddr, u128)>,
    }

    impl Script {
        fn new<const N: usize>(fates: [(SocketAddr, Fate); N]) -> Self {
            Script {
                fates: HashMap::from(fates),
                begin: Instant::now(),
                elapsed: Cell::default(),
                running: Vec::new(),
                started: Vec::new(),
            }
        }

        fn race(&mut self, addresses: &[SocketAddr], limit: Duration) -> Option<io::Result<SocketAddr>> {
            let deadline = self.begin + limit;
            match race(addresses, deadline, self) {
                Ok(winner) => winner.map(|(address, ())| Ok(address)),
                Err(error) => Some(Err(error)),
            }
        }
    }

    impl Dialer for Script {
        type Connection = ();

        fn now(&self) -> Instant {
            self.begin + self.elapsed.get()
        }

        fn start(&mut self, address: SocketAddr) -> io::Result<()> {
            self.started.push((address, self.elapsed.get().as_millis()));
            if let Some(Fate::Unroutable) = self.fates.get(&address) {
                return Err(io::ErrorKind::NetworkUnreachable.into());
            }
            self.running.push((address, self.elapsed.get()));
            Ok(())
        }

        fn wait(&mut self, at_most: Duration) -> io::Result<Option<(SocketAddr, io::Result<()>)>> {
            let ends = |(address, started): &(SocketAddr, Duration)| match self.fates.get(address) {
                Some(Fate::Connects(after) | Fate::Refuses(after)) => Some(*started + *after),
                _ => None,
            };
            let next = (0..self.running.len()).filter_map(|place| Some((ends(&self.running[place])?, place))).min();
            let Some((at, place)) = next.filter(|(at, _)| *at <= self.elapsed.get() + at_most) else {
                self.elapsed.set(self.elapsed.get() + at_most);
                return Ok(None);
            };
            self.elapsed.set(at.max(self.elapsed.get()));
            let (address, _) = self.running.remove(place);
            let refused = matches!(self.fates[&address], Fate::Refuses(_));
            Ok(Some((address, if refused { Err(io::ErrorKind::ConnectionRefused.into()) } else { Ok(()) })))
        }
    }

    #[test]
    fn families_take_turns_and_keep_their_order() {
        assert_eq!(interleave(&[v6(1), v6(2), v4(1), v4(2), v4(3)]), [v6(1), v4(1), v6(2), v4(2), v4(3)]);
        assert_eq!(interleave(&[v4(1), v4(2), v6(1)]), [v4(1), v6(1), v4(2)]);
        assert_eq!(interleave(&[v4(1)]), [v4(1)]);
        assert_eq!(interleave(&[]), []);
    }

    #[test]
    fn an_address_that_answers_is_the_only_one_tried() {
        let mut network = Script::new([(v6(1), Fate::Connects(Duration::from_millis(200)))]);
        assert_eq!(network.race(&[v6(1), v4(1)], 30 * SECOND).unwrap().unwrap(), v6(1));
        assert_eq!(network.started, [(v6(1), 0)]);
    }

    #[test]
    fn an_address_that_swallows_everything_costs_a_quarter_of_a_second() {
        let mut network = Script::new([(v4(1), Fate::Connects(Duration::from_millis(20)))]);
        assert_eq!(network.race(&[v6(1), v4(1), v6(2)], 30 * SECOND).unwrap().unwrap(), v4(1));
        assert_eq!(network.started, [(v6(1), 0), (v4(1), 250)]);
        assert_eq!(network.elapsed.get(), Duration::from_millis(270));
    }

    #[test]
    fn a_slow_address_wins_over_those_that_swallow_everything() {
        let mut network = Script::new([(v6(1), Fate::Connects(Duration::from_millis(600)))]);
        assert_eq!(network.race(&[v6(1), v4(1), v6(2)], 30 * SECOND).unwrap().unwrap(), v6(1));
        assert_eq!(network.started, [(v6(1), 0), (v4(1), 250), (v6(2), 500)]);
    }

    #[test]
    fn eight_dead_addresses_before_a_live_one_cost_two_seconds() {
        let mut network = Script::new([(v4(9), Fate::Connects(Duration::from_millis(1)))]);
        let addresses: Vec<_> = (1..=9).map(v4).collect();
        assert_eq!(network.race(&addresses, 30 * SECOND).unwrap().unwrap(), v4(9));
        assert_eq!(network.elapsed.get(), Duration::from_millis(2001));
    }

    #[test]
    fn after_a_refusal_the_next_address_is_tried_at_once() {
        let mut network = Script::new([
            (v6(1), Fate::Unroutable),
            (v4(1), Fate::Refuses(Duration::from_millis(5))),
            (v6(2), Fate::Connects(Duration::from_millis(5))),
        ]);
        assert_eq!(network.race(&[v6(1), v4(1), v6(2)], 30 * SECOND).unwrap().unwrap(), v6(2));
        assert_eq!(network.started, [(v6(1), 0), (v4(1), 0), (v6(2), 5)]);
    }

    #[test]
    fn when_all_fail_the_last_failure_is_reported() {
        let refuses = Fate::Refuses(Duration::from_millis(5));
        let mut network = Script::new([(v6(1), Fate::Unroutable), (v4(1), refuses)]);
        let failure = network.race(&[v6(1), v4(1)], 30 * SECOND).unwrap().unwrap_err();
        assert_eq!(failure.kind(), io::ErrorKind::ConnectionRefused);
        let failure = network.race(&[v6(1)], 30 * SECOND).unwrap().unwrap_err();
        assert_eq!(failure.kind(), io::ErrorKind::NetworkUnreachable);
    }

    #[test]
    fn nothing_is_waited_for_beyond_the_deadline() {
        let mut network = Script::new([]);
        assert!(network.race(&[v6(1), v4(1)], SECOND).is_none());
        assert_eq!(network.elapsed.get(), SECOND);
        assert!(network.race(&[v6(1)], SECOND).is_none(), "no time left");
        assert_eq!(network.started.len(), 2);
    }
}
