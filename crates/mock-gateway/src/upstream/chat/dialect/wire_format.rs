//! What every wire format of a chat provider says: the paths it serves, how it
//! reads a request, and how it writes a response.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::received_request::ReceivedRequest;
use crate::upstream::api_error::{ApiError, ErrorShape};
use crate::upstream::chat::request::{ChatRequest, Content, Delivery};
use crate::upstream::chat::response::ChatResponse;

/// How a provider reads requests and writes responses.
pub(crate) trait WireFormat {
    /// The ends of the paths it serves.
    fn paths(&self) -> &'static [&'static str] {
        &["/v1/chat/completions"]
    }

    /// The shape of its errors.
    fn errors(&self) -> ErrorShape {
        ErrorShape::OpenAi
    }

    /// Whether it reasons, by what a request sets.
    fn thinks(&self, requested: Option<bool>) -> bool {
        requested == Some(true)
    }

    /// Reads the fields of a body.
    fn read(
        &self,
        fields: &Map<String, Value>,
        _: &ReceivedRequest,
    ) -> Result<ChatRequest, ApiError> {
        ChatRequest::read(fields)
    }

    /// A whole response.
    fn document(&self, response: &ChatResponse, content: Content) -> Value;

    /// The events of a streamed response.
    fn events(&self, response: &ChatResponse, delivery: Delivery) -> Vec<Bytes>;
}
