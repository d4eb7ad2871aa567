//! Scripts: exact responses for tests, one for each request in turn.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::response::MockResponse;

/// How a script responds to one request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ScriptedResponse {
    /// Sends this response.
    Response(MockResponse),
    /// Closes the connection before any head.
    NoResponse,
    /// Sends nothing, and keeps the connection open until the client closes it.
    Silence,
}

impl From<MockResponse> for ScriptedResponse {
    fn from(response: MockResponse) -> Self {
        Self::Response(response)
    }
}

/// Responses in turn. The last one is repeated for every further request.
#[derive(Debug)]
pub struct Script {
    earlier: Vec<ScriptedResponse>,
    last: ScriptedResponse,
    taken: AtomicUsize,
}

impl Script {
    /// A script that gives this response to every request.
    #[must_use]
    pub fn new(response: impl Into<ScriptedResponse>) -> Self {
        Self {
            earlier: Vec::new(),
            last: response.into(),
            taken: AtomicUsize::new(0),
        }
    }

    /// Adds a response after the last one, which is then sent once.
    #[must_use]
    pub fn then(mut self, response: impl Into<ScriptedResponse>) -> Self {
        self.earlier
            .push(std::mem::replace(&mut self.last, response.into()));
        self
    }

    /// The response for the next request.
    pub(crate) fn take(&self) -> ScriptedResponse {
        let turn = self.taken.fetch_add(1, Ordering::Relaxed);
        self.earlier.get(turn).unwrap_or(&self.last).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_come_in_turn_and_the_last_is_repeated() {
        let script = Script::new(ScriptedResponse::NoResponse).then(ScriptedResponse::Silence);
        assert!(matches!(script.take(), ScriptedResponse::NoResponse));
        assert!(matches!(script.take(), ScriptedResponse::Silence));
        assert!(matches!(script.take(), ScriptedResponse::Silence));
    }
}
