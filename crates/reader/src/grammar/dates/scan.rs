//! The pass over the text.
use super::Mention;

/// Finds every date, time and period in `folded`, in the order of the text.
pub fn scan(folded: &str) -> Vec<Mention> {
    let _ = folded;
    Vec::new()
}
