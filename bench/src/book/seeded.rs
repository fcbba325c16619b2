//! Chance that comes out the same each time, and names made with it. It does not know texts.

/// A generator of numbers: `SplitMix64` (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Seeded(u64);

impl Seeded {
    /// The generator of this seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not zero.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or(0)
    }

    /// One of these.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// One character of these.
    fn letter(&mut self, from: &str) -> char {
        let at = self.below(from.chars().count());
        from.chars().nth(at).unwrap_or('〓')
    }
}

const KANJI: &str = "楓梢霞雫朧凪椿蓬葵萩蕗茜碧藍紺琥珀瑠璃翠杏柚榎桂樟櫻橘菫蘭菖鶴鷺鴎雁鳶鮎鯉蛍繭絹紬笙箏鼓鈴槌錦岬汀渚磯澪峠麓嶺谺霧霰霙暁曙宵";
const KANA: &str =
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロ";
const TRADES: &[&str] = &[
    "商会", "製作所", "電装", "食品", "薬局", "信託", "運輸", "書房", "興産", "化成", "通商",
    "観光", "技研", "印刷", "住販", "縫製",
];
/// What names of public bodies end in; such an ending is kept.
const BODIES: &[&str] =
    &["市", "町", "区", "県", "大学", "病院", "高等学校", "協会", "財団", "教育委員会"];

/// The name of an organisation that is like `one` in kind.
pub(crate) fn organisation(chance: &mut Seeded, one: &str) -> String {
    let stem: String = if chance.below(3) == 0 {
        (0..4).map(|_| chance.letter(KANA)).collect()
    } else {
        (0..2 + chance.below(2)).map(|_| chance.letter(KANJI)).collect()
    };
    match BODIES.iter().find(|ending| one.ends_with(**ending)) {
        Some(ending) => format!("{stem}{ending}"),
        None => format!("株式会社{stem}{}", chance.pick(TRADES)),
    }
}

/// The name of a person or a place.
pub(crate) fn name(chance: &mut Seeded) -> String {
    (0..2 + chance.below(2)).map(|_| chance.letter(KANJI)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_names() {
        let made = |seed| {
            let mut chance = Seeded::new(seed);
            (0..50).map(|_| organisation(&mut chance, "見本市")).collect::<Vec<_>>()
        };
        assert_eq!(made(7), made(7));
        assert_ne!(made(7), made(8));
        assert!(made(7).iter().all(|name| name.ends_with('市')));
    }
}
