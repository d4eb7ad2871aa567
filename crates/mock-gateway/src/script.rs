//! Exact replies for tests: one for each request in turn.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::answer::Answer;

/// What a script does with one request.
#[derive(Clone, Debug)]
pub enum ScriptedReply {
    /// Sends this.
    Answer(Answer),
    /// Closes the connection before any head.
    NoReply,
    /// Sends nothing, and keeps the connection until the client leaves.
    Silence,
}

impl From<Answer> for ScriptedReply {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

/// Replies in turn; the last one is repeated for every further request.
#[derive(Debug)]
pub struct Script {
    earlier: Vec<ScriptedReply>,
    last: ScriptedReply,
    taken: AtomicUsize,
}

impl Script {
    /// A script that gives this reply to every request.
    #[must_use]
    pub fn new(reply: impl Into<ScriptedReply>) -> Self {
        Self {
            earlier: Vec::new(),
            last: reply.into(),
            taken: AtomicUsize::new(0),
        }
    }

    /// Gives the reply that was last until now once, and then this one.
    #[must_use]
    pub fn then(mut self, reply: impl Into<ScriptedReply>) -> Self {
        self.earlier
            .push(std::mem::replace(&mut self.last, reply.into()));
        self
    }

    /// The reply for the next request.
    pub(crate) fn take(&self) -> ScriptedReply {
        let turn = self.taken.fetch_add(1, Ordering::Relaxed);
        self.earlier.get(turn).unwrap_or(&self.last).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_come_in_turn_and_the_last_is_repeated() {
        let script = Script::new(ScriptedReply::NoReply).then(ScriptedReply::Silence);
        assert!(matches!(script.take(), ScriptedReply::NoReply));
        assert!(matches!(script.take(), ScriptedReply::Silence));
        assert!(matches!(script.take(), ScriptedReply::Silence));
    }
}
