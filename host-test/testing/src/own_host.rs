//! A plugin host that is written on wasmtime alone, and does not do all that
//! `wasi:http` offers: what the component must get right by itself.

use http_body_util::BodyExt;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use provider_host::bindings::{Provider, ProviderPre};
use std::future::Future;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::net::TcpStream;
use wasmtime::component::{Component, Linker, Resource, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::bindings::http::types::OutgoingRequest;
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

/// The interface under the version that wasmtime-wasi-http 48 defines it by.
const HTTP_TYPES: &str = "wasi:http/types@0.2.12";

/// What a host does with requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// It accepts the timeouts of a request, and sends it without any.
    KeepsNoTime,
    /// It does not take any authority.
    RefusesAuthorities,
    /// Every request fails with `connection-timeout`.
    TimesOut,
}

/// The component, compiled for an engine of the process.
#[must_use]
pub fn component() -> &'static Component {
    static COMPONENT: OnceLock<Component> = OnceLock::new();
    COMPONENT.get_or_init(|| {
        let mut config = Config::new();
        config.concurrency_support(false);
        let engine = Engine::new(&config).unwrap();
        Component::from_file(&engine, crate::component()).unwrap()
    })
}

/// An instance in a host of this conduct.
pub struct OwnHost {
    /// Its store.
    pub store: Store<State>,
    /// Its exports.
    pub provider: Provider,
    requests: Arc<AtomicU32>,
}

impl OwnHost {
    /// Makes an instance.
    pub async fn new(conduct: Conduct) -> Self {
        let component = component();
        let mut linker = Linker::new(component.engine());
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker).unwrap();
        if conduct == Conduct::RefusesAuthorities {
            refuse_authorities(&mut linker);
        }
        let provider = ProviderPre::new(linker.instantiate_pre(component).unwrap()).unwrap();
        let requests = Arc::new(AtomicU32::new(0));
        let state = State {
            table: ResourceTable::new(),
            wasi: WasiCtx::builder().build(),
            http: WasiHttpCtx::new(),
            client: Client {
                conduct,
                requests: Arc::clone(&requests),
            },
        };
        let mut store = Store::new(component.engine(), state);
        let provider = provider.instantiate_async(&mut store).await.unwrap();
        Self {
            store,
            provider,
            requests,
        }
    }

    /// How many requests the component has handed over.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }
}

fn refuse_authorities(linker: &mut Linker<State>) {
    linker.allow_shadowing(true);
    let mut types = linker.instance(HTTP_TYPES).unwrap();
    let refuse =
        |_: wasmtime::StoreContextMut<'_, State>,
         (_, _): (Resource<OutgoingRequest>, Option<String>)| { Ok((Err::<(), ()>(()),)) };
    types
        .func_wrap("[method]outgoing-request.set-authority", refuse)
        .unwrap();
}

/// The data of its stores.
pub struct State {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    client: Client,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.client,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// Its HTTP client.
struct Client {
    conduct: Conduct,
    requests: Arc<AtomicU32>,
}

type Finished = Box<dyn Future<Output = wasmtime_wasi_http::Result<()>> + Send>;
type Sent = wasmtime_wasi_http::Result<(http::Response<WasiBody>, Finished)>;

impl WasiHttpHooks for Client {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _processed: Finished,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        match self.conduct {
            Conduct::TimesOut => Box::new(async { Err(Error::ConnectionTimeout) }),
            Conduct::KeepsNoTime | Conduct::RefusesAuthorities => Box::new(send(request)),
        }
    }
}

async fn send(request: http::Request<WasiBody>) -> Sent {
    let authority = request.uri().authority().map(ToString::to_string);
    let connection = TcpStream::connect(authority.unwrap_or_default()).await;
    let connection = TokioIo::new(connection.map_err(|_| Error::ConnectionRefused)?);
    let (mut client, connection) = http1::handshake(connection)
        .await
        .map_err(|_| Error::HttpProtocolError)?;
    tokio::spawn(connection);
    let (mut head, body) = request.into_parts();
    let target = head
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    head.uri = target.parse().map_err(|_| Error::HttpRequestUriInvalid)?;
    let response = client
        .send_request(http::Request::from_parts(head, body))
        .await
        .map_err(|_| Error::ConnectionTerminated)?;
    let finished: Finished = Box::new(async { Ok(()) });
    let response = response.map(|body| {
        let body = body.map_err(|_| Error::ConnectionTerminated);
        body.boxed_unsync()
    });
    Ok((response, finished))
}
