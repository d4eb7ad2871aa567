//! What this process holds, as far as the system tells.

use std::fmt;
use std::time::Duration;

/// Memory may stay with the allocator, in pieces that are used again; how
/// many depends on who met whom. A thousand tenants that left 17 KiB each
/// behind would be noticed.
const SLACK: u64 = 16 << 20;

/// What this process holds.
pub(crate) struct Process {
    /// Open files and sockets; none where the system does not tell.
    files: Option<usize>,
    /// Bytes of resident memory.
    resident: Option<u64>,
}

impl Process {
    pub(crate) fn now() -> Self {
        Self {
            files: std::fs::read_dir("/proc/self/fd").ok().map(Iterator::count),
            resident: resident(),
        }
    }

    /// Once `is_over`, and no socket is closed any more.
    pub(crate) async fn settled(is_over: impl Fn() -> bool) -> Self {
        let mut last = None;
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let now = Self::now();
            if is_over() && last == Some(now.files) {
                return now;
            }
            last = Some(now.files);
        }
        Self::now()
    }

    /// Asserts that what is held is what was held.
    pub(crate) fn is_like(&self, after: &Self) {
        assert_eq!(self.files, after.files, "files");
        if let (Some(before), Some(after)) = (self.resident, after.resident) {
            assert!(after <= before + SLACK, "memory: {before}, then {after}");
        }
    }
}

impl fmt::Display for Process {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.files.unwrap_or_default();
        let resident = self.resident.unwrap_or_default() >> 20;
        write!(formatter, "{files} files, {resident} MiB")
    }
}

fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes << 10)
}
