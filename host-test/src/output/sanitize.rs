//! Sanitizes text from servers for a terminal.

use std::borrow::Cow;

/// The text without control characters other than line feeds and tabs: each is
/// replaced by its Unicode control picture, carriage returns are removed. The
/// rest of an escape sequence stays as plain text.
pub(crate) fn control_characters(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_harmful) {
        Cow::Owned(text.chars().filter_map(harmless).collect())
    } else {
        Cow::Borrowed(text)
    }
}

fn is_harmful(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t')
}

fn harmless(character: char) -> Option<char> {
    match character {
        '\n' | '\t' => Some(character),
        // Overwrites the line.
        '\r' => None,
        '\u{00}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)),
        '\u{7f}' => Some('\u{2421}'),
        // C1 has no pictures.
        '\u{80}'..='\u{9f}' => Some(char::REPLACEMENT_CHARACTER),
        _ => Some(character),
    }
}

#[cfg(test)]
mod tests {
    use super::control_characters;

    #[test]
    fn escape_sequences_become_visible_text() {
        assert_eq!(control_characters("\x1b[31mred\x1b[0m"), "␛[31mred␛[0m");
        assert_eq!(control_characters("\x1b]0;title\x07"), "␛]0;title␇");
        assert_eq!(control_characters("\u{9b}31m\u{7f}"), "\u{fffd}31m␡");
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in ["", "two\nlines\tand a tab", "你好 🌍 é"] {
            assert_eq!(control_characters(text), text);
        }
    }

    #[test]
    fn carriage_returns_cannot_overwrite_a_line() {
        assert_eq!(control_characters("a\r\nb\rc"), "a\nbc");
    }
}
