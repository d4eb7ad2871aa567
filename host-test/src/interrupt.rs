//! Running a call until it ends or somebody presses Ctrl-C, which cancels it.

use crate::failure::Failure;
use std::future::Future;

/// Runs `call` on a runtime of its own. On Ctrl-C it is dropped, and with it
/// its connections.
pub(crate) fn run_until_interrupted<T>(
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::setup(format!("cannot start the runtime: {error}")))?;
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = call => outcome,
            _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
        }
    });
    // A name being resolved cannot be interrupted, and need not be waited for.
    runtime.shutdown_background();
    outcome
}
