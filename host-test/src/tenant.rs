//! A tenant: one customer of the embedder, with its own limits, egress policy
//! and connections, and every function of the contract to call.

use crate::answered::Answered;
use crate::call::Call;
use crate::contract::types::{CallOptions, Model, ReplyInfo};
use crate::contract::{
    description, image_generation, text_embedding, text_generation, text_rerank,
};
use crate::egress::EgressPolicy;
use crate::error::CallError;
use crate::host::Host;
use crate::limits::Limits;
use crate::stream::GenerationStream;
use crate::transport::Transport;
use std::sync::Arc;
use tokio::sync::Semaphore;
use wasmtime::component::ResourceAny;

/// What sets one tenant apart from another.
#[derive(Clone, Debug)]
pub struct TenantPolicy {
    /// What its calls may use. [`Host::limits`] gives the defaults.
    pub limits: Limits,
    /// Where they may connect to.
    pub egress: EgressPolicy,
}

/// Calls the component for one tenant, each call in a sandbox of its own.
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
    pub(crate) host: Host,
    pub(crate) limits: Limits,
    pub(crate) transport: Arc<Transport>,
    pub(crate) calls: Arc<Semaphore>,
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
    /// If the limits are above the engine's, or TLS cannot be set up.
    pub fn new(host: &Host, policy: TenantPolicy) -> Result<Self, TenantError> {
        let TenantPolicy { limits, egress } = policy;
        let place = host.engine().options().memory;
        if limits.memory > place {
            return Err(TenantError::Memory {
                limit: limits.memory,
                place,
            });
        }
        let transport = Transport::new(egress, &limits).map_err(|error| TenantError::Tls {
            reason: error.to_string(),
        })?;
        let calls = usize::try_from(limits.concurrent_calls).unwrap_or(Semaphore::MAX_PERMITS);
        Ok(Self {
            shared: Arc::new(Shared {
                host: host.clone(),
                limits,
                transport: Arc::new(transport),
                calls: Arc::new(Semaphore::new(calls.min(Semaphore::MAX_PERMITS))),
            }),
        })
    }

    /// Checks the model's form, then waits for a place, and opens a session in
    /// it. Where the form is wrong, nothing is instantiated.
    async fn begin(
        &self,
        model: &Model,
        options: &CallOptions,
    ) -> Result<(Call, ResourceAny), CallError> {
        let form = &self.shared.host.manifest().form;
        form.check(model.kind, &model.credentials)?;
        let mut call = Call::begin(&self.shared).await?;
        let session = call.open(model, options).await?;
        Ok((call, session))
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
    ) -> Result<ReplyInfo, CallError> {
        let (mut call, session) = self.begin(model, options).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider.higress_model_provider_credentials();
        bounds.run(guest.call_validate(store, session)).await??;
        call.info(session).await
    }

    /// Describes the provider.
    ///
    /// # Errors
    ///
    /// Only the sandbox's.
    pub async fn provider(&self) -> Result<description::ProviderInfo, CallError> {
        let mut call = Call::begin(&self.shared).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider.higress_model_provider_description();
        bounds.run(guest.call_provider(store)).await
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
        let mut call = Call::begin(&self.shared).await?;
        let session = call.open(model, &CallOptions::default()).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider.higress_model_provider_description();
        Ok(bounds.run(guest.call_describe(store, session)).await??)
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
    ) -> Result<Answered<text_generation::Generation>, CallError> {
        let (mut call, session) = self.begin(model, options).await?;
        let prepared = call.prepare(request).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider
            .higress_model_provider_text_generation()
            .prepared_request();
        let content = bounds
            .run(guest.call_generate(store, prepared, session))
            .await??;
        let info = call.info(session).await?;
        Ok(Answered { content, info })
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
        let mut call = Call::begin(&self.shared).await?;
        let prepared = call.prepare(request).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider
            .higress_model_provider_text_generation()
            .prepared_request();
        bounds
            .run(guest.call_estimate_tokens(store, prepared))
            .await
    }

    /// Generates an answer and returns it as it comes. Resolves once the head
    /// of the reply is in. The stream takes up one of the tenant's calls
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
        let (mut call, session) = self.begin(model, options).await?;
        let prepared = call.prepare(request).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider
            .higress_model_provider_text_generation()
            .prepared_request();
        let resource = bounds
            .run(guest.call_generate_stream(&mut *store, prepared, session))
            .await??;
        // A stream can be long, and the request large.
        bounds.run(prepared.resource_drop_async(store)).await?;
        Ok(GenerationStream::new(call, session, resource))
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
    ) -> Result<Answered<image_generation::Generation>, CallError> {
        let (mut call, session) = self.begin(model, options).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider.higress_model_provider_image_generation();
        let content = bounds
            .run(guest.call_generate(store, session, request))
            .await??;
        let info = call.info(session).await?;
        Ok(Answered { content, info })
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
    ) -> Result<Answered<text_embedding::Embeddings>, CallError> {
        let (mut call, session) = self.begin(model, options).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider.higress_model_provider_text_embedding();
        let content = bounds
            .run(guest.call_embed(store, session, request))
            .await??;
        let info = call.info(session).await?;
        Ok(Answered { content, info })
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
    ) -> Result<Answered<text_rerank::Ranking>, CallError> {
        let (mut call, session) = self.begin(model, options).await?;
        let (store, provider, bounds) = call.parts();
        let guest = provider.higress_model_provider_text_rerank();
        let content = bounds
            .run(guest.call_rerank(store, session, request))
            .await??;
        let info = call.info(session).await?;
        Ok(Answered { content, info })
    }
}
