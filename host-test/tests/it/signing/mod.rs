//! The component's signatures against the gateway's verifier, which is written
//! apart from them: every signed request is accepted, and refused as soon as
//! one byte of what is signed has another meaning.

mod draws;
mod meaning;
mod sample;
mod tampering;

use std::num::NonZeroUsize;
use std::time::Duration;

use draws::Draws;
use http::StatusCode;
use mock_gateway::{Backend, Clock, Gateway, GatewayConfig, MockResponse, Route, Script};
use sample::{Sample, Scheme};
use tampering::Tampering;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SEED: u64 = 20_260_101;

/// Checks this many samples on all processors; each has a seed of its own, which
/// a failure shows.
fn check_many(count: u64, scheme: Scheme) {
    let workers = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    std::thread::scope(|scope| {
        for worker in 0..u64::try_from(workers).unwrap() {
            let seeds = (worker..count).step_by(workers);
            scope.spawn(move || seeds.for_each(|number| check(scheme, SEED + number)));
        }
    });
}

/// One signed request, and each of its parts changed in one byte.
fn check(scheme: Scheme, seed: u64) {
    let mut draws = Draws::new(seed);
    let sample = Sample::draw(scheme, &mut draws);
    let verifier = sample.verifier();
    if let Err(refusal) = sample.verdict(&verifier) {
        panic!("seed {seed}: a signed request was refused: {refusal:?}\n{sample:#?}");
    }
    for tampering in Tampering::all(&sample, &mut draws) {
        let verdict = tampering.sample.verdict(&verifier);
        let expected = if tampering.is_felt {
            "refused"
        } else {
            "accepted"
        };
        assert!(
            verdict.is_err() == tampering.is_felt,
            "seed {seed}: {} was changed, which should have been {expected}, and the verdict is {verdict:?}\n{sample:#?}\n{:#?}",
            tampering.part,
            tampering.sample
        );
    }
}

#[test]
fn x_ca_signatures_are_accepted_and_no_signed_byte_can_be_changed() {
    check_many(80_000, Scheme::XCa);
}

#[test]
fn apisix_signatures_are_accepted_and_no_signed_byte_can_be_changed() {
    check_many(20_000, Scheme::Apisix);
}

/// Sends a sample's bytes as they are, and reads the response.
async fn sent_over_a_socket(sample: &Sample) -> String {
    let served = MockResponse::document(StatusCode::OK, "text/plain", "served");
    let route =
        Route::new("/", Backend::Script(Script::new(served))).authentication(sample.verifier());
    let clock = Clock::fixed(sample.verified_at);
    let gateway = Gateway::start(GatewayConfig::new().clock(clock).route(route))
        .await
        .unwrap();
    let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
    stream.write_all(&sample.wire()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}

#[tokio::test]
async fn signed_requests_are_served_over_a_socket() {
    for number in 0..200 {
        let mut draws = Draws::new(SEED + number);
        let scheme = draws.pick(&[Scheme::XCa, Scheme::Apisix]);
        let sample = Sample::draw(scheme, &mut draws);
        let patience = Duration::from_secs(10);
        let response = tokio::time::timeout(patience, sent_over_a_socket(&sample)).await;
        let response = response.expect("nothing happened for too long");
        assert!(
            response.ends_with("\r\n\r\nserved"),
            "{response}\n{sample:#?}"
        );
    }
}
