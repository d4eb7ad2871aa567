//! A latch that holds a response until a test opens it.

use std::sync::Arc;

use tokio::sync::watch;

/// Holds a response until it is opened. A [`Step::Wait`](crate::Step::Wait)
/// sends nothing more until then, so a test can show that the client received
/// what came before. Clones share the latch; once open it stays open.
#[derive(Clone, Debug)]
pub struct Latch(Arc<watch::Sender<bool>>);

impl Latch {
    /// A closed latch.
    #[must_use]
    pub fn closed() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Opens the latch for every response that waits for it, now or later.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    /// Waits until the latch is open. It stays closed if all other handles are
    /// dropped: the future holds one itself.
    pub(crate) async fn opened(self) {
        let mut state = self.0.subscribe();
        // An error would mean that no sender is left, and `self` is one.
        let _open = state.wait_for(|open| *open).await;
    }
}
