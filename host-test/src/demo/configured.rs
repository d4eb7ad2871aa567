//! A tenant with one configured model.

use crate::form::Form;
use provider_host::Model;
use provider_host::contract::types::{CallOptions, ModelConfig, ModelKind, ResponseMetadata};
use provider_host::contract::{image_generation, text_embedding, text_generation, text_rerank};
use provider_host::error::CallError;
use provider_host::stream::ResponseStream;
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
            model: Model::new(ModelConfig {
                kind,
                name,
                credentials: form.into_values(),
            }),
            options: CallOptions::default(),
        }
    }

    /// The same without retries by the component.
    pub(super) fn without_retries(mut self) -> Self {
        self.options.max_retries = Some(0);
        self
    }

    /// The same with the retries that the form configures.
    pub(super) fn with_retries(mut self) -> Self {
        self.options.max_retries = None;
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.model.config().name
    }

    /// The value of a variable. Must not be shown if it is a secret.
    pub(super) fn setting(&self, variable: &str) -> Option<&str> {
        let mut credentials = self.model.config().credentials.iter().rev();
        let (_, value) = credentials.find(|(known, _)| known == variable)?;
        Some(value)
    }

    pub(super) async fn validate(&self) -> Result<ResponseMetadata, CallError> {
        self.tenant.validate(&self.model, &self.options).await
    }

    pub(super) async fn generate(
        &self,
        request: &text_generation::Request,
    ) -> Result<text_generation::Response, CallError> {
        let call = self.tenant.generate(&self.model, request, &self.options);
        call.await
    }

    pub(super) async fn stream(
        &self,
        request: &text_generation::Request,
    ) -> Result<ResponseStream, CallError> {
        let call = self
            .tenant
            .generate_stream(&self.model, request, &self.options);
        call.await
    }

    pub(super) async fn embed(
        &self,
        texts: Vec<String>,
        input_type: text_embedding::InputType,
    ) -> Result<text_embedding::Response, CallError> {
        let request = text_embedding::Request {
            input_type: Some(input_type),
            ..text_embedding::Request::new(texts)
        };
        let call = self.tenant.embed(&self.model, &request, &self.options);
        call.await
    }

    pub(super) async fn rerank(
        &self,
        query: &str,
        documents: Vec<String>,
    ) -> Result<text_rerank::Response, CallError> {
        let request = text_rerank::Request::new(query, documents);
        let call = self.tenant.rerank(&self.model, &request, &self.options);
        call.await
    }

    pub(super) async fn generate_image(
        &self,
        description: &str,
    ) -> Result<image_generation::Response, CallError> {
        let request = image_generation::Request {
            count: Some(1),
            ..image_generation::Request::new(description)
        };
        let call = self
            .tenant
            .generate_image(&self.model, &request, &self.options);
        call.await
    }
}
