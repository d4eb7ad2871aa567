//! An answer on its way.

use crate::call::Call;
use crate::contract::text_generation::Event;
use crate::contract::types::{self, ReplyInfo};
use crate::error::CallError;
use wasmtime::component::ResourceAny;

/// An answer as it comes. It owns its sandbox: dropping the stream at any
/// time, also while [`next`](Self::next) waits, closes the connection and so
/// cancels the request.
pub struct GenerationStream {
    state: State,
}

enum State {
    /// More may come.
    Open(Box<Open>),
    /// The sandbox is gone; this is what it knew.
    Ended(ReplyInfo),
    /// The sandbox was thrown away.
    Failed,
}

struct Open {
    call: Call,
    session: ResourceAny,
    resource: ResourceAny,
}

impl GenerationStream {
    pub(crate) fn new(call: Call, session: ResourceAny, resource: ResourceAny) -> Self {
        Self {
            state: State::Open(Box::new(Open {
                call,
                session,
                resource,
            })),
        }
    }

    /// The next events, all that have arrived; waits until there is one. The
    /// empty list is the end of a complete answer.
    ///
    /// Dropping the returned future before it is done cancels the request and
    /// fails the stream.
    ///
    /// # Errors
    ///
    /// An error is the end of the stream: `protocol` if the answer was cut
    /// off, or the sandbox's. After an error or the end, every further call
    /// returns the empty list.
    pub async fn next(&mut self) -> Result<Vec<Event>, CallError> {
        // The sandbox is taken out for the time of the call, so that it is
        // gone if this future is dropped or fails.
        let mut open = match std::mem::replace(&mut self.state, State::Failed) {
            State::Open(open) => open,
            done => {
                self.state = done;
                return Ok(Vec::new());
            }
        };
        match open.next().await? {
            Ok(events) if events.is_empty() => {
                self.state = State::Ended(open.info().await?);
                Ok(events)
            }
            Ok(events) => {
                self.state = State::Open(open);
                Ok(events)
            }
            Err(error) => {
                // Whatever becomes of the question, this error is the answer.
                if let Ok(info) = open.info().await {
                    self.state = State::Ended(info);
                }
                Err(error.into())
            }
        }
    }

    /// What is known of the reply so far; all of it after the end.
    ///
    /// # Errors
    ///
    /// [`CallError::StreamFailed`] if the sandbox was thrown away, else the
    /// sandbox's.
    pub async fn info(&mut self) -> Result<ReplyInfo, CallError> {
        let mut open = match std::mem::replace(&mut self.state, State::Failed) {
            State::Open(open) => open,
            State::Ended(info) => {
                self.state = State::Ended(info.clone());
                return Ok(info);
            }
            State::Failed => return Err(CallError::StreamFailed),
        };
        let info = open.info().await?;
        self.state = State::Open(open);
        Ok(info)
    }
}

impl Open {
    async fn next(&mut self) -> Result<Result<Vec<Event>, types::Error>, CallError> {
        let (store, provider, bounds) = self.call.parts();
        let guest = provider
            .higress_model_provider_text_generation()
            .generation_stream();
        bounds.run(guest.call_next(store, self.resource)).await
    }

    async fn info(&mut self) -> Result<ReplyInfo, CallError> {
        self.call.info(self.session).await
    }
}
