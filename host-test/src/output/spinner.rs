//! A sign of life on a terminal while a long call runs.

use super::Format;
use std::future::Future;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Shorter calls need no sign.
const PATIENCE: Duration = Duration::from_secs(1);
const BEAT: Duration = Duration::from_millis(125);
/// What turns, one picture a beat.
const WHEEL: [char; 8] = ['⠋', '⠙', '⠸', '⠴', '⠦', '⠧', '⠇', '⠏'];

/// Runs `call`; meanwhile says on standard error, if that is a terminal, what
/// is being done and for how long.
pub(crate) async fn with_spinner<F: Future>(format: Format, doing: &str, call: F) -> F::Output {
    match format {
        Format::Text if io::stderr().is_terminal() => with_sign(doing, call).await,
        Format::Text | Format::JsonLines => call.await,
    }
}

async fn with_sign<F: Future>(doing: &str, call: F) -> F::Output {
    let begun = Instant::now();
    let mut sign = Sign::default();
    tokio::pin!(call);
    loop {
        tokio::select! {
            outcome = &mut call => return outcome,
            () = tokio::time::sleep(BEAT) => sign.show(doing, begun.elapsed()),
        }
    }
}

/// The line while it is there; dropping it wipes it away, also when the call
/// is interrupted.
#[derive(Debug, Default)]
struct Sign {
    shown: Option<String>,
    beats: usize,
}

impl Sign {
    fn show(&mut self, doing: &str, elapsed: Duration) {
        if elapsed < PATIENCE {
            return;
        }
        let wheel = WHEEL[self.beats % WHEEL.len()];
        self.beats += 1;
        let line = format!("{wheel} {doing} … {} s", elapsed.as_secs());
        // A sign that cannot be shown is not missed.
        let _ = write!(io::stderr().lock(), "\r{line}");
        self.shown = Some(line);
    }
}

impl Drop for Sign {
    fn drop(&mut self) {
        if let Some(line) = &self.shown {
            let blank = " ".repeat(line.chars().count());
            let _ = write!(io::stderr().lock(), "\r{blank}\r");
        }
    }
}
