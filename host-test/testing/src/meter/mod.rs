//! Calls of the built component with responses at hand, and what they cost in
//! units of fuel: an instruction of WebAssembly takes about one, so the figures
//! are the same on every machine and at every load. A meter that counts no fuel
//! runs the code that a host runs, for its instructions to be counted.

mod inputs;
mod native_code;
mod sandbox;

pub use inputs::{Form, SIGNED};
pub use native_code::NativeCode;
pub use wasmtime::Result;

use inputs::{WHOLE, conversation, model, question, ranking, stream_of, vectors};
use provider_host::bindings::{Provider, ProviderPre, text_embedding, text_rerank, types};
use sandbox::Sandbox;
use wasmtime::component::{Component, Linker, ResourceAny};
use wasmtime::{Config, Engine, Store};

/// The component, compiled to count.
pub struct Meter {
    engine: Engine,
    provider: ProviderPre<Sandbox>,
}

/// One call with its response ready.
struct Call {
    store: Store<Sandbox>,
    provider: Provider,
    model: ResourceAny,
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
        Self::linked(engine, &component)
    }

    fn linked(engine: Engine, component: &Component) -> Result<Self> {
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
        let provider = ProviderPre::new(linker.instantiate_pre(component)?)?;
        Ok(Self { engine, provider })
    }

    async fn call(
        &self,
        config: types::ModelConfig,
        media_type: &'static str,
        response: &[u8],
        piece: usize,
    ) -> Result<Call> {
        let sandbox = Sandbox::new(media_type, response, piece);
        let mut store = Store::new(&self.engine, sandbox);
        store.limiter(|sandbox| &mut sandbox.memory);
        // Of the two, an engine has the one that it was made with.
        let _ = store.set_fuel(TANK);
        store.set_epoch_deadline(TANK);
        let provider = self.provider.instantiate_async(&mut store).await?;
        let guest = provider.higress_model_provider_models().model();
        let model = guest
            .call_constructor(&mut store, &config)
            .await?
            .expect("a valid form");
        Ok(Call {
            store,
            provider,
            model,
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
        let options = types::CallOptions::default();
        let answer = guest
            .call_generate_stream(&mut call.store, call.model, &question(), &options)
            .await?
            .expect("a response");
        let answers = guest.response_stream();
        while answers
            .call_next(&mut call.store, answer)
            .await?
            .expect("a legal response")
            .is_some()
        {}
        Ok(call.cost(events * 245))
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
        let options = types::CallOptions::default();
        let answer = guest
            .call_generate(&mut call.store, call.model, &question(), &options)
            .await?
            .expect("an answer");
        assert_eq!(answer.text, "Because of Rayleigh scattering.");
        Ok(call.cost(WHOLE.len()))
    }

    /// Asks for a whole answer to a conversation of this many messages.
    ///
    /// # Errors
    ///
    /// If the component traps.
    pub async fn history(&self, messages: usize) -> Result<Cost> {
        let kind = types::ModelKind::TextGeneration;
        let mut call = self
            .call(
                model(kind, &[]),
                "application/json",
                WHOLE.as_bytes(),
                64 << 10,
            )
            .await?;
        let guest = call.provider.higress_model_provider_text_generation();
        let options = types::CallOptions::default();
        guest
            .call_generate(
                &mut call.store,
                call.model,
                &conversation(messages),
                &options,
            )
            .await?
            .expect("an answer");
        Ok(call.cost(WHOLE.len()))
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
            .call_embed(
                &mut call.store,
                call.model,
                &request,
                &types::CallOptions::default(),
            )
            .await?
            .expect("vectors");
        assert_eq!(vectors.values.len(), texts * dimensions);
        Ok(call.cost(response.len()))
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
            .call_rerank(
                &mut call.store,
                call.model,
                &request,
                &types::CallOptions::default(),
            )
            .await?
            .expect("a ranking");
        assert_eq!(ranking.results.len(), documents);
        Ok(call.cost(response.len()))
    }
}

/// What a call came to.
pub struct Cost {
    /// In units of fuel; 0 if it is not counted.
    pub fuel: u64,
    /// Most memory, in bytes.
    pub memory: usize,
    /// Of the response, in bytes.
    pub response: usize,
}

impl Call {
    fn cost(&self, response: usize) -> Cost {
        Cost {
            fuel: self.store.get_fuel().map_or(0, |left| TANK - left),
            memory: self.store.data().memory.0,
            response,
        }
    }
}
