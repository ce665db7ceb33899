//! The gate of a batch: when the service answers 429 or 503 it closes for all threads, lets one request probe, then the
//! rest one by one at an adaptive rate. A pure state machine: clock, threads and randomness are passed in.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::retry;

/// The slowest pace, in requests per second.
const MIN_RATE: f64 = 1.0;
/// Above this pace the gate stands open: spacing requests out would cost more than it spares.
const MAX_RATE: f64 = 10_000.0;
/// By how much a success speeds up the pace: doubling it in a third of a second while its limit is unknown …
const FAST: f64 = 2.0;
/// … and slowly once a limit has been met, since each time that it is met again costs a whole wait.
const SLOW: f64 = 1.0 / 16.0;
/// After this many lines in a row whose whole time limit went by without any request let through, nothing suggests that
/// the next one fares better.
const HOPELESS: u32 = 8;

/// A place in the queue. What has been sent before goes first: its time limit is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Ticket {
    fresh: bool,
    since: Option<Instant>,
    number: u64,
}

/// The right to send one request, to be handed back with what came of it.
#[derive(Debug)]
#[must_use]
pub(super) struct Pass {
    round: u64,
    probe: bool,
}

/// The gate's answer to a request that wants to be sent.
#[derive(Debug)]
pub(super) enum Turn {
    /// Send it now.
    Go(Pass),
    /// Ask again at this time.
    At(Instant),
    /// Ask again when the first in the queue has gone; not before this time, if one is known.
    Queue(Option<Instant>),
}

/// What came of a request, as far as the gate is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// The service dealt with it, whatever it answered.
    Accepted,
    /// 429 or 503, with the wait that was asked for.
    Busy(Option<Duration>),
    /// No answer.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Open,
    Closed { until: Instant },
    Probing,
    Paced { next: Instant },
}

/// The state that all requests of a batch share.
#[derive(Debug)]
pub(super) struct Gate {
    state: State,
    queue: BTreeSet<Ticket>,
    tickets: u64,
    /// Counts closings: a refusal of a request that was sent before the last one is no news.
    round: u64,
    /// Requests per second; nothing before the first closing.
    rate: Option<f64>,
    /// Up to which rate the pace grows fast.
    threshold: f64,
    failed_probes: u32,
    /// Since when, and how many, requests were accepted: the rate that the service is known to bear.
    measured_since: Option<Instant>,
    accepted: u32,
    last_accepted: Option<Instant>,
    hopeless: u32,
}

impl Default for Gate {
    fn default() -> Self {
        Gate {
            state: State::Open,
            queue: BTreeSet::new(),
            tickets: 0,
            round: 0,
            rate: None,
            threshold: f64::INFINITY,
            failed_probes: 0,
            measured_since: None,
            accepted: 0,
            last_accepted: None,
            hopeless: 0,
        }
    }
}

impl Gate {
    /// A place in the queue for a request that was first sent at `since`, if it was.
    pub(super) fn ticket(&mut self, since: Option<Instant>) -> Ticket {
        self.tickets += 1;
        Ticket { fresh: since.is_none(), since, number: self.tickets }
    }

    /// Asks whether it is this request's turn; until then it stands in the queue.
    pub(super) fn enter(&mut self, ticket: Ticket, now: Instant) -> Turn {
        self.measured_since.get_or_insert(now);
        if self.state == State::Open {
            self.queue.remove(&ticket);
            return Turn::Go(Pass { round: self.round, probe: false });
        }
        self.queue.insert(ticket);
        let first = self.queue.first() == Some(&ticket);
        let probe = match self.state {
            State::Closed { until } if first && now >= until => {
                self.state = State::Probing;
                true
            }
            State::Paced { next } if first && now >= next => {
                // A late start may be made up for by one request, not by a burst.
                self.state = State::Paced { next: (next + self.interval()).max(now) };
                false
            }
            State::Closed { until: at } | State::Paced { next: at } if first => return Turn::At(at),
            State::Closed { until } => return Turn::Queue(Some(until)),
            State::Open | State::Probing | State::Paced { .. } => return Turn::Queue(None),
        };
        self.queue.remove(&ticket);
        Turn::Go(Pass { round: self.round, probe })
    }

    /// Takes a request out of the queue that is not to be sent.
    pub(super) fn abandon(&mut self, ticket: Ticket) {
        self.queue.remove(&ticket);
    }

    /// Who is next in the queue.
    pub(super) fn first(&self) -> Option<Ticket> {
        self.queue.first().copied()
    }

    /// Takes a pass back. `random` spreads waits.
    pub(super) fn leave(&mut self, pass: &Pass, heard: Heard, now: Instant, random: [u8; 2]) {
        match heard {
            Heard::Accepted => self.accept(pass, now),
            Heard::Busy(wait) => self.refuse(pass, wait, now, random),
            Heard::Nothing if pass.probe && self.state == State::Probing => self.state = State::Closed { until: now },
            Heard::Nothing => {}
        }
    }

    /// Counts a line, first sent at `since`, whose time ran out. Whether that is one too many for the whole run.
    pub(super) fn gave_up(&mut self, since: Instant) -> bool {
        if self.last_accepted.is_none_or(|accepted| accepted < since) {
            self.hopeless += 1;
        }
        self.hopeless >= HOPELESS
    }

    fn accept(&mut self, pass: &Pass, now: Instant) {
        self.accepted = self.accepted.saturating_add(1);
        self.last_accepted = self.last_accepted.max(Some(now));
        self.hopeless = 0;
        match self.state {
            State::Probing if pass.probe => self.reopen(now),
            State::Paced { .. } if pass.round == self.round => {
                let rate = self.rate();
                self.rate = Some(rate + if rate < self.threshold { FAST } else { SLOW });
            }
            _ => {}
        }
        if self.rate() > MAX_RATE && matches!(self.state, State::Paced { .. }) {
            self.state = State::Open;
        }
    }

    /// Sets the pace: what was accepted since the last time, or half of the pace that proved too fast.
    fn reopen(&mut self, now: Instant) {
        let elapsed = self.measured_since.map_or(0.0, |since| now.saturating_duration_since(since).as_secs_f64());
        let measured = if elapsed > 0.0 { f64::from(self.accepted) / elapsed } else { MIN_RATE };
        let rate = match self.rate {
            None => measured,
            Some(rate) => {
                self.threshold = (rate / 2.0).max(measured);
                self.threshold
            }
        };
        self.rate = Some(rate.clamp(MIN_RATE, MAX_RATE));
        (self.failed_probes, self.accepted, self.measured_since) = (0, 0, Some(now));
        self.state = State::Paced { next: now + self.interval() };
    }

    fn refuse(&mut self, pass: &Pass, asked: Option<Duration>, now: Instant, random: [u8; 2]) {
        let asked = asked.filter(|wait| !wait.is_zero());
        let wait = asked.unwrap_or_else(|| retry::backoff(self.failed_probes, random));
        // Several clients that were refused together must not come back together.
        let until = later(now, wait + retry::jitter(wait / 10, random));
        match self.state {
            State::Closed { until: known } => self.state = State::Closed { until: known.max(until) },
            _ if pass.round < self.round && asked.is_none() => {}
            State::Probing if pass.round < self.round => {}
            state => {
                self.failed_probes += u32::from(state == State::Probing);
                self.round += 1;
                self.state = State::Closed { until };
            }
        }
    }

    fn rate(&self) -> f64 {
        self.rate.unwrap_or(MIN_RATE)
    }

    fn interval(&self) -> Duration {
        Duration::from_secs_f64(1.0 / self.rate())
    }
}

/// A time so much later, or so late that it makes no difference.
fn later(now: Instant, wait: Duration) -> Instant {
    now.checked_add(wait).unwrap_or(now + Duration::from_hours(24 * 365))
}
