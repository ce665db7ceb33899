//! The connections of a run: one request at a time over each, no more of them than are needed, and no more than the system
//! has room for.

use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use ureq::config::Config;
use ureq::http::Response;
use ureq::{Agent, Body, Error, Proxy};

use super::connect::{Shared, SpaceConnector};
use super::deadline::{Deadline, timed_out};
use super::resolve::NoResolver;
use super::sent::{Lost, Sent};
use crate::os::sockets::descriptors_ran_out;

/// Sends requests for many threads.
pub(super) struct Connections {
    config: Config,
    shared: Shared,
    slots: Mutex<Slots>,
    returned: Condvar,
}

/// An agent with at most one connection, which may still be open. Threads that shared an agent would wait for each other.
struct Slot {
    agent: Agent,
    deadline: Deadline,
}

struct Slots {
    /// The one that was used last is taken first, so that no more connections are open than are needed.
    idle: Vec<Slot>,
    in_use: usize,
    /// How many connections the system has room for, as far as is known.
    limit: usize,
}

impl Connections {
    pub(super) fn new(config: Config, proxy: Option<Proxy>) -> Self {
        let slots = Mutex::new(Slots { idle: Vec::new(), in_use: 0, limit: usize::MAX });
        Connections { config, shared: Shared { proxy, ..Shared::default() }, slots, returned: Condvar::new() }
    }

    /// Looks the host up that connections will go to, so that later no thread has to.
    pub(super) fn prepare(&self, host: &str, port: u16, deadline: Instant) {
        let left = deadline.saturating_duration_since(Instant::now());
        let (host, port) = self.shared.proxy.as_ref().map_or((host, port), |proxy| (proxy.host(), proxy.port()));
        // What fails here fails again, and is reported, for the request that needs it.
        let _ = self.shared.hosts.resolve(host, port, left);
    }

    /// Sends a request and takes its answer in. It is sent once, and once more where the connection that it was sent on had
    /// been closed by then and nothing of it was taken. `receive` also says whether the connection may be used again.
    pub(super) fn exchange<T>(
        &self,
        deadline: Instant,
        send: impl Fn(&Agent) -> Result<Response<Body>, Error>,
        receive: impl FnOnce(Response<Body>) -> (T, bool),
    ) -> Result<T, Lost> {
        loop {
            let slot = self.take(deadline).map_err(Lost::from_error)?;
            slot.deadline.set(deadline);
            let lost = match send(&slot.agent) {
                Ok(response) => {
                    let (received, reusable) = receive(response);
                    if reusable {
                        self.give_back(slot);
                    } else {
                        self.close(slot);
                    }
                    return Ok(received);
                }
                Err(error) => Lost::from_error(error),
            };
            let again = if lost.sent == Sent::No && is_out_of_descriptors(&lost.error) {
                self.make_do(slot)
            } else {
                self.give_back(slot);
                // After that no connection is reused, so it does not happen a second time.
                lost.sent == Sent::NothingTaken && lost.reused
            };
            if !again {
                return Err(lost);
            }
        }
    }

    /// A slot for one thread, as soon as the limit allows.
    fn take(&self, deadline: Instant) -> Result<Slot, Error> {
        let mut slots = self.lock();
        while slots.in_use >= slots.limit {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Lost::not_connected(timed_out()));
            }
            slots = self.returned.wait_timeout(slots, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        slots.in_use += 1;
        Ok(slots.idle.pop().unwrap_or_else(|| self.new_slot()))
    }

    fn give_back(&self, slot: Slot) {
        let mut slots = self.lock();
        slots.in_use -= 1;
        slots.idle.push(slot);
        drop(slots);
        self.returned.notify_one();
    }

    fn close(&self, slot: Slot) {
        drop(slot);
        self.lock().in_use -= 1;
        self.returned.notify_one();
    }

    /// Ends a slot that found no file descriptor for its connection, and tells whether the others can do its work.
    fn make_do(&self, slot: Slot) -> bool {
        drop(slot);
        let mut slots = self.lock();
        slots.in_use -= 1;
        let others = slots.in_use + slots.idle.len();
        slots.limit = slots.limit.min(others.max(1));
        drop(slots);
        self.returned.notify_one();
        others > 0
    }

    fn new_slot(&self) -> Slot {
        let deadline = Deadline::default();
        let connector = SpaceConnector { shared: self.shared.clone(), deadline: deadline.clone() };
        Slot { agent: Agent::with_parts(self.config.clone(), connector, NoResolver), deadline }
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connections").finish_non_exhaustive()
    }
}

fn is_out_of_descriptors(error: &Error) -> bool {
    matches!(error, Error::Io(error) if descriptors_ran_out(error))
}
