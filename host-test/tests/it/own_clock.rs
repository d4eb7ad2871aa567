//! The built component in hosts that leave to it what `wasi:http` lets them
//! leave: above all the time limits of a response.

use mock_gateway::{Backend, Ending, Gateway, GatewayConfig, MockResponse, Route, Script};
use provider_host::bindings::types::{CallOptions, ErrorKind, Timeouts};
use provider_host::bindings::{text_generation, text_rerank, types};
use provider_host::wasmtime::component::ResourceAny;
use std::time::{Duration, Instant};
use testing::call::{filled, question};
use testing::own_host::{Conduct, OwnHost};
use testing::soon;

/// The time limit within a response.
const BETWEEN_BYTES: Duration = Duration::from_secs(1);

async fn gateway(response: MockResponse) -> Gateway {
    let route = Route::new("", Backend::Script(Script::new(response)));
    let config = GatewayConfig::new().route(route);
    Gateway::start(config).await.unwrap()
}

fn options() -> CallOptions {
    CallOptions {
        timeouts: Timeouts {
            between_bytes_ms: Some(u32::try_from(BETWEEN_BYTES.as_millis()).unwrap()),
            ..Timeouts::default()
        },
        ..CallOptions::default()
    }
}

/// A host with a model.
struct Caller {
    host: OwnHost,
    model: ResourceAny,
}

impl Caller {
    async fn new(conduct: Conduct, kind: types::ModelKind, endpoint: &str) -> Self {
        let mut host = OwnHost::new(conduct).await;
        let config = types::ModelConfig {
            kind,
            name: "model-1".to_owned(),
            credentials: filled(&[
                ("endpoint_url", endpoint),
                ("rerank_model_protocol", "cohere_rerank"),
            ]),
        };
        let models = host.provider.higress_model_provider_models().model();
        let model = models.call_constructor(&mut host.store, &config).await;
        let model = model.unwrap().unwrap();
        Self { host, model }
    }

    async fn open(&mut self) -> Result<ResourceAny, types::Error> {
        let text = self.host.provider.higress_model_provider_text_generation();
        let (request, options) = (question("Why?"), options());
        let store = &mut self.host.store;
        let opening = text.call_generate_stream(store, self.model, &request, &options);
        soon(opening).await.unwrap()
    }

    async fn next(
        &mut self,
        stream: ResourceAny,
    ) -> Result<Option<Vec<text_generation::Event>>, types::Error> {
        let text = self.host.provider.higress_model_provider_text_generation();
        let streams = text.response_stream();
        soon(streams.call_next(&mut self.host.store, stream))
            .await
            .unwrap()
    }

    async fn rerank(&mut self) -> Result<text_rerank::Response, types::Error> {
        let request = text_rerank::Request {
            query: "tea".to_owned(),
            documents: vec!["green tea".to_owned(), "coffee".to_owned()],
            top_n: None,
            score_threshold: None,
            instruction: None,
        };
        let ranking = self.host.provider.higress_model_provider_text_rerank();
        let options = options();
        let store = &mut self.host.store;
        let ranking = ranking.call_rerank(store, self.model, &request, &options);
        soon(ranking).await.unwrap()
    }
}

const EVENT: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one\"}}]}\n\n";

fn one() -> Vec<text_generation::Event> {
    vec![text_generation::Event::Text("one".to_owned())]
}

/// The start of a stream, and then its end or none.
fn stream(ending: Ending) -> MockResponse {
    MockResponse::event_stream().bytes(EVENT).ending(ending)
}

#[tokio::test]
async fn a_stream_that_stalls_is_a_timeout_without_the_hosts_clock() {
    let gateway = gateway(stream(Ending::Hang)).await;
    let endpoint = gateway.url("/v1");
    let kind = types::ModelKind::TextGeneration;
    let mut caller = Caller::new(Conduct::KeepsNoTime, kind, &endpoint).await;
    let answer = caller.open().await.unwrap();
    assert_eq!(caller.next(answer).await, Ok(Some(one())));
    let begun = Instant::now();
    let error = caller.next(answer).await.unwrap_err();
    let waited = begun.elapsed();
    assert_eq!((error.kind, error.request_sent), (ErrorKind::Timeout, true));
    assert!(waited > BETWEEN_BYTES * 3 / 4, "{waited:?}");
    assert!(waited < BETWEEN_BYTES * 5, "{waited:?}");
    assert_eq!(caller.next(answer).await, Ok(None));
}

#[tokio::test]
async fn a_document_that_stalls_is_a_timeout_without_the_hosts_clock() {
    let document = MockResponse::event_stream().bytes(r#"{"results":["#);
    let gateway = gateway(document.ending(Ending::Hang)).await;
    let endpoint = gateway.url("/v1");
    let kind = types::ModelKind::TextRerank;
    let mut caller = Caller::new(Conduct::KeepsNoTime, kind, &endpoint).await;
    let begun = Instant::now();
    let error = caller.rerank().await.unwrap_err();
    let waited = begun.elapsed();
    assert_eq!((error.kind, error.request_sent), (ErrorKind::Timeout, true));
    assert!(waited < BETWEEN_BYTES * 5, "{waited:?}");
    assert_eq!(caller.host.requests(), 1);
}

#[tokio::test]
async fn a_stream_that_is_cut_is_no_timeout_however_long_it_took() {
    // Within the limit, but long enough for the component's timer to tick.
    let pauses = [Duration::ZERO, BETWEEN_BYTES * 6 / 10];
    for pause in pauses {
        let cut = MockResponse::event_stream().bytes(EVENT).pause(pause);
        let gateway = gateway(cut.ending(Ending::Reset)).await;
        let endpoint = gateway.url("/v1");
        let kind = types::ModelKind::TextGeneration;
        let mut caller = Caller::new(Conduct::KeepsNoTime, kind, &endpoint).await;
        let answer = caller.open().await.unwrap();
        assert_eq!(caller.next(answer).await, Ok(Some(one())));
        let error = caller.next(answer).await.unwrap_err();
        assert_eq!(
            (error.kind, error.request_sent),
            (ErrorKind::Protocol, true),
            "after {pause:?}: {}",
            error.message
        );
    }
}

#[tokio::test]
async fn keep_alives_do_not_hold_up_the_clock() {
    let mut stalled = MockResponse::event_stream().bytes(EVENT);
    for _ in 0..100 {
        stalled = stalled.pause(BETWEEN_BYTES / 8).bytes(": keep-alive\n\n");
    }
    let gateway = gateway(stalled.ending(Ending::Hang)).await;
    let endpoint = gateway.url("/v1");
    let kind = types::ModelKind::TextGeneration;
    let mut caller = Caller::new(Conduct::KeepsNoTime, kind, &endpoint).await;
    let answer = caller.open().await.unwrap();
    assert_eq!(caller.next(answer).await, Ok(Some(one())));
    let begun = Instant::now();
    let error = caller.next(answer).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout, "{}", error.message);
    let waited = begun.elapsed();
    assert!(waited < BETWEEN_BYTES * 5, "{waited:?}");
}

#[tokio::test]
async fn an_authority_that_the_host_refuses_is_a_fault_of_the_form() {
    let kind = types::ModelKind::TextGeneration;
    let endpoint = "http://gateway.test/v1";
    let mut caller = Caller::new(Conduct::RefusesAuthorities, kind, endpoint).await;
    let error = caller.open().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::InvalidCredentials);
    assert_eq!(error.field.as_deref(), Some("endpoint_url"));
    assert!(!error.request_sent);
    assert_eq!(caller.host.requests(), 0);
}

#[tokio::test]
async fn a_request_that_timed_out_in_connecting_is_not_sent_again() {
    let kind = types::ModelKind::TextGeneration;
    let endpoint = "http://gateway.test/v1";
    let mut caller = Caller::new(Conduct::TimesOut, kind, endpoint).await;
    let error = caller.open().await.unwrap_err();
    assert_eq!((error.kind, error.request_sent), (ErrorKind::Timeout, true));
    assert_eq!(caller.host.requests(), 1);
}
