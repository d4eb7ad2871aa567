//! The exports of a component: which interfaces of the contract it has, and
//! their functions in an instance.

use crate::bindings::{
    description, image_generation, models, text_embedding, text_generation, text_rerank,
    token_estimate,
};
use crate::contract;
use crate::contract::types::ModelKind;
use crate::error::CallError;
use crate::report::Function;
use wasmtime::component::{Instance, InstancePre};
use wasmtime::{AsContextMut, Store};

/// The interfaces that a component exports, looked up once.
pub(crate) struct Exports {
    description: description::GuestIndices,
    models: models::GuestIndices,
    text_generation: Option<text_generation::GuestIndices>,
    image_generation: Option<image_generation::GuestIndices>,
    text_embedding: Option<text_embedding::GuestIndices>,
    text_rerank: Option<text_rerank::GuestIndices>,
    token_estimate: Option<token_estimate::GuestIndices>,
}

/// The functions of an instance, loaded interface by interface when they are
/// first called: loading compares the types of every function.
#[derive(Default)]
pub(crate) struct LoadedExports {
    description: Option<description::Guest>,
    models: Option<models::Guest>,
    text_generation: Option<text_generation::Guest>,
    image_generation: Option<image_generation::Guest>,
    text_embedding: Option<text_embedding::Guest>,
    text_rerank: Option<text_rerank::Guest>,
    token_estimate: Option<token_estimate::Guest>,
}

impl Exports {
    /// Looks up the exports of a component.
    ///
    /// # Errors
    ///
    /// If the component lacks the interfaces of every provider, or a function of
    /// an interface, or exports no kind.
    pub(crate) fn new<T>(component: &InstancePre<T>) -> wasmtime::Result<Self> {
        let exports = Self {
            description: description::GuestIndices::new(component)?,
            models: models::GuestIndices::new(component)?,
            text_generation: if_exported(component, "text-generation", |component| {
                text_generation::GuestIndices::new(component)
            })?,
            image_generation: if_exported(component, "image-generation", |component| {
                image_generation::GuestIndices::new(component)
            })?,
            text_embedding: if_exported(component, "text-embedding", |component| {
                text_embedding::GuestIndices::new(component)
            })?,
            text_rerank: if_exported(component, "text-rerank", |component| {
                text_rerank::GuestIndices::new(component)
            })?,
            token_estimate: if_exported(component, "token-estimate", |component| {
                token_estimate::GuestIndices::new(component)
            })?,
        };
        if exports.kinds().next().is_none() {
            return Err(wasmtime::format_err!(
                "it exports no kind of model: none of {}",
                ModelKind::ALL
                    .map(|kind| kind.as_str().to_owned())
                    .join(", ")
            ));
        }
        Ok(exports)
    }

    /// The kinds of models that the component serves.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = ModelKind> {
        ModelKind::ALL.into_iter().filter(|kind| match kind {
            ModelKind::TextGeneration => self.text_generation.is_some(),
            ModelKind::ImageGeneration => self.image_generation.is_some(),
            ModelKind::TextEmbedding => self.text_embedding.is_some(),
            ModelKind::TextRerank => self.text_rerank.is_some(),
            ModelKind::Other(_) => false,
        })
    }

    /// The interface of a function, if the component does not export it.
    pub(crate) fn missing_for(&self, function: Function) -> Option<&'static str> {
        let (is_exported, interface) = match function {
            // Every provider has them.
            Function::Validate | Function::Provider | Function::Describe => return None,
            Function::Generate | Function::GenerateStream | Function::EstimateTokens => {
                (self.text_generation.is_some(), "text-generation")
            }
            Function::EstimateTextTokens => (self.token_estimate.is_some(), "token-estimate"),
            Function::GenerateImage => (self.image_generation.is_some(), "image-generation"),
            Function::Embed => (self.text_embedding.is_some(), "text-embedding"),
            Function::Rerank => (self.text_rerank.is_some(), "text-rerank"),
        };
        (!is_exported).then_some(interface)
    }
}

/// The indices of an interface, if the component exports it.
fn if_exported<T, I>(
    component: &InstancePre<T>,
    interface: &str,
    indices: impl FnOnce(&InstancePre<T>) -> wasmtime::Result<I>,
) -> wasmtime::Result<Option<I>> {
    let name = format!("higress:model-provider/{interface}@{}", contract::VERSION);
    match component.component().get_export_index(None, &name) {
        Some(_) => indices(component).map(Some),
        None => Ok(None),
    }
}

/// Declares the access to an interface: loaded on the first call.
macro_rules! interface {
    ($module:ident) => {
        pub(crate) fn $module<T: Send>(
            &mut self,
            exports: &Exports,
            store: &mut Store<T>,
            instance: &Instance,
        ) -> wasmtime::Result<&$module::Guest> {
            match &mut self.$module {
                Some(guest) => Ok(guest),
                none => Ok(none.insert(exports.$module.load(store.as_context_mut(), instance)?)),
            }
        }
    };
    ($module:ident, $name:literal) => {
        pub(crate) fn $module<T: Send>(
            &mut self,
            exports: &Exports,
            store: &mut Store<T>,
            instance: &Instance,
        ) -> Result<wasmtime::Result<&$module::Guest>, CallError> {
            let Some(indices) = &exports.$module else {
                return Err(CallError::MissingInterface { interface: $name });
            };
            Ok(match &mut self.$module {
                Some(guest) => Ok(guest),
                none => indices
                    .load(store.as_context_mut(), instance)
                    .map(|guest| &*none.insert(guest)),
            })
        }
    };
}

impl LoadedExports {
    interface!(description);
    interface!(models);
    interface!(text_generation, "text-generation");
    interface!(image_generation, "image-generation");
    interface!(text_embedding, "text-embedding");
    interface!(text_rerank, "text-rerank");
    interface!(token_estimate, "token-estimate");
}
