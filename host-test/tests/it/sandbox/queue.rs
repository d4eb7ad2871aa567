//! Too many calls: those of one tenant, and those of all.

use super::guest::host_of;
use super::guests::{WAIT, secluded};
use super::neighbour::Neighbour;
use provider_host::error::CallError;
use provider_host::limits::Limits;
use std::time::Duration;
use testing::soon;

#[tokio::test]
async fn calls_beyond_the_tenant_s_share_wait_and_are_refused() {
    let host = host_of(WAIT);
    let neighbour = Neighbour::on(host.engine()).await;
    let tenant = secluded(
        &host,
        Limits::default()
            .with_concurrent_calls(1)
            .with_queue_timeout(Duration::from_millis(100)),
    );
    let first = tokio::spawn({
        let tenant = tenant.clone();
        async move { tenant.provider().await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = soon(tenant.provider()).await.err().unwrap();
    assert!(matches!(error, CallError::QueueTimeout { .. }), "{error:?}");

    // A call that is dropped gives its place back.
    first.abort();
    let _ = first.await;
    let waiting = tokio::time::timeout(Duration::from_millis(300), tenant.provider()).await;
    assert!(
        waiting.is_err(),
        "the call should have begun to wait inside the component"
    );
    neighbour.goes_on().await;
}

#[tokio::test]
async fn calls_beyond_those_that_may_wait_are_refused_at_once() {
    let host = host_of(WAIT);
    let neighbour = Neighbour::on(host.engine()).await;
    let tenant = secluded(
        &host,
        Limits::default()
            .with_concurrent_calls(1)
            .with_max_queued_calls(2),
    );
    let calls: Vec<_> = (0..3)
        .map(|_| {
            let tenant = tenant.clone();
            tokio::spawn(async move { tenant.provider().await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let refused = tokio::time::timeout(Duration::from_millis(500), tenant.provider()).await;
    let error = refused.expect("an answer at once").err().unwrap();
    assert!(
        matches!(error, CallError::QueueFull { limit: 2 }),
        "{error:?}"
    );

    // One that gives up makes room for another.
    calls[2].abort();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let waits = tokio::time::timeout(Duration::from_millis(100), tenant.provider()).await;
    assert!(waits.is_err(), "the call should wait now");
    neighbour.goes_on().await;
}

#[tokio::test]
async fn a_tenant_that_fills_its_queue_leaves_others_their_places() {
    let host = host_of(WAIT);
    let neighbour = Neighbour::on(host.engine()).await;
    let share = Limits::default().with_concurrent_calls(2);
    let greedy = secluded(&host, share.clone());
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let greedy = greedy.clone();
            tokio::spawn(async move { greedy.provider().await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    // Its two, and the neighbour's one, which comes and goes.
    assert!((2..=3).contains(&host.engine().live_instances()));
    let modest = secluded(&host, share);
    let begun = tokio::time::timeout(Duration::from_millis(300), modest.provider()).await;
    assert!(begun.is_err(), "the call should wait inside the component");
    neighbour.goes_on().await;
    drop(calls);
}

#[tokio::test]
async fn more_calls_than_places_queue_for_the_pool() {
    // The pool of these hosts has 8 places.
    let host = host_of("unreachable");
    let neighbour = Neighbour::on(host.engine()).await;
    let tenant = secluded(&host, Limits::default());
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
    neighbour.goes_on().await;
    assert_eq!(host.engine().live_instances(), 0);
}
