//! What is sent: conversations, texts and tools, by number. `peers.py` makes
//! the same.

const FILLER: &str = "The quick brown fox jumps over the lazy dog, and then it rests a while. ";

pub(crate) const QUERY: &str = "Which one rests?";
pub(crate) const CHAT: &str = "qwen-max";
pub(crate) const EMBEDDING: &str = "text-embedding-v4";
pub(crate) const RERANK: &str = "rerank";

/// A message, and whether the user said it. The last one is the user's.
pub(crate) fn messages(count: usize) -> impl Iterator<Item = (bool, String)> {
    (0..count).map(move |index| {
        let of_user = (count - index) % 2 == 1;
        (of_user, format!("Message {index}. {FILLER}"))
    })
}

pub(crate) fn texts(count: usize) -> Vec<String> {
    (0..count)
        .map(|index| format!("Text {index}. {FILLER}"))
        .collect()
}

/// A tool's name and description.
pub(crate) fn tools(count: usize) -> impl Iterator<Item = (String, String)> {
    (0..count).map(|index| {
        let name = format!("tool_{index}");
        (name, format!("Looks up number {index}"))
    })
}

/// The JSON schema of every tool's arguments.
pub(crate) const SCHEMA: &str = r#"{"type":"object","properties":{"city":{"type":"string","description":"Name of a city"}},"required":["city"]}"#;
