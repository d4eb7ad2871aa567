//! One request on its way through the gateway, checked in the gateway's order:
//! size of the head, object storage, route, size of the body, replay protection,
//! authentication, limits and quotas, backend.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use hyper::body::Incoming;

use super::chunking::Chunking;
use super::config::GatewayConfig;
use super::delivery::schedule;
use super::fallback;
use super::governance::Stage;
use super::governance::chain::Passage;
use super::local_reply;
use super::object_storage;
use super::random::{Purpose, Random};
use super::received_request::{self, Arrival};
use super::record::{Outcome, RecordedRequest, header_list};
use super::request_log::{Ledger, OpenExchange};
use super::response::Answer;
use super::response_body::AnswerBody;
use super::response_headers::{self, Times};
use super::route::{self, Backend, Route};
use super::script::ScriptedResponse;
use super::upload::{self, Upload};
use super::upstream::Scene;

/// The connection closes without a head: as planned, or because nobody is left
/// to read one.
#[derive(Debug, thiserror::Error)]
#[error("closed without a response")]
pub(crate) struct Unanswered;

/// What all exchanges of a gateway share.
#[derive(Debug)]
pub(crate) struct Gatehouse {
    pub(crate) config: GatewayConfig,
    pub(crate) ledger: Ledger,
}

/// One connection from a client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connection {
    /// Its place among all connections, from 0.
    pub(crate) number: u64,
    /// The address that the client connected to.
    pub(crate) address: SocketAddr,
}

/// Answers one request that came on a connection.
pub(crate) async fn serve(
    gatehouse: Arc<Gatehouse>,
    connection: Connection,
    request: Request<Incoming>,
) -> Result<Response<AnswerBody>, Unanswered> {
    let config = &gatehouse.config;
    let arrived = config.clock.unix_milliseconds();
    let (head, body) = request.into_parts();
    let mut exchange = gatehouse
        .ledger
        .enter(first_record(connection.number, &head));
    let method = head.method.clone();
    let mut identifier_source = random(config, &exchange, Purpose::RequestIdentifier);
    let identifier = response_headers::request_identifier(&head.headers, &mut identifier_source);

    let route = route::find(&config.routes, head.uri.path());
    let Some(response) = decide(config, connection, route, head, body, &mut exchange).await else {
        return Err(Unanswered);
    };
    let mut answer = match response {
        ScriptedResponse::Answer(answer) => answer,
        ScriptedResponse::NoResponse => {
            exchange.conclude(Outcome::BrokenOffByGateway);
            return Err(Unanswered);
        }
        ScriptedResponse::Silence => match std::future::pending::<Infallible>().await {},
    };
    if let Some(gate) = answer.hold.take() {
        gate.opened().await;
    }
    let times = Times {
        arrived,
        answered: config.clock.unix_milliseconds(),
    };
    response_headers::complete(&mut answer.headers, answer.origin, identifier, times);
    exchange.amend(|record| record.status = Some(answer.status));
    Ok(respond(config, route, &method, answer, exchange))
}

/// Everything up to the response's content; nothing if the client left meanwhile.
async fn decide(
    config: &GatewayConfig,
    connection: Connection,
    route: Option<&Route>,
    head: Parts,
    body: Incoming,
    exchange: &mut OpenExchange,
) -> Option<ScriptedResponse> {
    let head_bytes = head_size(&head);
    let upload = upload::receive(body, config.body_limit_bytes).await;
    exchange.amend(|record| {
        record.outcome = Outcome::Answering;
        record.body = received(&upload);
    });
    if head_bytes > config.header_limit_bytes {
        return Some(local_reply::header_fields_too_large().into());
    }
    let now = config.clock.unix_milliseconds() / 1_000;
    if let Some(answer) = object_storage::answer(&head, now) {
        return Some(answer.into());
    }
    let answer = match (upload, route) {
        (Upload::Abandoned(_), _) => return None,
        (Upload::Malformed(_), _) => local_reply::bad_request(),
        (Upload::Whole(_) | Upload::TooLarge, None) => local_reply::no_route(),
        (Upload::TooLarge, Some(_)) => local_reply::payload_too_large(),
        (Upload::Whole(body), Some(route)) => {
            let arrival = Arrival::new(head, body);
            return Some(on_route(config, connection, route, arrival, exchange));
        }
    };
    Some(answer.into())
}

/// What the route does with a request: its plugins and authentication, then
/// its backend, then its fallback, then what the plugins do to the response.
fn on_route(
    config: &GatewayConfig,
    connection: Connection,
    route: &Route,
    mut arrival: Arrival,
    exchange: &mut OpenExchange,
) -> ScriptedResponse {
    let has_fallback = route.fallback.is_some();
    if let Some(answer) = has_fallback
        .then(|| fallback::refusal(&arrival.body))
        .flatten()
    {
        return answer.into();
    }
    let mut passage = Passage::default();
    let response = match admit(config, route, &mut arrival, &mut passage, exchange) {
        Some(answer) => answer.into(),
        None => from_backend(
            config,
            connection,
            &route.backend,
            &route.models,
            &arrival,
            exchange,
        ),
    };
    let response = from_fallback(config, connection, route, &arrival, response, exchange);
    match response {
        ScriptedResponse::Answer(mut answer) => {
            exchange.charge(passage.follow_up(&mut answer, &config.clock));
            answer.into()
        }
        ScriptedResponse::NoResponse | ScriptedResponse::Silence => response,
    }
}

/// The fallback's response, if the route has one and its own response is an error
/// that leads there.
fn from_fallback(
    config: &GatewayConfig,
    connection: Connection,
    route: &Route,
    arrival: &Arrival,
    response: ScriptedResponse,
    exchange: &OpenExchange,
) -> ScriptedResponse {
    let Some(fallback) = &route.fallback else {
        return response;
    };
    match response {
        ScriptedResponse::Answer(answer) if fallback.replaces(answer.status) => {
            let arrival = fallback.redirected(arrival, &route.prefix);
            match from_backend(
                config,
                connection,
                &fallback.backend,
                &[],
                &arrival,
                exchange,
            ) {
                ScriptedResponse::Answer(answer) => fallback::marked(answer, &route.prefix).into(),
                silent @ (ScriptedResponse::NoResponse | ScriptedResponse::Silence) => silent,
            }
        }
        response => response,
    }
}

/// The answer of the first who does not let the request pass.
fn admit(
    config: &GatewayConfig,
    route: &Route,
    arrival: &mut Arrival,
    passage: &mut Passage,
    exchange: &OpenExchange,
) -> Option<Answer> {
    let now = config.clock.unix_milliseconds();
    let chain = &route.governance;
    if let Some(answer) = chain.call(Stage::BeforeAuthentication, arrival, now, passage) {
        return Some(answer);
    }
    match route.authentication.admit(arrival, now) {
        Err(refusal) => return Some(refusal.into_answer()),
        Ok(consumer) => {
            tell_plugins(&mut arrival.headers, consumer.as_deref());
            exchange.amend(|record| record.consumer = consumer);
        }
    }
    chain.call(Stage::AfterAuthentication, arrival, now, passage)
}

/// Adds the consumer's name to the request. One that the client sent stays in
/// front of it, and is what the plugins read.
fn tell_plugins(headers: &mut HeaderMap, consumer: Option<&str>) {
    let name = consumer.and_then(|name| HeaderValue::from_str(name).ok());
    if let Some(name) = name {
        headers.append(HeaderName::from_static("x-mse-consumer"), name);
    }
}

fn from_backend(
    config: &GatewayConfig,
    connection: Connection,
    backend: &Backend,
    models: &[String],
    arrival: &Arrival,
    exchange: &OpenExchange,
) -> ScriptedResponse {
    match backend {
        Backend::Script(script) => script.take(),
        Backend::Upstream(persona) => {
            let scene = Scene {
                models,
                origin: &format!("http://{}", connection.address),
                unix_seconds: config.clock.unix_milliseconds() / 1_000,
                random: random(config, exchange, Purpose::CompletionIdentifier),
            };
            persona.answer(arrival, scene).into()
        }
    }
}

fn respond(
    config: &GatewayConfig,
    route: Option<&Route>,
    method: &Method,
    answer: Answer,
    mut exchange: OpenExchange,
) -> Response<AnswerBody> {
    let chunking = route.map_or(Chunking::Whole, |route| route.chunking);
    let delay = route.and_then(|route| route.delay);
    let seed = random(config, &exchange, Purpose::Chunking).next();
    let length = answer.declared_length();
    if *method == Method::HEAD {
        // The body is never asked for, so its end would never be seen.
        exchange.conclude(Outcome::Completed);
    }
    let steps = schedule(answer.steps, chunking, delay, seed);
    let mut response = Response::new(AnswerBody::new(steps, answer.ending, length, exchange));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

fn random(config: &GatewayConfig, exchange: &OpenExchange, purpose: Purpose) -> Random {
    Random::for_request(config.seed, exchange.number(), purpose)
}

fn received(upload: &Upload) -> Bytes {
    match upload {
        Upload::Whole(body) | Upload::Malformed(body) | Upload::Abandoned(body) => body.clone(),
        Upload::TooLarge => Bytes::new(),
    }
}

fn first_record(connection: u64, head: &Parts) -> RecordedRequest {
    RecordedRequest {
        number: 0,
        connection,
        method: head.method.clone(),
        path_and_query: received_request::target(&head.uri).to_owned(),
        headers: header_list(&head.headers),
        body: Bytes::new(),
        consumer: None,
        status: None,
        outcome: Outcome::Arriving,
    }
}

/// The head's size in bytes: what Envoy holds of it, not its line ends.
fn head_size(head: &Parts) -> usize {
    head.method.as_str().len()
        + received_request::target(&head.uri).len()
        + fields_size(&head.headers)
}

fn fields_size(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum()
}
