//! Asynchronous tasks: each poll advances them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::request::ImageRequest;

/// A model's tasks, by identifier.
#[derive(Debug, Default)]
pub(super) struct Tasks(Mutex<BTreeMap<String, Task>>);

#[derive(Clone, Debug)]
struct Task {
    request: ImageRequest,
    form: ResultForm,
    /// Polls left before the task is done.
    left: u32,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Pending,
    Running,
    Canceled,
}

/// Where a finished task returns its images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResultForm {
    /// In `results`.
    Results,
    /// In `choices`, as the synchronous endpoint does.
    Choices,
}

/// The result of a poll.
#[derive(Clone, Debug)]
pub(super) enum Found {
    Pending,
    Running,
    Canceled,
    Done(ImageRequest, ResultForm),
    /// There is no such task.
    Unknown,
}

/// The result of cancelling a task: one that is running cannot be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cancellation {
    Done,
    TooLate,
}

impl Tasks {
    /// Creates a task that is done after this many polls.
    pub(super) fn submit(&self, id: String, request: ImageRequest, form: ResultForm, polls: u32) {
        let task = Task {
            request,
            form,
            left: polls,
            state: State::Pending,
        };
        self.with(|tasks| tasks.insert(id, task));
    }

    /// Polls a task, which advances it.
    pub(super) fn poll(&self, id: &str) -> Found {
        self.with(|tasks| {
            let Some(task) = tasks.get_mut(id) else {
                return Found::Unknown;
            };
            let state = task.state;
            if state == State::Canceled {
                return Found::Canceled;
            }
            task.state = State::Running;
            match task.left.checked_sub(1) {
                None => Found::Done(task.request.clone(), task.form),
                Some(left) => {
                    task.left = left;
                    match state {
                        State::Pending => Found::Pending,
                        State::Running | State::Canceled => Found::Running,
                    }
                }
            }
        })
    }

    /// Cancels a task that was not polled yet.
    pub(super) fn cancel(&self, id: &str) -> Cancellation {
        self.with(|tasks| match tasks.get_mut(id) {
            Some(task) if task.state == State::Pending => {
                task.state = State::Canceled;
                Cancellation::Done
            }
            Some(_) | None => Cancellation::TooLate,
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<String, Task>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
