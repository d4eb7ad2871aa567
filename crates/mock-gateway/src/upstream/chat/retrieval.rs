//! Finding the sentence of a conversation that matches a question best.

use std::collections::BTreeSet;

use crate::upstream::tokens::is_cjk;

/// Words without meaning for a match.
const EMPTY_WORDS: [&str; 30] = [
    "what", "which", "where", "when", "does", "have", "this", "that", "with", "from", "your",
    "please", "tell", "about", "they", "their", "there", "will", "would", "could", "should",
    "been", "were", "some", "many", "much", "什么", "多少", "哪里", "请问",
];
/// The shortest word that counts, in bytes; numbers always count.
const SHORTEST_WORD: usize = 3;

/// The sentence that shares the most words with the question, the later of
/// equals; `None` if no sentence shares any.
pub(crate) fn best_sentence<'a>(
    texts: impl Iterator<Item = &'a str>,
    question: &str,
) -> Option<&'a str> {
    let wanted = words(question);
    let shared = |sentence: &&str| words(sentence).intersection(&wanted).count();
    let fitting = texts
        .flat_map(sentences)
        .filter(|sentence| shared(sentence) > 0);
    fitting.max_by_key(shared)
}

/// A text's sentences and lines, without questions.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '!', '?', '\n', '。', '！', '？'])
        .map(str::trim)
        .filter(|sentence| !sentence.is_empty() && !sentence.ends_with(['?', '？']))
}

/// The words that count, in lower case; in CJK text any two neighbours are a
/// word.
fn words(text: &str) -> BTreeSet<String> {
    let spaced = text
        .split(|character: char| !character.is_alphanumeric() || is_cjk(character))
        .filter(|word| {
            word.len() >= SHORTEST_WORD || word.starts_with(|first: char| first.is_numeric())
        });
    let characters: Vec<char> = text.chars().collect();
    let pairs = characters
        .windows(2)
        .filter(|pair| {
            pair.iter()
                .all(|&character| is_cjk(character) && character.is_alphanumeric())
        })
        .map(|pair| pair.iter().collect::<String>());
    spaced
        .map(str::to_lowercase)
        .chain(pairs)
        .filter(|word| !word.is_empty() && !EMPTY_WORDS.contains(&word.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::best_sentence;

    #[test]
    fn the_sentence_with_most_shared_words_is_found() {
        let told = [
            "The shop opens at nine. The museum opens at ten.",
            "The shop sells tea.",
        ];
        let found = best_sentence(
            told.into_iter(),
            "When does the museum open or opens it late?",
        );
        assert_eq!(found, Some("The museum opens at ten."));
    }

    #[test]
    fn chinese_is_compared_by_neighbouring_characters() {
        let told = ["博物馆十点开门。商店卖茶。"];
        assert_eq!(
            best_sentence(told.into_iter(), "商店里有什么？"),
            Some("商店卖茶。")
        );
    }

    #[test]
    fn questions_and_strangers_are_not_found() {
        let told = ["Where is the museum?", "Tea is hot."];
        assert_eq!(best_sentence(told.into_iter(), "museum"), None);
    }
}
