//! Sandboxes that a tenant keeps: for itself, for so long, and only while
//! they are sound.

use super::guest::{ESTIMATE, Guest, METADATA, STREAM_DESTRUCTOR, any_request};
use super::guests::streaming_guest;
use provider_host::CallOptions;
use provider_host::contract::text_generation::Event;
use provider_host::contract::types::ModelConfig;
use provider_host::egress::EgressPolicy;
use provider_host::error::CallError;
use provider_host::host::ProviderHost;
use provider_host::limits::Limits;
use provider_host::report::CallReport;
use provider_host::tenant::{InstanceReuse, Tenant, TenantPolicy};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testing::call::{ask, chat_model, policy};
use testing::echo::Echo;
use testing::provider::{engine, host_on};
use testing::soon;

/// A component that counts how often it was used; `then` runs with the count
/// on hand as `$uses`.
fn counting(then: &str) -> ProviderHost {
    Guest::new()
        .more("(global $uses (mut i64) (i64.const 0))")
        .body(
            ESTIMATE,
            format!(
                "global.get $uses i64.const 1 i64.add global.set $uses {then} global.get $uses"
            ),
        )
        .host()
}

fn warm(uses: u32, idle: Duration) -> InstanceReuse {
    InstanceReuse::Pooled {
        max_calls: NonZeroU32::new(uses).unwrap(),
        idle_timeout: idle,
    }
}

fn tenant(host: &ProviderHost, reuse: InstanceReuse, limits: Limits) -> Tenant {
    let policy = TenantPolicy::new("warm", limits, EgressPolicy::deny_all()).with_reuse(reuse);
    Tenant::new(host, policy).unwrap()
}

/// How often the sandbox of this call was used, this time included.
async fn uses(tenant: &Tenant) -> Result<u64, CallError> {
    soon(tenant.estimate_tokens(&any_request())).await
}

#[tokio::test]
async fn a_sandbox_is_fresh_unless_the_tenant_wants_it_otherwise() {
    let host = counting("");
    let tenant = tenant(&host, InstanceReuse::default(), Limits::default());
    for _ in 0..3 {
        assert_eq!(uses(&tenant).await.unwrap(), 1);
    }
    assert_eq!(host.engine().live_instances(), 0);
}

#[tokio::test]
async fn a_warm_sandbox_serves_its_own_tenant_alone() {
    let host = counting("");
    let one = tenant(&host, InstanceReuse::pooled(), Limits::default());
    let other = tenant(&host, InstanceReuse::pooled(), Limits::default());
    let fresh = tenant(&host, InstanceReuse::PerCall, Limits::default());
    for count in 1..=5 {
        assert_eq!(uses(&one).await.unwrap(), count);
        assert_eq!(uses(&fresh).await.unwrap(), 1);
        assert_eq!(uses(&other).await.unwrap(), count);
    }
    assert_eq!(host.engine().live_instances(), 2);
    drop(one);
    assert_eq!(host.engine().live_instances(), 1);
    drop(other);
    assert_eq!(host.engine().live_instances(), 0);
}

#[tokio::test]
async fn a_warm_sandbox_is_replaced_after_so_many_calls() {
    let host = counting("");
    let tenant = tenant(&host, warm(3, Duration::from_mins(1)), Limits::default());
    for count in [1, 2, 3, 1, 2, 3, 1] {
        assert_eq!(uses(&tenant).await.unwrap(), count);
    }
}

#[tokio::test]
async fn a_sandbox_that_trapped_is_thrown_away() {
    let host = counting("global.get $uses i64.const 3 i64.eq if unreachable end");
    let tenant = tenant(&host, InstanceReuse::pooled(), Limits::default());
    assert_eq!(uses(&tenant).await.unwrap(), 1);
    assert_eq!(uses(&tenant).await.unwrap(), 2);
    assert!(matches!(uses(&tenant).await, Err(CallError::Trap { .. })));
    assert_eq!(host.engine().live_instances(), 0);
    assert_eq!(uses(&tenant).await.unwrap(), 1);
}

const WAIT_THE_SECOND_TIME: &str = "
    global.get $uses i64.const 2 i64.eq
    if
        i64.const 60000000000
        call {wasi:clocks/monotonic-clock@0.2.4#subscribe-duration}
        call {wasi:io/poll@0.2.4#[method]pollable.block}
    end";

#[tokio::test]
async fn a_sandbox_that_was_cancelled_is_thrown_away() {
    let host = counting(WAIT_THE_SECOND_TIME);
    let tenant = tenant(&host, InstanceReuse::pooled(), Limits::default());
    assert_eq!(uses(&tenant).await.unwrap(), 1);
    let cancelled = tokio::time::timeout(Duration::from_millis(100), uses(&tenant)).await;
    assert!(cancelled.is_err());
    assert_eq!(host.engine().live_instances(), 0);
    assert_eq!(uses(&tenant).await.unwrap(), 1);
}

#[tokio::test]
async fn a_sandbox_that_ran_out_of_time_is_thrown_away() {
    let host = counting(WAIT_THE_SECOND_TIME);
    let limits = Limits::default().with_deadline(Duration::from_millis(500));
    let tenant = tenant(&host, InstanceReuse::pooled(), limits);
    assert_eq!(uses(&tenant).await.unwrap(), 1);
    let ended = uses(&tenant).await;
    assert!(
        matches!(ended, Err(CallError::DeadlineExceeded { .. })),
        "{ended:?}"
    );
    assert_eq!(uses(&tenant).await.unwrap(), 1);
}

#[tokio::test]
async fn a_sandbox_that_keeps_hold_of_something_is_thrown_away() {
    let host = counting("call {wasi:http/types@0.2.4#[constructor]fields} drop");
    let tenant = tenant(&host, InstanceReuse::pooled(), Limits::default());
    assert_eq!(uses(&tenant).await.unwrap(), 1);
    assert_eq!(uses(&tenant).await.unwrap(), 1);
    assert_eq!(host.engine().live_instances(), 0);
}

/// Ends the stream: `none`.
pub(crate) const END: &str =
    "i32.const 2048 i64.const 0 i64.store i32.const 2048 i64.const 0 i64.store offset=8
    i32.const 2048 return";

#[tokio::test]
async fn a_sandbox_whose_destructor_traps_is_thrown_away_and_the_answer_stays() {
    for (destructor, kept) in [("", 1), ("unreachable", 0)] {
        let host = streaming_guest(END)
            .body(METADATA, "i32.const 2048")
            .body(STREAM_DESTRUCTOR, destructor)
            .host();
        let tenant = tenant(&host, InstanceReuse::pooled(), Limits::default());
        let model = ModelConfig::text("any")
            .with_credential("endpoint_url", "http://127.0.0.1:1")
            .into();
        let (request, options) = (any_request(), CallOptions::default());
        let stream = soon(tenant.generate_stream(&model, &request, &options)).await;
        let mut stream = stream.unwrap();
        let events = soon(stream.next_events()).await.unwrap().unwrap();
        assert_eq!(events, [Event::Text("hi".to_owned())]);
        assert!(soon(stream.next_events()).await.is_none());
        assert_eq!(
            host.engine().live_instances(),
            kept,
            "destructor {destructor:?}"
        );
    }
}

#[tokio::test]
async fn the_budget_of_time_is_for_each_call() {
    // 200 ms of the half second.
    let spin = "
        call {wasi:clocks/monotonic-clock@0.2.4#now} i64.const 200000000 i64.add
        global.set $end
        loop
            call {wasi:clocks/monotonic-clock@0.2.4#now} global.get $end i64.lt_u br_if 0
        end";
    let host = Guest::new()
        .more("(global $uses (mut i64) (i64.const 0)) (global $end (mut i64) (i64.const 0))")
        .body(
            ESTIMATE,
            format!(
                "global.get $uses i64.const 1 i64.add global.set $uses {spin} global.get $uses"
            ),
        )
        .host();
    let limits = Limits::default().with_cpu_time(Duration::from_millis(500));
    let tenant = tenant(&host, InstanceReuse::pooled(), limits);
    for count in 1..=4 {
        assert_eq!(uses(&tenant).await.unwrap(), count);
    }
}

#[tokio::test]
async fn a_sandbox_that_is_not_used_is_thrown_away() {
    let host = counting("");
    let tenant = tenant(
        &host,
        warm(10, Duration::from_millis(50)),
        Limits::default(),
    );
    assert_eq!(uses(&tenant).await.unwrap(), 1);
    assert_eq!(host.engine().live_instances(), 1);
    soon(async {
        while host.engine().live_instances() > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert_eq!(uses(&tenant).await.unwrap(), 1);
}

#[tokio::test]
async fn an_idle_sandbox_gives_way_to_a_call_that_needs_its_place() {
    let host = counting("");
    // All 8 places of the pool.
    let idle: Vec<_> = (0..8)
        .map(|_| tenant(&host, InstanceReuse::pooled(), Limits::default()))
        .collect();
    for tenant in &idle {
        assert_eq!(uses(tenant).await.unwrap(), 1);
    }
    assert_eq!(host.engine().live_instances(), 8);
    let other = tenant(&host, InstanceReuse::PerCall, Limits::default());
    let answered = tokio::time::timeout(Duration::from_secs(2), uses(&other)).await;
    assert_eq!(answered.expect("a place at once").unwrap(), 1);
    // The one that had been idle for longest made room.
    assert_eq!(uses(&idle[7]).await.unwrap(), 2);
    assert_eq!(uses(&idle[0]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_sandbox_is_not_kept_from_those_that_wait_already() {
    let host = host_on(engine(1));
    let echo = Echo::start().await;
    let endpoint = echo.endpoint();
    let tenants: Vec<_> = (0..4)
        .map(|number| {
            let policy = policy(&format!("tenant {number}"), host.limits(), &endpoint)
                .with_reuse(InstanceReuse::pooled());
            Tenant::new(&host, policy).unwrap()
        })
        .collect();
    // All for the one place, over and over.
    let calls: Vec<_> = (0..40)
        .map(|number: usize| {
            let tenant = tenants[number % 4].clone();
            let model = chat_model(&endpoint, "key");
            tokio::spawn(async move { ask(&tenant, &model, "hello").await })
        })
        .collect();
    for call in calls {
        assert_eq!(soon(call).await.unwrap().unwrap(), "You said: hello");
    }
}

#[tokio::test]
async fn the_built_component_can_be_warm() {
    let host = host_on(engine(4));
    let echo = Echo::start().await;
    let reports = Arc::new(Mutex::new(Vec::new()));
    let observer = {
        let reports = Arc::clone(&reports);
        move |report: &CallReport| reports.lock().unwrap().push(report.clone())
    };
    let policy = policy("warm", host.limits(), &echo.endpoint())
        .with_reuse(InstanceReuse::pooled())
        .with_observer(observer);
    let tenant = Tenant::new(&host, policy).unwrap();
    let model = chat_model(&echo.endpoint(), "key");
    for number in 0..20 {
        let words = format!("words {number}");
        let answer = if number % 2 == 0 {
            soon(ask(&tenant, &model, &words)).await
        } else {
            soon(testing::call::listen(&tenant, &model, &words)).await
        };
        assert_eq!(answer.unwrap(), format!("You said: {words}"));
    }
    let reports = reports.lock().unwrap();
    assert!(!reports[0].warm);
    assert!(reports[0].instantiate > Duration::ZERO);
    assert!(reports[1..].iter().all(|report| report.warm));
    assert!(
        reports[1..]
            .iter()
            .all(|report| report.instantiate == Duration::ZERO)
    );
    // What a call leaves behind is used again: memory does not grow for ever.
    assert_eq!(reports[19].memory, reports[3].memory);
    assert_eq!(host.engine().live_instances(), 1);
}

#[tokio::test]
async fn an_error_of_the_provider_does_not_cost_the_sandbox() {
    let host = host_on(engine(4));
    let endpoint = "http://127.0.0.1:1/v1";
    let policy = policy("warm", host.limits(), endpoint).with_reuse(InstanceReuse::pooled());
    let tenant = Tenant::new(&host, policy).unwrap();
    for _ in 0..3 {
        let refused = soon(ask(&tenant, &chat_model(endpoint, "key"), "hello")).await;
        assert!(
            matches!(refused, Err(CallError::Provider(_))),
            "{refused:?}"
        );
        assert_eq!(host.engine().live_instances(), 1);
    }
}
