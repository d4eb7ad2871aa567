//! The contract as `wasmtime::component::bindgen!` writes it from `wit/`: for a
//! host that instantiates the component itself and calls its exports directly.
//!
//! [`ProviderPre`] is a component of the world `provider`, with every interface
//! of the contract, whose imports are linked; [`Provider`] is an instance, with
//! a method for each interface. A component that serves fewer kinds is called by
//! the `GuestIndices` of the interfaces that it exports. The WIT files hold the
//! documentation.
//!
//! `ModelConfig` and `CallOptions` of this module print their credentials and headers
//! by `Debug`. Those of [`contract`](crate::contract) do not.

#[expect(
    missing_docs,
    reason = "written by wasmtime's generator; the WIT holds the documentation"
)]
mod generated {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "higress:model-provider/provider",
        exports: { default: async },
        additional_derives: [PartialEq, Clone, serde::Serialize, serde::Deserialize],
        with: {
            "wasi:clocks": wasmtime_wasi::p2::bindings::clocks,
            "wasi:http": wasmtime_wasi_http::p2::bindings::http,
            "wasi:io": wasmtime_wasi::p2::bindings::io,
            "wasi:random": wasmtime_wasi::p2::bindings::random,
        },
    });
}

pub use generated::exports::higress::model_provider::{
    description, image_generation, models, text_embedding, text_generation, text_rerank,
    token_estimate, types,
};
pub use generated::{Provider, ProviderIndices, ProviderPre};
