//! Models in sandboxes: each is constructed once in an instance, for as long as
//! the calls are for the same model.

use super::guest::{ESTIMATE, METADATA, MODEL, MODEL_DESTRUCTOR, STREAM_DESTRUCTOR, any_request};
use super::guests::streaming_guest;
use super::warm::END;
use provider_host::contract::types::ModelConfig;
use provider_host::egress::EgressPolicy;
use provider_host::host::ProviderHost;
use provider_host::tenant::{InstanceReuse, Tenant, TenantPolicy};
use provider_host::{CallOptions, Limits, Model};
use testing::soon;

/// A component that counts the models that were constructed, in its estimate's
/// lower half, and those that were dropped, in the upper one.
fn counting() -> ProviderHost {
    let construct = "
        global.get $constructed i64.const 1 i64.add global.set $constructed
        i32.const 2048 i32.const 0 i32.store8
        i32.const 2048 i32.const 1
        call {[export]higress:model-provider/models@0.2.0#[resource-new]model}
        i32.store offset=8
        i32.const 2048";
    let drop = "global.get $dropped i64.const 1 i64.add global.set $dropped";
    let count = "global.get $dropped i64.const 32 i64.shl global.get $constructed i64.or";
    streaming_guest(END)
        .body(METADATA, "i32.const 2048")
        .body(STREAM_DESTRUCTOR, "")
        .body(MODEL, construct)
        .body(MODEL_DESTRUCTOR, drop)
        .body(ESTIMATE, count)
        .more("(global $constructed (mut i64) (i64.const 0))")
        .more("(global $dropped (mut i64) (i64.const 0))")
        .host()
}

fn tenant(host: &ProviderHost, reuse: InstanceReuse) -> Tenant {
    let policy = TenantPolicy::new("models", Limits::default(), EgressPolicy::deny_all());
    Tenant::new(host, policy.with_reuse(reuse)).unwrap()
}

fn model() -> Model {
    ModelConfig::text("any").into()
}

async fn call(tenant: &Tenant, model: &Model) {
    let (request, options) = (any_request(), CallOptions::default());
    let stream = soon(tenant.generate_stream(model, &request, &options)).await;
    let mut stream = stream.unwrap();
    while let Some(events) = soon(stream.next_events()).await {
        events.unwrap();
    }
}

/// How many models the tenant's warm instance has constructed and dropped.
async fn counts(tenant: &Tenant) -> (u64, u64) {
    let counts = soon(tenant.estimate_tokens(&any_request())).await.unwrap();
    (counts & 0xffff_ffff, counts >> 32)
}

#[tokio::test]
async fn a_warm_instance_constructs_a_model_once_for_all_its_calls() {
    let host = counting();
    let tenant = tenant(&host, InstanceReuse::pooled());
    let model = model();
    for _ in 0..5 {
        call(&tenant, &model).await;
        call(&tenant, &model.clone()).await;
        assert_eq!(counts(&tenant).await, (1, 0));
    }
    assert_eq!(host.engine().live_instances(), 1);
}

#[tokio::test]
async fn another_model_takes_the_place_of_the_last_one() {
    let host = counting();
    let tenant = tenant(&host, InstanceReuse::pooled());
    // Equal, but not the same: what they were made from is not compared.
    let (one, other) = (model(), model());
    for (model, expected) in [
        (&one, (1, 0)),
        (&other, (2, 1)),
        (&other, (2, 1)),
        (&one, (3, 2)),
    ] {
        call(&tenant, model).await;
        assert_eq!(counts(&tenant).await, expected);
    }
}

#[tokio::test]
async fn tenants_do_not_share_what_was_constructed() {
    let host = counting();
    let model = model();
    let tenants = [(); 2].map(|()| tenant(&host, InstanceReuse::pooled()));
    for tenant in &tenants {
        call(tenant, &model).await;
        assert_eq!(counts(tenant).await, (1, 0));
    }
    assert_eq!(host.engine().live_instances(), 2);
}
