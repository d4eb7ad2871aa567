//! How large requests and responses may be, and how many at one time.

use super::*;

#[tokio::test]
async fn a_response_that_is_too_large_is_refused() {
    for script in [
        "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n01234567890",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n01234567890",
    ] {
        let limits = Limits {
            response_bytes: 10,
            ..Limits::default()
        };
        let error = failure_of(script, limits).await;
        assert!(
            matches!(error, Error::HttpResponseBodySize(Some(11))),
            "{script:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let head: &'static str =
        format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\n", "x".repeat(20_000)).leak();
    let limits = Limits {
        response_head_bytes: 8 << 10,
        ..Limits::default()
    };
    let error = failure_of(head, limits).await;
    assert!(
        matches!(error, Error::HttpResponseHeaderSectionSize(_)),
        "{error:?}"
    );
}

#[tokio::test]
async fn requests_beyond_those_at_one_time_wait_for_a_response_to_end() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, &format!("{HEAD}3\r\none\r\n")).await;
        closed(&mut connection).await;
    })
    .await;
    let limits = Limits {
        concurrent_requests: 1,
        ..Limits::default()
    };
    let transport = transport(&format!("http://{address}"), &limits);
    let url = format!("http://{address}/");
    let first = soon(transport.send(get(&url), PATIENT)).await.unwrap();

    let impatient = Timeouts {
        connect: Duration::from_millis(100),
        ..PATIENT
    };
    let error = failure(&transport, get(&url), impatient).await;
    assert!(matches!(error, Error::ConnectionLimitReached), "{error:?}");

    // The server has nothing more to say, but the permit is there.
    drop(first);
    let error = failure(&transport, get(&url), PATIENT).await;
    assert!(
        matches!(
            error,
            Error::ConnectionRefused | Error::ConnectionTerminated
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_head_that_is_too_large_is_remembered_as_a_breach() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        let head = format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\n", "x".repeat(200_000));
        let _ = connection.write_all(head.as_bytes()).await;
        closed(&mut connection).await;
    })
    .await;
    let client = transport_to(address);
    let traffic = Arc::new(TransferLimits::new(&client.limits));
    let request = get(format!("http://{address}/"));
    let sent = soon(
        client
            .transport
            .send(request, PATIENT, Arc::clone(&traffic)),
    )
    .await;
    assert!(sent.is_err());
    let limit = client.limits.response_head_bytes;
    assert_eq!(
        traffic.limit_exceeded(),
        Some(LimitExceeded::ResponseHead { limit })
    );
    assert_eq!(traffic.first_response(), None);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_not_sent() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        closed(&mut connection).await;
    })
    .await;
    let limits = Limits {
        request_bytes: 1_000,
        ..Limits::default()
    };
    let client = transport(&format!("http://{address}"), &limits);
    let mut request = get(format!("http://{address}/"));
    let long = http::HeaderValue::from_str(&"x".repeat(1_001)).unwrap();
    request.headers_mut().insert("x-long", long);
    let error = failure(&client, request, PATIENT).await;
    assert!(
        matches!(error, Error::HttpRequestBodySize(Some(size)) if size > 1_000),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_request_that_is_too_large_is_not_sent_whole() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        closed(&mut connection).await;
    })
    .await;
    let limits = Limits {
        request_bytes: 1_000,
        ..Limits::default()
    };
    let transport = transport(&format!("http://{address}"), &limits);
    let request = post(format!("http://{address}/"), vec![b'x'; 1_001]);
    let error = failure(&transport, request, PATIENT).await;
    assert!(
        matches!(error, Error::HttpRequestBodySize(Some(size)) if size > 1_000),
        "{error:?}"
    );
}
