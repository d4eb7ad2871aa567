//! Components and hosts of other versions of the contract.

use provider_host::egress::EgressPolicy;
use provider_host::host::{HostError, ProviderHost};
use provider_host::tenant::{Tenant, TenantPolicy};
use provider_host::wasmtime::component::Linker;
use provider_host::{Limits, Sandbox, SandboxFactory};
use testing::own_host::component;
use testing::provider::host;
use testing::soon;

/// The component with the contract's interfaces in another version, as long as
/// `0.2.0`.
fn with_version(mut component: Vec<u8>, version: &str) -> Vec<u8> {
    const NAME: &[u8] = b"higress:model-provider/";
    const VERSION: &[u8] = b"@0.2.0";
    let starts = |bytes: &[u8], text: &[u8]| bytes.starts_with(text);
    let is_name = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'-';
    for start in 0..component.len() {
        if !starts(&component[start..], NAME) {
            continue;
        }
        let rest = &component[start + NAME.len()..];
        let length = rest.iter().take_while(|byte| is_name(byte)).count();
        if starts(&rest[length..], VERSION) {
            let end = start + NAME.len() + length + VERSION.len();
            component[end - version.len()..end].copy_from_slice(version.as_bytes());
        }
    }
    component
}

#[tokio::test]
async fn a_component_of_another_patch_of_the_contract_is_called_like_any_other() {
    let manifest = host().manifest().clone();
    let component = std::fs::read(manifest.component_path()).unwrap();
    let patched = with_version(component.clone(), "0.2.7");
    assert_ne!(component, patched);
    let engine = host().engine().clone();
    let patched = ProviderHost::from_bytes(engine, manifest, &patched).unwrap();
    let mut described = Vec::new();
    for host in [host(), &patched] {
        let policy = TenantPolicy::new("test", host.limits(), EgressPolicy::deny_all());
        let tenant = Tenant::new(host, policy).unwrap();
        described.push(soon(tenant.provider()).await.unwrap());
    }
    assert_eq!(described[0], described[1]);
}

#[test]
fn a_component_of_another_line_of_the_contract_is_rejected_by_its_version() {
    let manifest = host().manifest().clone();
    let component = std::fs::read(manifest.component_path()).unwrap();
    for version in ["0.1.0", "0.3.0", "1.2.0"] {
        let other = with_version(component.clone(), version);
        let engine = host().engine().clone();
        match ProviderHost::from_bytes(engine, manifest.clone(), &other) {
            Err(HostError::UnsupportedVersion { version: found }) => assert_eq!(found, version),
            Err(other) => panic!("{version}: {other}"),
            Ok(_) => panic!("{version} was accepted"),
        }
    }
}

/// The bindings of a later host: a part of the contract, in a later version that
/// adds an interface.
mod later {
    provider_host::wasmtime::component::bindgen!({
        inline: "
            package higress:model-provider@0.2.1;

            interface types {
                variant model-kind {
                    text-generation,
                    image-generation,
                    text-embedding,
                    text-rerank,
                    other(string),
                }
            }

            interface description {
                use types.{model-kind};
                type localized-text = list<tuple<string, string>>;
                record provider-info {
                    name: string,
                    version: string,
                    contract-version: string,
                    label: localized-text,
                    kinds: list<model-kind>,
                }
                provider: func() -> provider-info;
            }

            interface token-estimate {
                estimate-text-tokens: func(text: string) -> u64;
            }

            interface text-moderation {
                moderate: func(text: string) -> bool;
            }

            world provider {
                export types;
                export description;
                export token-estimate;
                export text-moderation;
            }
        ",
        wasmtime_crate: provider_host::wasmtime,
        exports: { default: async },
    });
}

#[tokio::test]
async fn a_host_of_a_later_version_calls_the_interfaces_that_the_component_has() {
    use later::exports::higress::model_provider::{description, text_moderation, token_estimate};

    let component = component();
    for (name, exported) in [
        ("higress:model-provider/models@0.2.1", true),
        ("higress:model-provider/text-generation@0.2.1", true),
        ("higress:model-provider/text-moderation@0.2.1", false),
        ("higress:model-provider/models@0.3.0", false),
        ("higress:model-provider/models@1.0.0", false),
    ] {
        let found = component.get_export_index(None, name);
        assert_eq!(found.is_some(), exported, "{name}");
    }
    let mut linker = Linker::<Sandbox>::new(component.engine());
    provider_host::add_to_linker(&mut linker).unwrap();
    let loaded = linker.instantiate_pre(component).unwrap();
    let describing = description::GuestIndices::new(&loaded).unwrap();
    let estimating = token_estimate::GuestIndices::new(&loaded).unwrap();
    assert!(text_moderation::GuestIndices::new(&loaded).is_err());

    let policy = TenantPolicy::new("test", Limits::default(), EgressPolicy::deny_all());
    let sandboxes = SandboxFactory::new(&policy).unwrap();
    let (mut store, guard) = sandboxes.store(component.engine(), |sandbox| sandbox);
    let instance = guard
        .run(loaded.instantiate_async(&mut store))
        .await
        .unwrap();
    let provider = describing.load(&mut store, &instance).unwrap();
    let info = guard.run(provider.call_provider(&mut store)).await.unwrap();
    assert_eq!((&*info.name, &*info.contract_version), ("higress", "0.2.0"));
    assert_eq!(info.kinds.len(), 4);
    let estimate = estimating.load(&mut store, &instance).unwrap();
    let tokens = estimate.call_estimate_text_tokens(&mut store, "Why is the sky blue?");
    assert!(guard.run(tokens).await.unwrap() > 0);
}
