//! A connection, direct or by way of a proxy.

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::net::TcpStream;

/// What bytes travel on: TCP, or TLS to a proxy of an `https` URL.
pub(super) type Transport = MaybeHttpsStream<TokioIo<TcpStream>>;

/// A connection to a target or to a proxy.
pub(in crate::transport) enum Stream {
    /// What is sent arrives at the target.
    EndToEnd(Transport),
    /// Requests on it are for a proxy, which needs their whole URL.
    Forwarded(Transport),
}

impl Stream {
    fn transport(self: Pin<&mut Self>) -> Pin<&mut Transport> {
        match self.get_mut() {
            Self::EndToEnd(transport) | Self::Forwarded(transport) => Pin::new(transport),
        }
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        match self {
            Self::EndToEnd(transport) => transport.connected(),
            Self::Forwarded(transport) => transport.connected().proxy(true),
        }
    }
}

impl Read for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.transport().poll_read(context, buffer)
    }
}

impl Write for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.transport().poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.transport().poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.transport().poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::EndToEnd(transport) | Self::Forwarded(transport) => transport.is_write_vectored(),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.transport().poll_write_vectored(context, bytes)
    }
}
