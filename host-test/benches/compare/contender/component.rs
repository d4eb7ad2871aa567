//! The component in its sandbox, as an embedder calls it.

use super::meter;
use super::task::{Done, Format, Task, Work};
use crate::inputs::{CHAT, EMBEDDING, QUERY, RERANK, SCHEMA, messages, texts, tools};
use crate::proof::Proof;
use crate::scenario::Scenario;
use anyhow::{Result, ensure};
use provider_host::Model;
use provider_host::code_cache::CodeCache;
use provider_host::contract::text_embedding;
use provider_host::contract::text_generation::{Event, Message, Request, Tool};
use provider_host::contract::text_rerank;
use provider_host::contract::types::{CallOptions, ModelConfig, ModelKind};
use provider_host::egress::{AddressScope, EgressPolicy};
use provider_host::engine::{Engine, EngineOptions};
use provider_host::host::ProviderHost;
use provider_host::manifest::Manifest;
use provider_host::report::CallReport;
use provider_host::stream::ResponseStream;
use provider_host::tenant::{InstanceReuse, Tenant, TenantPolicy};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(crate) struct Component {
    tenant: Tenant,
    gateway: SocketAddr,
    /// The fields of the form beside the endpoint.
    form: Vec<(String, String)>,
    /// Those that were called, by their scenario.
    models: Mutex<BTreeMap<String, Model>>,
    reported: Arc<Mutex<Option<CallReport>>>,
}

pub(crate) fn manifest() -> Result<Manifest> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    Ok(Manifest::read(root.join("manifest.yaml"))?)
}

/// An engine for `max_instances` calls and streams at one time.
pub(crate) fn engine(max_instances: u32) -> Result<Engine> {
    Ok(Engine::new(
        EngineOptions::default().with_max_instances(max_instances),
    )?)
}

/// The built component, on an engine for `max_instances` calls at one time.
pub(crate) fn host(max_instances: u32) -> Result<ProviderHost> {
    let manifest = manifest()?;
    let component = manifest.component_path();
    Ok(ProviderHost::from_file(
        engine(max_instances)?,
        manifest,
        component,
    )?)
}

/// The same, with code that an earlier process compiled for this processor.
pub(crate) fn cached_host(max_instances: u32) -> Result<ProviderHost> {
    let manifest = manifest()?;
    let component = manifest.component_path();
    let program = std::env::current_exe()?;
    let folder = program.with_file_name("compiled");
    let engine = engine(max_instances)?.with_code_cache(CodeCache::open(folder)?);
    Ok(ProviderHost::from_file(engine, manifest, component)?)
}

impl Component {
    pub(crate) fn new(
        host: &ProviderHost,
        gateway: SocketAddr,
        reuse: InstanceReuse,
    ) -> Result<Self> {
        let reported = Arc::new(Mutex::new(None));
        let observer = {
            let reported = Arc::clone(&reported);
            move |report: &CallReport| {
                let report = Some(report.clone());
                *reported.lock().unwrap_or_else(PoisonError::into_inner) = report;
            }
        };
        let egress = EgressPolicy::for_endpoint(&format!("http://{gateway}"))?;
        let egress = egress.with_scope(AddressScope::PublicAndPrivate);
        let max_instances = host.engine().options().max_instances;
        let limits = host
            .limits()
            .with_concurrent_calls(max_instances)
            // Under valgrind, all takes fifty times as long.
            .with_cpu_time(Duration::MAX)
            .with_concurrent_requests(max_instances);
        let policy = TenantPolicy::new("bench", limits, egress)
            .with_reuse(reuse)
            .with_observer(observer);
        Ok(Self {
            tenant: Tenant::new(host, policy)?,
            gateway,
            form: Vec::new(),
            models: Mutex::default(),
            reported,
        })
    }

    /// The same with a field of the form filled in.
    pub(crate) fn with(mut self, variable: &str, value: &str) -> Self {
        self.form.push((variable.to_owned(), value.to_owned()));
        self
    }

    /// The same, which signs its requests.
    pub(crate) fn signed(self) -> Self {
        self.with("consumer_auth_mode", "hmac")
            .with("hmac_key", "bench-key")
            .with(
                "hmac_secret",
                "a secret of the usual length, 44 letters or so",
            )
    }

    /// The time in which the component ran, in the last call.
    pub(crate) fn guest_time(&self) -> Duration {
        let report = self.reported.lock();
        let report = report.unwrap_or_else(PoisonError::into_inner);
        report.as_ref().map_or(Duration::ZERO, |report| report.cpu)
    }

    pub(crate) async fn run(&self, task: &Task) -> Result<Done> {
        let tenant = &self.tenant;
        let options = CallOptions::default();
        match task.work {
            Work::Ask { messages, tools } => {
                let model = self.chat_model(task.scenario);
                let request = conversation(messages, tools);
                meter::read(async |reading| {
                    let answer = tenant.generate(&model, &request, &options).await?;
                    reading.add(&answer.text);
                    anyhow::Ok(())
                })
                .await
            }
            Work::Read { messages, tools } => {
                let model = self.chat_model(task.scenario);
                let request = conversation(messages, tools);
                meter::read(async |reading| {
                    let stream = tenant.generate_stream(&model, &request, &options).await?;
                    drain(stream, &mut |text| reading.add(text)).await
                })
                .await
            }
            Work::Embed {
                texts: count,
                batch,
                format,
            } => {
                let mut model = self.model(task.scenario, ModelKind::TextEmbedding);
                model = model.with_credential("embedding_batch_size", batch.to_string());
                if format == Format::Base64 {
                    let options = r#"{"embedding_format": "base64"}"#;
                    model = model.with_credential("advanced_options", options);
                }
                let model = Model::new(model);
                let request = text_embedding::Request {
                    texts: texts(count),
                    input_type: None,
                    dimensions: None,
                };
                let embedding = tenant.embed(&model, &request, &options);
                meter::time(embedding, |answer| Proof::of_values(&answer.values)).await
            }
            Work::Rerank { documents } => {
                let model = self.model(task.scenario, ModelKind::TextRerank);
                let model = model.with_credential("rerank_model_protocol", "cohere_rerank");
                let model = Model::new(model);
                let request = text_rerank::Request {
                    query: QUERY.to_owned(),
                    documents: texts(documents),
                    top_n: None,
                    score_threshold: None,
                    instruction: None,
                };
                let reranking = tenant.rerank(&model, &request, &options);
                meter::time(reranking, |answer| {
                    let order = answer.results.iter().map(|result| result.index);
                    Proof::of_order(order.map(|index| usize::try_from(index).unwrap_or(usize::MAX)))
                })
                .await
            }
        }
    }

    /// Reads a stream to its end, and tells what it says.
    pub(crate) async fn listen(
        &self,
        scenario: Scenario,
        say: &mut (impl FnMut(&str) + Send),
    ) -> Result<()> {
        drain(self.begin(scenario).await?, say).await
    }

    /// A stream of which the first event is read.
    pub(crate) async fn open(&self) -> Result<ResponseStream> {
        let mut stream = self.begin(Scenario::Open).await?;
        ensure!(
            stream.next_events().await.transpose()?.is_some(),
            "no event"
        );
        Ok(stream)
    }

    async fn begin(&self, scenario: Scenario) -> Result<ResponseStream> {
        let model = self.chat_model(scenario);
        let request = conversation(1, 0);
        let options = CallOptions::default();
        Ok(self
            .tenant
            .generate_stream(&model, &request, &options)
            .await?)
    }

    /// The chat model of a scenario: made once, as a host does.
    fn chat_model(&self, scenario: Scenario) -> Model {
        let mut models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        let model = models
            .entry(scenario.to_string())
            .or_insert_with(|| Model::new(self.model(scenario, ModelKind::TextGeneration)));
        model.clone()
    }

    fn model(&self, scenario: Scenario, kind: ModelKind) -> ModelConfig {
        let name = match kind {
            ModelKind::TextEmbedding => EMBEDDING,
            ModelKind::TextRerank => RERANK,
            ModelKind::TextGeneration | ModelKind::ImageGeneration | ModelKind::Other(_) => CHAT,
        };
        let url = format!("http://{}/{scenario}", self.gateway);
        let mut credentials = vec![("endpoint_url".to_owned(), url)];
        if kind == ModelKind::TextGeneration {
            let tools = ("function_calling_type".to_owned(), "tool_call".to_owned());
            credentials.push(tools);
        }
        credentials.extend(self.form.iter().cloned());
        ModelConfig {
            kind,
            name: name.to_owned(),
            credentials,
        }
    }
}

fn conversation(of_messages: usize, of_tools: usize) -> Request {
    let messages = messages(of_messages).map(|(of_user, content)| {
        if of_user {
            Message::user(content)
        } else {
            Message::assistant(content)
        }
    });
    let tools = tools(of_tools).map(|(name, description)| Tool {
        name,
        description: Some(description),
        parameters: SCHEMA.to_owned(),
        strict: None,
    });
    Request::new(messages).with_tools(tools)
}

async fn drain(mut stream: ResponseStream, say: &mut (impl FnMut(&str) + Send)) -> Result<()> {
    while let Some(events) = stream.next_events().await {
        for event in events? {
            if let Event::Text(text) = event {
                say(&text);
            }
        }
    }
    Ok(())
}
