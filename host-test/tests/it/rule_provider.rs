//! The smallest provider, `examples/rule-provider`, in the program and in a
//! host: it has no form, imports nothing and serves one kind. `make example`
//! builds it.

use provider_host::contract::types::ModelConfig;
use provider_host::egress::EgressPolicy;
use provider_host::report::{CallReport, Outcome};
use provider_host::tenant::{Tenant, TenantPolicy};
use provider_host::{
    CallError, CallOptions, ErrorKind, HostError, Manifest, Model, ModelKind, ProviderHost,
};
use serde_json::{Value, json};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testing::call::question;
use testing::provider::engine;
use testing::soon;

const MANIFEST: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../examples/rule-provider/manifest.yaml"
);

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_higress-host"))
        .args(arguments)
        .args(["--model", "words", "--json", "--manifest", MANIFEST])
        .output()
        .unwrap()
}

fn row(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn documents_are_ranked_by_the_words_that_they_share_with_the_query() {
    let documents = ["black coffee", "green tea leaves", "black tea"];
    let output = run(&[&["rerank", "green tea"][..], &documents].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let expected = json!([
        {"index": 1, "score": 2.0},
        {"index": 2, "score": 1.0},
        {"index": 0, "score": 0.0},
    ]);
    assert_eq!(row(&output)["results"], expected);
}

#[test]
fn other_kinds_are_unsupported() {
    for arguments in [&["text", "Hi"][..], &["embed", "Hi"], &["image", "A cat"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(row(&output)["error"]["kind"], "unsupported");
    }
}

fn host(manifest: Manifest) -> Result<ProviderHost, HostError> {
    let component = manifest.component_path();
    ProviderHost::from_file(engine(1), manifest, component)
}

#[tokio::test]
async fn a_function_of_another_kind_is_rejected_without_an_instance() {
    let host = host(Manifest::read(MANIFEST).unwrap()).unwrap();
    assert_eq!(host.kinds(), [ModelKind::TextRerank]);
    let reports = Arc::new(Mutex::new(Vec::new()));
    let observer = {
        let reports = Arc::clone(&reports);
        move |report: &CallReport| reports.lock().unwrap().push(report.clone())
    };
    let policy =
        TenantPolicy::new("test", host.limits(), EgressPolicy::deny_all()).with_observer(observer);
    let tenant = Tenant::new(&host, policy).unwrap();
    let model = Model::new(ModelConfig::text("words"));
    let (request, options) = (question("Why?"), CallOptions::default());
    let missing = [
        soon(tenant.generate(&model, &request, &options))
            .await
            .err(),
        soon(tenant.generate_stream(&model, &request, &options))
            .await
            .err(),
        soon(tenant.estimate_tokens(&request)).await.err(),
        soon(tenant.estimate_text_tokens("Why?")).await.err(),
    ];
    let interfaces = missing.map(|error| match error {
        Some(CallError::MissingInterface { interface }) => interface,
        other => panic!("{other:?}"),
    });
    let text = "text-generation";
    assert_eq!(interfaces, [text, text, text, "token-estimate"]);
    let reports = reports.lock().unwrap();
    assert_eq!(reports.len(), 4);
    for report in &*reports {
        assert_eq!(report.outcome, Outcome::Refused(ErrorKind::Unsupported));
        assert_eq!(report.instantiate, Duration::ZERO, "{report:?}");
    }
}

#[test]
fn a_kind_of_the_manifest_that_is_not_exported_is_an_error() {
    let mut manifest = Manifest::read(MANIFEST).unwrap();
    let more = [ModelKind::TextGeneration, ModelKind::TextEmbedding];
    manifest.supported_model_kinds.extend(more.clone());
    match host(manifest) {
        Err(HostError::MissingKinds { kinds }) => assert_eq!(kinds, more),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was accepted"),
    }
}
