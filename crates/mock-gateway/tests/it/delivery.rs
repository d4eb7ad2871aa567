//! How a response is split into writes, and when they are sent.

use std::num::NonZeroUsize;
use std::time::Duration;

use http_body_util::BodyExt;
use mock_gateway::{Backend, Chunking, Clock, GatewayConfig, Latch, MockResponse, Route, Script};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{
    MOMENT, chat_route, client, get, next_data, question, scripted, send, start, timely, with,
};

/// The sizes of the HTTP chunks of a response to a streaming question.
async fn chunk_sizes(chunking: Chunking, seed: u64) -> (Vec<usize>, String) {
    let route = chat_route().chunking(chunking);
    let config = GatewayConfig::new()
        .route(route)
        .seed(seed)
        .clock(Clock::fixed(9_000));
    let gateway = start(config).await;
    let body = with(question("Repeat: 你好 🌍"), json!({"stream": true})).to_string();
    let request = format!(
        "POST /demo/v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    timely(stream.read_to_end(&mut response)).await.unwrap();
    let head_end = response
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap()
        + 4;
    let (sizes, text) = dechunked(&response[head_end..]);
    (sizes, String::from_utf8(text).unwrap())
}

fn dechunked(mut rest: &[u8]) -> (Vec<usize>, Vec<u8>) {
    let (mut sizes, mut text) = (Vec::new(), Vec::new());
    loop {
        let line_end = rest.windows(2).position(|two| two == b"\r\n").unwrap();
        let line = std::str::from_utf8(&rest[..line_end]).unwrap();
        let size = usize::from_str_radix(line, 16).unwrap();
        if size == 0 {
            return (sizes, text);
        }
        sizes.push(size);
        text.extend_from_slice(&rest[line_end + 2..line_end + 2 + size]);
        rest = &rest[line_end + 2 + size + 2..];
    }
}

#[tokio::test]
async fn every_way_of_chunking_carries_the_same_text() {
    let (events, text) = chunk_sizes(Chunking::PerEvent, 1).await;
    assert_eq!(events.len(), text.matches("\n\n").count());
    let (whole, same) = chunk_sizes(Chunking::Whole, 1).await;
    assert_eq!((whole, same), (vec![text.len()], text.clone()));
    let (bytes, same) = chunk_sizes(Chunking::OneByte, 1).await;
    assert_eq!((bytes, same), (vec![1; text.len()], text.clone()));
    let seven = Chunking::Fixed(NonZeroUsize::new(7).unwrap());
    let (sevens, same) = chunk_sizes(seven, 1).await;
    assert!(sevens[..sevens.len() - 1].iter().all(|&size| size == 7));
    assert_eq!(same, text);
}

#[tokio::test]
async fn random_chunks_are_the_same_for_the_same_seed() {
    let random = async |seed| chunk_sizes(Chunking::Random, seed).await;
    assert_eq!(random(1).await, random(1).await);
    assert_ne!(random(1).await.0, random(2).await.0);
}

#[tokio::test]
async fn each_chunk_has_its_own_write() {
    let latch = Latch::closed();
    let mock = MockResponse::event_stream()
        .bytes("data: 1\n\n")
        .wait(&latch)
        .bytes("data: 2\n\n");
    let gateway = scripted(Script::new(mock)).await;
    let response = timely(client().request(get(&gateway.url("/"))))
        .await
        .unwrap();
    let mut body = response.into_body();
    assert_eq!(next_data(&mut body).await, "data: 1\n\n");
    assert!(
        tokio::time::timeout(MOMENT, body.frame()).await.is_err(),
        "the latch is closed"
    );
    latch.open();
    assert_eq!(next_data(&mut body).await, "data: 2\n\n");
    assert!(timely(body.frame()).await.is_none());
}

#[tokio::test]
async fn a_delay_separates_chunks() {
    let delay = Duration::from_millis(20);
    let mock = MockResponse::event_stream()
        .bytes("1")
        .bytes("2")
        .bytes("3");
    let route = Route::new("/", Backend::Script(Script::new(mock))).delay_between_chunks(delay);
    let gateway = start(GatewayConfig::new().route(route)).await;
    let began = std::time::Instant::now();
    assert_eq!(send(&client(), get(&gateway.url("/"))).await.text(), "123");
    assert!(began.elapsed() >= delay * 2);
}
