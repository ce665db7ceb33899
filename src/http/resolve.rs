//! A caching resolver: looks up each host once for all threads, and puts the address that answered first.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::deadline::timed_out;
use super::race::interleave;
use crate::os::sockets::descriptors_ran_out;

/// The most addresses of a host that are tried.
const MAX_ADDRESSES: usize = 16;

/// Asks the system for the addresses of a host and port.
type Ask = fn(&str, u16) -> io::Result<Vec<SocketAddr>>;

/// What is known of hosts, shared by all connections of a run.
#[derive(Debug, Clone)]
pub(super) struct CachingResolver {
    hosts: Arc<Mutex<Hosts>>,
    ask: Ask,
}

type Hosts = HashMap<(String, u16), Arc<Lookup>>;

impl Default for CachingResolver {
    fn default() -> Self {
        CachingResolver { hosts: Arc::default(), ask: ask_system }
    }
}

/// One question and, once it is there, its answer.
#[derive(Debug, Default)]
struct Lookup {
    state: Mutex<State>,
    answered: Condvar,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Asked,
    Found(Vec<SocketAddr>),
    Failed(Problem),
}

#[derive(Debug, Clone, Copy)]
enum Problem {
    NotFound,
    /// This process or the system has no file descriptor left.
    Descriptors(i32),
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::NotFound => Error::HostNotFound,
            Problem::Descriptors(code) => Error::Io(io::Error::from_raw_os_error(code)),
        }
    }
}

/// The addresses of a host, in the order in which to try them.
#[derive(Debug)]
pub(super) struct Addresses {
    pub(super) all: Vec<SocketAddr>,
    /// Where they are kept; nowhere for those that no question was needed for.
    lookup: Option<Arc<Lookup>>,
}

impl Addresses {
    /// Puts the address that has answered first.
    pub(super) fn answered(&self, address: SocketAddr) {
        let Some(lookup) = self.lookup.as_ref().filter(|_| self.all.first() != Some(&address)) else { return };
        if let State::Found(known) = &mut *lookup.lock()
            && let Some(place) = known.iter().position(|other| *other == address)
        {
            known[..=place].rotate_right(1);
        }
    }
}

impl Lookup {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, state: State) {
        *self.lock() = state;
        self.answered.notify_all();
    }

    /// Waits for the answer.
    fn addresses(&self, limit: Duration) -> Result<Vec<SocketAddr>, Error> {
        let asked = |state: &mut State| matches!(state, State::Asked);
        let waited = self.answered.wait_timeout_while(self.lock(), limit, asked);
        match &*waited.unwrap_or_else(PoisonError::into_inner).0 {
            State::Asked => Err(timed_out()),
            State::Found(addresses) => Ok(addresses.clone()),
            State::Failed(problem) => Err((*problem).into()),
        }
    }
}

impl CachingResolver {
    /// The addresses of a host. Callers that ask while a lookup is in progress share its result.
    pub(super) fn resolve(&self, host: &str, port: u16, limit: Duration) -> Result<Addresses, Error> {
        if let Some(all) = without_asking(host, port) {
            return Ok(Addresses { all, lookup: None });
        }
        let lookup = {
            let mut hosts = self.lock();
            let known = hosts.get(&(host.to_owned(), port)).cloned();
            known.unwrap_or_else(|| {
                let lookup = Arc::new(Lookup::default());
                hosts.insert((host.to_owned(), port), Arc::clone(&lookup));
                drop(hosts);
                self.start(host, port, &lookup);
                lookup
            })
        };
        let all = lookup.addresses(limit)?;
        Ok(Addresses { all, lookup: Some(lookup) })
    }

    /// Forgets a host to which no connection could be made, unless it has been looked up again since.
    pub(super) fn forget(&self, host: &str, port: u16, addresses: &Addresses) {
        if let Some(lookup) = &addresses.lookup {
            self.remove(host, port, lookup);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Hosts> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remove(&self, host: &str, port: u16, lookup: &Arc<Lookup>) {
        let key = (host.to_owned(), port);
        let mut hosts = self.lock();
        if hosts.get(&key).is_some_and(|known| Arc::ptr_eq(known, lookup)) {
            hosts.remove(&key);
        }
    }

    /// Asks in a separate thread, since `getaddrinfo` has no timeout; in this one, without a limit, if no thread can be started.
    fn start(&self, host: &str, port: u16, lookup: &Arc<Lookup>) {
        let question = {
            let (resolver, host, lookup) = (self.clone(), host.to_owned(), Arc::clone(lookup));
            move || resolver.ask(&host, port, &lookup)
        };
        if std::thread::Builder::new().name("lookup".to_owned()).spawn(question).is_err() {
            self.ask(host, port, lookup);
        }
    }

    fn ask(&self, host: &str, port: u16, lookup: &Arc<Lookup>) {
        let state = match (self.ask)(host, port) {
            Ok(found) if !found.is_empty() => {
                let mut addresses = interleave(&found);
                addresses.truncate(MAX_ADDRESSES);
                State::Found(addresses)
            }
            Err(error) if descriptors_ran_out(&error) => {
                State::Failed(Problem::Descriptors(error.raw_os_error().unwrap_or_default()))
            }
            _ => State::Failed(Problem::NotFound),
        };
        if matches!(state, State::Failed(_)) {
            // Waiting callers get the failure; the next one asks again.
            self.remove(host, port, lookup);
        }
        lookup.answer(state);
    }
}

fn ask_system(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    Ok((host, port).to_socket_addrs()?.collect())
}

/// An address needs no looking up, and `localhost` must not be: it is this machine (RFC 6761, section 6.3), whatever a file
/// or a server says, and it may be sent secrets without TLS.
fn without_asking(host: &str, port: u16) -> Option<Vec<SocketAddr>> {
    let addresses = if host.eq_ignore_ascii_case("localhost") {
        vec![IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)]
    } else {
        vec![host.trim_matches(['[', ']']).parse().ok()?]
    };
    Some(addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect())
}

/// ureq asks before each request, even for one that needs no new connection. The connector asks when it needs to know.
#[derive(Debug)]
pub(super) struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(20);

    fn address(last: u8) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, last], 443))
    }

    fn asking(ask: Ask) -> CachingResolver {
        CachingResolver { ask, ..CachingResolver::default() }
    }

    fn first(resolver: &CachingResolver) -> SocketAddr {
        resolver.resolve("a.example", 443, LIMIT).unwrap().all[0]
    }

    #[test]
    fn addresses_and_localhost_are_known_without_asking() {
        let resolver = asking(|_, _| panic!("nothing is to be asked"));
        let all = |host: &str| resolver.resolve(host, 1, LIMIT).unwrap().all;
        assert_eq!(all("192.0.2.1"), ["192.0.2.1:1".parse().unwrap()]);
        assert_eq!(all("[::1]"), ["[::1]:1".parse().unwrap()]);
        for name in ["localhost", "LocalHost"] {
            assert_eq!(all(name), ["127.0.0.1:1".parse().unwrap(), "[::1]:1".parse().unwrap()]);
        }
    }

    #[test]
    fn many_that_ask_at_once_share_one_question() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let resolver = asking(|_, _| {
            ASKED.fetch_add(1, Ordering::SeqCst);
            Ok(vec![address(1)])
        });
        std::thread::scope(|scope| {
            for _ in 0..64 {
                scope.spawn(|| assert_eq!(first(&resolver), address(1)));
            }
        });
        assert_eq!(ASKED.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn what_answered_is_tried_first() {
        let resolver = asking(|_, _| Ok(vec![address(1), address(2), address(3)]));
        let addresses = resolver.resolve("a.example", 443, LIMIT).unwrap();
        addresses.answered(address(3));
        let now = resolver.resolve("a.example", 443, LIMIT).unwrap();
        assert_eq!(now.all, [address(3), address(1), address(2)]);
        // Word of another address that comes late does no harm.
        addresses.answered(address(9));
        assert_eq!(first(&resolver), address(3));
    }

    #[test]
    fn a_host_that_does_not_answer_is_looked_up_anew_once() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let resolver = asking(|_, _| {
            let times = ASKED.fetch_add(1, Ordering::SeqCst);
            Ok(vec![address(u8::try_from(times).unwrap())])
        });
        let old = resolver.resolve("a.example", 443, LIMIT).unwrap();
        let same = resolver.resolve("a.example", 443, LIMIT).unwrap();
        assert_eq!((old.all[0], same.all[0]), (address(0), address(0)));
        resolver.forget("a.example", 443, &old);
        assert_eq!(first(&resolver), address(1));
        // The second of two that failed alike comes when the host is known anew.
        resolver.forget("a.example", 443, &same);
        assert_eq!(first(&resolver), address(1));
    }

    #[test]
    fn a_failure_is_not_remembered() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let resolver = asking(|_, _| {
            if ASKED.fetch_add(1, Ordering::SeqCst) == 0 {
                Err(io::ErrorKind::Other.into())
            } else {
                Ok(vec![address(1)])
            }
        });
        let failure = resolver.resolve("a.example", 443, LIMIT).unwrap_err();
        assert!(matches!(failure, Error::HostNotFound), "{failure:?}");
        assert_eq!(first(&resolver), address(1));
    }

    #[test]
    fn an_answer_that_does_not_come_is_not_waited_for_longer_than_allowed() {
        static GATE: Mutex<()> = Mutex::new(());
        let closed = GATE.lock().unwrap();
        let resolver = asking(|_, _| {
            drop(GATE.lock());
            Ok(vec![address(1)])
        });
        let failure = resolver.resolve("a.example", 443, Duration::from_millis(1)).unwrap_err();
        assert!(matches!(failure, Error::Timeout(_)), "{failure:?}");
        // The lookup is still in progress, and its answer serves later callers.
        drop(closed);
        assert_eq!(first(&resolver), address(1));
    }
}
