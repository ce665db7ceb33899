//! Results in the order of their input, whatever order they are done in.

use std::collections::BTreeMap;

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
}
