//! Writes the body of a request as fast as the host accepts it.

use wasi::http::types::OutgoingBody;
use wasi::io::poll::Pollable;
use wasi::io::streams::{OutputStream, StreamError};

/// The body of a request.
pub(crate) struct BodyWriter {
    /// `None` once the body is sent or the server accepts no more.
    open: Option<Open>,
    /// Bytes sent.
    sent: usize,
    is_flushing: bool,
}

struct Open {
    // A child of the body; dropped first.
    stream: OutputStream,
    body: OutgoingBody,
}

/// The result of [`BodyWriter::advance`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The body is sent, or the server accepts no more.
    Done,
    /// Some bytes were sent.
    Moved,
    /// The host accepts no bytes now.
    Stuck,
}

impl BodyWriter {
    /// Nothing is sent before [`BodyWriter::advance`].
    pub(crate) fn new(body: OutgoingBody) -> Self {
        Self {
            open: body.write().ok().map(|stream| Open { stream, body }),
            sent: 0,
            is_flushing: false,
        }
    }

    /// A writer without a body.
    pub(crate) fn done() -> Self {
        Self {
            open: None,
            sent: 0,
            is_flushing: false,
        }
    }

    /// Sends what the host accepts. `bytes` is the whole body.
    pub(crate) fn advance(&mut self, bytes: &[u8]) -> Progress {
        let before = self.sent;
        match self.push(bytes) {
            Ok(false) if self.sent > before => Progress::Moved,
            Ok(false) => Progress::Stuck,
            // Not an error: a server may respond before it has read the whole
            // request, and close; and a host may close the body once the
            // announced length was sent.
            Ok(true) | Err(_) => {
                if let Some(Open { stream, body }) = self.open.take() {
                    drop(stream);
                    let _ = OutgoingBody::finish(body, None);
                }
                Progress::Done
            }
        }
    }

    /// Whether the whole body is sent.
    fn push(&mut self, bytes: &[u8]) -> Result<bool, StreamError> {
        let Some(Open { stream, .. }) = &self.open else {
            return Ok(true);
        };
        loop {
            let room = usize::try_from(stream.check_write()?).unwrap_or(usize::MAX);
            if room == 0 {
                return Ok(false);
            }
            if self.is_flushing {
                // The flush is complete.
                return Ok(true);
            }
            let rest = bytes.get(self.sent..).unwrap_or_default();
            let now = rest.get(..room).unwrap_or(rest);
            if !now.is_empty() {
                stream.write(now)?;
                self.sent = self.sent.saturating_add(now.len());
            }
            if self.sent >= bytes.len() {
                stream.flush()?;
                self.is_flushing = true;
            }
        }
    }

    /// Ready when the host accepts more; `None` if there is no more to send.
    pub(crate) fn subscribe(&self) -> Option<Pollable> {
        self.open.as_ref().map(|open| open.stream.subscribe())
    }
}
