//! Separates reasoning between `<think>` and `</think>` from the answer: sent
//! by servers without a reasoning parser, and by gateways that merge the two.
//!
//! Blocks may occur anywhere and more than once, be split at any byte and never
//! be closed. Whitespace around the edges of a block is removed with it.
//!
//! A prompt template may contain the opening tag, so that only the closing one is
//! in the answer. That is decided once the answer is known whole and has no
//! reasoning beside it; in a stream, what precedes such a tag has already been
//! returned as text.

use wire::swar;

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// Longest run of whitespace before the answer that is held back until it is
/// known whether a block follows, in bytes.
const MAX_WHITESPACE: usize = 1 << 10;

/// Separates reasoning from text in a stream of strings.
#[derive(Debug, Default)]
pub(super) struct ThinkTags {
    place: Section,
    /// A possible start of a tag, or whitespace before one.
    held: String,
}

/// The position after the last text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Section {
    /// Only whitespace was read.
    #[default]
    Start,
    Answer,
    /// Directly after an opening tag.
    BlockStart,
    Block,
    /// Directly after a closing tag.
    BlockEnd,
}

/// A non-empty segment of text or of reasoning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Segment<'a> {
    Answer(&'a str),
    Reasoning(&'a str),
}

impl ThinkTags {
    /// Whether a text is entirely part of the answer, with nothing held back
    /// before or after it. It then need not be pushed.
    pub(super) fn take_plain(&mut self, text: &str) -> bool {
        let is_plain = match self.place {
            Section::Start => !text.trim_ascii_start().is_empty(),
            Section::Answer => true,
            Section::BlockStart | Section::Block | Section::BlockEnd => false,
        };
        let taken = is_plain && self.held.is_empty() && !swar::contains(text.as_bytes(), b'<');
        if taken {
            self.place = Section::Answer;
        }
        taken
    }

    /// Notes that the next text is the whole answer: if its first tag closes a
    /// block, it begins inside one.
    pub(super) fn note_whole(&mut self, text: &str) {
        let begins_inside = || {
            let (before, _) = text.split_once(CLOSE)?;
            (!before.contains(OPEN)).then_some(())
        };
        if self.place == Section::Start && self.held.is_empty() && begins_inside().is_some() {
            self.place = Section::BlockStart;
        }
    }

    /// Whether a block is open.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.place, Section::BlockStart | Section::Block)
    }

    /// Reads a text and passes its known segments to `sink`.
    pub(super) fn push(&mut self, text: &str, sink: &mut dyn FnMut(Segment<'_>)) {
        let mut buffer = core::mem::take(&mut self.held);
        buffer.push_str(text);
        let mut rest = buffer.as_str();
        loop {
            let (taken, place) = self.step(rest, sink);
            let stays = place == self.place;
            self.place = place;
            rest = rest.get(taken..).unwrap_or_default();
            if stays || rest.is_empty() {
                break;
            }
        }
        rest.clone_into(&mut self.held);
    }

    /// Ends the answer and passes on what was held back.
    pub(super) fn finish(&mut self, sink: &mut dyn FnMut(Segment<'_>)) {
        let held = core::mem::take(&mut self.held);
        if !held.is_empty() {
            sink(if self.is_open() {
                Segment::Reasoning(&held)
            } else {
                Segment::Answer(&held)
            });
        }
    }

    /// Passes on the start of `text`. Returns its length and the position after
    /// it.
    fn step(&self, text: &str, sink: &mut dyn FnMut(Segment<'_>)) -> (usize, Section) {
        let whitespace = text.len().saturating_sub(text.trim_start().len());
        let after_whitespace = text.get(whitespace..).unwrap_or_default();
        match self.place {
            Section::Start if after_whitespace.starts_with(OPEN) => {
                (whitespace.saturating_add(OPEN.len()), Section::BlockStart)
            }
            Section::Start
                if OPEN.starts_with(after_whitespace) && whitespace <= MAX_WHITESPACE =>
            {
                (0, Section::Start)
            }
            Section::Start => (0, Section::Answer),
            Section::BlockStart if after_whitespace.is_empty() => (whitespace, Section::BlockStart),
            Section::BlockStart => (whitespace, Section::Block),
            Section::BlockEnd if after_whitespace.is_empty() => (whitespace, Section::BlockEnd),
            Section::BlockEnd => (whitespace, Section::Answer),
            Section::Answer => {
                let (run, taken) = up_to(OPEN, text);
                if !run.is_empty() {
                    sink(Segment::Answer(run));
                }
                match taken {
                    Some(taken) => (taken, Section::BlockStart),
                    None => (run.len(), Section::Answer),
                }
            }
            Section::Block => {
                let (run, taken) = up_to(CLOSE, text);
                if !run.is_empty() {
                    sink(Segment::Reasoning(run));
                }
                match taken {
                    Some(taken) => (taken, Section::BlockEnd),
                    None => (run.len(), Section::Block),
                }
            }
        }
    }
}

/// The text before `tag` and the end of the tag; if there is no tag, the text
/// before a possible start of one.
fn up_to<'a>(tag: &str, text: &'a str) -> (&'a str, Option<usize>) {
    if let Some((before, _)) = text.split_once(tag) {
        return (before, Some(before.len().saturating_add(tag.len())));
    }
    let start = (1..tag.len())
        .rev()
        .filter_map(|length| tag.get(..length))
        .find_map(|start| text.strip_suffix(start));
    (start.unwrap_or(text), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The joined text and the joined reasoning of an input in these chunks;
    /// answers in brackets, to see where they are apart.
    fn read<'a>(pieces: impl IntoIterator<Item = &'a str>) -> (String, String) {
        read_with(ThinkTags::default(), pieces)
    }

    fn read_with<'a>(
        mut tags: ThinkTags,
        pieces: impl IntoIterator<Item = &'a str>,
    ) -> (String, String) {
        let (mut answer, mut thought) = (String::new(), String::new());
        let mut sink = |run: Segment<'_>| match run {
            Segment::Answer(text) => answer.push_str(text),
            Segment::Reasoning(text) => thought.push_str(text),
        };
        for piece in pieces {
            if tags.take_plain(piece) {
                sink(Segment::Answer(piece));
            } else {
                tags.push(piece, &mut sink);
            }
        }
        tags.finish(&mut sink);
        (answer, thought)
    }

    const CASES: [(&str, &str, &str); 12] = [
        ("plain", "plain", ""),
        ("<think>a</think>b", "b", "a"),
        ("\n<think>\na b\n</think>\n\nc", "c", "a b\n"),
        ("x <think>a</think> y <think>b</think> z", "x y z", "ab"),
        ("<think>never closed", "", "never closed"),
        ("<think></think>b", "b", ""),
        ("a < b <thin> </think> c", "a < b <thin> </think> c", ""),
        ("ends with <thi", "ends with <thi", ""),
        ("<think>ends with </thi", "", "ends with </thi"),
        ("  indented", "  indented", ""),
        ("   ", "   ", ""),
        ("<think>日本</think>語<", "語<", "日本"),
    ];

    #[test]
    fn thought_and_answer_are_told_apart() {
        for (text, answer, thought) in CASES {
            let read = read([text]);
            assert_eq!(
                (read.0.as_str(), read.1.as_str()),
                (answer, thought),
                "{text}"
            );
        }
    }

    #[test]
    fn it_does_not_matter_where_a_text_is_cut() {
        for (text, answer, thought) in CASES {
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            for at in &ends {
                let (one, two) = text.split_at(*at);
                let read = read([one, two]);
                assert_eq!(
                    (read.0.as_str(), read.1.as_str()),
                    (answer, thought),
                    "{one}|{two}"
                );
            }
            let characters: Vec<String> = text.chars().map(String::from).collect();
            let read = read(characters.iter().map(String::as_str));
            assert_eq!(
                (read.0.as_str(), read.1.as_str()),
                (answer, thought),
                "{text}"
            );
        }
    }

    #[test]
    fn a_whole_answer_may_begin_inside_a_block() {
        for (text, answer, thought) in [
            ("\nt</think>\n\na", "a", "t"),
            ("</think>a", "a", ""),
            ("t</think>a<think>u</think>b", "ab", "tu"),
            ("<think>t</think>a", "a", "t"),
            ("a<think>t", "a", "t"),
            ("a", "a", ""),
        ] {
            let mut tags = ThinkTags::default();
            tags.note_whole(text);
            let read = read_with(tags, [text]);
            assert_eq!(
                (read.0.as_str(), read.1.as_str()),
                (answer, thought),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_held_back_is_bounded() {
        let mut tags = ThinkTags::default();
        let whitespace = " ".repeat(MAX_WHITESPACE * 2);
        let mut handed_over = 0;
        tags.push(&whitespace, &mut |run| match run {
            Segment::Answer(text) | Segment::Reasoning(text) => handed_over += text.len(),
        });
        assert_eq!(handed_over, whitespace.len());
    }
}
