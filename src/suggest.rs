//! The nearest of some known words to a misspelt one, so that a message can ask "did you mean …?".

/// The nearest of `known` to `word`, if it is near enough to be a slip: alike from the start on, and mostly made of the
/// same letters.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const NEAR: f64 = 0.8;
    const SAME: f64 = 0.5;
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, candidate)| {
            *likeness >= NEAR && strsim::normalized_damerau_levenshtein(word, candidate) >= SAME
        })
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// ` (did you mean 'x'?)`, or nothing.
pub fn aside<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map_or_else(String::new, |candidate| format!(" (did you mean '{candidate}'?)"))
}
