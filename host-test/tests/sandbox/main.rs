//! Components that misbehave, each held by one wall of its sandbox.

mod guest;

use guest::host_of;
use higress_host::egress::EgressPolicy;
use higress_host::error::{Breach, CallError};
use higress_host::host::Host;
use higress_host::limits::Limits;
use higress_host::tenant::{Tenant, TenantError, TenantPolicy};
use std::future::Future;
use std::time::{Duration, Instant};

/// Never ends.
const SPIN: &str = "loop br 0 end unreachable";

/// Asks for 1 MiB of memory, and again.
const GROW: &str = "loop i32.const 16 memory.grow drop br 0 end unreachable";

/// Waits for a minute.
const WAIT: &str = "
    i64.const 60000000000
    call {wasi:clocks/monotonic-clock@0.2.4#subscribe-duration}
    call {wasi:io/poll@0.2.4#[method]pollable.block}
    unreachable";

/// Makes header fields, and never drops them.
const HOARD: &str = "
    loop call {wasi:http/types@0.2.4#[constructor]fields} drop br 0 end unreachable";

fn tenant(host: &Host, limits: Limits) -> Tenant {
    let egress = EgressPolicy::deny_all();
    Tenant::new(host, TenantPolicy { limits, egress }).unwrap()
}

async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), future)
        .await
        .expect("it should have ended by now")
}

async fn failure(body: &str, limits: Limits) -> CallError {
    let host = host_of(body);
    soon(tenant(&host, limits).provider())
        .await
        .expect_err("a failure")
}

#[tokio::test]
async fn a_trap_is_told_as_the_component_s_fault() {
    let error = failure("unreachable", Limits::default()).await;
    assert!(matches!(error, CallError::Trap { .. }), "{error:?}");
    assert!(error.to_string().contains("unreachable"), "{error}");
}

#[tokio::test]
async fn endless_work_is_stopped_and_neighbours_go_on() {
    let host = host_of(SPIN);
    let limits = Limits {
        cpu_time: Duration::from_millis(500),
        ..Limits::default()
    };
    let tenant = tenant(&host, limits);
    let spinning = tokio::spawn(async move { tenant.provider().await });
    // This runtime has one thread: these beats come only if the component
    // gives it up in between.
    let mut beats = 0;
    while !spinning.is_finished() {
        tokio::time::sleep(Duration::from_millis(10)).await;
        beats += 1;
    }
    let error = spinning.await.unwrap().err().unwrap();
    assert!(matches!(error, CallError::CpuBudget { .. }), "{error:?}");
    assert!(beats > 5, "{beats} beats");
}

#[tokio::test]
async fn memory_ends_at_the_tenant_s_limit() {
    let limits = Limits {
        memory: 8 << 20,
        ..Limits::default()
    };
    let error = failure(GROW, limits).await;
    match error {
        CallError::LimitExceeded(Breach::Memory { limit, .. }) => assert_eq!(limit, 8 << 20),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn resources_end_at_the_tenant_s_limit() {
    let limits = Limits {
        handles: 100,
        ..Limits::default()
    };
    let error = failure(HOARD, limits).await;
    assert!(
        matches!(
            error,
            CallError::LimitExceeded(Breach::Handles { limit: 100 })
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_wait_ends_at_the_deadline() {
    let limits = Limits {
        deadline: Duration::from_millis(300),
        ..Limits::default()
    };
    let begun = Instant::now();
    let error = failure(WAIT, limits).await;
    assert!(matches!(error, CallError::Deadline { .. }), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn endless_work_ends_at_the_deadline_too() {
    let limits = Limits {
        deadline: Duration::from_millis(300),
        ..Limits::default()
    };
    let error = failure(SPIN, limits).await;
    assert!(matches!(error, CallError::Deadline { .. }), "{error:?}");
}

#[tokio::test]
async fn calls_beyond_the_tenant_s_share_wait_and_are_refused() {
    let host = host_of(WAIT);
    let tenant = tenant(
        &host,
        Limits {
            concurrent_calls: 1,
            queue_wait: Duration::from_millis(100),
            ..Limits::default()
        },
    );
    let first = tokio::spawn({
        let tenant = tenant.clone();
        async move { tenant.provider().await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = soon(tenant.provider()).await.err().unwrap();
    assert!(matches!(error, CallError::Busy { .. }), "{error:?}");

    // A call that is dropped gives its place back.
    first.abort();
    let _ = first.await;
    let waiting = tokio::time::timeout(Duration::from_millis(300), tenant.provider()).await;
    assert!(
        waiting.is_err(),
        "the call should have begun to wait inside the component"
    );
}

#[tokio::test]
async fn more_calls_than_places_queue_for_the_pool() {
    // The pool of these hosts has 8 places.
    let host = host_of("unreachable");
    let tenant = tenant(&host, Limits::default());
    let calls: Vec<_> = (0..64)
        .map(|_| {
            let tenant = tenant.clone();
            tokio::spawn(async move { tenant.provider().await })
        })
        .collect();
    for call in calls {
        let error = soon(call).await.unwrap().err().unwrap();
        assert!(matches!(error, CallError::Trap { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_tenant_cannot_have_more_memory_than_a_place() {
    let host = host_of("unreachable");
    let limits = Limits {
        memory: 1 << 40,
        ..Limits::default()
    };
    let policy = TenantPolicy {
        limits,
        egress: EgressPolicy::deny_all(),
    };
    let error = Tenant::new(&host, policy).err().unwrap();
    assert!(matches!(error, TenantError::Memory { .. }), "{error}");
}
