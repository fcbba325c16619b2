//! How random bytes look: the chi-squared statistic over byte counts. It does not know formats: packed
//! data is nearly as random as encrypted data, which is why nothing is decided by this alone.

/// How many bytes are looked at together. Encryption of every n-th block shows in single chunks.
pub const CHUNK_BYTES: usize = 4096;

/// Fewer bytes say nothing.
const LEAST_BYTES: usize = 64;

/// What the bytes of a chunk look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Too few to tell.
    Few,
    /// As even as bytes of a good cipher: the statistic has 255 degrees of freedom, a mean of 255 and a
    /// deviation of 22.6; this is within four of them.
    Random,
    /// Neither: packed data mostly.
    Mixed,
    /// Some bytes are much more frequent than others.
    Structured,
}

/// The statistic itself, rounded down: `256·Σo²/n − n`.
pub fn chi_squared(bytes: &[u8]) -> u64 {
    let mut counts = [0_u64; 256];
    for &byte in bytes {
        counts[usize::from(byte)] += 1;
    }
    let squares: u64 = counts.iter().map(|count| count * count).sum();
    let total = (bytes.len() as u64).max(1);
    (256 * squares / total).saturating_sub(total)
}

/// What these bytes look like together.
pub fn spread(bytes: &[u8]) -> Spread {
    if bytes.len() < LEAST_BYTES {
        return Spread::Few;
    }
    match chi_squared(bytes) {
        165..=345 => Spread::Random,
        346..=480 => Spread::Mixed,
        _ => Spread::Structured,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::files::random;

    #[test]
    fn ciphers_text_and_repetition_differ() {
        for seed in 0..40 {
            assert_eq!(spread(&random(CHUNK_BYTES, seed)), Spread::Random, "{seed}");
        }
        let text = "本日、お客様各位にお知らせいたします。Dear customers, ".repeat(60);
        assert_eq!(spread(&text.as_bytes()[..CHUNK_BYTES]), Spread::Structured);
        assert_eq!(spread(&[0; CHUNK_BYTES]), Spread::Structured);
        // Every byte equally often is no cipher either.
        let even: Vec<u8> = (0..=255).cycle().take(CHUNK_BYTES).collect();
        assert_eq!(chi_squared(&even), 0);
        assert_eq!(spread(&even), Spread::Structured);
        assert_eq!(spread(b"short"), Spread::Few);
    }
}
