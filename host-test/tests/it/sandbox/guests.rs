//! Components that misbehave on their own, each held by one wall.

use super::guest::{Guest, NEXT, PROVIDER, STREAM, any_request, host_of};
use super::neighbour::Neighbour;
use provider_host::Model;
use provider_host::contract::text_generation::Event;
use provider_host::contract::types::{CallOptions, ModelConfig, ModelKind};
use provider_host::egress::EgressPolicy;
use provider_host::engine::MAX_WASM_STACK;
use provider_host::error::{CallError, LimitExceeded};
use provider_host::host::ProviderHost;
use provider_host::limits::Limits;
use provider_host::stream::ResponseStream;
use provider_host::tenant::{Tenant, TenantError, TenantPolicy};
use std::time::{Duration, Instant};
use testing::soon;

/// Never ends.
pub(crate) const SPIN: &str = "loop br 0 end unreachable";

/// Waits for a minute.
pub(crate) const WAIT: &str = "
    i64.const 60000000000
    call {wasi:clocks/monotonic-clock@0.2.4#subscribe-duration}
    call {wasi:io/poll@0.2.4#[method]pollable.block}
    unreachable";

pub(crate) fn secluded(host: &ProviderHost, limits: Limits) -> Tenant {
    let policy = TenantPolicy::new("hostile", limits, EgressPolicy::deny_all());
    Tenant::new(host, policy).unwrap()
}

/// How a hostile `provider` ends, while a neighbour looks on.
async fn failure(host: &ProviderHost, limits: Limits) -> CallError {
    let neighbour = Neighbour::on(host.engine()).await;
    let error = soon(secluded(host, limits).provider())
        .await
        .expect_err("a failure");
    neighbour.goes_on().await;
    error
}

async fn limit_exceeded(guest: Guest, limits: Limits) -> LimitExceeded {
    match failure(&guest.host(), limits).await {
        CallError::LimitExceeded(limit_exceeded) => limit_exceeded,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_trap_is_told_as_the_component_s_fault() {
    let error = failure(&host_of("unreachable"), Limits::default()).await;
    assert!(matches!(error, CallError::Trap { .. }), "{error:?}");
    assert!(error.to_string().contains("unreachable"), "{error}");
}

#[tokio::test]
async fn endless_work_is_stopped_and_neighbours_go_on() {
    let limits = Limits::default().with_cpu_time(Duration::from_millis(500));
    let error = failure(&host_of(SPIN), limits).await;
    assert!(
        matches!(error, CallError::CpuTimeExceeded { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn endless_work_ends_at_the_deadline_too() {
    let limits = Limits::default().with_deadline(Duration::from_millis(300));
    let error = failure(&host_of(SPIN), limits).await;
    assert!(
        matches!(error, CallError::DeadlineExceeded { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn endless_recursion_ends_with_the_stack() {
    let guest = Guest::new()
        .body(PROVIDER, "call $down unreachable")
        .more("(func $down call $down call $down)");
    let limit_exceeded = limit_exceeded(guest, Limits::default()).await;
    assert_eq!(
        limit_exceeded,
        LimitExceeded::Stack {
            limit: MAX_WASM_STACK
        }
    );
}

#[tokio::test]
async fn memory_ends_at_the_tenant_s_limit() {
    let guest = Guest::new().body(
        PROVIDER,
        "loop i32.const 16 memory.grow drop br 0 end unreachable",
    );
    let limits = Limits::default().with_memory(8 << 20);
    match limit_exceeded(guest, limits).await {
        LimitExceeded::Memory { limit, wanted } => {
            assert_eq!(limit, 8 << 20);
            assert!(wanted > limit, "{wanted}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_access_beyond_memory_is_a_trap() {
    // Two pages are there, the limit is above them, and the pool's places end
    // at 256 MiB, within what is reserved for addresses.
    for address in ["131072", "67108864", "268435456", "0xfffffffc"] {
        let access = format!("i32.const {address} i32.load offset=0 drop unreachable");
        let error = failure(&host_of(&access), Limits::default()).await;
        assert!(matches!(error, CallError::Trap { .. }), "{error:?}");
        assert!(error.to_string().contains("out of bounds"), "{error}");
    }
    let far = "i32.const -1 i32.load offset=0xffffffff drop unreachable";
    let error = failure(&host_of(far), Limits::default()).await;
    assert!(error.to_string().contains("out of bounds"), "{error}");
}

#[tokio::test]
async fn a_component_that_begins_with_too_much_memory_does_not_begin() {
    let guest = Guest::new().pages(512).body(PROVIDER, "unreachable");
    let limits = Limits::default().with_memory(8 << 20);
    let limit_exceeded = limit_exceeded(guest, limits).await;
    assert!(
        matches!(limit_exceeded, LimitExceeded::Memory { .. }),
        "{limit_exceeded:?}"
    );
}

#[tokio::test]
async fn a_component_of_too_many_parts_does_not_begin() {
    let defaults = Limits::default;
    for (limits, expected) in [
        (
            defaults().with_instances(1),
            LimitExceeded::Instances { limit: 1 },
        ),
        (
            defaults().with_tables(0),
            LimitExceeded::Tables { limit: 0 },
        ),
        (
            defaults().with_memories(0),
            LimitExceeded::Memories { limit: 0 },
        ),
    ] {
        let guest = Guest::new().body(PROVIDER, "unreachable");
        assert_eq!(limit_exceeded(guest, limits).await, expected);
    }
}

#[tokio::test]
async fn tables_end_at_the_tenant_s_limit() {
    let guest = Guest::new()
        .body(
            PROVIDER,
            "loop ref.null func i32.const 100 table.grow $own drop br 0 end unreachable",
        )
        .more("(table $own 1 funcref)");
    let limits = Limits::default().with_table_elements(500);
    let limit_exceeded = limit_exceeded(guest, limits).await;
    assert_eq!(
        limit_exceeded,
        LimitExceeded::TableElements {
            wanted: 501,
            limit: 500
        }
    );
}

#[tokio::test]
async fn the_host_s_resources_end_at_the_tenant_s_limit() {
    let guest = Guest::new().body(
        PROVIDER,
        "loop call {wasi:http/types@0.2.4#[constructor]fields} drop br 0 end unreachable",
    );
    let limits = Limits::default().with_handles(100);
    let limit_exceeded = limit_exceeded(guest, limits).await;
    assert_eq!(limit_exceeded, LimitExceeded::Handles { limit: 100 });
}

#[tokio::test]
async fn the_component_s_own_handles_end_at_the_tenant_s_limit() {
    let guest = Guest::new().body(
        PROVIDER,
        "loop
            i32.const 1
            call {[export]higress:model-provider/models@0.2.0#[resource-new]model}
            drop br 0
         end unreachable",
    );
    let limits = Limits::default().with_handles(100);
    let limit_exceeded = limit_exceeded(guest, limits).await;
    assert_eq!(limit_exceeded, LimitExceeded::Handles { limit: 100 });
}

#[tokio::test]
async fn header_fields_end_at_the_tenant_s_limit() {
    let guest = Guest::new()
        .body(
            PROVIDER,
            r"(local $fields i32)
              call {wasi:http/types@0.2.4#[constructor]fields} local.set $fields
              loop
                local.get $fields i32.const 1024 i32.const 4 i32.const 4096 i32.const 1000
                i32.const 2048
                call {wasi:http/types@0.2.4#[method]fields.append}
                br 0
              end
              unreachable",
        )
        .more(r#"(data (i32.const 1024) "long")"#)
        .more(&format!(
            r#"(data (i32.const 4096) "{}")"#,
            "x".repeat(1_000)
        ));
    let limits = Limits::default().with_max_header_bytes(10_000);
    let limit_exceeded = limit_exceeded(guest, limits).await;
    assert_eq!(limit_exceeded, LimitExceeded::Fields { limit: 10_000 });
}

#[tokio::test]
async fn what_crosses_in_one_call_ends_at_the_tenant_s_limit() {
    let guest = Guest::new()
        .pages(64)
        .body(
            PROVIDER,
            r"call {wasi:http/types@0.2.4#[constructor]fields}
              i32.const 1024 i32.const 4 i32.const 4096 i32.const 2000000 i32.const 2048
              call {wasi:http/types@0.2.4#[method]fields.append}
              unreachable",
        )
        .more(r#"(data (i32.const 1024) "long")"#);
    let limits = Limits::default().with_hostcall_fuel(1_000_000);
    let limit_exceeded = limit_exceeded(guest, limits).await;
    assert_eq!(limit_exceeded, LimitExceeded::Transfer { limit: 1_000_000 });
}

#[tokio::test]
async fn a_list_of_impossible_length_is_no_allocation_of_the_host() {
    // 268,435,455 pairs of 16 bytes: all that an address can reach.
    let host = host_of(
        r"i32.const 0 i32.const 268435455 i32.const 2048
          call {wasi:http/types@0.2.4#[static]fields.from-list}
          unreachable",
    );
    let error = failure(&host, Limits::default()).await;
    assert!(
        matches!(
            error,
            CallError::Trap { .. } | CallError::LimitExceeded(LimitExceeded::Transfer { .. })
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn random_bytes_come_in_handfuls() {
    let host = host_of(
        "loop
            i64.const 60000000 i32.const 2048
            call {wasi:random/random@0.2.4#get-random-bytes}
            br 0
         end unreachable",
    );
    let error = failure(&host, Limits::default()).await;
    assert!(matches!(error, CallError::Trap { .. }), "{error:?}");
    assert!(error.to_string().contains("random bytes"), "{error}");
}

#[tokio::test]
async fn a_wait_ends_at_the_deadline() {
    let limits = Limits::default().with_deadline(Duration::from_millis(300));
    let begun = Instant::now();
    let error = failure(&host_of(WAIT), limits).await;
    assert!(
        matches!(error, CallError::DeadlineExceeded { .. }),
        "{error:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(20));
}

/// A component whose streams give the text "hi", and then do `then`.
fn streaming(then: &str) -> ProviderHost {
    streaming_guest(then).host()
}

pub(crate) fn streaming_guest(then: &str) -> Guest {
    Guest::new()
        .body(
            STREAM,
            "i32.const 2048 i32.const 0 i32.store8
             i32.const 2048 i32.const 1
             call {[export]higress:model-provider/text-generation@0.2.0#[resource-new]response-stream}
             i32.store offset=8
             i32.const 2048",
        )
        .body(
            NEXT,
            format!(
                "global.get $turns if {then} end
                 i32.const 1 global.set $turns
                 i32.const 2048 i32.const 0 i32.store8
                 i32.const 2048 i32.const 1 i32.store8 offset=8
                 i32.const 2048 i32.const 3072 i32.store offset=12
                 i32.const 2048 i32.const 1 i32.store offset=16
                 i32.const 3072 i32.const 0 i32.store8
                 i32.const 3072 i32.const 1024 i32.store offset=8
                 i32.const 3072 i32.const 2 i32.store offset=12
                 i32.const 2048"
            ),
        )
        .more(r#"(global $turns (mut i32) (i32.const 0)) (data (i32.const 1024) "hi")"#)
}

/// A stream of the component, after its first events.
async fn begun(host: &ProviderHost, limits: Limits) -> ResponseStream {
    let model = Model::new(ModelConfig {
        kind: ModelKind::TextGeneration,
        name: "any".to_owned(),
        credentials: vec![("endpoint_url".to_owned(), "http://127.0.0.1:1".to_owned())],
    });
    let (request, options) = (any_request(), CallOptions::default());
    let tenant = secluded(host, limits);
    let stream = soon(tenant.generate_stream(&model, &request, &options)).await;
    let mut stream = stream.unwrap();
    let events = soon(stream.next_events()).await.unwrap().unwrap();
    assert_eq!(events, [Event::Text("hi".to_owned())]);
    stream
}

#[tokio::test]
async fn a_trap_in_the_middle_of_a_stream_is_the_end_of_the_stream_alone() {
    let host = streaming("unreachable");
    let neighbour = Neighbour::on(host.engine()).await;
    let mut stream = begun(&host, Limits::default()).await;
    let error = soon(stream.next_events()).await.unwrap().unwrap_err();
    assert!(matches!(error, CallError::Trap { .. }), "{error:?}");
    assert!(soon(stream.next_events()).await.is_none());
    assert!(matches!(
        soon(stream.metadata()).await,
        Err(CallError::StreamFailed)
    ));
    neighbour.goes_on().await;
}

#[tokio::test]
async fn a_stream_that_failed_while_something_else_was_asked_does_not_end_well() {
    // `response-stream.metadata` of this component traps.
    let host = streaming("unreachable");
    let mut stream = begun(&host, Limits::default()).await;
    let error = soon(stream.metadata()).await.unwrap_err();
    assert!(matches!(error, CallError::Trap { .. }), "{error:?}");
    let error = soon(stream.next_events()).await.unwrap().unwrap_err();
    assert!(matches!(error, CallError::StreamFailed), "{error:?}");
    assert!(soon(stream.next_events()).await.is_none());
}

#[tokio::test]
async fn a_stream_that_nobody_reads_ends_at_the_deadline() {
    let host = streaming("unreachable");
    let neighbour = Neighbour::on(host.engine()).await;
    let limits = Limits::default().with_deadline(Duration::from_millis(300));
    let mut stream = begun(&host, limits.clone()).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    let error = soon(stream.next_events()).await.unwrap().unwrap_err();
    assert!(
        matches!(error, CallError::DeadlineExceeded { .. }),
        "{error:?}"
    );
    assert!(soon(stream.next_events()).await.is_none());

    // Also where somebody began to wait and thought better of it.
    let host = streaming(&WAIT.replace("unreachable", ""));
    let mut stream = begun(&host, limits).await;
    let waiting = tokio::time::timeout(Duration::from_millis(50), stream.next_events()).await;
    assert!(waiting.is_err());
    assert_eq!(host.engine().live_instances(), 1);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(host.engine().live_instances(), 0);
    let error = soon(stream.next_events()).await.unwrap().unwrap_err();
    assert!(
        matches!(error, CallError::DeadlineExceeded { .. }),
        "{error:?}"
    );
    neighbour.goes_on().await;
}

#[tokio::test]
async fn times_without_an_end_are_no_fault() {
    let limits = Limits::default()
        .with_deadline(Duration::MAX)
        .with_queue_timeout(Duration::MAX)
        .with_cpu_time(Duration::MAX);
    let error = failure(&host_of("unreachable"), limits).await;
    assert!(matches!(error, CallError::Trap { .. }), "{error:?}");
}

#[tokio::test]
async fn a_tenant_cannot_have_more_memory_than_a_place() {
    let host = host_of("unreachable");
    let limits = Limits::default().with_memory(1 << 40);
    let policy = TenantPolicy::new("large", limits, EgressPolicy::deny_all());
    let error = Tenant::new(&host, policy).err().unwrap();
    assert!(matches!(error, TenantError::Memory { .. }), "{error}");
}
