//! Reads the events of a stream, whatever the chunks.

use super::wire::Chunk;
use anyhow::Result;

#[derive(Default)]
pub(crate) struct Events {
    /// What came of a line that is not complete.
    rest: Vec<u8>,
    complete: bool,
}

impl Events {
    /// Reads a piece, and tells what its events say.
    pub(crate) fn push(&mut self, mut piece: &[u8], say: &mut impl FnMut(&str)) -> Result<()> {
        while let Some(end) = memchr::memchr(b'\n', piece) {
            if self.rest.is_empty() {
                self.line(&piece[..end], say)?;
            } else {
                let mut line = std::mem::take(&mut self.rest);
                line.extend_from_slice(&piece[..end]);
                self.line(&line, say)?;
                line.clear();
                self.rest = line;
            }
            piece = &piece[end + 1..];
        }
        self.rest.extend_from_slice(piece);
        Ok(())
    }

    /// Whether the end of the answer was read.
    pub(crate) fn complete(&self) -> bool {
        self.complete
    }

    fn line(&mut self, line: &[u8], say: &mut impl FnMut(&str)) -> Result<()> {
        match line.strip_prefix(b"data: ") {
            Some(b"[DONE]") => self.complete = true,
            Some(data) => {
                let chunk: Chunk = serde_json::from_slice(data)?;
                if let Some(text) = chunk.text() {
                    say(text);
                }
            }
            None => {}
        }
        Ok(())
    }
}
