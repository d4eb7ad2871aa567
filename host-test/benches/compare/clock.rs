//! What the system counts: time, CPU time and memory; and which core runs what.

use anyhow::{Context, Result};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::CpuSet;
use rustix::time::{ClockId, clock_gettime};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

static STOPPED: AtomicBool = AtomicBool::new(false);

/// Stops the clock of CPU time: under valgrind, reading it would end the
/// process, as rustix looks for it where valgrind hides it.
pub(crate) fn stop() {
    STOPPED.store(true, Ordering::Relaxed);
}

/// The CPU time of this process, all its threads together; none once the clock
/// has been stopped.
pub(crate) fn cpu_time() -> Duration {
    if STOPPED.load(Ordering::Relaxed) {
        return Duration::ZERO;
    }
    read(ClockId::ProcessCPUTime)
}

/// Nanoseconds of a clock that all processes share.
pub(crate) fn monotonic_nanos() -> u64 {
    u64::try_from(read(ClockId::Monotonic).as_nanos()).unwrap_or(u64::MAX)
}

fn read(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Bytes of this process that are in memory.
pub(crate) fn resident() -> Result<i64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kibibytes = line.context("a line")?.split_whitespace().nth(1);
    Ok(kibibytes.context("a figure")?.parse::<i64>()? * 1024)
}

/// Who runs on a core.
#[derive(Clone, Copy)]
pub(crate) enum Core {
    /// All contenders, and the processes that they start.
    Contenders,
    Gateway,
}

/// Keeps this process, and what it starts from now on, on one core, where it
/// may use more: the system would move the two about, and that is most of the
/// noise.
pub(crate) fn stay_on(core: Core) -> Result<()> {
    let allowed = rustix::thread::sched_getaffinity(None)?;
    let mut cores = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
    if let (Some(first), Some(second)) = (cores.next(), cores.next()) {
        let mut set = CpuSet::new();
        set.set(match core {
            Core::Contenders => first,
            Core::Gateway => second,
        });
        rustix::thread::sched_setaffinity(None, &set)?;
    }
    Ok(())
}

/// Lets this process, and what it starts from now on, have as many open files
/// as the system allows.
pub(crate) fn allow_many_files() -> Result<()> {
    let limits = getrlimit(Resource::Nofile);
    let limits = Rlimit {
        current: limits.maximum,
        ..limits
    };
    Ok(setrlimit(Resource::Nofile, limits)?)
}
