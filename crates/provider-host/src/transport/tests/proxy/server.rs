//! A forward proxy on a real socket, which records what it is sent.

use super::super::tls::acceptor;
use super::super::{SOON, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// What the proxy does with a request.
#[derive(Clone, Copy)]
pub(super) enum Behaviour {
    /// Opens a tunnel to this address, or sends the request there, whatever the
    /// request names: names like `ai.test` lead nowhere else.
    LeadsTo(SocketAddr),
    /// Responds with this text, and waits for the other side to hang up.
    Says(&'static str),
    /// Responds with this text, and hangs up.
    SaysAndCloses(&'static str),
    /// Responds with a head that never ends.
    SaysWithoutEnd,
}

/// What a proxy was sent.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<Vec<u8>>>>);

impl Log {
    /// The first line of each connection's first request.
    pub(super) fn first_lines(&self) -> Vec<String> {
        let heads = self.texts();
        let lines = heads.iter().map(|head| head.lines().next().unwrap_or(""));
        lines.map(str::to_owned).collect()
    }

    /// All that came in, by connection.
    pub(super) fn texts(&self) -> Vec<String> {
        let connections = self.0.lock().unwrap();
        let texts = connections.iter().map(|sent| String::from_utf8_lossy(sent));
        texts.map(Into::into).collect()
    }

    fn open(&self) -> usize {
        let mut connections = self.0.lock().unwrap();
        connections.push(Vec::new());
        connections.len() - 1
    }

    fn add(&self, connection: usize, bytes: &[u8]) {
        self.0.lock().unwrap()[connection].extend_from_slice(bytes);
    }
}

/// Starts a proxy.
pub(super) async fn proxy(behaviour: Behaviour) -> (SocketAddr, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let log = Log::default();
    let seen = log.clone();
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(connection, behaviour, seen.clone()));
        }
    });
    (address, log)
}

/// Starts a proxy behind TLS, and returns its certificate as PEM.
pub(super) async fn tls_proxy(behaviour: Behaviour) -> (SocketAddr, Log, String) {
    let (acceptor, certificate) = acceptor("127.0.0.1", &["http/1.1"]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let log = Log::default();
    let seen = log.clone();
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            if let Ok(connection) = acceptor.accept(connection).await {
                tokio::spawn(serve(connection, behaviour, seen.clone()));
            }
        }
    });
    (address, log, certificate)
}

async fn serve<C>(mut client: C, behaviour: Behaviour, log: Log)
where
    C: AsyncRead + AsyncWrite + Unpin,
{
    let connection = log.open();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = client.read_u8().await else {
            return;
        };
        head.push(byte);
        log.add(connection, &[byte]);
    }
    match behaviour {
        Behaviour::LeadsTo(address) => {
            let mut server = TcpStream::connect(address).await.unwrap();
            if head.starts_with(b"CONNECT ") {
                let opened = b"HTTP/1.1 200 Connection established\r\n\r\n";
                client.write_all(opened).await.unwrap();
            } else {
                server.write_all(&head).await.unwrap();
            }
            exchange(client, server, |bytes| log.add(connection, bytes)).await;
        }
        Behaviour::Says(text) => {
            client.write_all(text.as_bytes()).await.unwrap();
            let _ = tokio::time::timeout(SOON, client.read_u8()).await;
        }
        Behaviour::SaysAndCloses(text) => {
            client.write_all(text.as_bytes()).await.unwrap();
            let _ = client.shutdown().await;
        }
        Behaviour::SaysWithoutEnd => {
            let mut piece: &[u8] = b"HTTP/1.1 200 OK\r\n";
            while client.write_all(piece).await.is_ok() {
                piece = b"x-more: and more and more and more\r\n";
            }
        }
    }
}

/// Copies bytes both ways until a side closes; `seen` gets the client's.
async fn exchange<C>(client: C, server: TcpStream, seen: impl Fn(&[u8]))
where
    C: AsyncRead + AsyncWrite + Unpin,
{
    let (mut from_client, mut to_client) = tokio::io::split(client);
    let (mut from_server, mut to_server) = server.into_split();
    let upwards = async {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from_client.read(&mut buffer).await {
            seen(&buffer[..length]);
            if to_server.write_all(&buffer[..length]).await.is_err() {
                break;
            }
        }
    };
    let downwards = tokio::io::copy(&mut from_server, &mut to_client);
    tokio::select! {
        () = upwards => {}
        _ = downwards => {}
    }
}
