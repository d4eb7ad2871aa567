//! Times, in order, and rows of a table.

use std::time::{Duration, Instant};

/// Durations of the same thing, done many times.
#[derive(Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(crate) async fn time<T>(&mut self, doing: impl Future<Output = T>) -> T {
        let begun = Instant::now();
        let done = doing.await;
        self.add(begun.elapsed());
        done
    }

    /// The time that `percent` of all took at most.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut times = self.0.clone();
        times.sort();
        let last = times.len().saturating_sub(1);
        times.get(last * percent / 100).copied().unwrap_or_default()
    }

    pub(crate) fn show(&self, what: &str) {
        row(
            what,
            &[&micros(self.percentile(50)), &micros(self.percentile(99))],
        );
    }

    /// What these take beyond `floor`.
    pub(crate) fn show_beyond(&self, floor: &Self, what: &str) {
        let beyond = |percent| {
            let beyond = self
                .percentile(percent)
                .saturating_sub(floor.percentile(percent));
            format!("+{}", micros(beyond))
        };
        row(what, &[&beyond(50), &beyond(99)]);
    }
}

fn micros(time: Duration) -> String {
    format!("{:.1} µs", time.as_secs_f64() * 1e6)
}

/// A row of the table.
pub(crate) fn row(what: &str, figures: &[&str]) {
    print!("{what:<52}");
    for figure in figures {
        print!("{figure:>14}");
    }
    println!();
}
