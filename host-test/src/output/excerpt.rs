//! The start of a text, for a table.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The first line, truncated to `limit` columns with `…` at the end. A CJK
/// character takes two columns.
pub(crate) fn excerpt(text: &str, limit: usize) -> String {
    let text = text.trim();
    let line = text.lines().next().unwrap_or_default();
    if line.len() == text.len() && line.width() <= limit {
        return line.to_owned();
    }
    let room = limit.saturating_sub(1);
    let mut used = 0_usize;
    let fits = |character: &char| {
        used = used.saturating_add(character.width().unwrap_or(0));
        used <= room
    };
    let mut start: String = line.chars().take_while(fits).collect();
    start.push('…');
    start
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn a_cut_is_shown() {
        assert_eq!(excerpt("short", 10), "short");
        assert_eq!(excerpt(" 你好世界 ", 8), "你好世界");
        assert_eq!(excerpt(" 你好世界 ", 6), "你好…");
        assert_eq!(excerpt("exactly", 7), "exactly");
        assert_eq!(excerpt("too long", 4), "too…");
        assert_eq!(excerpt("one\ntwo", 10), "one…");
        assert_eq!(excerpt("", 10), "");
    }
}
