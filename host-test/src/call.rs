//! One call: waits for a place, makes a sandbox, runs the component within
//! its time, and sorts out why it failed. Dropping a call frees the place and
//! closes every connection of the sandbox.

use crate::contract::Provider;
use crate::contract::text_generation::Request;
use crate::contract::types::{CallOptions, Model, ReplyInfo};
use crate::cpu::CpuMeter;
use crate::error::{self, CallError};
use crate::limits::Limits;
use crate::store::{Sandbox, new_store};
use crate::tenant::Shared;
use crate::transport::Hooks;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout_at;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

/// A sandbox in use. The order of the fields is that of their release: the
/// place is given back when nothing is in it any more.
pub(crate) struct Call {
    store: Store<Sandbox>,
    provider: Provider,
    bounds: Bounds,
    _place: Place,
}

/// The right to a place: first the tenant's own, so that a tenant with many
/// calls waits for itself and not in front of the others.
struct Place {
    _call: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

/// The time that a call has, by the clock and by the processor.
pub(crate) struct Bounds {
    limits: Limits,
    deadline: Instant,
    meter: CpuMeter,
}

impl Call {
    /// Waits for a place and instantiates the component in it.
    pub(crate) async fn begin(tenant: &Shared) -> Result<Self, CallError> {
        let bounds = Bounds::new(&tenant.limits);
        let place = Place::wait_for(tenant).await?;
        let hooks = Hooks::new(Arc::clone(&tenant.transport), bounds.deadline);
        let engine = tenant.host.engine().inner();
        let mut store = new_store(engine, &tenant.limits, hooks, &bounds.meter);
        let provider = bounds
            .run(tenant.host.provider().instantiate_async(&mut store))
            .await?;
        Ok(Self {
            store,
            provider,
            bounds,
            _place: place,
        })
    }

    /// Hands a model over to the component, with the settings of the call: a
    /// session.
    pub(crate) async fn open(
        &mut self,
        model: &Model,
        options: &CallOptions,
    ) -> Result<ResourceAny, CallError> {
        let guest = self.provider.higress_model_provider_types().session();
        self.bounds
            .run(guest.call_constructor(&mut self.store, &model.exposed(), &options.exposed()))
            .await
    }

    /// What a session knows of the reply to its last call.
    pub(crate) async fn info(&mut self, session: ResourceAny) -> Result<ReplyInfo, CallError> {
        let guest = self.provider.higress_model_provider_types().session();
        self.bounds
            .run(guest.call_info(&mut self.store, session))
            .await
    }

    /// Hands a request for text over to the component.
    pub(crate) async fn prepare(&mut self, request: &Request) -> Result<ResourceAny, CallError> {
        let guest = self
            .provider
            .higress_model_provider_text_generation()
            .prepared_request();
        self.bounds
            .run(guest.call_constructor(&mut self.store, request))
            .await
    }

    /// What a call of an export needs, all at once.
    pub(crate) fn parts(&mut self) -> (&mut Store<Sandbox>, &Provider, &Bounds) {
        (&mut self.store, &self.provider, &self.bounds)
    }
}

impl Place {
    async fn wait_for(tenant: &Shared) -> Result<Self, CallError> {
        let wait = tenant.limits.queue_wait;
        let busy = || CallError::Busy { waited: wait };
        let end = (Instant::now() + wait).into();
        let permit = |places: &Arc<Semaphore>| timeout_at(end, Arc::clone(places).acquire_owned());
        // A semaphore that is never closed gives an error only by the timeout.
        let call = permit(&tenant.calls).await.ok().and_then(Result::ok);
        let call = call.ok_or_else(busy)?;
        let place = permit(tenant.host.engine().places()).await;
        let place = place.ok().and_then(Result::ok).ok_or_else(busy)?;
        Ok(Self {
            _call: call,
            _place: place,
        })
    }
}

impl Bounds {
    fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            deadline: Instant::now() + limits.deadline,
            meter: CpuMeter::new(limits.cpu_time),
        }
    }

    /// Runs a call into the component to its end, or to the first bound that
    /// it meets. After an error the sandbox must not be used again.
    pub(crate) async fn run<T>(
        &self,
        call: impl Future<Output = wasmtime::Result<T>>,
    ) -> Result<T, CallError> {
        timeout_at(self.deadline.into(), self.meter.metered(call))
            .await
            .map_err(|_| CallError::Deadline {
                limit: self.limits.deadline,
            })?
            .map_err(|error| error::of_runtime(&error, self.limits.cpu_time, self.limits.handles))
    }
}
