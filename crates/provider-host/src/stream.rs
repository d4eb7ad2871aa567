//! An answer on its way.

use crate::contract::text_generation::Event;
use crate::contract::types::{self, ResponseMetadata};
use crate::error::CallError;
use crate::report::Outcome;
use crate::sandbox::Call;
use futures_core::Stream;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::task::AbortHandle;
use wasmtime::component::ResourceAny;

/// An answer as it comes: a [`Stream`] of all the events that have arrived,
/// or, by [`next`](Self::next), the same without a trait.
///
/// It owns its sandbox: dropping the stream at any time closes the connection
/// and so cancels the request. Ceasing to wait for the next events does not:
/// they are there when they are asked for again, until the call's deadline,
/// which ends a stream that nobody reads too.
pub struct GenerationStream {
    state: Arc<Mutex<State>>,
    /// Events that came while somebody asked for something else.
    early: Option<Turned>,
    deadline: AbortHandle,
}

/// How long after the deadline a stream is ended for which nobody waits.
const GRACE: Duration = Duration::from_millis(100);

/// What comes of waiting: nothing after the end.
type Turned = Option<Result<Vec<Event>, CallError>>;

/// The component at work; gives back what it leaves.
type Work<T> = Pin<Box<dyn Future<Output = (State, T)> + Send>>;

enum State {
    /// More may come.
    Open(Open),
    /// More is on its way.
    Turning(Work<Turned>),
    /// What is known of the response is on its way.
    Asking(Work<Result<ResponseMetadata, CallError>>),
    /// The sandbox is gone; this is what it knew.
    Ended(ResponseMetadata),
    /// The sandbox was thrown away, for a reason that nobody was told of yet.
    Failing(CallError),
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
        let (deadline, limit, verdict) = call.deadline();
        let state = Arc::new(Mutex::new(State::Open(Open {
            call,
            session,
            resource,
        })));
        let overdue = Arc::downgrade(&state);
        let watch = tokio::spawn(async move {
            // Whoever waits is woken at the deadline itself, and hears of it.
            tokio::time::sleep_until((deadline + GRACE).into()).await;
            if let Some(state) = overdue.upgrade() {
                verdict.ended(Outcome::DeadlineExceeded);
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

    /// What is known of the response so far; all of it after the end.
    ///
    /// Dropping the returned future loses nothing.
    ///
    /// # Errors
    ///
    /// [`CallError::StreamFailed`] if the sandbox was thrown away, else the
    /// sandbox's; these end the stream, which says so once more.
    pub async fn info(&mut self) -> Result<ResponseMetadata, CallError> {
        poll_fn(|context| self.poll_info(context)).await
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

    fn poll_info(
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

impl Drop for GenerationStream {
    fn drop(&mut self) {
        self.deadline.abort();
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

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // A state that a panic left behind is `Failed`.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// Lets the component work on, and keeps what it leaves.
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

    /// Throws the sandbox away, if it is still there; gives it back to be
    /// dropped when nobody waits for the state.
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

    async fn ask(mut self) -> (State, Result<ResponseMetadata, CallError>) {
        match self.info().await {
            Ok(info) => (State::Open(self), Ok(info)),
            // Else the next events would be none, as at a good end.
            Err(error) => (State::Failing(CallError::StreamFailed), Err(error)),
        }
    }

    async fn next(&mut self) -> Result<Result<Vec<Event>, types::Error>, CallError> {
        let (store, provider, bounds) = self.call.parts();
        let guest = provider
            .higress_model_provider_text_generation()
            .generation_stream();
        bounds.run(guest.call_next(store, self.resource)).await
    }

    async fn info(&mut self) -> Result<ResponseMetadata, CallError> {
        self.call.info(self.session).await
    }

    async fn close(self, answer: Result<(), types::Error>) -> Result<(), CallError> {
        let held = [self.resource, self.session];
        self.call.close(answer, &held).await
    }
}
