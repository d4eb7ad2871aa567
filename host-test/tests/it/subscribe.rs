//! Several streams of one instance, which the host waits for by their
//! pollables, in a store of its own.

use mock_gateway::{Backend, Ending, Gateway, GatewayConfig, Latch, MockResponse, Route, Script};
use provider_host::bindings::text_generation::{Event, FinishReason};
use provider_host::bindings::types::{CallOptions, ErrorKind};
use provider_host::bindings::{Provider, ProviderPre, types};
use provider_host::wasmtime::Store;
use provider_host::wasmtime::component::{Linker, Resource, ResourceAny, ResourceTable};
use provider_host::{Limits, Sandbox, SandboxFactory, SandboxGuard};
use std::time::Duration;
use testing::call::{filled, policy, question};
use testing::own_host::component;
use testing::pollables::Pollable;
use testing::{pollables, soon};

/// One instance with a model, and its gateway.
struct Instance {
    _gateway: Gateway,
    store: Store<Sandbox>,
    guard: SandboxGuard,
    provider: Provider,
    model: ResourceAny,
}

impl Instance {
    /// The responses are those to its requests in turn.
    async fn new(responses: [MockResponse; 2]) -> Self {
        let [first, second] = responses;
        let script = Script::new(first).then(second);
        let route = Route::new("", Backend::Script(script));
        let gateway = Gateway::start(GatewayConfig::new().route(route))
            .await
            .unwrap();
        let endpoint = gateway.url("/v1");
        let policy = policy("test", Limits::default(), &endpoint);
        let sandboxes = SandboxFactory::new(&policy).unwrap();

        let component = component();
        let mut linker = Linker::new(component.engine());
        provider_host::add_to_linker(&mut linker).unwrap();
        let provider = ProviderPre::new(linker.instantiate_pre(component).unwrap()).unwrap();
        let (mut store, guard) = sandboxes.store(component.engine(), |sandbox| sandbox);
        let provider = guard
            .run(provider.instantiate_async(&mut store))
            .await
            .unwrap();
        let config = types::ModelConfig {
            kind: types::ModelKind::TextGeneration,
            name: "model-1".to_owned(),
            credentials: filled(&[("endpoint_url", &endpoint)]),
        };
        let models = provider.higress_model_provider_models().model();
        let constructing = models.call_constructor(&mut store, &config);
        let model = guard.run(constructing).await.unwrap().unwrap();
        Self {
            _gateway: gateway,
            store,
            guard,
            provider,
            model,
        }
    }

    async fn open(&mut self) -> ResourceAny {
        let text = self.provider.higress_model_provider_text_generation();
        let (request, options) = (question("Why?"), CallOptions::default());
        let opening = text.call_generate_stream(&mut self.store, self.model, &request, &options);
        soon(self.guard.run(opening)).await.unwrap().unwrap()
    }

    async fn next(&mut self, stream: ResourceAny) -> Result<Option<Vec<Event>>, types::Error> {
        let text = self.provider.higress_model_provider_text_generation();
        let streams = text.response_stream();
        let next = streams.call_next(&mut self.store, stream);
        soon(self.guard.run(next)).await.unwrap()
    }

    async fn metadata(&mut self, stream: ResourceAny) -> types::ResponseMetadata {
        let text = self.provider.higress_model_provider_text_generation();
        let streams = text.response_stream();
        let metadata = streams.call_metadata(&mut self.store, stream);
        self.guard.run(metadata).await.unwrap()
    }

    async fn subscribe(&mut self, stream: ResourceAny) -> Resource<Pollable> {
        let text = self.provider.higress_model_provider_text_generation();
        let streams = text.response_stream();
        let subscribing = streams.call_subscribe(&mut self.store, stream);
        self.guard.run(subscribing).await.unwrap()
    }

    fn table(&mut self) -> &mut ResourceTable {
        self.store.data_mut().table()
    }

    async fn is_ready(&mut self, pollable: &Resource<Pollable>) -> bool {
        pollables::is_ready(self.table(), pollable).await
    }

    async fn wait(&mut self, pollables: &[&Resource<Pollable>]) -> Vec<u32> {
        soon(pollables::wait(self.table(), pollables)).await
    }

    fn drop(&mut self, pollable: Resource<Pollable>) {
        pollables::drop(self.table(), pollable);
    }

    /// Waits for more of a stream by a pollable, and returns it.
    async fn next_when_ready(
        &mut self,
        stream: ResourceAny,
    ) -> Result<Option<Vec<Event>>, types::Error> {
        let pollable = self.subscribe(stream).await;
        self.wait(&[&pollable]).await;
        self.drop(pollable);
        self.next(stream).await
    }

    /// Reads a stream of which the end alone is left.
    async fn ends_when_ready(&mut self, stream: ResourceAny) {
        let mut events = Vec::new();
        while let Some(more) = self.next_when_ready(stream).await.unwrap() {
            events.extend(more);
        }
        assert_eq!(events, [Event::Finish(FinishReason::Stop)]);
        let metadata = self.metadata(stream).await;
        assert_eq!(metadata.model.as_deref(), Some("m"));
        assert!(metadata.first_byte_ms.is_some(), "{metadata:?}");
        assert!(metadata.total_ms.is_some(), "{metadata:?}");
        // It stays ready, and ended.
        assert_eq!(self.next_when_ready(stream).await, Ok(None));
    }
}

fn event(text: &str) -> String {
    format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}

const FINISH: &str = "data: {\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const DONE: &str = "data: [DONE]\n\n";

fn text(text: &str) -> Vec<Event> {
    vec![Event::Text(text.to_owned())]
}

/// A stream that sends each piece when its latch is opened, and then ends.
fn latched<const N: usize>(pieces: [&str; N]) -> (MockResponse, [Latch; N]) {
    let latches = std::array::from_fn(|_| Latch::closed());
    let steps = pieces.into_iter().zip(&latches);
    let response = steps.fold(MockResponse::event_stream(), |response, (piece, latch)| {
        response.wait(latch).bytes(piece.to_owned())
    });
    (response, latches)
}

#[tokio::test]
async fn the_stream_whose_bytes_arrive_is_ready_and_the_other_is_not() {
    let (one, end) = (event("one"), format!("{FINISH}{DONE}"));
    let (response, late_latches) = latched([&one, &end]);
    let (other_response, early_latches) = latched([&one, &end]);
    let mut instance = Instance::new([response, other_response]).await;
    let late = instance.open().await;
    let early = instance.open().await;

    let of_late = instance.subscribe(late).await;
    let of_early = instance.subscribe(early).await;
    assert!(!instance.is_ready(&of_late).await);
    assert!(!instance.is_ready(&of_early).await);
    early_latches[0].open();
    assert_eq!(instance.wait(&[&of_late, &of_early]).await, [1]);
    assert!(!instance.is_ready(&of_late).await);
    instance.drop(of_late);
    instance.drop(of_early);
    assert_eq!(instance.next(early).await, Ok(Some(text("one"))));
    // Nothing has arrived of the other: `next` returns at once.
    assert_eq!(instance.next(late).await, Ok(Some(Vec::new())));

    early_latches[1].open();
    instance.ends_when_ready(early).await;
    // The end of one stream says nothing of the other.
    assert_eq!(instance.metadata(late).await.total_ms, None);
    late_latches[0].open();
    assert_eq!(instance.next_when_ready(late).await, Ok(Some(text("one"))));
    late_latches[1].open();
    instance.ends_when_ready(late).await;
}

#[tokio::test]
async fn a_part_without_an_event_is_an_empty_list_only_after_subscribe() {
    let (comment, half) = (": keep-alive\n\n", event("one"));
    let (start, rest) = half.split_at(20);
    let (response, latches) = latched([comment, start, rest, comment, FINISH]);
    let (unused, _) = latched([]);
    let mut instance = Instance::new([response, unused]).await;
    let stream = instance.open().await;
    let [first, second, third, fourth, fifth] = &latches;
    for latch in [first, second] {
        latch.open();
        assert_eq!(instance.next_when_ready(stream).await, Ok(Some(Vec::new())));
    }
    third.open();
    assert_eq!(
        instance.next_when_ready(stream).await,
        Ok(Some(text("one")))
    );
    // Without `subscribe` it blocks until there is an event.
    fourth.open();
    let opener = {
        let fifth = fifth.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(200)).await;
            fifth.open();
        })
    };
    let finish = Event::Finish(FinishReason::Stop);
    assert_eq!(instance.next(stream).await, Ok(Some(vec![finish])));
    opener.await.unwrap();
    assert_eq!(instance.next(stream).await, Ok(None));
}

#[tokio::test]
async fn no_list_is_empty_without_subscribe() {
    let mut response = MockResponse::event_stream();
    for _ in 0..3 {
        for piece in [": keep-alive\n\n", "data: {\"choices\":[]}\n\n"] {
            response = response.bytes(piece).pause(Duration::from_millis(20));
        }
        let event = event("more");
        let (start, rest) = event.split_at(30);
        let pause = Duration::from_millis(20);
        response = response
            .bytes(start.to_owned())
            .pause(pause)
            .bytes(rest.to_owned());
    }
    let response = response.bytes(FINISH).bytes(DONE);
    let (unused, _) = latched([]);
    let mut instance = Instance::new([response, unused]).await;
    let stream = instance.open().await;
    let mut lists = Vec::new();
    while let Some(events) = instance.next(stream).await.unwrap() {
        lists.push(events);
    }
    assert!(lists.iter().all(|events| !events.is_empty()), "{lists:?}");
    assert_eq!(lists.concat().len(), 4, "{lists:?}");
}

#[tokio::test]
async fn a_pollable_may_be_dropped_without_a_wait() {
    let (one, two) = (event("one"), event("two"));
    let (response, latches) = latched([&one, &two, FINISH]);
    let (unused, _) = latched([]);
    let mut instance = Instance::new([response, unused]).await;
    let stream = instance.open().await;
    for _ in 0..3 {
        let pollable = instance.subscribe(stream).await;
        instance.drop(pollable);
    }
    assert_eq!(instance.next(stream).await, Ok(Some(Vec::new())));
    for (latch, said) in latches.iter().zip(["one", "two"]) {
        latch.open();
        // The next call blocks, since nobody has subscribed since the last.
        assert_eq!(instance.next(stream).await, Ok(Some(text(said))));
        let pollable = instance.subscribe(stream).await;
        instance.drop(pollable);
        assert_eq!(instance.next(stream).await, Ok(Some(Vec::new())));
    }
}

#[tokio::test]
async fn a_stream_that_breaks_is_ready_and_the_other_goes_on() {
    let (broken, latches) = latched([": \n\n"]);
    let broken = broken.bytes(event("one")).ending(Ending::Reset);
    let (one, end) = (event("one"), format!("{FINISH}{DONE}"));
    let (sound, sound_latches) = latched([&one, &end]);
    let mut instance = Instance::new([broken, sound]).await;
    let streams = [instance.open().await, instance.open().await];
    latches[0].open();
    let error = loop {
        match instance.next_when_ready(streams[0]).await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it ended"),
            Err(error) => break error,
        }
    };
    assert_eq!(
        (error.kind, error.request_sent),
        (ErrorKind::Protocol, true)
    );
    assert_eq!(instance.next_when_ready(streams[0]).await, Ok(None));
    sound_latches[0].open();
    assert_eq!(
        instance.next_when_ready(streams[1]).await,
        Ok(Some(text("one")))
    );
    sound_latches[1].open();
    let finish = Event::Finish(FinishReason::Stop);
    assert_eq!(
        instance.next_when_ready(streams[1]).await,
        Ok(Some(vec![finish]))
    );
}
