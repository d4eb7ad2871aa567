//! What a host gets to know of its tenants' calls.

use super::guest::host_of;
use super::guests::{SPIN, WAIT, secluded};
use provider_host::contract::types::{ErrorKind, ModelConfig};
use provider_host::egress::EgressPolicy;
use provider_host::error::CallError;
use provider_host::limits::Limits;
use provider_host::report::{CallReport, Function, Outcome};
use provider_host::tenant::{Tenant, TenantPolicy};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testing::call::{ask, chat_model, listen, once, policy, question};
use testing::echo::Echo;
use testing::provider::{engine, host_on};
use testing::soon;

/// The reports of a tenant's calls.
#[derive(Clone, Default)]
struct Reports(Arc<Mutex<Vec<CallReport>>>);

impl Reports {
    /// The same policy, whose reports come here.
    fn of(&self, policy: TenantPolicy) -> TenantPolicy {
        let reports = Arc::clone(&self.0);
        let observer = move |report: &CallReport| reports.lock().unwrap().push(report.clone());
        policy.with_observer(observer)
    }

    fn last(&self) -> CallReport {
        self.0.lock().unwrap().last().expect("a report").clone()
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

#[tokio::test]
async fn a_report_tells_what_a_call_used() {
    let host = host_on(engine(8));
    let echo = Echo::start().await;
    let reports = Reports::default();
    let policy = reports.of(policy("team a", host.limits(), &echo.endpoint()));
    let tenant = Tenant::new(&host, policy).unwrap();
    let model = chat_model(&echo.endpoint(), "key");
    for function in [Function::Generate, Function::GenerateStream] {
        let answer = match function {
            Function::Generate => soon(ask(&tenant, &model, "hello")).await,
            _ => soon(listen(&tenant, &model, "hello")).await,
        };
        answer.unwrap();
        let report = reports.last();
        assert_eq!(report.function, function);
        assert_eq!(&*report.tenant, "team a");
        assert_eq!(report.outcome, Outcome::Completed);
        assert_eq!(report.requests, 1);
        assert!((50..1_000).contains(&report.request_bytes), "{report:?}");
        assert!((50..2_000).contains(&report.response_bytes), "{report:?}");
        assert!(report.memory >= 1 << 17, "{report:?}");
        assert!(report.cpu > Duration::ZERO, "{report:?}");
        assert!(report.instantiate > Duration::ZERO, "{report:?}");
        let first_byte = report.first_byte.expect("a response");
        assert!(
            report.queue + report.instantiate <= first_byte,
            "{report:?}"
        );
        assert!(first_byte <= report.total, "{report:?}");
        assert!(report.cpu <= report.total, "{report:?}");
    }
}

#[tokio::test]
async fn a_form_that_the_host_rejects_is_reported() {
    let host = host_on(engine(1));
    let reports = Reports::default();
    let policy = TenantPolicy::new("team a", host.limits(), EgressPolicy::deny_all());
    let tenant = Tenant::new(&host, reports.of(policy)).unwrap();
    let model = ModelConfig::text("model-1").into();
    let rejected = soon(tenant.generate(&model, &question("Why?"), &once())).await;
    assert!(matches!(rejected, Err(CallError::InvalidForm(_))));
    assert_eq!(reports.count(), 1);
    let report = reports.last();
    let outcome = Outcome::Refused(ErrorKind::InvalidCredentials);
    assert_eq!(
        (report.function, report.outcome),
        (Function::Generate, outcome)
    );
    assert_eq!(report.instantiate, Duration::ZERO);
    assert_eq!(tenant.usage().calls_in_progress, 0);
}

#[tokio::test]
async fn every_end_of_a_call_is_reported_once() {
    let host = host_of(WAIT);
    let reports = Reports::default();
    let limits = Limits::default()
        .with_concurrent_calls(1)
        .with_max_queued_calls(1)
        .with_queue_timeout(Duration::from_millis(100))
        .with_deadline(Duration::from_millis(800));
    let policy = TenantPolicy::new("waits", limits, EgressPolicy::deny_all());
    let tenant = Tenant::new(&host, reports.of(policy)).unwrap();
    let call = || {
        let tenant = tenant.clone();
        tokio::spawn(async move { tenant.provider().await })
    };
    let waits_inside = call();
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(tenant.usage().calls_in_progress, 1);
    let waits_outside = call();
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(soon(call()).await.unwrap().is_err());
    assert_eq!(reports.last().outcome, Outcome::QueueFull);
    assert!(soon(waits_outside).await.unwrap().is_err());
    let busy = reports.last();
    assert_eq!(busy.outcome, Outcome::QueueTimeout);
    assert!(busy.queue >= Duration::from_millis(100), "{busy:?}");
    assert_eq!(busy.requests, 0);
    assert!(soon(waits_inside).await.unwrap().is_err());
    assert_eq!(reports.last().outcome, Outcome::DeadlineExceeded);
    let cancelled = call();
    tokio::time::sleep(Duration::from_millis(20)).await;
    cancelled.abort();
    let _ = cancelled.await;
    assert_eq!(reports.last().outcome, Outcome::Cancelled);
    assert_eq!(reports.count(), 4);
    let usage = tenant.usage();
    assert_eq!((usage.calls, usage.calls_in_progress), (4, 0));
}

#[tokio::test]
async fn failures_are_reported_by_their_kind() {
    let reports = Reports::default();
    let host = host_on(engine(8));
    let nobody = "http://127.0.0.1:1/v1";
    let closed = Tenant::new(&host, reports.of(policy("closed", host.limits(), nobody))).unwrap();
    assert!(
        soon(ask(&closed, &chat_model(nobody, "key"), "hello"))
            .await
            .is_err()
    );
    assert_eq!(
        reports.last().outcome,
        Outcome::Refused(ErrorKind::Connection)
    );
    assert_eq!(reports.last().first_byte, None);

    let host = host_of(SPIN);
    let limits = Limits::default().with_cpu_time(Duration::from_millis(100));
    let busy = TenantPolicy::new("busy", limits, EgressPolicy::deny_all());
    let busy = Tenant::new(&host, reports.of(busy)).unwrap();
    assert!(soon(busy.provider()).await.is_err());
    let report = reports.last();
    assert_eq!(report.outcome, Outcome::CpuTimeExceeded);
    assert!(report.cpu >= Duration::from_millis(100), "{report:?}");
}

#[tokio::test]
async fn a_stream_that_is_dropped_was_cancelled() {
    let host = host_on(engine(8));
    let echo = Echo::start().await;
    let reports = Reports::default();
    let policy = reports.of(policy("team a", host.limits(), &echo.endpoint()));
    let tenant = Tenant::new(&host, policy).unwrap();
    let model = chat_model(&echo.endpoint(), "key");
    let question = question("hello");
    let options = once();
    let stream = soon(tenant.generate_stream(&model, &question, &options));
    let mut stream = stream.await.unwrap();
    soon(stream.next_events()).await.unwrap().unwrap();
    assert_eq!(reports.count(), 0);
    drop(stream);
    assert_eq!(reports.last().outcome, Outcome::Cancelled);
    assert_eq!(reports.last().function, Function::GenerateStream);
}

#[tokio::test]
async fn an_observer_that_panics_costs_nobody_an_answer() {
    let host = host_on(engine(8));
    let echo = Echo::start().await;
    let policy = policy("team a", host.limits(), &echo.endpoint())
        .with_observer(|_: &CallReport| panic!("an observer"));
    let tenant = Tenant::new(&host, policy).unwrap();
    let model = chat_model(&echo.endpoint(), "key");
    let answer = soon(ask(&tenant, &model, "hello")).await;
    assert_eq!(answer.unwrap(), "You said: hello");
    assert_eq!(tenant.usage().calls, 1);
}

/// The value of a metric's line with these labels.
fn value(text: &str, name_and_labels: &str) -> Option<f64> {
    let line = text
        .lines()
        .find(|line| line.starts_with(name_and_labels))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[tokio::test]
async fn counters_can_be_scraped_and_end_with_the_tenant() {
    let host = host_of("unreachable");
    let tenant = secluded(&host, Limits::default());
    let namesake = secluded(&host, Limits::default());
    let odd = TenantPolicy::new("a \"b\"\\\nc", Limits::default(), EgressPolicy::deny_all());
    let odd = Tenant::new(&host, odd).unwrap();
    for _ in 0..3 {
        assert!(soon(tenant.provider()).await.is_err());
    }
    assert!(soon(namesake.provider()).await.is_err());
    assert!(soon(odd.provider()).await.is_err());

    let text = host.metrics().encode();
    let count = |line: &str| value(&text, line);
    assert_eq!(
        count(r#"higress_host_calls_total{tenant="hostile",outcome="trap"}"#),
        Some(4.0),
        "{text}"
    );
    assert_eq!(
        count(r#"higress_host_call_duration_seconds_count{tenant="hostile"}"#),
        Some(4.0)
    );
    assert_eq!(
        count(r#"higress_host_calls_in_progress{tenant="hostile"}"#),
        Some(0.0)
    );
    assert!(count(r#"higress_host_cpu_seconds_total{tenant="hostile"}"#).unwrap() > 0.0);
    assert!(count(r#"higress_host_memory_peak_bytes{tenant="hostile"}"#).unwrap() > 0.0);
    assert!(
        text.contains(r#"{tenant="a \"b\"\\\nc",outcome="trap"} 1"#),
        "{text}"
    );
    assert!(text.ends_with("# EOF\n"), "{text}");
    for line in text.lines() {
        assert!(
            line.starts_with("# ") || (line.starts_with("higress_host_") && line.contains("} ")),
            "{line}"
        );
    }

    drop(tenant);
    assert!(host.metrics().encode().contains("hostile"));
    drop(namesake);
    drop(odd);
    let text = host.metrics().encode();
    assert!(!text.contains("tenant="), "{text}");
}
