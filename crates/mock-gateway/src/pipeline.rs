//! The path of one request through the gateway, in the gateway's order: size of
//! the head, object storage, route, size of the body, replay protection,
//! authentication, limits and quotas, backend, fallback.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use fastrand::Rng;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use hyper::body::Incoming;

use super::backend::Backend;
use super::chunking::Chunking;
use super::config::GatewayConfig;
use super::delivery::schedule;
use super::fallback;
use super::governance::Stage;
use super::governance::chain::FollowUps;
use super::local_reply;
use super::object_storage;
use super::random::{Purpose, generator};
use super::received_request::{self, ReceivedRequest};
use super::record::{Outcome, RecordedRequest, header_list};
use super::request_log::{OpenExchange, RequestLog};
use super::response::MockResponse;
use super::response_body::ResponseBody;
use super::response_headers::{self, Times};
use super::route::{self, Route};
use super::script::ScriptedResponse;
use super::upload::{self, Upload};
use super::upstream::Environment;

/// The connection closes without a response: on purpose, or because the client
/// has closed it.
#[derive(Debug, thiserror::Error)]
#[error("closed without a response")]
pub(crate) struct ClosedWithoutResponse;

/// The state that all exchanges of a gateway share.
#[derive(Debug)]
pub(crate) struct SharedState {
    pub(crate) config: GatewayConfig,
    pub(crate) log: RequestLog,
}

/// One connection from a client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connection {
    /// The number of the connection, from 0.
    pub(crate) number: u64,
    /// The address that the client connected to.
    pub(crate) address: SocketAddr,
}

/// Serves one request of a connection.
pub(crate) async fn serve(
    shared: Arc<SharedState>,
    connection: Connection,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, ClosedWithoutResponse> {
    let config = &shared.config;
    let arrived = config.clock.unix_milliseconds();
    let (head, body) = request.into_parts();
    let mut exchange = shared.log.open(first_record(connection.number, &head));
    let method = head.method.clone();
    let mut identifier_source = random(config, &exchange, Purpose::RequestIdentifier);
    let identifier = response_headers::request_identifier(&head.headers, &mut identifier_source);

    let route = route::find(&config.routes, head.uri.path());
    let Some(response) = decide(config, connection, route, head, body, &mut exchange).await else {
        return Err(ClosedWithoutResponse);
    };
    let mut response = match response {
        ScriptedResponse::Response(response) => response,
        ScriptedResponse::NoResponse => {
            exchange.conclude(Outcome::BrokenOffByGateway);
            return Err(ClosedWithoutResponse);
        }
        ScriptedResponse::Silence => match std::future::pending::<Infallible>().await {},
    };
    if let Some(latch) = response.hold.take() {
        latch.opened().await;
    }
    let times = Times {
        arrived,
        answered: config.clock.unix_milliseconds(),
    };
    response_headers::complete(&mut response.headers, response.origin, identifier, times);
    exchange.update(|record| record.status = Some(response.status));
    Ok(respond(config, route, &method, response, exchange))
}

/// The response to a request; `None` if the client closed the connection before
/// the request had arrived.
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
    exchange.update(|record| {
        record.outcome = Outcome::Answering;
        record.body = received(&upload);
    });
    if head_bytes > config.header_limit_bytes {
        return Some(local_reply::header_fields_too_large().into());
    }
    let now = config.clock.unix_milliseconds() / 1_000;
    if let Some(response) = object_storage::respond(&head, now) {
        return Some(response.into());
    }
    let response = match (upload, route) {
        (Upload::Abandoned(_), _) => return None,
        (Upload::Malformed(_), _) => local_reply::bad_request(),
        (Upload::Whole(_) | Upload::TooLarge, None) => local_reply::no_route(),
        (Upload::TooLarge, Some(_)) => local_reply::payload_too_large(),
        (Upload::Whole(body), Some(route)) => {
            let request = ReceivedRequest::new(head, body);
            return Some(on_route(config, connection, route, request, exchange));
        }
    };
    Some(response.into())
}

/// The response of a route: from its plugins and authentication, its backend or
/// its fallback, then changed by the plugins.
fn on_route(
    config: &GatewayConfig,
    connection: Connection,
    route: &Route,
    mut request: ReceivedRequest,
    exchange: &mut OpenExchange,
) -> ScriptedResponse {
    let has_fallback = route.fallback.is_some();
    if let Some(response) = has_fallback
        .then(|| fallback::refusal(&request.body))
        .flatten()
    {
        return response.into();
    }
    let mut follow_ups = FollowUps::default();
    let response = match admit(config, route, &mut request, &mut follow_ups, exchange) {
        Some(response) => response.into(),
        None => from_backend(
            config,
            connection,
            &route.backend,
            &route.models,
            &request,
            exchange,
        ),
    };
    let response = from_fallback(config, connection, route, &request, response, exchange);
    match response {
        ScriptedResponse::Response(mut response) => {
            exchange.charge(follow_ups.apply(&mut response, &config.clock));
            response.into()
        }
        ScriptedResponse::NoResponse | ScriptedResponse::Silence => response,
    }
}

/// The fallback's response, if the route has a fallback and its own response is
/// an error that the fallback replaces.
fn from_fallback(
    config: &GatewayConfig,
    connection: Connection,
    route: &Route,
    request: &ReceivedRequest,
    response: ScriptedResponse,
    exchange: &OpenExchange,
) -> ScriptedResponse {
    let Some(fallback) = &route.fallback else {
        return response;
    };
    match response {
        ScriptedResponse::Response(response) if fallback.replaces(response.status) => {
            let request = fallback.redirected(request, &route.prefix);
            match from_backend(
                config,
                connection,
                &fallback.backend,
                &[],
                &request,
                exchange,
            ) {
                ScriptedResponse::Response(response) => {
                    fallback::marked(response, &route.prefix).into()
                }
                silent @ (ScriptedResponse::NoResponse | ScriptedResponse::Silence) => silent,
            }
        }
        response => response,
    }
}

/// The response of the first plugin, or of authentication, that rejects the
/// request.
fn admit(
    config: &GatewayConfig,
    route: &Route,
    request: &mut ReceivedRequest,
    follow_ups: &mut FollowUps,
    exchange: &OpenExchange,
) -> Option<MockResponse> {
    let now = config.clock.unix_milliseconds();
    let chain = &route.governance;
    if let Some(response) = chain.call(Stage::BeforeAuthentication, request, now, follow_ups) {
        return Some(response);
    }
    match route.authentication.admit(request, now) {
        Err(refusal) => return Some(refusal.into_response()),
        Ok(consumer) => {
            add_consumer(&mut request.headers, consumer.as_deref());
            exchange.update(|record| record.consumer = consumer);
        }
    }
    chain.call(Stage::AfterAuthentication, request, now, follow_ups)
}

/// Adds the consumer's name to the request. A name that the client sent stays
/// before it, and is the one the plugins read.
fn add_consumer(headers: &mut HeaderMap, consumer: Option<&str>) {
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
    request: &ReceivedRequest,
    exchange: &OpenExchange,
) -> ScriptedResponse {
    match backend {
        Backend::Script(script) => script.take(),
        Backend::Upstream(upstream) => {
            let environment = Environment {
                models,
                origin: &format!("http://{}", connection.address),
                unix_seconds: config.clock.unix_milliseconds() / 1_000,
                random: random(config, exchange, Purpose::CompletionIdentifier),
            };
            upstream.respond(request, environment).into()
        }
    }
}

fn respond(
    config: &GatewayConfig,
    route: Option<&Route>,
    method: &Method,
    response: MockResponse,
    mut exchange: OpenExchange,
) -> Response<ResponseBody> {
    let chunking = route.map_or(Chunking::Whole, |route| route.chunking);
    let delay = route.and_then(|route| route.delay);
    let seed = random(config, &exchange, Purpose::Chunking).u64(..);
    let length = response.declared_length();
    if *method == Method::HEAD {
        // hyper does not poll this body, so nothing else would record its end.
        exchange.conclude(Outcome::Completed);
    }
    let steps = schedule(response.steps, chunking, delay, seed);
    let body = ResponseBody::new(steps, response.ending, length, exchange);
    let mut sent = Response::new(body);
    *sent.status_mut() = response.status;
    *sent.headers_mut() = response.headers;
    sent
}

fn random(config: &GatewayConfig, exchange: &OpenExchange, purpose: Purpose) -> Rng {
    generator(config.seed, exchange.number(), purpose)
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

/// The size of the head in bytes as Envoy counts it, without line ends.
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
