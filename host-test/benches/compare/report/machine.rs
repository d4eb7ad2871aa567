//! Where and when it was measured.

use std::fs::read_to_string;
use std::time::{SystemTime, UNIX_EPOCH};

/// One line: processor, cores, system, date.
pub(crate) fn describe() -> String {
    let info = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let mut models = info.lines().filter(|line| line.starts_with("model name"));
    let model = models.next().and_then(|line| line.split(": ").nth(1));
    let cores = info
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let kernel = read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{}, {cores} cores, Linux {}, {}",
        model.unwrap_or("an unknown processor"),
        kernel.trim(),
        date(SystemTime::now())
    )
}

/// Year, month and day of a moment, in UTC.
fn date(now: SystemTime) -> String {
    let seconds = now
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    let mut days = seconds / 86_400;
    let mut year = 1970;
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in lengths {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", days + 1)
}
