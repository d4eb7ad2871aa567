//! The program, the host library and the built component together. One binary,
//! so that it is linked once and all tests share the compiled component.
//!
//! `cargo test -p higress-host --test it -- signing::` runs one module.
//! `make component` builds the component.

mod artefact;
mod budget;
mod canary;
mod command_line;
mod component;
mod contract_versions;
mod conversation;
mod deep_json;
mod dependencies;
mod dialects;
mod egress;
mod embedding;
mod image_and_rerank;
mod manifest;
mod own_clock;
mod reference;
mod refusals;
mod rule_provider;
mod sandbox;
mod second_provider;
mod signing;
mod subscribe;
