//! A tenant: one customer of the embedder, with its own limits, egress policy
//! and connections, and every function of the contract to call.

pub use crate::counters::TenantUsage;
pub use crate::policy::{InstanceReuse, TenantError, TenantPolicy};

use crate::contract::types::{self, CallOptions, Model, ResponseMetadata};
use crate::contract::{
    description, image_generation, text_embedding, text_generation, text_rerank,
};
use crate::error::CallError;
use crate::form::Form;
use crate::host::ProviderHost;
use crate::manifest::Manifest;
use crate::pool::Owner;
use crate::report::Function;
use crate::response::Response;
use crate::sandbox::admission::Admission;
use crate::sandbox::call::Call;
use crate::sandbox::context::SandboxContext;
use crate::stream::GenerationStream;
use std::sync::Arc;
use wasmtime::component::ResourceAny;

/// Calls the component for one tenant, each call in a sandbox to itself.
/// Cloning it is cheap and gives the same tenant. All calls need a tokio
/// runtime with time and I/O.
///
/// Dropping a call's future cancels the call and closes its connection.
#[derive(Clone)]
pub struct Tenant {
    context: Arc<SandboxContext>,
    manifest: Arc<Manifest>,
}

impl Tenant {
    /// Makes a tenant. Nothing is connected or instantiated yet.
    ///
    /// # Errors
    ///
    /// If the limits are above the engine's, the egress policy does not permit
    /// a proxy, or TLS cannot be set up.
    pub fn new(host: &ProviderHost, policy: TenantPolicy) -> Result<Self, TenantError> {
        let max = host.engine().options().memory;
        if policy.limits.memory > max {
            let limit = policy.limits.memory;
            return Err(TenantError::Memory { limit, max });
        }
        let transport = policy.transport()?;
        let name = Arc::from(policy.name);
        let context = SandboxContext {
            owner: Owner::new(),
            engine: host.engine().clone(),
            provider: host.provider().clone(),
            counters: host.counters().of_tenant(&name),
            name,
            admission: Admission::new(&policy.limits),
            limits: Arc::new(policy.limits),
            reuse: policy.reuse,
            transport: Arc::new(transport),
            observer: policy.observer,
        };
        Ok(Self {
            context: Arc::new(context),
            manifest: Arc::clone(host.shared_manifest()),
        })
    }

    /// The tenant's name, by which reports and counters know it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.context.name
    }

    /// What the tenant has used so far.
    #[must_use]
    pub fn usage(&self) -> TenantUsage {
        self.context.counters.usage()
    }

    fn form(&self) -> &Form {
        &self.manifest.form
    }

    /// Checks the model's form, then waits for an instance, and opens a session
    /// in it. Where the form is wrong, nothing is instantiated.
    async fn begin(
        &self,
        function: Function,
        model: &Model,
        options: &CallOptions,
    ) -> Result<(Box<Call>, ResourceAny), CallError> {
        self.form().check(model.kind, &model.credentials)?;
        let mut call = Call::begin(&self.context, function).await?;
        let session = call.open(model, options).await?;
        Ok((call, session))
    }

    /// Adds the response's metadata to what a call returned, and ends the call.
    async fn end<T>(
        mut call: Box<Call>,
        session: ResourceAny,
        content: Result<T, types::Error>,
    ) -> Result<Response<T>, CallError> {
        let answer = match content {
            Ok(content) => {
                let metadata = call.info(session).await?;
                Ok(Response { content, metadata })
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
    /// [`CallError::InvalidForm`] and [`CallError::Provider`] say which field of
    /// the form to correct; the others are the sandbox's.
    pub async fn validate(
        &self,
        model: &Model,
        options: &CallOptions,
    ) -> Result<ResponseMetadata, CallError> {
        let (mut call, session) = self.begin(Function::Validate, model, options).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider.higress_model_provider_credentials();
        let valid = bounds.run(guest.call_validate(store, session)).await?;
        Ok(Self::end(call, session, valid).await?.metadata)
    }

    /// Describes the provider.
    ///
    /// # Errors
    ///
    /// Only the sandbox's.
    pub async fn provider(&self) -> Result<description::ProviderInfo, CallError> {
        let mut call = Call::begin(&self.context, Function::Provider).await?;
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
        let mut call = Call::begin(&self.context, Function::Describe).await?;
        let session = call.open(model, &CallOptions::default()).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider.higress_model_provider_description();
        let description = bounds.run(guest.call_describe(store, session)).await?;
        call.close(description, &[session]).await
    }

    /// Generates text and returns all of it at once.
    ///
    /// # Errors
    ///
    /// The form's, the provider's or the sandbox's.
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

    /// Estimates a request's number of tokens. Nothing is sent.
    ///
    /// # Errors
    ///
    /// The sandbox's.
    pub async fn estimate_tokens(
        &self,
        request: &text_generation::Request,
    ) -> Result<u64, CallError> {
        let mut call = Call::begin(&self.context, Function::EstimateTokens).await?;
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

    /// Generates text and returns it as it arrives. Resolves once the head
    /// of the response is in. The stream takes up one of the tenant's calls
    /// until it ends or is dropped.
    ///
    /// # Errors
    ///
    /// The form's, the provider's or the sandbox's; later ones come from
    /// [`GenerationStream::next_events`].
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

    /// Generates images. Resolves when all of them are there, which may take
    /// minutes.
    ///
    /// # Errors
    ///
    /// The form's, the provider's or the sandbox's.
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

    /// Returns a vector for every text, or fails.
    ///
    /// # Errors
    ///
    /// The form's, the provider's or the sandbox's.
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
    /// The form's, the provider's or the sandbox's.
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
