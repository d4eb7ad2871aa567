//! What is waited for, and for how long.

use super::*;

#[tokio::test]
async fn a_connection_that_does_not_come_about_times_out() {
    // TCP connects, but nobody answers the TLS handshake.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}/", listener.local_addr().unwrap());
    let timeouts = Timeouts {
        connect: Duration::from_millis(100),
        ..PATIENT
    };
    let transport = transport(&endpoint, &Limits::default());
    let error = failure(&transport, get(&endpoint), timeouts).await;
    assert!(matches!(error, Error::ConnectionTimeout), "{error:?}");
}

#[tokio::test]
async fn a_response_that_does_not_begin_times_out() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        closed(&mut connection).await;
    })
    .await;
    let timeouts = Timeouts {
        first_byte: Duration::from_millis(100),
        ..PATIENT
    };
    let error = failure(
        &transport_to(address),
        get(format!("http://{address}/")),
        timeouts,
    )
    .await;
    assert!(matches!(error, Error::HttpResponseTimeout), "{error:?}");
}

#[tokio::test]
async fn a_pause_that_is_too_long_ends_the_response_and_the_connection() {
    let (address, server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, &format!("{HEAD}3\r\none\r\n")).await;
        closed(&mut connection).await;
    })
    .await;
    let timeouts = Timeouts {
        between_bytes: Duration::from_millis(100),
        ..PATIENT
    };
    let error = failure(
        &transport_to(address),
        get(format!("http://{address}/")),
        timeouts,
    )
    .await;
    assert!(matches!(error, Error::ConnectionReadTimeout), "{error:?}");
    soon(server).await.unwrap();
}

#[tokio::test]
async fn a_slow_reader_is_not_a_slow_server() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, &format!("{HEAD}3\r\none\r\n")).await;
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        send(&mut connection, "3\r\ntwo\r\n0\r\n\r\n").await;
    })
    .await;
    let timeouts = Timeouts {
        between_bytes: Duration::from_millis(400),
        ..PATIENT
    };
    let transport = transport_to(address);
    let response = soon(transport.send(get(format!("http://{address}/")), timeouts)).await;
    let mut body = response.unwrap().into_body();
    next_piece(&mut body).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(next_piece(&mut body).await.unwrap(), b"two");
}

#[tokio::test]
async fn each_pause_has_its_own_time() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, HEAD).await;
        for _ in 0..4 {
            send(&mut connection, "3\r\none\r\n").await;
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        closed(&mut connection).await;
    })
    .await;
    let timeouts = Timeouts {
        between_bytes: Duration::from_millis(600),
        ..PATIENT
    };
    let transport = transport_to(address);
    let response = soon(transport.send(get(format!("http://{address}/")), timeouts)).await;
    let mut body = response.unwrap().into_body();
    for _ in 0..4 {
        assert_eq!(next_piece(&mut body).await.unwrap(), b"one");
    }
    let error = next_piece(&mut body).await.unwrap_err();
    assert!(matches!(error, Error::ConnectionReadTimeout), "{error:?}");
    assert!(soon(body.frame()).await.is_none());
}
