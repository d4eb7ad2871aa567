//! Starting and stopping a gateway.

use http_body_util::BodyExt;
use hyper::body::Incoming;
use mock_gateway::{Ending, Gateway, GatewayConfig, MockResponse, Script};
use tokio::net::TcpStream;

use crate::support::{chat_gateway, client, get, next_data, scripted, timely};

async fn open_stream() -> (Gateway, Incoming) {
    let hanging = MockResponse::event_stream()
        .bytes("data: 1\n\n")
        .ending(Ending::Hang);
    let gateway = scripted(Script::new(hanging)).await;
    let response = timely(client().request(get(&gateway.url("/"))))
        .await
        .unwrap();
    let mut body = response.into_body();
    next_data(&mut body).await;
    (gateway, body)
}

#[tokio::test]
async fn stopping_breaks_open_connections_and_frees_the_port() {
    let (gateway, mut body) = open_stream().await;
    let address = gateway.address();
    timely(gateway.stop()).await;
    assert!(timely(body.frame()).await.unwrap().is_err());
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn dropping_the_handle_breaks_open_connections() {
    let (gateway, mut body) = open_stream().await;
    drop(gateway);
    assert!(timely(body.frame()).await.unwrap().is_err());
}

#[tokio::test]
async fn an_address_in_use_is_an_error() {
    let gateway = chat_gateway().await;
    let second = Gateway::start(GatewayConfig::new().listen_on(gateway.address())).await;
    assert_eq!(second.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
}
