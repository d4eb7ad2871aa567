//! A response that is one document, read completely.

use core::time::Duration;

use super::client::{Body, Read};
use super::clock;
use super::retrying_request;
use super::timings::Timings;
use provider_core::call_options::ResolvedOptions;
use provider_core::credentials::Credentials;
use provider_core::error::Error;
use provider_core::http::{Request, ResponseHead};
use provider_core::response::document::Document;
use provider_core::response::unexpected_response;
use provider_core::secret::Secrets;

/// Largest document, in bytes: several images in base64. With its decoded
/// images it fits into a sandbox of 64 MiB, unless the server escapes the
/// slashes of base64; then the sandbox's memory limit ends the call.
const MAX_BYTES: usize = 24 << 20;

/// A complete response with a success status.
pub(crate) struct Response {
    head: ResponseHead,
    body: Vec<u8>,
    secrets: Secrets,
}

impl Response {
    /// The response, to be read.
    pub(crate) fn document(&self) -> Document<'_> {
        Document::new(&self.head, &self.body, &self.secrets)
    }
}

/// Sends a request and reads the complete response.
#[inline(never)] // one copy for all kinds
pub(crate) fn fetch(
    request: Request,
    credentials: &Credentials,
    options: &ResolvedOptions,
    timings: &mut Timings,
) -> Result<Response, Error> {
    let (head, stream) = retrying_request::run(request, credentials, options)?;
    let body = read(&head, &stream, options.timeouts.between_bytes, timings)
        .map_err(|error| unexpected_response::attributed(&head, error, &stream.secrets))?;
    let secrets = stream.secrets;
    Ok(Response {
        head,
        body,
        secrets,
    })
}

/// Whether bytes are more than the whitespace that servers send as keep-alives,
/// which does not reset the timeout.
pub(crate) fn has_content(bytes: &[u8]) -> bool {
    !bytes.trim_ascii_start().is_empty()
}

fn read(
    head: &ResponseHead,
    stream: &Body,
    patience: Duration,
    timings: &mut Timings,
) -> Result<Vec<u8>, Error> {
    let announced = head
        .header("content-length")
        .and_then(|length| length.parse::<usize>().ok());
    // Allocated once: growing would need twice the memory.
    let mut body = Vec::with_capacity(announced.unwrap_or_default().min(MAX_BYTES));
    let mut deadline = clock::after(patience);
    loop {
        match stream.read_within(clock::until(deadline))? {
            Read::Bytes(bytes) => {
                timings.note_first_byte();
                if has_content(&bytes) {
                    deadline = clock::after(patience);
                }
                if body.len().saturating_add(bytes.len()) > MAX_BYTES {
                    return Err(Error::protocol(format!(
                        "the response exceeds the limit of {MAX_BYTES} bytes; request fewer results, or URLs"
                    )));
                }
                body.extend_from_slice(&bytes);
            }
            Read::End => return Ok(body),
        }
    }
}
