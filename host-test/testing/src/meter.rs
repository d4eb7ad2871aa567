//! Calls of the built component with responses at hand, and what they cost in
//! units of fuel: an instruction of WebAssembly takes about one, so the figures
//! are the same on every machine and at every load.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame};
pub use wasmtime::Result;
use wasmtime::component::{Component, Linker, ResourceAny, ResourceTable};
use wasmtime::{Config, Engine, ResourceLimiter, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

#[allow(missing_docs, clippy::pedantic, reason = "written by the generator")]
mod contract {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "higress:model-provider/provider",
        exports: { default: async },
        with: {
            "wasi:clocks": wasmtime_wasi::p2::bindings::clocks,
            "wasi:http": wasmtime_wasi_http::p2::bindings::http,
            "wasi:io": wasmtime_wasi::p2::bindings::io,
            "wasi:random": wasmtime_wasi::p2::bindings::random,
        },
    });
}
use contract::exports::higress::model_provider::{
    text_embedding, text_generation, text_rerank, types,
};

/// A response in the pieces in which it comes.
struct Pieces(VecDeque<Bytes>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

/// Answers the one request of a call, without a network.
struct Canned {
    media_type: &'static str,
    pieces: VecDeque<Bytes>,
}

type Finished = Box<dyn Future<Output = wasmtime_wasi_http::Result<()>> + Send>;
type Sent = wasmtime_wasi_http::Result<(http::Response<WasiBody>, Finished)>;

impl WasiHttpHooks for Canned {
    fn send_request(
        &mut self,
        _request: http::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _processed: Finished,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let pieces = Pieces(std::mem::take(&mut self.pieces));
        let response = http::Response::builder()
            .header("content-type", self.media_type)
            .body(pieces.map_err(|never| match never {}).boxed_unsync())
            .expect("a legal head");
        let finished: Finished = Box::new(async { Ok::<(), Error>(()) });
        Box::new(async { Ok((response, finished)) })
    }
}

struct Sandbox {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Canned,
    memory: Memory,
}

/// The most memory that the component had.
#[derive(Default)]
struct Memory(usize);

impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        self.0 = self.0.max(desired);
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool> {
        Ok(true)
    }
}

impl WasiView for Sandbox {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for Sandbox {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// The component, compiled to count.
pub struct Meter {
    engine: Engine,
    provider: contract::ProviderPre<Sandbox>,
}

/// One call with its response ready.
struct Call {
    store: Store<Sandbox>,
    provider: contract::Provider,
    session: ResourceAny,
}

/// More than any call here takes.
const TANK: u64 = 1 << 60;

impl Meter {
    /// Compiles the component.
    ///
    /// # Errors
    ///
    /// If it is missing, or is no such component.
    pub fn new() -> Result<Self> {
        let mut config = Config::new();
        config.consume_fuel(true);
        let engine = Engine::new(&config)?;
        let component = Component::from_file(&engine, crate::component())?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
        let provider = contract::ProviderPre::new(linker.instantiate_pre(&component)?)?;
        Ok(Self { engine, provider })
    }

    async fn call(
        &self,
        model: types::Model,
        media_type: &'static str,
        response: &[u8],
        piece: usize,
    ) -> Result<Call> {
        let pieces = response.chunks(piece).map(Bytes::copy_from_slice).collect();
        let sandbox = Sandbox {
            table: ResourceTable::new(),
            wasi: WasiCtx::builder().build(),
            http: WasiHttpCtx::new(),
            hooks: Canned { media_type, pieces },
            memory: Memory::default(),
        };
        let mut store = Store::new(&self.engine, sandbox);
        store.limiter(|sandbox| &mut sandbox.memory);
        store.set_fuel(TANK)?;
        let provider = self.provider.instantiate_async(&mut store).await?;
        let guest = provider.higress_model_provider_types().session();
        let session = guest
            .call_constructor(&mut store, &model, &options())
            .await?;
        Ok(Call {
            store,
            provider,
            session,
        })
    }

    /// Reads a streamed answer to its end.
    ///
    /// # Errors
    ///
    /// If the component traps.
    pub async fn stream(&self, events: usize, piece: usize) -> Result<Cost> {
        let kind = types::ModelKind::TextGeneration;
        let mut call = self
            .call(
                model(kind, &[]),
                "text/event-stream",
                &stream_of(events),
                piece,
            )
            .await?;
        let guest = call.provider.higress_model_provider_text_generation();
        let requests = guest.prepared_request();
        let prepared = requests
            .call_constructor(&mut call.store, &question())
            .await?;
        let answer = requests
            .call_generate_stream(&mut call.store, prepared, call.session)
            .await?
            .expect("a response");
        let answers = guest.generation_stream();
        while !answers
            .call_next(&mut call.store, answer)
            .await?
            .expect("a legal response")
            .is_empty()
        {}
        call.cost(events * 245)
    }

    /// Asks for a whole answer, with more fields of the form filled in.
    ///
    /// # Errors
    ///
    /// If the component traps.
    pub async fn whole(&self, form: &[(&str, &str)]) -> Result<Cost> {
        let kind = types::ModelKind::TextGeneration;
        let mut call = self
            .call(
                model(kind, form),
                "application/json",
                WHOLE.as_bytes(),
                64 << 10,
            )
            .await?;
        let guest = call.provider.higress_model_provider_text_generation();
        let requests = guest.prepared_request();
        let prepared = requests
            .call_constructor(&mut call.store, &question())
            .await?;
        let answer = requests
            .call_generate(&mut call.store, prepared, call.session)
            .await?
            .expect("an answer");
        assert_eq!(answer.text, "Because of Rayleigh scattering.");
        call.cost(WHOLE.len())
    }

    /// Embeds this many texts in one request.
    ///
    /// # Errors
    ///
    /// If the component traps.
    pub async fn embed(&self, texts: usize, dimensions: usize, form: Form) -> Result<Cost> {
        let kind = types::ModelKind::TextEmbedding;
        let response = vectors(texts, dimensions, form);
        let mut call = self
            .call(model(kind, &[]), "application/json", &response, 64 << 10)
            .await?;
        let request = text_embedding::Request {
            texts: vec!["text".to_owned(); texts],
            input_type: None,
            dimensions: None,
        };
        let guest = call.provider.higress_model_provider_text_embedding();
        let vectors = guest
            .call_embed(&mut call.store, call.session, &request)
            .await?
            .expect("vectors");
        assert_eq!(vectors.values.len(), texts * dimensions);
        call.cost(response.len())
    }

    /// Ranks this many documents.
    ///
    /// # Errors
    ///
    /// If the component traps.
    pub async fn rerank(&self, documents: usize) -> Result<Cost> {
        let kind = types::ModelKind::TextRerank;
        let response = ranking(documents);
        let mut call = self
            .call(
                model(kind, &[]),
                "application/json",
                response.as_bytes(),
                64 << 10,
            )
            .await?;
        let request = text_rerank::Request {
            query: "query".to_owned(),
            documents: vec!["a document of some words".to_owned(); documents],
            top_n: None,
            score_threshold: None,
            instruction: None,
        };
        let guest = call.provider.higress_model_provider_text_rerank();
        let ranking = guest
            .call_rerank(&mut call.store, call.session, &request)
            .await?
            .expect("a ranking");
        assert_eq!(ranking.results.len(), documents);
        call.cost(response.len())
    }
}

/// What a call came to.
pub struct Cost {
    /// In units of fuel.
    pub fuel: u64,
    /// Most memory, in bytes.
    pub memory: usize,
    /// Of the response, in bytes.
    pub response: usize,
}

impl Call {
    fn cost(&self, response: usize) -> Result<Cost> {
        Ok(Cost {
            fuel: TANK - self.store.get_fuel()?,
            memory: self.store.data().memory.0,
            response,
        })
    }
}

/// What signs requests by HMAC-SHA-256.
pub const SIGNED: [(&str, &str); 3] = [
    ("consumer_auth_mode", "hmac"),
    ("hmac_key", "appKey"),
    ("hmac_secret", "appSecret"),
];

fn model(kind: types::ModelKind, more: &[(&str, &str)]) -> types::Model {
    let form = [
        ("endpoint_url", "http://gateway.test"),
        ("embedding_batch_size", "2048"),
    ];
    types::Model {
        kind,
        name: "model-1".to_owned(),
        credentials: form
            .iter()
            .chain(more)
            .map(|(variable, value)| ((*variable).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

fn options() -> types::CallOptions {
    types::CallOptions {
        connect_timeout_ms: None,
        first_byte_timeout_ms: None,
        between_bytes_timeout_ms: None,
        max_retries: None,
        headers: Vec::new(),
        end_user_id: None,
        session_id: None,
        skip_cache: false,
        routing_model: None,
        traceparent: None,
        request_id: None,
    }
}

fn question() -> text_generation::Request {
    use text_generation::{ContentPart, Message, Parameters, Request, Role};
    Request {
        messages: vec![Message {
            role: Role::User,
            content: vec![ContentPart::Text("Why is the sky blue?".to_owned())],
            name: None,
        }],
        tools: Vec::new(),
        tool_choice: None,
        parallel_tool_calls: None,
        response_format: None,
        parameters: Parameters {
            temperature: None,
            top_p: None,
            top_k: None,
            frequency_penalty: None,
            presence_penalty: None,
            seed: None,
            max_tokens: None,
            stop: Vec::new(),
            thinking: None,
            thinking_budget: None,
            reasoning_effort: None,
            web_search: None,
            extra: None,
        },
    }
}

const WHOLE: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1741570283,"model":"qwen-max","choices":[{"index":0,"message":{"role":"assistant","content":"Because of Rayleigh scattering."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":9,"total_tokens":18}}"#;

/// This many events of about 245 bytes, as `OpenAI` words them.
fn stream_of(events: usize) -> Vec<u8> {
    let mut body = String::new();
    for index in 0..events {
        let _ = write!(
            body,
            "data: {{\"id\":\"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG\",\"object\":\"chat.completion.chunk\",\
             \"created\":1741570283,\"model\":\"gpt-4o-2024-08-06\",\"service_tier\":\"default\",\
             \"choices\":[{{\"index\":0,\"delta\":{{\"content\":\" word{index:06}\"}},\"logprobs\":null,\
             \"finish_reason\":null}}]}}\n\n"
        );
    }
    body.push_str(
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
    );
    body.into_bytes()
}

/// How vectors are written.
#[derive(Clone, Copy)]
pub enum Form {
    /// As arrays of JSON numbers.
    Numbers,
    /// As the bytes of the values, in base64.
    Base64,
}

fn vectors(count: usize, dimensions: usize, form: Form) -> Vec<u8> {
    let values: Vec<f32> = (0_u16..)
        .take(dimensions)
        .map(|place| (f32::from(place) * 0.37).sin() * 0.07)
        .collect();
    let vector = match form {
        Form::Numbers => {
            let numbers: Vec<String> = values.iter().map(f32::to_string).collect();
            format!("[{}]", numbers.join(","))
        }
        Form::Base64 => {
            let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            format!("\"{}\"", STANDARD.encode(bytes))
        }
    };
    let items: Vec<String> = (0..count)
        .map(|index| format!("{{\"index\":{index},\"embedding\":{vector}}}"))
        .collect();
    format!("{{\"object\":\"list\",\"data\":[{}]}}", items.join(",")).into_bytes()
}

fn ranking(documents: usize) -> String {
    let results: Vec<String> = (0..documents)
        .map(|index| format!("{{\"index\":{index},\"relevance_score\":0.{index:06}}}"))
        .collect();
    format!("{{\"output\":{{\"results\":[{}]}}}}", results.join(","))
}
