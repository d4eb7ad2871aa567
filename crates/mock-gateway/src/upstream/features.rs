//! Weighted features of a text: its words and parts of words, and in CJK text
//! its characters and pairs of them. Texts that share many are similar.

use std::collections::BTreeMap;

use super::tokens::is_cjk;

/// English words without meaning for similarity.
const EMPTY_WORDS: [&str; 40] = [
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "how",
    "i", "in", "is", "it", "its", "me", "my", "of", "on", "or", "our", "that", "the", "this", "to",
    "was", "we", "what", "when", "where", "which", "who", "will", "with", "you", "your",
];
/// Chinese characters without meaning for similarity.
const EMPTY_CHARACTERS: &str = "的了是在有和不我你他她它们这那吗呢么什与及也就";

/// The weight of a whole word; pairs of CJK characters are words.
const WORD: f32 = 1.0;
/// The weight of each run of letters, so that `promote` and `promotion` are
/// similar.
const PIECE: f32 = 0.35;
const PIECE_LETTERS: usize = 4;
/// The weight of a single CJK character.
const CHARACTER: f32 = 0.35;

/// The weight of each feature, by the feature's hash.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Features(BTreeMap<u64, f32>);

impl Features {
    /// The features of a text; empty if it has no letters.
    pub(crate) fn of(text: &str) -> Self {
        let mut features = Self::default();
        let lower = text.to_lowercase();
        for word in lower.split(|character: char| !character.is_alphanumeric() || is_cjk(character))
        {
            features.add_word(word);
        }
        let characters: Vec<char> = lower.chars().collect();
        let tells = |character: &char| {
            is_cjk(*character)
                && character.is_alphanumeric()
                && !EMPTY_CHARACTERS.contains(*character)
        };
        for character in characters.iter().filter(|character| tells(character)) {
            features.add("c", &character.to_string(), CHARACTER);
        }
        for pair in characters.windows(2).filter(|pair| pair.iter().all(tells)) {
            features.add("w", &pair.iter().collect::<String>(), WORD);
        }
        features
    }

    /// The similarity of two texts, from 0 to 1.
    pub(crate) fn likeness(&self, other: &Self) -> f64 {
        let shared = self
            .0
            .iter()
            .filter_map(|(feature, weight)| Some(weight * other.0.get(feature)?))
            // The sum of no numbers is −0.
            .fold(0.0_f32, |sum, part| sum + part);
        let lengths = self.length() * other.length();
        if lengths > 0.0 {
            f64::from((shared / lengths).clamp(0.0, 1.0))
        } else {
            0.0
        }
    }

    /// The features in their order, each with its weight.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, f32)> {
        self.0.iter().map(|(&feature, &weight)| (feature, weight))
    }

    fn length(&self) -> f32 {
        self.0
            .values()
            .map(|weight| weight * weight)
            .sum::<f32>()
            .sqrt()
    }

    fn add_word(&mut self, word: &str) {
        if word.is_empty() || EMPTY_WORDS.contains(&word) {
            return;
        }
        self.add("w", stem(word), WORD);
        let letters: Vec<char> = word.chars().collect();
        for piece in letters.windows(PIECE_LETTERS) {
            self.add("p", &piece.iter().collect::<String>(), PIECE);
        }
    }

    /// A feature that occurs twice weighs more, but not twice as much.
    fn add(&mut self, kind: &str, text: &str, weight: f32) {
        let known = self.0.entry(hash(&[kind, text])).or_default();
        *known = known.hypot(weight);
    }
}

/// An English word without common endings, roughly: `close`, `closes` and
/// `closing` have one stem.
fn stem(word: &str) -> &str {
    const SHORTEST: usize = 3;
    let shorter = ["ing", "ed", "s"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .filter(|stem| stem.len() >= SHORTEST)
        .unwrap_or(word);
    shorter.strip_suffix('e').unwrap_or(shorter)
}

/// FNV-1a with 64 bits over the texts, each with a terminator.
pub(crate) fn hash(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(one: &str, other: &str) -> f64 {
        Features::of(one).likeness(&Features::of(other))
    }

    #[test]
    fn the_text_that_tells_most_of_a_question_is_most_like_it() {
        let question = "When does the museum open?";
        let fitting = likeness(question, "The museum opens at ten in the morning.");
        let other = likeness(question, "A cake needs flour, butter and eggs.");
        assert!(fitting > 0.3, "{fitting}");
        assert!(other < 0.05, "{other}");
    }

    #[test]
    fn chinese_is_compared_by_characters_and_pairs() {
        let question = "退货政策是什么？";
        let fitting = likeness(question, "我们的退货政策：三十天内可以退货。");
        let other = likeness(question, "博物馆早上十点开门。");
        assert!(fitting > 0.3 && other < 0.05, "{fitting} {other}");
    }

    #[test]
    fn likeness_is_one_with_itself_and_nothing_with_nothing() {
        assert!((likeness("two words", "two words") - 1.0).abs() < 1e-6);
        assert!(likeness("", "two words").abs() < f64::EPSILON);
        assert!(likeness("?!", "?!").abs() < f64::EPSILON);
        assert!(likeness("tea", "moon").is_sign_positive());
    }
}
