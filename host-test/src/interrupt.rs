//! Runs a call until it ends or Ctrl-C cancels it.

use crate::failure::Failure;
use anyhow::Context as _;
use std::future::Future;

/// Runs `call` on its own runtime. Ctrl-C drops it, which closes its
/// connections.
pub(crate) fn run_until_interrupted<T>(
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the async runtime")?;
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = call => outcome,
            _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
        }
    });
    // A DNS lookup in progress cannot be cancelled; do not wait for it.
    runtime.shutdown_background();
    outcome
}
