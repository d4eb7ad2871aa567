//! Metrics of each tenant's calls as text in the `OpenMetrics` format, which
//! Prometheus and others scrape. Only with the feature `metrics`.
//!
//! | metric, each with the label `tenant` | counts |
//! | --- | --- |
//! | `higress_host_calls_total`, also with `outcome` | calls that are over, by [`Outcome::name`](crate::report::Outcome::name) |
//! | `higress_host_calls_in_progress` | calls that wait or run, and open streams |
//! | `higress_host_call_duration_seconds` | from the call to its end: a histogram |
//! | `higress_host_call_first_byte_seconds` | from the call to the head of the first response: a histogram |
//! | `higress_host_queue_seconds_total` | time that calls waited for an instance |
//! | `higress_host_cpu_seconds_total` | time in which the component ran |
//! | `higress_host_requests_total` | HTTP requests that left the sandboxes |
//! | `higress_host_request_bytes_total` | their bodies |
//! | `higress_host_response_bytes_total` | the bodies of the responses |
//! | `higress_host_memory_peak_bytes` | the most linear memory that a call had |
//!
//! A tenant's series end with its last clone. Tenants of one name share them.

use crate::report::CallReport;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Upper bounds in seconds: from a call that meets a cache to one that draws
/// an image.
const SECONDS: [f64; 12] = [
    0.001, 0.005, 0.02, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0,
];

type Seconds = Counter<f64, AtomicU64>;
type MakeHistogram = fn() -> Histogram;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TenantLabel {
    tenant: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    tenant: String,
    outcome: String,
}

/// The counters of all tenants of a host.
#[derive(Clone)]
pub struct Metrics(Arc<Shared>);

struct Shared {
    registry: Registry,
    families: Families,
    tenants: Mutex<HashMap<Arc<str>, Living>>,
}

/// A tenant's counters while there is one of its name.
struct Living {
    /// How many share them.
    holders: usize,
    series: Series,
    /// The outcomes that have a counter.
    outcomes: BTreeSet<&'static str>,
}

#[derive(Default)]
struct Families {
    calls: Family<OutcomeLabel, Counter>,
    in_progress: Family<TenantLabel, Gauge>,
    duration: Histograms,
    first_byte: Histograms,
    queue: Family<TenantLabel, Seconds>,
    cpu: Family<TenantLabel, Seconds>,
    requests: Family<TenantLabel, Counter>,
    request_bytes: Family<TenantLabel, Counter>,
    response_bytes: Family<TenantLabel, Counter>,
    memory: Family<TenantLabel, Gauge>,
}

struct Histograms(Family<TenantLabel, Histogram, MakeHistogram>);

impl Default for Histograms {
    fn default() -> Self {
        Self(Family::new_with_constructor(|| Histogram::new(SECONDS)))
    }
}

/// One tenant's counters, looked up once.
#[derive(Clone)]
struct Series {
    in_progress: Gauge,
    duration: Histogram,
    first_byte: Histogram,
    queue: Seconds,
    cpu: Seconds,
    requests: Counter,
    request_bytes: Counter,
    response_bytes: Counter,
    memory: Gauge,
}

/// A tenant's hold on its counters.
pub(crate) struct TenantMetrics {
    metrics: Metrics,
    tenant: Arc<str>,
    series: Series,
}

impl Default for Metrics {
    fn default() -> Self {
        let families = Families::default();
        Self(Arc::new(Shared {
            registry: families.registered(),
            families,
            tenants: Mutex::default(),
        }))
    }
}

impl Metrics {
    /// All counters as text. Serve it with the media type
    /// `application/openmetrics-text; version=1.0.0; charset=utf-8`.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut encoded = String::new();
        // Writing to a string cannot fail.
        let _ = text::encode(&mut encoded, &self.0.registry);
        encoded
    }

    pub(crate) fn of_tenant(&self, tenant: &Arc<str>) -> TenantMetrics {
        let mut tenants = self.tenants();
        let living = tenants.entry(Arc::clone(tenant)).or_insert_with(|| Living {
            holders: 0,
            series: self.0.families.series(tenant),
            outcomes: BTreeSet::new(),
        });
        living.holders += 1;
        TenantMetrics {
            metrics: self.clone(),
            tenant: Arc::clone(tenant),
            series: living.series.clone(),
        }
    }

    fn count_outcome(&self, tenant: &Arc<str>, outcome: &'static str) {
        let calls = &self.0.families.calls;
        let label = outcome_label(tenant, outcome);
        if let Some(counter) = calls.get(&label) {
            counter.inc();
            return;
        }
        // While the tenants are locked, none of them is let go.
        let mut tenants = self.tenants();
        if let Some(living) = tenants.get_mut(tenant) {
            living.outcomes.insert(outcome);
            calls.get_or_create(&label).inc();
        }
    }

    fn let_go(&self, tenant: &Arc<str>) {
        let mut tenants = self.tenants();
        if let Entry::Occupied(mut entry) = tenants.entry(Arc::clone(tenant)) {
            entry.get_mut().holders -= 1;
            if entry.get().holders == 0 {
                let living = entry.remove();
                self.0.families.remove(tenant, &living.outcomes);
            }
        }
    }

    fn tenants(&self) -> MutexGuard<'_, HashMap<Arc<str>, Living>> {
        let tenants = self.0.tenants.lock();
        tenants.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Families {
    fn registered(&self) -> Registry {
        let mut registry = Registry::with_prefix("higress_host");
        registry.register("calls", "Calls that are over", self.calls.clone());
        registry.register(
            "calls_in_progress",
            "Calls that wait or run, and open streams",
            self.in_progress.clone(),
        );
        let mut seconds = |name: &str, help: &str, metric: Family<TenantLabel, Seconds>| {
            registry.register_with_unit(name, help, Unit::Seconds, metric);
        };
        seconds(
            "queue",
            "Time that calls waited for an instance",
            self.queue.clone(),
        );
        seconds("cpu", "Time in which the component ran", self.cpu.clone());
        let mut histogram = |name: &str, help: &str, histograms: &Histograms| {
            registry.register_with_unit(name, help, Unit::Seconds, histograms.0.clone());
        };
        histogram("call_duration", "From the call to its end", &self.duration);
        histogram(
            "call_first_byte",
            "From the call to the head of the first response",
            &self.first_byte,
        );
        registry.register(
            "requests",
            "HTTP requests that left the sandboxes",
            self.requests.clone(),
        );
        registry.register(
            "request_bytes",
            "Bytes of the bodies of requests",
            self.request_bytes.clone(),
        );
        registry.register(
            "response_bytes",
            "Bytes of the bodies of responses",
            self.response_bytes.clone(),
        );
        registry.register(
            "memory_peak_bytes",
            "The most linear memory that a call had",
            self.memory.clone(),
        );
        registry
    }

    fn series(&self, tenant: &str) -> Series {
        let label = &label(tenant);
        Series {
            in_progress: self.in_progress.get_or_create_owned(label),
            duration: self.duration.0.get_or_create_owned(label),
            first_byte: self.first_byte.0.get_or_create_owned(label),
            queue: self.queue.get_or_create_owned(label),
            cpu: self.cpu.get_or_create_owned(label),
            requests: self.requests.get_or_create_owned(label),
            request_bytes: self.request_bytes.get_or_create_owned(label),
            response_bytes: self.response_bytes.get_or_create_owned(label),
            memory: self.memory.get_or_create_owned(label),
        }
    }

    fn remove(&self, tenant: &str, outcomes: &BTreeSet<&'static str>) {
        for outcome in outcomes {
            self.calls.remove(&outcome_label(tenant, outcome));
        }
        let label = &label(tenant);
        self.in_progress.remove(label);
        self.duration.0.remove(label);
        self.first_byte.0.remove(label);
        self.queue.remove(label);
        self.cpu.remove(label);
        self.requests.remove(label);
        self.request_bytes.remove(label);
        self.response_bytes.remove(label);
        self.memory.remove(label);
    }
}

impl TenantMetrics {
    pub(crate) fn call_began(&self) {
        self.series.in_progress.inc();
    }

    pub(crate) fn call_ended(&self, report: &CallReport) {
        let series = &self.series;
        series.in_progress.dec();
        series.duration.observe(report.total.as_secs_f64());
        if let Some(first_byte) = report.first_byte {
            series.first_byte.observe(first_byte.as_secs_f64());
        }
        series.queue.inc_by(report.queue.as_secs_f64());
        series.cpu.inc_by(report.cpu.as_secs_f64());
        series.requests.inc_by(report.requests.into());
        series.request_bytes.inc_by(report.request_bytes);
        series.response_bytes.inc_by(report.response_bytes);
        let memory = i64::try_from(report.memory).unwrap_or(i64::MAX);
        series
            .memory
            .inner()
            .fetch_max(memory, std::sync::atomic::Ordering::Relaxed);
        let outcome = report.outcome.name();
        self.metrics.count_outcome(&self.tenant, outcome);
    }
}

impl Drop for TenantMetrics {
    fn drop(&mut self) {
        self.metrics.let_go(&self.tenant);
    }
}

fn label(tenant: &str) -> TenantLabel {
    TenantLabel {
        tenant: tenant.to_owned(),
    }
}

fn outcome_label(tenant: &str, outcome: &str) -> OutcomeLabel {
    OutcomeLabel {
        tenant: tenant.to_owned(),
        outcome: outcome.to_owned(),
    }
}
