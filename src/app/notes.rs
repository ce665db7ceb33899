//! Notes, warnings and hints on their way to stderr or to the `warnings` of a JSON result.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::Note;

/// The notes of a run, in order. Clones share them; taking them for printing empties the list.
#[derive(Debug, Clone, Default)]
pub struct Notes(Arc<Mutex<Vec<Note>>>);

impl Notes {
    /// Adds one.
    pub fn push(&self, note: Note) {
        self.lock().push(note);
    }

    /// Adds some.
    pub fn extend(&self, notes: impl IntoIterator<Item = Note>) {
        // Collected first: what makes the notes may add some too.
        let notes: Vec<Note> = notes.into_iter().collect();
        self.lock().extend(notes);
    }

    /// Those so far, which stay.
    pub fn all(&self) -> Vec<Note> {
        self.lock().clone()
    }

    /// Those so far, which are then gone: they are said once.
    pub fn take(&self) -> Vec<Note> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Note>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_keep_their_order_are_shared_by_clones_and_taken_once() {
        let notes = Notes::default();
        let (first, second) = (Note::Hint("a".to_owned()), Note::Warning("b".to_owned()));
        notes.push(first.clone());
        notes.clone().extend([second.clone()]);
        assert_eq!(notes.all(), [first.clone(), second.clone()]);
        assert_eq!(notes.take(), [first, second]);
        assert_eq!(notes.take(), []);
    }
}
