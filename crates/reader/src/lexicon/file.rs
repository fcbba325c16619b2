//! How a vocabulary file is written: sections of phrases. The build script reads it too, so it knows
//! no vocabulary and no value.

use std::borrow::Cow;

/// A phrase as it stands in its file.
#[derive(Debug)]
pub(crate) struct Phrase<'a> {
    /// As it looks when folded.
    pub(crate) words: Cow<'a, str>,
    /// The section without its weight; `-` for one that only hides others.
    pub(crate) section: &'a str,
    /// How strongly it speaks.
    pub(crate) weight: i8,
}

/// The phrases of one vocabulary file, in its order.
pub(crate) fn phrases(content: &str) -> Result<Vec<Phrase<'_>>, String> {
    let mut section = None;
    let mut phrases = Vec::new();
    for (number, line) in content.lines().enumerate() {
        let line = line.split_once('#').map_or(line, |(before, _)| before).trim();
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let (name, weight) = match header.split_once('*') {
                Some((name, weight)) => (name, weight.parse().map_err(|_| header.to_owned())?),
                None => (header, 1),
            };
            section = Some((name, weight));
            continue;
        }
        for phrase in line.split_whitespace() {
            let (section, weight) =
                section.ok_or_else(|| format!("line {}: no section yet", number + 1))?;
            let words = if phrase.contains('_') {
                Cow::Owned(phrase.replace('_', " "))
            } else {
                Cow::Borrowed(phrase)
            };
            phrases.push(Phrase { words, section, weight });
        }
    }
    Ok(phrases)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_section_says_what_its_phrases_mean_and_how_strongly() {
        let phrases = super::phrases("# told\n[name*3]\n氏名 co.,_ltd # more\n[-]\n品名").unwrap();
        let told: Vec<_> =
            phrases.iter().map(|of| (of.words.as_ref(), of.section, of.weight)).collect();
        assert_eq!(told, [("氏名", "name", 3), ("co., ltd", "name", 3), ("品名", "-", 1)]);
    }
}
