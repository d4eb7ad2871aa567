//! What the tests and benchmarks of the whole share: the built component,
//! ready to be called, and what calls of it need. `make component` builds it.

#![deny(unsafe_code)]
#![allow(
    clippy::missing_panics_doc,
    reason = "in a test, whatever goes wrong is a panic"
)]

pub mod call;
pub mod callgrind;
pub mod echo;
pub mod meter;
pub mod own_host;
pub mod pollables;
pub mod provider;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The repository's folder.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The built component's file.
#[must_use]
pub fn component() -> PathBuf {
    root().join("dist/higress-provider.wasm")
}

/// What becomes of a future that should end at once: a minute later the test
/// fails.
pub async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_mins(1), future)
        .await
        .expect("it should have ended by now")
}
