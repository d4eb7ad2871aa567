//! An answer on its way.

use crate::contract::text_generation::Event;
use crate::contract::types::{self, ReplyInfo};
use crate::error::CallError;
use crate::sandbox::Call;
use futures_core::Stream;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use wasmtime::component::ResourceAny;

/// An answer as it comes: a [`Stream`] of all the events that have arrived,
/// or, by [`next`](Self::next), the same without a trait.
///
/// It owns its sandbox: dropping the stream at any time closes the connection
/// and so cancels the request. Ceasing to wait for the next events does not:
/// they are there when they are asked for again.
pub struct GenerationStream {
    state: State,
}

/// What comes of waiting: nothing after the end.
type Turned = Option<Result<Vec<Event>, CallError>>;

/// The component at work on the next events; gives back what it leaves.
type Turn = Pin<Box<dyn Future<Output = (State, Turned)> + Send>>;

enum State {
    /// More may come.
    Open(Open),
    /// More is on its way.
    Turning(Turn),
    /// These came while somebody asked for something else.
    Early(Box<State>, Turned),
    /// The sandbox is gone; this is what it knew.
    Ended(ReplyInfo),
    /// The sandbox was thrown away.
    Failed,
}

struct Open {
    call: Box<Call>,
    session: ResourceAny,
    resource: ResourceAny,
}

impl GenerationStream {
    pub(crate) fn new(call: Box<Call>, session: ResourceAny, resource: ResourceAny) -> Self {
        Self {
            state: State::Open(Open {
                call,
                session,
                resource,
            }),
        }
    }

    /// The next events, all that have arrived; waits until there is one. The
    /// empty list is the end of a complete answer.
    ///
    /// Dropping the returned future loses nothing: the next call waits on.
    ///
    /// # Errors
    ///
    /// An error is the end of the stream: `protocol` if the answer was cut
    /// off, or the sandbox's. After an error or the end, every further call
    /// returns the empty list.
    pub async fn next(&mut self) -> Result<Vec<Event>, CallError> {
        poll_fn(|context| self.poll_turn(context))
            .await
            .unwrap_or(Ok(Vec::new()))
    }

    /// What is known of the reply so far; all of it after the end.
    ///
    /// # Errors
    ///
    /// [`CallError::StreamFailed`] if the sandbox was thrown away, else the
    /// sandbox's.
    pub async fn info(&mut self) -> Result<ReplyInfo, CallError> {
        if let State::Turning(_) = self.state {
            let early = poll_fn(|context| self.poll_turn(context)).await;
            let state = std::mem::replace(&mut self.state, State::Failed);
            self.state = State::Early(Box::new(state), early);
        }
        match &mut self.state {
            State::Early(state, _) => info_of(state).await,
            state => info_of(state).await,
        }
    }

    fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<Turned> {
        loop {
            match std::mem::replace(&mut self.state, State::Failed) {
                State::Open(open) => self.state = State::Turning(Box::pin(open.turn())),
                State::Turning(mut turn) => {
                    let polled = turn.as_mut().poll(context);
                    if polled.is_pending() {
                        self.state = State::Turning(turn);
                    }
                    let (state, turned) = ready!(polled);
                    self.state = state;
                    return Poll::Ready(turned);
                }
                State::Early(state, turned) => {
                    self.state = *state;
                    return Poll::Ready(turned);
                }
                done @ (State::Ended(_) | State::Failed) => {
                    self.state = done;
                    return Poll::Ready(None);
                }
            }
        }
    }
}

impl Stream for GenerationStream {
    type Item = Result<Vec<Event>, CallError>;

    /// Never gives an empty list; ends after an error.
    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Vec<Event>, CallError>>> {
        self.get_mut().poll_turn(context)
    }
}

async fn info_of(state: &mut State) -> Result<ReplyInfo, CallError> {
    match state {
        State::Ended(info) => Ok(info.clone()),
        State::Failed | State::Turning(_) | State::Early(..) => Err(CallError::StreamFailed),
        State::Open(open) => {
            let info = open.info().await;
            if info.is_err() {
                *state = State::Failed;
            }
            info
        }
    }
}

impl Open {
    async fn turn(mut self) -> (State, Turned) {
        match self.next().await {
            Ok(Ok(events)) if events.is_empty() => match self.info().await {
                Ok(info) => match self.close(Ok(())).await {
                    Ok(()) => (State::Ended(info), None),
                    Err(error) => (State::Ended(info), Some(Err(error))),
                },
                Err(error) => (State::Failed, Some(Err(error))),
            },
            Ok(Ok(events)) => (State::Open(self), Some(Ok(events))),
            Ok(Err(error)) => {
                // Whatever becomes of the question, this error is the answer.
                let state = match self.info().await {
                    Ok(info) => State::Ended(info),
                    Err(_) => State::Failed,
                };
                let answer = self.close(Err(error)).await;
                (state, answer.err().map(Err))
            }
            Err(error) => (State::Failed, Some(Err(error))),
        }
    }

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

    async fn close(self, answer: Result<(), types::Error>) -> Result<(), CallError> {
        let held = [self.resource, self.session];
        self.call.close(answer, &held).await
    }
}
