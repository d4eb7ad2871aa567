//! The contenders of this process, which many tasks may share.

use super::async_openai::AsyncOpenAi;
use super::component::Component;
use super::native::Native;
use super::task::{Done, Task};
use crate::scenario::Scenario;
use anyhow::Result;
use std::sync::Arc;

#[derive(Clone)]
pub(crate) enum Local {
    Native(Arc<Native>),
    Component(Arc<Component>),
    AsyncOpenAi(Arc<AsyncOpenAi>),
}

impl Local {
    /// Does a call. Nothing for what this one does not do.
    pub(crate) async fn run(&self, task: &Task) -> Result<Option<Done>> {
        match self {
            Self::Native(native) => native.run(task).await.map(Some),
            Self::Component(component) => component.run(task).await.map(Some),
            Self::AsyncOpenAi(peer) => peer.run(task).await,
        }
    }

    /// Reads a stream to its end, and tells what it says.
    pub(crate) async fn listen(
        &self,
        scenario: Scenario,
        say: &mut (impl FnMut(&str) + Send),
    ) -> Result<()> {
        match self {
            Self::Native(native) => native.listen(scenario, say).await,
            Self::Component(component) => component.listen(scenario, say).await,
            Self::AsyncOpenAi(peer) => peer.listen(scenario, say).await,
        }
    }
}
