//! A tenant: one customer of the embedder, with its own limits, egress policy
//! and connections, and every function of the contract to call.

pub use crate::counters::TenantUsage;
pub use crate::policy::{InstanceReuse, TenantError, TenantPolicy};

use crate::contract::types::{CallOptions, ResponseMetadata};
use crate::contract::{
    description, image_generation, text_embedding, text_generation, text_rerank,
};
use crate::error::CallError;
use crate::host::ProviderHost;
use crate::manifest::Manifest;
use crate::model::Model;
use crate::pool::Owner;
use crate::report::Function;
use crate::sandbox::admission::Admission;
use crate::sandbox::call::Call;
use crate::sandbox::context::SandboxContext;
use crate::stream::ResponseStream;
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
            component: host.component().clone(),
            exports: Arc::clone(host.exports()),
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

    /// Checks the model's form, then waits for an instance, and constructs the
    /// model in it. Where the form is wrong, nothing is instantiated.
    async fn begin(
        &self,
        function: Function,
        model: &Model,
    ) -> Result<(Box<Call>, ResourceAny), CallError> {
        if let Err(error) = model.check(&self.manifest) {
            return Err(Call::rejected(&self.context, function, error.into()));
        }
        let mut call = Call::begin(&self.context, function).await?;
        match call.open(model).await? {
            Ok(resource) => Ok((call, resource)),
            Err(error) => call.close(Err(error), None).await,
        }
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
        let (mut call, model) = self.begin(Function::Validate, model).await?;
        let options = options.exposed();
        let (store, guest, bounds) = call.models()?;
        let guest = guest.model();
        let validating = guest.call_validate(store, model, &options);
        let metadata = bounds.run(validating).await?;
        call.close(metadata, None).await
    }

    /// Describes the provider.
    ///
    /// # Errors
    ///
    /// Only the sandbox's.
    pub async fn provider(&self) -> Result<description::ProviderInfo, CallError> {
        let mut call = Call::begin(&self.context, Function::Provider).await?;
        let (store, guest, bounds) = call.description()?;
        let info = bounds.run(guest.call_provider(store)).await?;
        call.close(Ok(info), None).await
    }

    /// Describes a model. Its form need not be complete. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`CallError::Provider`] for a kind that the provider does not serve; the
    /// others are the sandbox's.
    pub async fn describe(
        &self,
        model: &Model,
    ) -> Result<description::ModelDescription, CallError> {
        let mut call = Call::begin(&self.context, Function::Describe).await?;
        let config = model.config().exposed();
        let (store, guest, bounds) = call.description()?;
        let description = bounds
            .run(guest.call_describe_model(store, &config))
            .await?;
        call.close(description, None).await
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
    ) -> Result<text_generation::Response, CallError> {
        let (mut call, model) = self.begin(Function::Generate, model).await?;
        let options = options.exposed();
        let (store, guest, bounds) = call.text_generation()?;
        let generating = guest.call_generate(store, model, request, &options);
        let response = bounds.run(generating).await?;
        call.close(response, None).await
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
        let (store, guest, bounds) = call.text_generation()?;
        let tokens = bounds
            .run(guest.call_estimate_tokens(store, request))
            .await?;
        call.close(Ok(tokens), None).await
    }

    /// Estimates a text's number of tokens, for models of any kind. Nothing is
    /// sent.
    ///
    /// # Errors
    ///
    /// The sandbox's; [`CallError::MissingInterface`] if the provider has no
    /// estimate.
    pub async fn estimate_text_tokens(&self, text: &str) -> Result<u64, CallError> {
        let mut call = Call::begin(&self.context, Function::EstimateTextTokens).await?;
        let (store, guest, bounds) = call.token_estimate()?;
        let estimating = guest.call_estimate_text_tokens(store, text);
        let tokens = bounds.run(estimating).await?;
        call.close(Ok(tokens), None).await
    }

    /// Generates text and returns it as it arrives. Resolves once the head
    /// of the response is in. The stream takes up one of the tenant's calls
    /// until it ends or is dropped.
    ///
    /// # Errors
    ///
    /// The form's, the provider's or the sandbox's; later ones come from
    /// [`ResponseStream::next_events`].
    pub async fn generate_stream(
        &self,
        model: &Model,
        request: &text_generation::Request,
        options: &CallOptions,
    ) -> Result<ResponseStream, CallError> {
        let (mut call, model) = self.begin(Function::GenerateStream, model).await?;
        let options = options.exposed();
        let (store, guest, bounds) = call.text_generation()?;
        let generating = guest.call_generate_stream(store, model, request, &options);
        match bounds.run(generating).await? {
            Ok(resource) => Ok(ResponseStream::new(call, resource)),
            Err(error) => call.close(Err(error), None).await,
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
    ) -> Result<image_generation::Response, CallError> {
        let (mut call, model) = self.begin(Function::GenerateImage, model).await?;
        let options = options.exposed();
        let (store, guest, bounds) = call.image_generation()?;
        let generating = guest.call_generate(store, model, request, &options);
        let response = bounds.run(generating).await?;
        call.close(response, None).await
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
    ) -> Result<text_embedding::Response, CallError> {
        let (mut call, model) = self.begin(Function::Embed, model).await?;
        let options = options.exposed();
        let (store, guest, bounds) = call.text_embedding()?;
        let embedding = guest.call_embed(store, model, request, &options);
        let response = bounds.run(embedding).await?;
        call.close(response, None).await
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
    ) -> Result<text_rerank::Response, CallError> {
        let (mut call, model) = self.begin(Function::Rerank, model).await?;
        let options = options.exposed();
        let (store, guest, bounds) = call.text_rerank()?;
        let ranking = guest.call_rerank(store, model, request, &options);
        let response = bounds.run(ranking).await?;
        call.close(response, None).await
    }
}
