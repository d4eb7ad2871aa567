//! A model as a tenant configured it, and short ways to call it.

use crate::form::Form;
use provider_host::contract::types::{CallOptions, Model, ModelKind, ResponseMetadata};
use provider_host::contract::{image_generation, text_embedding, text_generation, text_rerank};
use provider_host::error::CallError;
use provider_host::response::Response;
use provider_host::stream::GenerationStream;
use provider_host::tenant::Tenant;

/// A tenant and its model.
pub(super) struct Configured {
    tenant: Tenant,
    model: Model,
    options: CallOptions,
}

impl Configured {
    pub(super) fn new(tenant: Tenant, kind: ModelKind, name: String, form: Form) -> Self {
        Self {
            tenant,
            model: Model {
                kind,
                name,
                credentials: form.into_values(),
            },
            options: CallOptions::default(),
        }
    }

    /// The same, and the component repeats nothing by itself.
    pub(super) fn without_retries(mut self) -> Self {
        self.options.max_retries = Some(0);
        self
    }

    /// The same, and the component repeats what is safe to repeat, as the form
    /// says.
    pub(super) fn with_retries(mut self) -> Self {
        self.options.max_retries = None;
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.model.name
    }

    /// What the form says for a variable. Not to be shown if it is a secret.
    pub(super) fn setting(&self, variable: &str) -> Option<&str> {
        let mut credentials = self.model.credentials.iter().rev();
        let (_, value) = credentials.find(|(known, _)| known == variable)?;
        Some(value)
    }

    pub(super) async fn validate(&self) -> Result<ResponseMetadata, CallError> {
        self.tenant.validate(&self.model, &self.options).await
    }

    pub(super) async fn generate(
        &self,
        request: &text_generation::Request,
    ) -> Result<Response<text_generation::Generation>, CallError> {
        let call = self.tenant.generate(&self.model, request, &self.options);
        call.await
    }

    pub(super) async fn stream(
        &self,
        request: &text_generation::Request,
    ) -> Result<GenerationStream, CallError> {
        let call = self
            .tenant
            .generate_stream(&self.model, request, &self.options);
        call.await
    }

    pub(super) async fn embed(
        &self,
        texts: Vec<String>,
        input_type: text_embedding::InputType,
    ) -> Result<Response<text_embedding::Embeddings>, CallError> {
        let request = text_embedding::Request {
            texts,
            input_type: Some(input_type),
            dimensions: None,
        };
        let call = self.tenant.embed(&self.model, &request, &self.options);
        call.await
    }

    pub(super) async fn rerank(
        &self,
        query: &str,
        documents: Vec<String>,
    ) -> Result<Response<text_rerank::Ranking>, CallError> {
        let request = text_rerank::Request {
            query: query.to_owned(),
            documents,
            top_n: None,
            score_threshold: None,
            instruction: None,
        };
        let call = self.tenant.rerank(&self.model, &request, &self.options);
        call.await
    }

    pub(super) async fn draw(
        &self,
        description: &str,
    ) -> Result<Response<image_generation::Generation>, CallError> {
        let request = image_generation::Request {
            prompt: description.to_owned(),
            negative_prompt: None,
            reference_images: Vec::new(),
            size: None,
            count: Some(1),
            seed: None,
            prompt_extend: None,
            watermark: None,
            extra: None,
        };
        let call = self
            .tenant
            .generate_image(&self.model, &request, &self.options);
        call.await
    }
}
