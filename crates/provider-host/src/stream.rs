//! A streaming response.

use crate::contract::text_generation::Event;
use crate::contract::types::{self, ResponseMetadata};
use crate::error::CallError;
use crate::report::Outcome;
use crate::sandbox::call::Call;
use futures_core::Stream;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::task::AbortHandle;
use wasmtime::component::ResourceAny;

/// Generated text as it arrives: a [`Stream`] of lists of events, or, by
/// [`next_events`](Self::next_events), the same without a trait.
///
/// It owns its sandbox: dropping the stream at any time closes the connection
/// and so cancels the request. Dropping a future of `next_events` does not: a
/// later one returns the same events. The call's deadline also ends a stream
/// that nobody reads.
pub struct ResponseStream {
    state: Arc<Mutex<State>>,
    /// Events that arrived while the metadata was requested.
    early: Option<Turned>,
    deadline: AbortHandle,
}

/// How long after the deadline a stream ends that nothing polls.
const GRACE: Duration = Duration::from_millis(100);

/// What waiting returns: `None` at the end.
type Turned = Option<Result<Vec<Event>, CallError>>;

/// The component at work, and the state that it leaves.
type Work<T> = Pin<Box<dyn Future<Output = (State, T)> + Send>>;

enum State {
    /// More may come.
    Open(Open),
    /// The next events are being read.
    Turning(Work<Turned>),
    /// The metadata is being read.
    Asking(Work<Result<ResponseMetadata, CallError>>),
    /// The sandbox is gone; this is the metadata.
    Ended(ResponseMetadata),
    /// The sandbox was dropped, for a reason that was not returned yet.
    Failing(CallError),
    /// The sandbox was dropped.
    Failed,
}

struct Open {
    call: Box<Call>,
    resource: ResourceAny,
}

impl ResponseStream {
    pub(crate) fn new(call: Box<Call>, resource: ResourceAny) -> Self {
        let (deadline, limit, outcome) = call.deadline();
        let state = Arc::new(Mutex::new(State::Open(Open { call, resource })));
        let overdue = Arc::downgrade(&state);
        let watch = tokio::spawn(async move {
            // A waiting caller is woken at the deadline itself.
            tokio::time::sleep_until((deadline + GRACE).into()).await;
            if let Some(state) = overdue.upgrade() {
                outcome.ended(Outcome::DeadlineExceeded);
                let ended = lock(&state).end_at_deadline(limit);
                drop(ended);
            }
        });
        Self {
            state,
            early: None,
            deadline: watch.abort_handle(),
        }
    }

    /// The next events, all that have arrived; waits until there is one. `None`
    /// is the end: of a complete response, or after an error.
    ///
    /// Dropping the returned future loses nothing: the next call waits on.
    ///
    /// # Errors
    ///
    /// An error is the last item of the stream: `protocol` if the response was
    /// cut off, or the sandbox's.
    pub async fn next_events(&mut self) -> Option<Result<Vec<Event>, CallError>> {
        poll_fn(|context| self.poll_turn(context)).await
    }

    /// What is known of the response so far; all of it after the end.
    ///
    /// Dropping the returned future loses nothing.
    ///
    /// # Errors
    ///
    /// [`CallError::StreamFailed`] if the sandbox was dropped, else the
    /// sandbox's; these end the stream, which returns them once more.
    pub async fn metadata(&mut self) -> Result<ResponseMetadata, CallError> {
        poll_fn(|context| self.poll_metadata(context)).await
    }

    fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<Turned> {
        if let Some(early) = self.early.take() {
            return Poll::Ready(early);
        }
        let mut state = lock(&self.state);
        loop {
            match std::mem::replace(&mut *state, State::Failed) {
                State::Open(open) => *state = State::Turning(Box::pin(open.turn())),
                State::Turning(turn) => return state.poll(turn, State::Turning, context),
                State::Asking(asking) => {
                    let polled = state.poll(asking, State::Asking, context);
                    if let Err(error) = ready!(polled) {
                        *state = State::Failed;
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                State::Failing(error) => return Poll::Ready(Some(Err(error))),
                done @ (State::Ended(_) | State::Failed) => {
                    *state = done;
                    return Poll::Ready(None);
                }
            }
        }
    }

    fn poll_metadata(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<ResponseMetadata, CallError>> {
        let mut state = lock(&self.state);
        loop {
            match std::mem::replace(&mut *state, State::Failed) {
                State::Open(open) => *state = State::Asking(Box::pin(open.ask())),
                State::Asking(asking) => return state.poll(asking, State::Asking, context),
                State::Turning(turn) => {
                    let polled = state.poll(turn, State::Turning, context);
                    self.early = Some(ready!(polled));
                }
                State::Ended(info) => {
                    *state = State::Ended(info.clone());
                    return Poll::Ready(Ok(info));
                }
                failed @ (State::Failing(_) | State::Failed) => {
                    *state = failed;
                    return Poll::Ready(Err(CallError::StreamFailed));
                }
            }
        }
    }
}

impl Drop for ResponseStream {
    fn drop(&mut self) {
        self.deadline.abort();
    }
}

impl Stream for ResponseStream {
    type Item = Result<Vec<Event>, CallError>;

    /// No list is empty; the stream ends after an error.
    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Vec<Event>, CallError>>> {
        self.get_mut().poll_turn(context)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // A state that a panic left behind is `Failed`.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// Polls the component, and keeps the state that it leaves.
    fn poll<T>(
        &mut self,
        mut work: Work<T>,
        unfinished: impl FnOnce(Work<T>) -> Self,
        context: &mut Context<'_>,
    ) -> Poll<T> {
        match work.as_mut().poll(context) {
            Poll::Ready((state, result)) => {
                *self = state;
                Poll::Ready(result)
            }
            Poll::Pending => {
                *self = unfinished(work);
                Poll::Pending
            }
        }
    }

    /// Takes the sandbox out, if it is still there, to be dropped when the lock
    /// on the state is released.
    fn end_at_deadline(&mut self, limit: Duration) -> Self {
        match self {
            Self::Open(_) | Self::Turning(_) | Self::Asking(_) => {
                std::mem::replace(self, Self::Failing(CallError::DeadlineExceeded { limit }))
            }
            Self::Ended(_) | Self::Failing(_) | Self::Failed => Self::Failed,
        }
    }
}

impl Open {
    async fn turn(mut self) -> (State, Turned) {
        match self.next().await {
            Ok(Ok(None)) => match self.metadata().await {
                Ok(metadata) => match self.close(Ok(())).await {
                    Ok(()) => (State::Ended(metadata), None),
                    Err(error) => (State::Ended(metadata), Some(Err(error))),
                },
                Err(error) => (State::Failed, Some(Err(error))),
            },
            Ok(Ok(Some(events))) => (State::Open(self), Some(Ok(events))),
            Ok(Err(error)) => {
                // Whether the metadata can be read or not, this error is
                // returned.
                let state = match self.metadata().await {
                    Ok(metadata) => State::Ended(metadata),
                    Err(_) => State::Failed,
                };
                let answer = self.close(Err(error)).await;
                (state, answer.err().map(Err))
            }
            Err(error) => (State::Failed, Some(Err(error))),
        }
    }

    async fn ask(mut self) -> (State, Result<ResponseMetadata, CallError>) {
        match self.metadata().await {
            Ok(metadata) => (State::Open(self), Ok(metadata)),
            // Else the stream would end as if the response were complete.
            Err(error) => (State::Failing(CallError::StreamFailed), Err(error)),
        }
    }

    /// The next events that are not an empty list.
    async fn next(&mut self) -> Result<Result<Option<Vec<Event>>, types::Error>, CallError> {
        loop {
            let (store, guest, bounds) = self.call.text_generation()?;
            let stream = guest.response_stream();
            match bounds.run(stream.call_next(store, self.resource)).await? {
                Ok(Some(events)) if events.is_empty() => {}
                next => return Ok(next),
            }
        }
    }

    async fn metadata(&mut self) -> Result<ResponseMetadata, CallError> {
        let (store, guest, bounds) = self.call.text_generation()?;
        let stream = guest.response_stream();
        bounds.run(stream.call_metadata(store, self.resource)).await
    }

    async fn close(self, answer: Result<(), types::Error>) -> Result<(), CallError> {
        let Self { call, resource } = self;
        call.close(answer, Some(resource)).await
    }
}
