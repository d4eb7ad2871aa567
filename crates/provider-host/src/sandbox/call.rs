//! One call: waits for a permit, takes or makes an instance, runs the component
//! within its time, and sorts out why it failed. Dropping a call drops its
//! instance, closes every connection of it and gives the permit back.

use super::call_recorder::{CallRecorder, OutcomeCell};
use super::context::SandboxContext;
use super::guard::SandboxGuard;
use super::instance::Instance;
use super::store::Sandbox;
use crate::bindings::{
    description, image_generation, models, text_embedding, text_generation, text_rerank,
    token_estimate,
};
use crate::contract::types;
use crate::deadline;
use crate::error::CallError;
use crate::exports::LoadedExports;
use crate::model::Model;
use crate::policy::InstanceReuse;
use crate::report::{Function, Outcome};
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument;
use wasmtime::component::ResourceAny;
use wasmtime::{PoolConcurrencyLimitError, Store};

/// Declares what a call of an interface needs, all at once: the store, the
/// functions, and what bounds the call.
macro_rules! interface {
    ($module:ident) => {
        pub(crate) fn $module(
            &mut self,
        ) -> Result<(&mut Store<Sandbox>, &$module::Guest, &Bounds), CallError> {
            let Instance {
                store,
                component,
                exports,
                ..
            } = &mut self.instance;
            let bounds = &self.bounds;
            let guest = exports.$module(&bounds.context.exports, store, component);
            let guest = guest.map_err(|error| bounds.failed(error))?;
            Ok((store, guest, bounds))
        }
    };
    ($module:ident, optional) => {
        pub(crate) fn $module(
            &mut self,
        ) -> Result<(&mut Store<Sandbox>, &$module::Guest, &Bounds), CallError> {
            let Instance {
                store,
                component,
                exports,
                ..
            } = &mut self.instance;
            let bounds = &self.bounds;
            let guest = exports.$module(&bounds.context.exports, store, component);
            let guest = guest.inspect_err(|error| bounds.recorder.ended(Outcome::of(error)))?;
            let guest = guest.map_err(|error| bounds.failed(error))?;
            Ok((store, guest, bounds))
        }
    };
}

/// How long to wait for the pool to give memory back.
const POOL_PAUSE: Duration = Duration::from_micros(200);

/// An instance in use. Fields are dropped in this order: the permit is given
/// back when nothing of the instance is left, and then the call is over.
pub(crate) struct Call {
    instance: Instance,
    permit: OwnedSemaphorePermit,
    _admitted: OwnedSemaphorePermit,
    bounds: Bounds,
}

/// The time that a call has, by the clock and by the processor, and what is
/// written down of it.
pub(crate) struct Bounds {
    context: Arc<SandboxContext>,
    guard: SandboxGuard,
    recorder: CallRecorder,
}

impl Call {
    /// Waits for a permit, and takes the tenant's idle instance or makes one;
    /// neither for a function that the component does not export.
    pub(crate) async fn begin(
        context: &Arc<SandboxContext>,
        function: Function,
    ) -> Result<Box<Self>, CallError> {
        let bounds = Bounds::new(context, function);
        let begun = match context.exports.missing_for(function) {
            None => Self::admit(&bounds).await,
            Some(interface) => Err(CallError::MissingInterface { interface }),
        };
        let (admitted, instance, permit) =
            begun.inspect_err(|error| bounds.recorder.ended(Outcome::of(error)))?;
        Ok(Box::new(Self {
            instance,
            permit,
            _admitted: admitted,
            bounds,
        }))
    }

    /// Reports a call that is rejected before it begins.
    pub(crate) fn rejected(
        context: &Arc<SandboxContext>,
        function: Function,
        error: CallError,
    ) -> CallError {
        let bounds = Bounds::new(context, function);
        bounds.recorder.ended(Outcome::of(&error));
        error
    }

    async fn admit(
        bounds: &Bounds,
    ) -> Result<(OwnedSemaphorePermit, Instance, OwnedSemaphorePermit), CallError> {
        let context = &bounds.context;
        let wait = context.limits.queue_timeout;
        let end = deadline::after(bounds.recorder.begun(), wait);
        let admitted = context.admission.enter(&context.limits, end).await?;
        let pool = context.engine.pool();
        if let Some((mut instance, permit)) = pool.take_idle(context.owner) {
            bounds.recorder.admitted();
            bounds.reuse(&mut instance);
            return Ok((admitted, instance, permit));
        }
        let permit = pool.enter(end).await;
        let permit = permit.ok_or(CallError::QueueTimeout { waited: wait })?;
        bounds.recorder.admitted();
        let instance = bounds.instantiate(end).await?;
        Ok((admitted, instance, permit))
    }

    /// The component's resource of a model: that of the instance's last call if
    /// it was for the same model, or else a new one. The inner error is the
    /// component's.
    pub(crate) async fn open(
        &mut self,
        model: &Model,
    ) -> Result<Result<ResourceAny, types::Error>, CallError> {
        match self.instance.model.take() {
            Some((last, resource)) if last.is(model) => {
                self.instance.model = Some((last, resource));
                return Ok(Ok(resource));
            }
            Some((_, resource)) => self.release(resource).await?,
            None => {}
        }
        let config = model.config().exposed();
        let (store, guest, bounds) = self.models()?;
        let guest = guest.model();
        let resource = bounds.run(guest.call_constructor(store, &config)).await?;
        if let Ok(resource) = resource {
            self.instance.model = Some((model.clone(), resource));
        }
        Ok(resource)
    }

    /// Drops what the component holds for the caller.
    pub(crate) async fn release(&mut self, resource: ResourceAny) -> Result<(), CallError> {
        let dropping = resource.resource_drop_async(&mut self.instance.store);
        self.bounds.run(dropping).await
    }

    /// As [`Bounds::deadline`].
    pub(crate) fn deadline(&self) -> (Instant, Duration, OutcomeCell) {
        self.bounds.deadline()
    }

    interface!(models);
    interface!(description);
    interface!(text_generation, optional);
    interface!(image_generation, optional);
    interface!(text_embedding, optional);
    interface!(text_rerank, optional);
    interface!(token_estimate, optional);

    /// The component has returned: records the outcome, and keeps the instance
    /// if the tenant's next call may have it, with its model. `held` is what the
    /// component still holds for the caller besides.
    pub(crate) async fn close<T>(
        self: Box<Self>,
        answer: Result<T, types::Error>,
        held: Option<ResourceAny>,
    ) -> Result<T, CallError> {
        let answer = self.bounds.judge(answer);
        match &answer {
            Ok(_) => self.bounds.recorder.ended(Outcome::Completed),
            Err(error) => self.bounds.recorder.ended(Outcome::of(error)),
        }
        if let Ok(_) | Err(CallError::Provider(_)) = &answer {
            self.keep(held).await;
        }
        answer
    }

    async fn keep(mut self: Box<Self>, held: Option<ResourceAny>) {
        let context = Arc::clone(&self.bounds.context);
        let InstanceReuse::Pooled {
            max_calls,
            idle_timeout,
        } = context.reuse
        else {
            return;
        };
        if self.instance.calls >= max_calls.get() {
            return;
        }
        if let Some(resource) = held
            && self.release(resource).await.is_err()
        {
            return;
        }
        // A component that holds on to a request or a response may be in the
        // middle of something, and is not called again.
        if self.instance.store.data().is_clean() {
            let Self {
                instance, permit, ..
            } = *self;
            let pool = context.engine.pool();
            pool.keep(context.owner, instance, permit, idle_timeout);
        }
    }
}

impl Bounds {
    fn new(context: &Arc<SandboxContext>, function: Function) -> Self {
        let begun = Instant::now();
        let guard = SandboxGuard::new(&context.limits, begun);
        Self {
            context: Arc::clone(context),
            recorder: CallRecorder::begin(context, function, begun, &guard),
            guard,
        }
    }

    /// Makes an instance. The pool may take until `end` to have room for it: it
    /// gives memory back in batches, some time after a permit is free.
    async fn instantiate(&self, end: Instant) -> Result<Instance, CallError> {
        let begun = Instant::now();
        loop {
            let hooks = self.guard.hooks(&self.context.transport);
            let sandbox = Sandbox::new(&self.context.limits, hooks);
            let mut store = Store::new(self.context.engine.wasmtime(), sandbox);
            self.guard.limit(&mut store);
            let instantiating = self.context.component.instantiate_async(&mut store);
            match self.attempt(instantiating).await? {
                Ok(component) => {
                    let memory = store.data().memory();
                    self.recorder.instantiated(begun.elapsed(), memory);
                    return Ok(Instance {
                        store,
                        component,
                        exports: LoadedExports::default(),
                        model: None,
                        calls: 1,
                    });
                }
                Err(error) if error.is::<PoolConcurrencyLimitError>() && Instant::now() < end => {
                    drop(store);
                    tokio::time::sleep(POOL_PAUSE).await;
                }
                Err(error) => {
                    let memory = store.data().memory();
                    self.recorder.instantiated(begun.elapsed(), memory);
                    return Err(self.failed(error));
                }
            }
        }
    }

    /// Prepares an idle instance for the tenant's next call.
    fn reuse(&self, instance: &mut Instance) {
        instance.calls = instance.calls.saturating_add(1);
        self.guard.meter().watch(&mut instance.store);
        let hooks = self.guard.hooks(&self.context.transport);
        instance.store.data_mut().set_hooks(hooks);
        self.recorder.reused(instance.store.data().memory());
    }

    /// Runs a call into the component to its end, or to the first limit that it
    /// meets. After an error the instance must not be used again.
    pub(crate) fn run<'a, T: Send + 'a>(
        &'a self,
        call: impl Future<Output = wasmtime::Result<T>> + Send + 'a,
    ) -> impl Future<Output = Result<T, CallError>> + Send + 'a {
        let attempt = self.attempt(call);
        async move { attempt.await?.map_err(|error| self.failed(error)) }
    }

    /// The same, with the runtime's own error inside.
    fn attempt<'a, T: Send + 'a>(
        &'a self,
        call: impl Future<Output = wasmtime::Result<T>> + Send + 'a,
    ) -> impl Future<Output = Result<wasmtime::Result<T>, CallError>> + Send + 'a {
        let call = call.instrument(self.recorder.span().clone());
        let attempt = self.guard.attempt(call);
        async move {
            let result = attempt.await;
            result.inspect_err(|error| self.recorder.ended(Outcome::of(error)))
        }
    }

    fn failed(&self, error: wasmtime::Error) -> CallError {
        let error = self.guard.failed(error);
        self.recorder.ended(Outcome::of(&error));
        error
    }

    /// When the call must have ended, how long that is, and where to record
    /// that it did not.
    pub(crate) fn deadline(&self) -> (Instant, Duration, OutcomeCell) {
        let limit = self.context.limits.deadline;
        (self.guard.deadline(), limit, self.recorder.outcome())
    }

    /// What the component returned. An error that it reports after it exceeded
    /// a limit of its traffic is that limit's.
    fn judge<T>(&self, result: Result<T, types::Error>) -> Result<T, CallError> {
        result.map_err(|error| match self.guard.transfer().limit_exceeded() {
            Some(limit_exceeded) => CallError::LimitExceeded(limit_exceeded),
            None => CallError::from(error),
        })
    }
}
