//! The body of a request on its way out, as fast as the host takes it.

use wasi::http::types::OutgoingBody;
use wasi::io::poll::Pollable;
use wasi::io::streams::{OutputStream, StreamError};

/// The body of a request.
pub(crate) struct BodyWriter {
    /// None once it is out, or nothing more of it is taken.
    open: Option<Open>,
    /// Bytes that are out.
    sent: usize,
    is_flushing: bool,
}

struct Open {
    // A child of the body, which must be dropped before it.
    stream: OutputStream,
    body: OutgoingBody,
}

/// What came of an attempt to go on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// There is nothing left to do.
    Done,
    /// Some of it went out.
    Moved,
    /// The host takes nothing at present.
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

    /// Nothing to send.
    pub(crate) fn done() -> Self {
        Self {
            open: None,
            sent: 0,
            is_flushing: false,
        }
    }

    /// Sends what the host takes of `bytes`, the whole body.
    pub(crate) fn advance(&mut self, bytes: &[u8]) -> Progress {
        let before = self.sent;
        match self.push(bytes) {
            Ok(false) if self.sent > before => Progress::Moved,
            Ok(false) => Progress::Stuck,
            // A failure is none: a server may answer before it has read
            // everything, a refusal for instance, and close; and a host may
            // close the body as soon as the announced length has passed.
            Ok(true) | Err(_) => {
                if let Some(Open { stream, body }) = self.open.take() {
                    drop(stream);
                    let _ = OutgoingBody::finish(body, None);
                }
                Progress::Done
            }
        }
    }

    /// Whether all of it is out.
    fn push(&mut self, bytes: &[u8]) -> Result<bool, StreamError> {
        let Some(Open { stream, .. }) = &self.open else {
            return Ok(true);
        };
        loop {
            let room = usize::try_from(stream.check_write()?).unwrap_or(usize::MAX);
            if room == 0 {
                return Ok(false);
            }
            let rest = bytes.get(self.sent..).unwrap_or_default();
            if !rest.is_empty() {
                let now = rest.get(..room).unwrap_or(rest);
                stream.write(now)?;
                self.sent = self.sent.saturating_add(now.len());
            } else if self.is_flushing {
                // There is room again: the flush is over.
                return Ok(true);
            } else {
                stream.flush()?;
                self.is_flushing = true;
            }
        }
    }

    /// Ready when the host takes more; none if there is no more.
    pub(crate) fn subscribe(&self) -> Option<Pollable> {
        self.open.as_ref().map(|open| open.stream.subscribe())
    }
}
