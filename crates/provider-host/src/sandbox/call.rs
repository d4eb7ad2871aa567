//! One call: waits for a place, takes a sandbox, runs the component within
//! its time, and sorts out why it failed. Dropping a call throws the sandbox
//! away, closes every connection of it and frees the place.

use super::record::{Record, Verdict};
use super::store::{Sandbox, new_store};
use crate::contract::Provider;
use crate::contract::text_generation::Request;
use crate::contract::types::{self, CallOptions, Model, ResponseMetadata};
use crate::error::{self, CallError};
use crate::report::{Function, Outcome};
use crate::tenant::{InstanceReuse, Shared};
use crate::transport::Hooks;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout_at;
use tracing::Instrument;
use wasmtime::component::ResourceAny;
use wasmtime::{PoolConcurrencyLimitError, Store};

/// How long to wait for the pool to give memory back.
const POOL_PAUSE: Duration = Duration::from_micros(200);

/// A moment that is never reached, for times that are meant to be endless.
const NEVER: Duration = Duration::from_hours(24 * 365 * 30);

/// The moment `time` after `begun`.
pub(crate) fn later(begun: Instant, time: Duration) -> Instant {
    begun.checked_add(time.min(NEVER)).unwrap_or(begun)
}

/// A component in a store of its own.
pub(crate) struct Instance {
    store: Store<Sandbox>,
    provider: Provider,
    /// How often it has been used.
    uses: u32,
}

/// A sandbox in use. The order of the fields is that of their release: the
/// place is given back when nothing is in it any more, and then the call is
/// over.
pub(crate) struct Call {
    instance: Instance,
    place: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
    bounds: Bounds,
}

/// The time that a call has, by the clock and by the processor.
pub(crate) struct Bounds {
    deadline: Instant,
    record: Record,
}

impl Call {
    /// Waits for a place, and takes the tenant's idle sandbox or makes one.
    pub(crate) async fn begin(
        tenant: &Arc<Shared>,
        function: Function,
    ) -> Result<Box<Self>, CallError> {
        let bounds = Bounds::new(Record::begin(tenant, function));
        let begun = Self::place(tenant, &bounds).await;
        let (turn, instance, place) =
            begun.inspect_err(|error| bounds.record.ended(Outcome::of(error)))?;
        Ok(Box::new(Self {
            instance,
            place,
            _turn: turn,
            bounds,
        }))
    }

    async fn place(
        tenant: &Arc<Shared>,
        bounds: &Bounds,
    ) -> Result<(OwnedSemaphorePermit, Instance, OwnedSemaphorePermit), CallError> {
        let wait = tenant.limits.queue_timeout;
        let end = later(bounds.record.begun(), wait);
        let turn = tenant.queue.enter(&tenant.limits, end).await?;
        let places = tenant.host.engine().places();
        if let Some((mut instance, place)) = places.take_idle(tenant.owner) {
            bounds.record.placed();
            instance.hand_over(bounds);
            return Ok((turn, instance, place));
        }
        let place = places.enter(end).await;
        let place = place.ok_or(CallError::QueueTimeout { waited: wait })?;
        bounds.record.placed();
        let instance = Instance::new(tenant, bounds, end).await?;
        Ok((turn, instance, place))
    }

    /// Hands a model over to the component, with the settings of the call: a
    /// session.
    pub(crate) async fn open(
        &mut self,
        model: &Model,
        options: &CallOptions,
    ) -> Result<ResourceAny, CallError> {
        let (store, provider, bounds) = self.parts();
        let guest = provider.higress_model_provider_types().session();
        bounds
            .run(guest.call_constructor(store, &model.exposed(), &options.exposed()))
            .await
    }

    /// What a session knows of the response to its last call.
    pub(crate) async fn info(
        &mut self,
        session: ResourceAny,
    ) -> Result<ResponseMetadata, CallError> {
        let (store, provider, bounds) = self.parts();
        let guest = provider.higress_model_provider_types().session();
        bounds.run(guest.call_info(store, session)).await
    }

    /// Hands a request for text over to the component.
    pub(crate) async fn prepare(&mut self, request: &Request) -> Result<ResourceAny, CallError> {
        let (store, provider, bounds) = self.parts();
        let guest = provider
            .higress_model_provider_text_generation()
            .prepared_request();
        bounds.run(guest.call_constructor(store, request)).await
    }

    /// Drops what the component holds for the caller.
    pub(crate) async fn release(&mut self, resource: ResourceAny) -> Result<(), CallError> {
        let (store, _, bounds) = self.parts();
        bounds.run(resource.resource_drop_async(store)).await
    }

    /// As [`Bounds::deadline`].
    pub(crate) fn deadline(&self) -> (Instant, Duration, Verdict) {
        self.bounds.deadline()
    }

    /// What a call of an export needs, all at once.
    pub(crate) fn parts(&mut self) -> (&mut Store<Sandbox>, &Provider, &Bounds) {
        let Instance {
            store, provider, ..
        } = &mut self.instance;
        (store, provider, &self.bounds)
    }

    /// The call is answered, one way or the other: writes that down, and keeps
    /// the sandbox if the tenant's next call may have it. `held` is what the
    /// component still holds for the caller.
    pub(crate) async fn close<T>(
        self: Box<Self>,
        answer: Result<T, types::Error>,
        held: &[ResourceAny],
    ) -> Result<T, CallError> {
        let answer = self.bounds.judge(answer);
        match &answer {
            Ok(_) => self.bounds.record.ended(Outcome::Completed),
            Err(error) => self.bounds.record.ended(Outcome::of(error)),
        }
        if let Ok(_) | Err(CallError::Provider(_)) = &answer {
            self.keep(held).await;
        }
        answer
    }

    async fn keep(mut self: Box<Self>, held: &[ResourceAny]) {
        let tenant = Arc::clone(self.bounds.record.tenant());
        let InstanceReuse::Pooled {
            max_calls: uses,
            idle_timeout: idle,
        } = tenant.reuse
        else {
            return;
        };
        if self.instance.uses >= uses.get() {
            return;
        }
        for resource in held {
            if self.release(*resource).await.is_err() {
                return;
            }
        }
        // A component that holds on to a request or a response may be in the
        // middle of something, and is not asked again.
        if self.instance.store.data().is_clean() {
            let places = tenant.host.engine().places();
            let Self {
                instance, place, ..
            } = *self;
            places.keep(tenant.owner, instance, place, idle);
        }
    }
}

impl Instance {
    /// Makes a sandbox. The pool may take until `end` to have room for it: it
    /// gives memory back in batches, some moments after the place is free.
    async fn new(tenant: &Arc<Shared>, bounds: &Bounds, end: Instant) -> Result<Self, CallError> {
        let begun = Instant::now();
        loop {
            let engine = tenant.host.engine().inner();
            let meter = bounds.record.meter();
            let mut store = new_store(engine, &tenant.limits, bounds.hooks(), meter);
            let provider = tenant.host.provider();
            let instantiating = provider.instantiate_async(&mut store);
            match bounds.attempt(instantiating).await? {
                Ok(provider) => {
                    let memory = store.data().memory();
                    bounds.record.instantiated(begun.elapsed(), memory);
                    return Ok(Self {
                        store,
                        provider,
                        uses: 1,
                    });
                }
                Err(error) if error.is::<PoolConcurrencyLimitError>() && Instant::now() < end => {
                    drop(store);
                    tokio::time::sleep(POOL_PAUSE).await;
                }
                Err(error) => {
                    let memory = store.data().memory();
                    bounds.record.instantiated(begun.elapsed(), memory);
                    return Err(bounds.failed(&error));
                }
            }
        }
    }

    /// Gives the sandbox to the tenant's next call.
    fn hand_over(&mut self, bounds: &Bounds) {
        self.uses = self.uses.saturating_add(1);
        bounds.record.meter().watch(&mut self.store);
        self.store.data_mut().hand_over(bounds.hooks());
        bounds.record.warm(self.store.data().memory());
    }
}

impl Bounds {
    fn new(record: Record) -> Self {
        Self {
            deadline: later(record.begun(), record.tenant().limits.deadline),
            record,
        }
    }

    fn hooks(&self) -> Hooks {
        let transport = Arc::clone(&self.record.tenant().transport);
        let traffic = Arc::clone(self.record.traffic());
        Hooks::new(transport, traffic, self.deadline)
    }

    /// Runs a call into the component to its end, or to the first bound that
    /// it meets. After an error the sandbox must not be used again.
    pub(crate) fn run<'a, T: Send + 'a>(
        &'a self,
        call: impl Future<Output = wasmtime::Result<T>> + Send + 'a,
    ) -> impl Future<Output = Result<T, CallError>> + Send + 'a {
        let attempt = self.attempt(call);
        async move {
            let result = attempt.await?;
            result.map_err(|error| self.failed(&error))
        }
    }

    /// The same, with the runtime's own error inside.
    fn attempt<'a, T: Send + 'a>(
        &'a self,
        call: impl Future<Output = wasmtime::Result<T>> + Send + 'a,
    ) -> impl Future<Output = Result<wasmtime::Result<T>, CallError>> + Send + 'a {
        // The runtime's futures are large, and would be part of the caller's.
        let metered = self.record.meter().metered(Box::pin(call));
        let metered = metered.instrument(self.record.span().clone());
        async move {
            // A component that never waits would not meet the timer.
            if Instant::now() >= self.deadline {
                return Err(self.overdue());
            }
            let result = timeout_at(self.deadline.into(), metered).await;
            result.map_err(|_| self.overdue())
        }
    }

    fn overdue(&self) -> CallError {
        self.record.ended(Outcome::DeadlineExceeded);
        CallError::DeadlineExceeded {
            limit: self.record.tenant().limits.deadline,
        }
    }

    fn failed(&self, error: &wasmtime::Error) -> CallError {
        let error = error::of_runtime(error, &self.record.tenant().limits);
        self.record.ended(Outcome::of(&error));
        error
    }

    /// When the call must have ended, how long that is, and where to say that
    /// it did not.
    pub(crate) fn deadline(&self) -> (Instant, Duration, Verdict) {
        let limit = self.record.tenant().limits.deadline;
        (self.deadline, limit, self.record.verdict())
    }

    /// What the component answered. An error that it reports after it met a
    /// limit of its traffic is that limit's.
    fn judge<T>(&self, answer: Result<T, types::Error>) -> Result<T, CallError> {
        answer.map_err(|error| match self.record.traffic().limit_exceeded() {
            Some(limit_exceeded) => CallError::LimitExceeded(limit_exceeded),
            None => CallError::Provider(error),
        })
    }
}
