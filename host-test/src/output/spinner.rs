//! A spinner on the terminal while a long call runs.

use super::Format;
use indicatif::{ProgressBar, ProgressStyle};
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

/// Shorter calls show no spinner.
const DELAY: Duration = Duration::from_secs(1);
const FRAME_INTERVAL: Duration = Duration::from_millis(125);

/// Runs `call`, with a spinner on standard error if that is a terminal.
pub(crate) async fn with_spinner<F: Future>(format: Format, doing: &str, call: F) -> F::Output {
    match format {
        Format::Text => spin(doing, call).await,
        Format::JsonLines => call.await,
    }
}

async fn spin<F: Future>(doing: &str, call: F) -> F::Output {
    let mut call = pin!(call);
    let _spinner = tokio::select! {
        outcome = &mut call => return outcome,
        () = tokio::time::sleep(DELAY) => Spinner::start(doing),
    };
    call.await
}

/// Cleared when it is dropped, also when the call is cancelled.
struct Spinner(ProgressBar);

impl Spinner {
    fn start(doing: &str) -> Self {
        let bar = ProgressBar::new_spinner().with_elapsed(DELAY);
        let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
        let bar = match style {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        };
        bar.set_message(doing.to_owned());
        bar.enable_steady_tick(FRAME_INTERVAL);
        Self(bar)
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
