//! Tokens of the upstreams' text model: a word with the whitespace before it, a
//! CJK character, or another sign.

/// Splits a text into tokens. Joined, they are the text.
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (token, after) = rest.split_at(first_token_bytes(rest));
        found.push(token);
        rest = after;
    }
    found
}

/// How many tokens a text has.
pub(crate) fn count(text: &str) -> u64 {
    u64::try_from(tokens(text).len()).unwrap_or(u64::MAX)
}

/// Whether a character is written without spaces around it: ideographs, kana,
/// hangul and their punctuation.
pub(crate) const fn is_cjk(character: char) -> bool {
    matches!(character,
        '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{323af}')
}

fn first_token_bytes(text: &str) -> usize {
    let spaces = text.len() - text.trim_start().len();
    let word = text.get(spaces..).unwrap_or_default();
    let is_word = |character: char| character.is_alphanumeric() && !is_cjk(character);
    let end_of_word = word
        .find(|character| !is_word(character))
        .unwrap_or(word.len());
    let one_sign = word.chars().next().map_or(0, char::len_utf8);
    spaces + end_of_word.max(one_sign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_include_the_spaces_before_them_and_signs_are_tokens() {
        assert_eq!(
            tokens("Hello, dear  world! "),
            ["Hello", ",", " dear", "  world", "!", " "]
        );
    }

    #[test]
    fn each_cjk_character_is_a_token() {
        assert_eq!(tokens("你好，Ada"), ["你", "好", "，", "Ada"]);
    }

    proptest! {
        #[test]
        fn tokens_together_are_the_text_and_none_is_empty(text in any::<String>()) {
            let cut = tokens(&text);
            prop_assert!(cut.iter().all(|token| !token.is_empty()));
            prop_assert_eq!(cut.concat(), text);
        }
    }
}
