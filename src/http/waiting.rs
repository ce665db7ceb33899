//! Threads that wait: for a time, or for their turn at the gate. Halting the run ends either.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::gate::{Gate, Heard, Pass, Ticket, Turn};

/// Poll interval: a signal handler sets the flag but cannot wake a thread.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// How a wait at the gate ended.
#[derive(Debug)]
pub(super) enum Entry {
    /// The request may be sent.
    Go(Pass),
    /// The run was halted.
    Halted,
    /// The time limit is over, or will be before the gate opens again, in this time.
    Late(Option<Duration>),
}

/// The gate, and the threads that wait at it.
#[derive(Debug)]
pub(super) struct Entrance {
    queue: Mutex<Queue>,
    halted: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Queue {
    gate: Gate,
    waiting: HashMap<Ticket, Thread>,
}

impl Queue {
    /// Wakes the first in the queue, which alone can have become ready to go.
    fn wake_first(&self) {
        if let Some(thread) = self.gate.first().and_then(|ticket| self.waiting.get(&ticket)) {
            thread.unpark();
        }
    }

    fn leave(&mut self, ticket: Ticket) {
        self.waiting.remove(&ticket);
        self.wake_first();
    }
}

impl Entrance {
    pub(super) fn new(halted: Arc<AtomicBool>) -> Self {
        Entrance { queue: Mutex::default(), halted }
    }

    pub(super) fn is_halted(&self) -> bool {
        self.halted.load(Ordering::SeqCst)
    }

    /// Waits for the turn of a request. One that was sent before, at the first time, must go before the second.
    pub(super) fn enter(&self, running: Option<(Instant, Instant)>) -> Entry {
        let mut queue = self.lock();
        let ticket = queue.gate.ticket(running.map(|(since, _)| since));
        let deadline = running.map(|(_, deadline)| deadline);
        loop {
            let now = Instant::now();
            let (from, known) = match queue.gate.enter(ticket, now) {
                Turn::Go(pass) => {
                    queue.leave(ticket);
                    return Entry::Go(pass);
                }
                Turn::At(at) => (Some(at), Some(at)),
                Turn::Queue(known) => (None, known),
            };
            let late = deadline.is_some_and(|deadline| now.max(known.unwrap_or(now)) >= deadline);
            if late || self.is_halted() {
                queue.gate.abandon(ticket);
                queue.leave(ticket);
                let wait = known.map(|at| at.saturating_duration_since(now));
                return if late { Entry::Late(wait) } else { Entry::Halted };
            }
            queue.waiting.entry(ticket).or_insert_with(thread::current);
            drop(queue);
            let wait = from.map_or(POLL_INTERVAL, |at| at.saturating_duration_since(now).min(POLL_INTERVAL));
            thread::park_timeout(wait);
            queue = self.lock();
        }
    }

    /// Hands back the right to send, with what came of it.
    pub(super) fn leave(&self, pass: &Pass, heard: Heard, random: [u8; 2]) {
        let mut queue = self.lock();
        queue.gate.leave(pass, heard, Instant::now(), random);
        queue.wake_first();
    }

    /// Counts a line whose time ran out. Whether the whole run should end.
    pub(super) fn gave_up(&self, since: Instant) -> bool {
        self.lock().gate.gave_up(since)
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sleeps, until the run is halted. Whether the whole time went by.
pub(super) fn sleep(wait: Duration, halted: &AtomicBool) -> bool {
    let started = Instant::now();
    loop {
        if halted.load(Ordering::SeqCst) {
            return false;
        }
        let left = wait.saturating_sub(started.elapsed());
        if left.is_zero() {
            return true;
        }
        thread::sleep(left.min(POLL_INTERVAL));
    }
}
