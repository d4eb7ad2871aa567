//! A latch in the middle of a response that a test opens.

use std::sync::Arc;

use tokio::sync::watch;

/// A closed latch. A response with a [`Step::Wait`](super::Step::Wait) goes no
/// further until the test opens it, which shows that what came before was
/// handed on first. Clones are the same latch; once open it stays open.
#[derive(Clone, Debug)]
pub struct Latch(Arc<watch::Sender<bool>>);

impl Latch {
    /// A new latch.
    #[must_use]
    pub fn closed() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Opens the latch for every response that waits at it, now or later.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    /// Waits until the latch is open. A latch whose handles are all dropped
    /// stays closed: the waiting future holds one itself.
    pub(crate) async fn opened(self) {
        let mut state = self.0.subscribe();
        // An error would mean that no sender is left, and `self` is one.
        let _open = state.wait_for(|open| *open).await;
    }
}
