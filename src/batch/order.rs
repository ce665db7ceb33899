//! Results in the order of their input, whatever order they are done in, and how far the one may run ahead of the other.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// Holds back what is done until everything before it is.
pub struct Reorder<T> {
    next: u64,
    waiting: BTreeMap<u64, T>,
}

impl<T> Default for Reorder<T> {
    fn default() -> Self {
        Reorder { next: 0, waiting: BTreeMap::new() }
    }
}

impl<T> Reorder<T> {
    /// Takes the result with this number; the first one is 0.
    pub fn put(&mut self, number: u64, result: T) {
        self.waiting.insert(number, result);
    }

    /// The next result in order, if it is there.
    pub fn take(&mut self) -> Option<T> {
        let result = self.waiting.remove(&self.next)?;
        self.next += 1;
        Some(result)
    }
}

/// Keeps the reading at most so many steps ahead of the writing.
pub struct Window {
    size: u64,
    written: Mutex<u64>,
    moved: Condvar,
}

impl Window {
    /// A window of this many steps.
    pub fn new(size: u64) -> Self {
        Window { size, written: Mutex::new(0), moved: Condvar::new() }
    }

    /// Waits until step `number` is inside the window, or until `stop` says so. Whether it may be taken.
    pub fn enter(&self, number: u64, stop: impl Fn() -> bool) -> bool {
        let Ok(mut written) = self.written.lock() else { return false };
        loop {
            if stop() {
                return false;
            }
            if number < *written + self.size {
                return true;
            }
            // Woken now and then even so: a stop does not move the window.
            match self.moved.wait_timeout(written, Duration::from_millis(50)) {
                Ok((guard, _)) => written = guard,
                Err(_) => return false,
            }
        }
    }

    /// One step has been written.
    pub fn advance(&self) {
        let Ok(mut written) = self.written.lock() else { return };
        *written += 1;
        // Only now and then: waking somebody for every single step would cost more than many steps do.
        if *written % (self.size / 2).max(1) == 0 {
            self.moved.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_out_in_order() {
        let mut order = Reorder::default();
        order.put(2, 'c');
        order.put(0, 'a');
        assert_eq!((order.take(), order.take()), (Some('a'), None));
        order.put(1, 'b');
        assert_eq!((order.take(), order.take(), order.take()), (Some('b'), Some('c'), None));
    }

    #[test]
    fn the_window_opens_as_results_are_written_and_gives_way_to_a_stop() {
        let window = Window::new(2);
        assert!(window.enter(0, || false) && window.enter(1, || false));
        assert!(!window.enter(2, || true));
        window.advance();
        assert!(window.enter(2, || false));
    }
}
