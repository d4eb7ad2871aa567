//! What each tenant has used. Tenants of one name share their counters, which
//! end with the last of them.

#[cfg(feature = "metrics")]
use crate::metrics::{Metrics, TenantMetrics};
use crate::report::CallReport;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// What a tenant has used since the first of its name was made.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TenantUsage {
    /// Calls that are over.
    pub calls: u64,
    /// Calls that wait or run, and open streams.
    pub calls_in_progress: i64,
    /// Time in which the component ran.
    pub cpu_seconds: f64,
    /// HTTP requests that left the sandboxes.
    pub requests: u64,
    /// Bytes of their bodies.
    pub request_bytes: u64,
    /// Bytes of the bodies of the responses.
    pub response_bytes: u64,
    /// The most bytes of linear memory that a call had.
    pub memory_peak: i64,
}

/// The counters of all tenants of a host.
#[derive(Clone, Default)]
pub(crate) struct Counters {
    tenants: Arc<Mutex<HashMap<Arc<str>, Weak<Usage>>>>,
    #[cfg(feature = "metrics")]
    metrics: Metrics,
}

/// One tenant's share of them.
pub(crate) struct TenantCounters {
    usage: Arc<Usage>,
    #[cfg(feature = "metrics")]
    metrics: TenantMetrics,
}

#[derive(Default)]
struct Usage {
    calls: AtomicU64,
    calls_in_progress: AtomicI64,
    cpu_nanoseconds: AtomicU64,
    requests: AtomicU64,
    request_bytes: AtomicU64,
    response_bytes: AtomicU64,
    memory_peak: AtomicU64,
}

impl Counters {
    pub(crate) fn of_tenant(&self, tenant: &Arc<str>) -> TenantCounters {
        let mut tenants = self.tenants();
        let usage = tenants.get(tenant).and_then(Weak::upgrade);
        let usage = usage.unwrap_or_else(|| {
            let usage = Arc::default();
            tenants.retain(|_, usage| usage.strong_count() > 0);
            tenants.insert(Arc::clone(tenant), Arc::downgrade(&usage));
            usage
        });
        TenantCounters {
            usage,
            #[cfg(feature = "metrics")]
            metrics: self.metrics.of_tenant(tenant),
        }
    }

    #[cfg(feature = "metrics")]
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    fn tenants(&self) -> MutexGuard<'_, HashMap<Arc<str>, Weak<Usage>>> {
        // Nothing that holds the lock leaves the map half changed.
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TenantCounters {
    pub(crate) fn call_began(&self) {
        self.usage.calls_in_progress.fetch_add(1, Ordering::Relaxed);
        #[cfg(feature = "metrics")]
        self.metrics.call_began();
    }

    pub(crate) fn call_ended(&self, report: &CallReport) {
        let usage = &self.usage;
        let add = |sum: &AtomicU64, count: u64| sum.fetch_add(count, Ordering::Relaxed);
        add(&usage.calls, 1);
        usage.calls_in_progress.fetch_sub(1, Ordering::Relaxed);
        let cpu = u64::try_from(report.cpu.as_nanos()).unwrap_or(u64::MAX);
        add(&usage.cpu_nanoseconds, cpu);
        add(&usage.requests, report.requests.into());
        add(&usage.request_bytes, report.request_bytes);
        add(&usage.response_bytes, report.response_bytes);
        usage
            .memory_peak
            .fetch_max(report.memory, Ordering::Relaxed);
        #[cfg(feature = "metrics")]
        self.metrics.call_ended(report);
    }

    pub(crate) fn usage(&self) -> TenantUsage {
        let get = |count: &AtomicU64| count.load(Ordering::Relaxed);
        TenantUsage {
            calls: get(&self.usage.calls),
            calls_in_progress: self.usage.calls_in_progress.load(Ordering::Relaxed),
            cpu_seconds: Duration::from_nanos(get(&self.usage.cpu_nanoseconds)).as_secs_f64(),
            requests: get(&self.usage.requests),
            request_bytes: get(&self.usage.request_bytes),
            response_bytes: get(&self.usage.response_bytes),
            memory_peak: i64::try_from(get(&self.usage.memory_peak)).unwrap_or(i64::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Counters;
    use std::sync::Arc;

    #[test]
    fn tenants_of_one_name_share_their_counters_while_one_is_there() {
        let counters = Counters::default();
        let name = Arc::from("team-a");
        let first = counters.of_tenant(&name);
        let second = counters.of_tenant(&name);
        first.call_began();
        assert_eq!(second.usage().calls_in_progress, 1);
        let other = counters.of_tenant(&Arc::from("team-b"));
        assert_eq!(other.usage().calls_in_progress, 0);
        drop((first, second));
        assert_eq!(counters.of_tenant(&name).usage().calls_in_progress, 0);
    }
}
