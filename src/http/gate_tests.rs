//! The gate by itself, and a whole batch against a service with a limit, in a time that only the test makes pass.

use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::gate::{Gate, Heard, Pass, Ticket, Turn};

const SECOND: Duration = Duration::from_secs(1);
/// No jitter.
const STEADY: [u8; 2] = [0, 0];

fn pass(turn: Turn) -> Pass {
    match turn {
        Turn::Go(pass) => pass,
        other => panic!("not let through: {other:?}"),
    }
}

fn enter(gate: &mut Gate, since: Option<Instant>, now: Instant) -> (Ticket, Turn) {
    let ticket = gate.ticket(since);
    let turn = gate.enter(ticket, now);
    (ticket, turn)
}

/// A gate that has been closed for a second by the second of two requests, and when that was.
fn closed() -> (Gate, Instant) {
    let (mut gate, start) = (Gate::default(), Instant::now());
    let (first, second) = (pass(enter(&mut gate, None, start).1), pass(enter(&mut gate, None, start).1));
    gate.leave(&first, Heard::Accepted, start, STEADY);
    gate.leave(&second, Heard::Busy(Some(SECOND)), start, STEADY);
    (gate, start)
}

#[test]
fn an_open_gate_lets_everything_through() {
    let (mut gate, now) = (Gate::default(), Instant::now());
    let passes: Vec<Pass> = (0..1000).map(|_| pass(enter(&mut gate, None, now).1)).collect();
    for one in &passes {
        gate.leave(one, Heard::Accepted, now, STEADY);
        gate.leave(one, Heard::Nothing, now, STEADY);
    }
    let _ = pass(enter(&mut gate, None, now).1);
}

#[test]
fn one_request_probes_at_the_end_of_the_wait_and_the_others_follow_one_by_one() {
    let (mut gate, start) = closed();
    let (first, turn) = enter(&mut gate, None, start);
    assert!(matches!(turn, Turn::At(at) if at == start + SECOND), "{turn:?}");
    let (second, turn) = enter(&mut gate, None, start);
    assert!(matches!(turn, Turn::Queue(Some(at)) if at == start + SECOND), "{turn:?}");
    let (third, _) = enter(&mut gate, None, start);
    let end = start + SECOND;
    assert!(matches!(gate.enter(second, end), Turn::Queue(_)), "it is not the first");
    let probe = pass(gate.enter(first, end));
    for ticket in [second, third] {
        let turn = gate.enter(ticket, end + SECOND);
        assert!(matches!(turn, Turn::Queue(None)), "nobody follows before the probe is answered: {turn:?}");
    }
    // One request was accepted in one second, so the next follows a second later.
    gate.leave(&probe, Heard::Accepted, end, STEADY);
    let turn = gate.enter(second, end);
    let Turn::At(at) = turn else { panic!("{turn:?}") };
    assert!(at > end && at <= end + SECOND, "{:?}", at - end);
    let _ = pass(gate.enter(second, at));
    let turn = gate.enter(third, at);
    assert!(matches!(turn, Turn::At(next) if next > at), "spread out: {turn:?}");
}

#[test]
fn a_probe_that_is_refused_closes_the_gate_again() {
    let (mut gate, start) = closed();
    let (first, _) = enter(&mut gate, None, start);
    let (second, _) = enter(&mut gate, None, start);
    let end = start + SECOND;
    let probe = pass(gate.enter(first, end));
    gate.leave(&probe, Heard::Busy(Some(2 * SECOND)), end, STEADY);
    let turn = gate.enter(second, end);
    assert!(matches!(turn, Turn::At(at) if at == end + 2 * SECOND), "{turn:?}");
}

#[test]
fn a_probe_without_an_answer_leaves_the_place_to_another() {
    let (mut gate, start) = closed();
    let (first, _) = enter(&mut gate, None, start);
    let (second, _) = enter(&mut gate, None, start);
    let end = start + SECOND;
    let probe = pass(gate.enter(first, end));
    gate.leave(&probe, Heard::Nothing, end, STEADY);
    let _ = pass(gate.enter(second, end));
}

#[test]
fn what_was_sent_before_goes_before_what_is_fresh() {
    let (mut gate, start) = closed();
    let (fresh, _) = enter(&mut gate, None, start);
    let (late, _) = enter(&mut gate, Some(start + SECOND / 2), start);
    let (early, _) = enter(&mut gate, Some(start), start);
    let mut order = Vec::new();
    while let Some(first) = gate.first() {
        order.push(first);
        gate.abandon(first);
    }
    assert_eq!(order, [early, late, fresh]);
}

#[test]
fn the_longest_wait_that_was_asked_for_counts() {
    let (mut gate, start) = (Gate::default(), Instant::now());
    let passes: Vec<Pass> = (0..3).map(|_| pass(enter(&mut gate, None, start).1)).collect();
    for (one, seconds) in passes.iter().zip([1, 3, 2]) {
        gate.leave(one, Heard::Busy(Some(seconds * SECOND)), start, STEADY);
    }
    let turn = enter(&mut gate, None, start).1;
    assert!(matches!(turn, Turn::At(at) if at == start + 3 * SECOND), "{turn:?}");
}

#[test]
fn a_service_that_lets_nothing_through_for_the_whole_time_of_eight_lines_is_given_up() {
    let (mut gate, start) = closed();
    let later = start + SECOND;
    assert!((1..=7).all(|_| !gate.gave_up(later)));
    assert!(gate.gave_up(later), "the eighth");
    // One that was let through meanwhile shows that there is hope.
    let (mut gate, start) = closed();
    assert!((1..=20).all(|_| !gate.gave_up(start)), "a request was accepted during the time of these lines");
    assert!((1..=7).all(|_| !gate.gave_up(later)));
    let probe = pass(enter(&mut gate, None, start + SECOND).1);
    gate.leave(&probe, Heard::Accepted, start + SECOND, STEADY);
    assert!(!gate.gave_up(start + 2 * SECOND), "the count starts again");
}

/// A service that refills a bucket of tokens.
struct Service {
    rate: f64,
    burst: f64,
    tokens: f64,
    at: Instant,
    retry_after: Option<Duration>,
    refused: u32,
}

impl Service {
    fn answer(&mut self, now: Instant) -> Heard {
        self.tokens = (self.tokens + (now - self.at).as_secs_f64() * self.rate).min(self.burst);
        self.at = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Heard::Accepted;
        }
        self.refused += 1;
        Heard::Busy(self.retry_after)
    }
}

/// What a worker does next, at this time; the earliest is the greatest.
#[derive(PartialEq, Eq)]
struct Event(std::cmp::Reverse<(Instant, usize)>);

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Event {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

enum Worker {
    Asks(Ticket, Option<Instant>),
    Sends(Pass, Instant),
    Idle,
}

/// The longest that a line took from its first request to its token, how long all of them took, and how many requests
/// were refused.
fn run(lines: u32, jobs: u32, service: &mut Service, round_trip: Duration) -> (Duration, Duration, u32) {
    let (mut gate, start) = (Gate::default(), service.at);
    let (mut started, mut done, mut slowest, mut now) = (0, 0, Duration::ZERO, start);
    let mut workers: Vec<Worker> = Vec::new();
    let mut events = BinaryHeap::new();
    for place in 0..jobs as usize {
        workers.push(Worker::Idle);
        events.push(Event(std::cmp::Reverse((start, place))));
    }
    while done < lines {
        let Some(Event(std::cmp::Reverse((at, place)))) = events.pop() else { panic!("everybody waits: {gate:?}") };
        now = at;
        let mut again = |at: Instant, place: usize| events.push(Event(std::cmp::Reverse((at, place))));
        workers[place] = match std::mem::replace(&mut workers[place], Worker::Idle) {
            Worker::Idle if started == lines => Worker::Idle,
            Worker::Idle => {
                started += 1;
                again(now, place);
                Worker::Asks(gate.ticket(None), None)
            }
            Worker::Asks(ticket, since) => match gate.enter(ticket, now) {
                Turn::Go(pass) => {
                    again(now + round_trip, place);
                    Worker::Sends(pass, since.unwrap_or(now))
                }
                Turn::At(at) => {
                    again(at, place);
                    Worker::Asks(ticket, since)
                }
                Turn::Queue(_) => {
                    // In place of being woken.
                    again(now + Duration::from_millis(2), place);
                    Worker::Asks(ticket, since)
                }
            },
            Worker::Sends(pass, since) => {
                let heard = service.answer(now);
                gate.leave(&pass, heard, now, [0x55, place.to_le_bytes()[0].wrapping_mul(37)]);
                again(now, place);
                if heard == Heard::Accepted {
                    done += 1;
                    slowest = slowest.max(now - since);
                    Worker::Idle
                } else {
                    Worker::Asks(gate.ticket(Some(since)), Some(since))
                }
            }
        };
    }
    (slowest, now - start, service.refused)
}

/// 1,000 lines at 100 a second with a burst of 20 take 9.8 seconds at best. The time here is the simulation's own.
#[test]
fn a_limited_service_is_used_nearly_as_fast_as_it_allows() {
    for jobs in [8, 64, 512] {
        for retry_after in [None, Some(Duration::ZERO), Some(SECOND)] {
            let at = Instant::now();
            let mut service = Service { rate: 100.0, burst: 20.0, tokens: 20.0, at, retry_after, refused: 0 };
            let (slowest, whole, refused) = run(1000, jobs, &mut service, Duration::from_millis(1));
            println!("{jobs} {retry_after:?}: slowest {slowest:?}, whole {whole:?}, refused {refused}");
            assert!(slowest < Duration::from_secs(15), "{jobs} jobs, {retry_after:?}: {slowest:?}");
            assert!(whole < Duration::from_secs(16), "{jobs} jobs, {retry_after:?}: {whole:?}");
            assert!(refused < jobs + 100, "{jobs} jobs, {retry_after:?}: {refused} refused");
        }
    }
}

proptest! {
    // What was found once is written down as a test, not kept in files of the library's own.
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_line_is_let_through_in_the_end(
        rate in 2.0..2_000.0_f64, burst in 1.0..50.0_f64, jobs in 1_u32..40, latency in 1_u64..100,
        wait in prop::option::of(0_u64..3),
    ) {
        let (at, retry_after) = (Instant::now(), wait.map(Duration::from_secs));
        let mut service = Service { rate, burst, tokens: burst, at, retry_after, refused: 0 };
        let (_, whole, _) = run(60, jobs, &mut service, Duration::from_millis(latency));
        // A wait for each line would still be less.
        prop_assert!(whole < Duration::from_mins(4), "{:?}", whole);
    }
}
