//! What earlier runs have minted, by line number, in few bytes: a million lines of a resumed run fit in 13 MB.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Failure, Result};

/// The lines of an earlier output that hold a token.
#[derive(Debug, Default)]
pub struct Kept {
    /// By the line number divided by [`LINES`]: one large line number must not cost memory for all smaller ones.
    blocks: BTreeMap<u64, Box<Block>>,
}

/// Lines per block: one bit each.
const LINES: usize = 64;

#[derive(Debug)]
struct Block {
    requests: [u64; LINES],
    ids: [u32; LINES],
    minted: u64,
    /// Lines that have been found again, while a file is rewritten.
    found: u64,
    /// Lines that this run mints for another request. All threads set bits here.
    changed: AtomicU64,
}

/// What an earlier run has for an input line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// Nothing.
    Nothing,
    /// Its token.
    Same,
    /// The token of another request.
    Changed,
}

impl Kept {
    /// What an earlier run has for a line. A request of `None` never matches.
    ///
    /// # Errors
    /// Exit 3 where the earlier line has another `id`: the file belongs to another input.
    pub fn look_up(&self, number: u64, id: Option<&str>, request: Option<u64>) -> Result<Earlier> {
        let (block, place) = split(number);
        let Some(block) = self.blocks.get(&block).filter(|block| block.minted & bit(place) != 0) else {
            return Ok(Earlier::Nothing);
        };
        if block.ids[place] != mark_of(id) {
            let what = format!("the id of input line {number} differs from the one recorded in the --resume file");
            return Err(Failure::configuration(what)
                .with_hint("the --resume file belongs to another input; use a new file for this one"));
        }
        if request.is_some_and(|request| block.requests[place] == stored(Some(request))) {
            return Ok(Earlier::Same);
        }
        block.changed.fetch_or(bit(place), Ordering::Relaxed);
        Ok(Earlier::Changed)
    }

    /// Records a line that holds a token, in place of an earlier one; whether there was an earlier one.
    pub fn add(&mut self, number: u64, id: Option<&str>, request: Option<u64>) -> bool {
        let (block, place) = split(number);
        let block = self.blocks.entry(block).or_insert_with(Block::empty);
        let before = block.minted & bit(place) != 0;
        block.minted |= bit(place);
        (block.requests[place], block.ids[place]) = (stored(request), mark_of(id));
        before
    }

    /// Forgets a line.
    pub fn remove(&mut self, number: u64) {
        let (block, place) = split(number);
        if let Some(block) = self.blocks.get_mut(&block) {
            block.minted &= !bit(place);
        }
    }

    /// Whether a line read from the file is the one that is recorded, and the first such one.
    pub fn claim(&mut self, number: u64, id: Option<&str>, request: Option<u64>) -> bool {
        let (block, place) = split(number);
        let Some(block) = self.blocks.get_mut(&block) else { return false };
        let recorded = block.minted & !block.found & bit(place) != 0
            && (block.requests[place], block.ids[place]) == (stored(request), mark_of(id));
        if recorded {
            block.found |= bit(place);
        }
        recorded
    }

    /// Whether a line read from the file is one that this run has minted again.
    pub fn is_superseded(&self, number: u64, request: Option<u64>) -> bool {
        let (block, place) = split(number);
        self.blocks.get(&block).is_some_and(|block| {
            block.changed.load(Ordering::Relaxed) & bit(place) != 0 && block.requests[place] == stored(request)
        })
    }
}

impl Block {
    fn empty() -> Box<Self> {
        Box::new(Block { requests: [0; LINES], ids: [0; LINES], minted: 0, found: 0, changed: AtomicU64::new(0) })
    }
}

fn split(number: u64) -> (u64, usize) {
    let lines = LINES as u64;
    // Less than 64, so it fits.
    (number / lines, usize::try_from(number % lines).unwrap_or_default())
}

fn bit(place: usize) -> u64 {
    1 << place
}

/// 0 is for a line without a mark, which agrees with no request.
fn stored(request: Option<u64>) -> u64 {
    request.map_or(0, |request| request.max(1))
}

/// 32 bits are enough to notice a file of another input, whose lines all differ.
fn mark_of(id: Option<&str>) -> u32 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    // The lower half of the hash.
    u32::try_from(hasher.finish() & u64::from(u32::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_kept_for_its_own_request_and_id_only() {
        let mut kept = Kept::default();
        assert!(!kept.add(7, Some("\"a\""), Some(70)));
        assert!(!kept.add(8, None, None));
        assert_eq!(kept.look_up(7, Some("\"a\""), Some(70)).unwrap(), Earlier::Same);
        assert_eq!(kept.look_up(6, None, Some(70)).unwrap(), Earlier::Nothing);
        assert_eq!(kept.look_up(7, Some("\"a\""), Some(71)).unwrap(), Earlier::Changed);
        assert_eq!(kept.look_up(7, Some("\"a\""), None).unwrap(), Earlier::Changed);
        // A line without a mark agrees with nothing, not even with nothing.
        assert_eq!(kept.look_up(8, None, None).unwrap(), Earlier::Changed);
        assert_eq!(kept.look_up(8, None, Some(0)).unwrap(), Earlier::Changed);
        let failure = kept.look_up(7, Some("\"b\""), Some(70)).unwrap_err();
        assert_eq!(failure.exit_code(), 3);
        assert!(failure.to_string().contains("line 7"), "{failure}");
        assert!(kept.look_up(7, None, Some(70)).is_err());
    }

    #[test]
    fn a_number_at_the_end_of_what_fits_costs_one_block() {
        let mut kept = Kept::default();
        for number in [1, u64::from(u32::MAX), u64::from(u32::MAX) + 1, u64::MAX] {
            kept.add(number, None, Some(number));
            assert_eq!(kept.look_up(number, None, Some(number)).unwrap(), Earlier::Same);
        }
        assert_eq!(kept.blocks.len(), 4);
    }

    #[test]
    fn of_two_lines_with_a_number_the_last_counts_and_stays() {
        let mut kept = Kept::default();
        kept.add(1, Some("a"), Some(10));
        assert!(kept.add(1, Some("b"), Some(10)));
        assert!(kept.look_up(1, Some("a"), Some(10)).is_err(), "the id is that of the line that stays");
        assert!(!kept.claim(1, Some("a"), Some(10)));
        assert!(kept.claim(1, Some("b"), Some(10)));
        assert!(!kept.claim(1, Some("b"), Some(10)), "once");
        kept.remove(1);
        assert_eq!(kept.look_up(1, Some("b"), Some(10)).unwrap(), Earlier::Nothing);
    }

    #[test]
    fn a_line_that_is_minted_again_is_superseded() {
        let mut kept = Kept::default();
        kept.add(1, None, Some(10));
        kept.add(2, None, Some(20));
        assert!(!kept.is_superseded(1, Some(10)));
        kept.look_up(1, None, Some(11)).unwrap();
        assert!(kept.is_superseded(1, Some(10)));
        assert!(!kept.is_superseded(1, Some(11)), "the new line");
        assert!(!kept.is_superseded(2, Some(20)));
    }
}
