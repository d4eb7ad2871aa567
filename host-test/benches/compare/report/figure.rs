//! How figures are written: three digits or so, and a unit.

use crate::series::Spread;

/// What a figure is counted in.
#[derive(Clone, Copy)]
struct Unit {
    size: f64,
    name: &'static str,
}

const RATIO: Unit = Unit {
    size: 1.0,
    name: "×",
};

fn unit_of_time(seconds: f64) -> Unit {
    let (size, name) = match seconds.abs() {
        ..1e-6 => (1e-9, "ns"),
        ..1e-3 => (1e-6, "µs"),
        ..1.0 => (1e-3, "ms"),
        _ => (1.0, "s"),
    };
    Unit { size, name }
}

impl Unit {
    fn show(self, value: f64) -> String {
        format!("{} {}", digits(value / self.size), self.name)
    }

    fn spread(self, spread: Spread) -> String {
        let [low, median, high] =
            [spread.low, spread.median, spread.high].map(|value| digits(value / self.size));
        format!("{median} ({low} … {high}) {}", self.name)
    }
}

/// Seconds.
pub(crate) fn time(seconds: f64) -> String {
    unit_of_time(seconds).show(seconds)
}

/// A median of seconds and its spread.
pub(crate) fn time_spread(spread: Spread) -> String {
    unit_of_time(spread.median).spread(spread)
}

pub(crate) fn times(ratio: f64) -> String {
    RATIO.show(ratio)
}

/// A median of ratios and its spread.
pub(crate) fn times_spread(spread: Spread) -> String {
    RATIO.spread(spread)
}

pub(crate) fn bytes(count: f64) -> String {
    if count.abs() < f64::from(10 << 20) {
        format!("{} KiB", digits(count / 1024.0))
    } else {
        format!("{} MiB", digits(count / f64::from(1 << 20)))
    }
}

/// Bytes per second.
pub(crate) fn throughput(rate: f64) -> String {
    format!("{} MB/s", digits(rate / 1e6))
}

/// So many in a second.
pub(crate) fn per_second(rate: f64) -> String {
    let (rate, unit) = if rate < 10e3 {
        (rate, "")
    } else if rate < 10e6 {
        (rate / 1e3, " k")
    } else {
        (rate / 1e6, " M")
    };
    format!("{}{unit}/s", digits(rate))
}

fn digits(value: f64) -> String {
    let size = value.abs();
    if size < 0.095 {
        format!("{value:.3}")
    } else if size < 10.0 {
        format!("{value:.2}")
    } else if size < 100.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}
