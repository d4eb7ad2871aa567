//! A tenant: one customer of the embedder, with its own limits, egress policy
//! and connections, and every function of the contract to call.

mod policy;

pub use policy::{InstanceReuse, TenantPolicy};

use crate::contract::types::{self, CallOptions, Model, ResponseMetadata};
use crate::contract::{
    description, image_generation, text_embedding, text_generation, text_rerank,
};
use crate::egress::Refusal;
use crate::error::CallError;
use crate::host::ProviderHost;
use crate::limits::Limits;
use crate::metrics::{TenantMetrics, TenantUsage};
use crate::report::{Function, Observer};
use crate::response::Response;
use crate::sandbox::Call;
use crate::sandbox::queue::Queue;
use crate::sandbox::shelf::Owner;
use crate::stream::GenerationStream;
use crate::transport::Transport;
use std::sync::Arc;
use wasmtime::component::ResourceAny;

/// Calls the component for one tenant, each call in a sandbox to itself.
/// Cloning it is cheap and gives the same tenant. All calls need a tokio
/// runtime with time and I/O.
///
/// Dropping a call's future cancels the call and closes its connection.
#[derive(Clone)]
pub struct Tenant {
    shared: Arc<Shared>,
}

/// What a tenant's calls share.
pub(crate) struct Shared {
    pub(crate) name: Arc<str>,
    pub(crate) owner: Owner,
    pub(crate) host: ProviderHost,
    pub(crate) limits: Arc<Limits>,
    pub(crate) reuse: InstanceReuse,
    pub(crate) transport: Arc<Transport>,
    pub(crate) queue: Queue,
    pub(crate) metrics: TenantMetrics,
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.host.engine().places().clear(self.owner);
    }
}

/// Why a tenant could not be made.
#[derive(Debug, thiserror::Error)]
pub enum TenantError {
    /// The tenant's limit of memory is above the engine's.
    #[error(
        "the tenant may have {limit} bytes of memory and the engine's places have {place}; lower `resource.memory`, or give the engine larger places"
    )]
    Memory {
        /// The tenant's limit in bytes.
        limit: u64,
        /// The size of a place in bytes.
        place: u64,
    },
    /// The tenant's egress policy does not permit one of its proxies.
    #[error("{0}")]
    Proxy(#[source] Refusal),
    /// TLS could not be set up.
    #[error("cannot set up TLS: {reason}")]
    Tls {
        /// What the TLS library said.
        reason: String,
    },
}

impl Tenant {
    /// Makes a tenant. Nothing is connected or instantiated yet.
    ///
    /// # Errors
    ///
    /// If the limits are above the engine's, the egress policy does not permit
    /// a proxy, or TLS cannot be set up.
    pub fn new(host: &ProviderHost, policy: TenantPolicy) -> Result<Self, TenantError> {
        let TenantPolicy {
            name,
            limits,
            egress,
            proxies,
            resolver,
            roots,
            reuse,
            observer,
        } = policy;
        let place = host.engine().options().memory;
        if limits.memory > place {
            return Err(TenantError::Memory {
                limit: limits.memory,
                place,
            });
        }
        for proxy in proxies.origins() {
            egress.check_proxy(proxy).map_err(TenantError::Proxy)?;
        }
        let transport = Transport::new(egress, proxies, resolver, &roots, &limits);
        let transport = transport.map_err(|error| TenantError::Tls {
            reason: error.to_string(),
        })?;
        let name = Arc::from(name);
        Ok(Self {
            shared: Arc::new(Shared {
                owner: Owner::new(),
                metrics: host.metrics().of_tenant(&name),
                name,
                host: host.clone(),
                queue: Queue::new(&limits),
                limits: Arc::new(limits),
                reuse,
                transport: Arc::new(transport),
                observer,
            }),
        })
    }

    /// The tenant's name, by which reports and counters know it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// What the tenant has used so far.
    #[must_use]
    pub fn usage(&self) -> TenantUsage {
        self.shared.metrics.usage()
    }

    /// Checks the model's form, then waits for a place, and opens a session in
    /// it. Where the form is wrong, nothing is instantiated.
    async fn begin(
        &self,
        function: Function,
        model: &Model,
        options: &CallOptions,
    ) -> Result<(Box<Call>, ResourceAny), CallError> {
        let form = &self.shared.host.manifest().form;
        form.check(model.kind, &model.credentials)?;
        let mut call = Call::begin(&self.shared, function).await?;
        let session = call.open(model, options).await?;
        Ok((call, session))
    }

    /// Adds what the session knows of the response to an answer, and ends the
    /// call.
    async fn end<T>(
        mut call: Box<Call>,
        session: ResourceAny,
        content: Result<T, types::Error>,
    ) -> Result<Response<T>, CallError> {
        let answer = match content {
            Ok(content) => {
                let info = call.info(session).await?;
                Ok(Response { content, info })
            }
            Err(error) => Err(error),
        };
        call.close(answer, &[session]).await
    }

    /// Checks that the model can be reached with its credentials, by a small
    /// request.
    ///
    /// # Errors
    ///
    /// [`CallError::Provider`] says which field of the form to mend; the
    /// others are the sandbox's.
    pub async fn validate(
        &self,
        model: &Model,
        options: &CallOptions,
    ) -> Result<ResponseMetadata, CallError> {
        let (mut call, session) = self.begin(Function::Validate, model, options).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider.higress_model_provider_credentials();
        let valid = bounds.run(guest.call_validate(store, session)).await?;
        Ok(Self::end(call, session, valid).await?.info)
    }

    /// Describes the provider.
    ///
    /// # Errors
    ///
    /// Only the sandbox's.
    pub async fn provider(&self) -> Result<description::ProviderInfo, CallError> {
        let mut call = Call::begin(&self.shared, Function::Provider).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider.higress_model_provider_description();
        let info = bounds.run(guest.call_provider(store)).await?;
        call.close(Ok(info), &[]).await
    }

    /// Describes a model. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`CallError::Provider`] for a kind that the provider does not serve;
    /// the others are the sandbox's.
    pub async fn describe(
        &self,
        model: &Model,
    ) -> Result<description::ModelDescription, CallError> {
        let mut call = Call::begin(&self.shared, Function::Describe).await?;
        let session = call.open(model, &CallOptions::default()).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider.higress_model_provider_description();
        let description = bounds.run(guest.call_describe(store, session)).await?;
        call.close(description, &[session]).await
    }

    /// Generates an answer and returns it whole.
    ///
    /// # Errors
    ///
    /// The provider's or the sandbox's.
    pub async fn generate(
        &self,
        model: &Model,
        request: &text_generation::Request,
        options: &CallOptions,
    ) -> Result<Response<text_generation::Generation>, CallError> {
        let (mut call, session) = self.begin(Function::Generate, model, options).await?;
        let prepared = call.prepare(request).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider
            .higress_model_provider_text_generation()
            .prepared_request();
        let content = bounds
            .run(guest.call_generate(store, prepared, session))
            .await?;
        call.release(prepared).await?;
        Self::end(call, session, content).await
    }

    /// About how many tokens a request will count as. Nothing is sent.
    ///
    /// # Errors
    ///
    /// The sandbox's.
    pub async fn estimate_tokens(
        &self,
        request: &text_generation::Request,
    ) -> Result<u64, CallError> {
        let mut call = Call::begin(&self.shared, Function::EstimateTokens).await?;
        let prepared = call.prepare(request).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider
            .higress_model_provider_text_generation()
            .prepared_request();
        let tokens = bounds
            .run(guest.call_estimate_tokens(store, prepared))
            .await?;
        call.close(Ok(tokens), &[prepared]).await
    }

    /// Generates an answer and returns it as it comes. Resolves once the head
    /// of the response is in. The stream takes up one of the tenant's calls
    /// until it ends or is dropped.
    ///
    /// # Errors
    ///
    /// The provider's or the sandbox's; later ones come from
    /// [`GenerationStream::next`].
    pub async fn generate_stream(
        &self,
        model: &Model,
        request: &text_generation::Request,
        options: &CallOptions,
    ) -> Result<GenerationStream, CallError> {
        let (mut call, session) = self.begin(Function::GenerateStream, model, options).await?;
        let prepared = call.prepare(request).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider
            .higress_model_provider_text_generation()
            .prepared_request();
        let begun = bounds
            .run(guest.call_generate_stream(store, prepared, session))
            .await?;
        // A stream can be long, and the request large.
        call.release(prepared).await?;
        match begun {
            Ok(resource) => Ok(GenerationStream::new(call, session, resource)),
            Err(error) => call.close(Err(error), &[session]).await,
        }
    }

    /// Draws images. Resolves when all of them are there, which may take
    /// minutes.
    ///
    /// # Errors
    ///
    /// The provider's or the sandbox's.
    pub async fn generate_image(
        &self,
        model: &Model,
        request: &image_generation::Request,
        options: &CallOptions,
    ) -> Result<Response<image_generation::Generation>, CallError> {
        let (mut call, session) = self.begin(Function::GenerateImage, model, options).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider.higress_model_provider_image_generation();
        let content = bounds
            .run(guest.call_generate(store, session, request))
            .await?;
        Self::end(call, session, content).await
    }

    /// Embeds all texts, or fails.
    ///
    /// # Errors
    ///
    /// The provider's or the sandbox's.
    pub async fn embed(
        &self,
        model: &Model,
        request: &text_embedding::Request,
        options: &CallOptions,
    ) -> Result<Response<text_embedding::Embeddings>, CallError> {
        let (mut call, session) = self.begin(Function::Embed, model, options).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider.higress_model_provider_text_embedding();
        let content = bounds
            .run(guest.call_embed(store, session, request))
            .await?;
        Self::end(call, session, content).await
    }

    /// Ranks documents, best first.
    ///
    /// # Errors
    ///
    /// The provider's or the sandbox's.
    pub async fn rerank(
        &self,
        model: &Model,
        request: &text_rerank::Request,
        options: &CallOptions,
    ) -> Result<Response<text_rerank::Ranking>, CallError> {
        let (mut call, session) = self.begin(Function::Rerank, model, options).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider.higress_model_provider_text_rerank();
        let content = bounds
            .run(guest.call_rerank(store, session, request))
            .await?;
        Self::end(call, session, content).await
    }
}
