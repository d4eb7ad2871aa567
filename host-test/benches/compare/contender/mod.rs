//! Who is compared. All do the same work against the same gateway, and show
//! what they have read.

mod async_openai;
pub(crate) mod component;
pub(crate) mod local;
mod meter;
pub(crate) mod native;
pub(crate) mod python;
pub(crate) mod task;

use anyhow::{Context, Result};
use async_openai::AsyncOpenAi;
use component::Component;
use local::Local;
use native::Native;
use provider_host::host::ProviderHost;
use provider_host::tenant::InstanceReuse;
use python::{Library, Python};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use task::{Done, Task};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Native,
    Warm,
    Fresh,
    AsyncOpenAi,
    Dify,
    OpenAi,
}

impl Name {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Warm => "component, warm",
            Self::Fresh => "component, fresh",
            Self::AsyncOpenAi => "async-openai",
            Self::Dify => "dify_plugin",
            Self::OpenAi => "openai (Python)",
        }
    }
}

pub(crate) struct Contender {
    pub(crate) name: Name,
    pub(crate) client: Client,
}

/// What does the work.
pub(crate) enum Client {
    Local(Local),
    Python(Python),
}

impl Contender {
    /// Does a call, and checks what came of it. Nothing for what this one
    /// does not do.
    pub(crate) async fn run(&mut self, task: &Task) -> Result<Option<Done>> {
        let done = match &mut self.client {
            Client::Local(local) => local.run(task).await,
            Client::Python(peer) => peer.run(task),
        };
        let done = done.with_context(|| format!("{}: {task:?}", self.name.text()))?;
        if let Some(done) = &done {
            done.proof.check(task.proof(), self.name.text())?;
        }
        Ok(done)
    }
}

/// All of them; the Python peers where there is a Python.
pub(crate) fn all(
    host: &ProviderHost,
    gateway: SocketAddr,
    python: Option<&Path>,
) -> Result<Vec<Contender>> {
    let component = |reuse| {
        let component = Component::new(host, gateway, reuse)?;
        anyhow::Ok(Local::Component(Arc::new(component)))
    };
    let native = Local::Native(Arc::new(Native::new(gateway)));
    let async_openai = Local::AsyncOpenAi(Arc::new(AsyncOpenAi::new(gateway)));
    let mut all = vec![
        (Name::Native, Client::Local(native)),
        (
            Name::Warm,
            Client::Local(component(InstanceReuse::pooled())?),
        ),
        (
            Name::Fresh,
            Client::Local(component(InstanceReuse::PerCall)?),
        ),
        (Name::AsyncOpenAi, Client::Local(async_openai)),
    ];
    if let Some(python) = python {
        for (name, library) in [(Name::Dify, Library::Dify), (Name::OpenAi, Library::OpenAi)] {
            let peer = Python::start(python, library, gateway)?;
            all.push((name, Client::Python(peer)));
        }
    }
    let contender = |(name, client)| Contender { name, client };
    Ok(all.into_iter().map(contender).collect())
}
