//! The start of a text, for a table.

/// The first line, cut to `limit` characters.
pub(crate) fn excerpt(text: &str, limit: usize) -> String {
    let text = text.trim();
    let line = text.lines().next().unwrap_or_default();
    let mut start: String = line.chars().take(limit).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn a_cut_is_shown() {
        assert_eq!(excerpt("short", 10), "short");
        assert_eq!(excerpt(" 你好世界 ", 2), "你好…");
        assert_eq!(excerpt("one\ntwo", 10), "one…");
        assert_eq!(excerpt("", 10), "");
    }
}
