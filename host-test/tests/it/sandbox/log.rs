//! What a host logs of its tenants' calls, and what it never logs.
//!
//! The test has a process of its own: whether a place in the code logs is
//! decided once for all threads, by the first thread that logs.

use provider_host::host::ProviderHost;
use provider_host::tenant::Tenant;
use std::io;
use std::process::Command;
use std::sync::{Arc, Mutex};
use testing::call::{ask, chat_model, listen, policy};
use testing::echo::Echo;
use testing::provider::{engine, host_on};
use testing::soon;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn secretive(host: &ProviderHost, endpoint: &str) -> Tenant {
    Tenant::new(host, policy("team a", host.limits(), endpoint)).unwrap()
}

/// Set in the process that has the log to itself.
const ALONE: &str = "HIGRESS_TEST_HAS_THE_LOG";

#[test]
fn the_log_tells_of_calls_and_holds_no_secret() {
    if std::env::var_os(ALONE).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        return runtime.unwrap().block_on(check());
    }
    let name = "sandbox::log::the_log_tells_of_calls_and_holds_no_secret";
    let alone = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&alone.stdout);
    assert!(alone.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

async fn check() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .init();

    let host = host_on(engine(8));
    let echo = Echo::start().await;
    let tenant = secretive(&host, &echo.endpoint());
    let model = chat_model(&echo.endpoint(), "canary-of-the-key");
    soon(ask(&tenant, &model, "canary-of-the-prompt"))
        .await
        .unwrap();
    soon(listen(&tenant, &model, "canary-of-the-prompt"))
        .await
        .unwrap();
    let nobody = "http://127.0.0.1:1/v1?secret=canary-of-the-query";
    let closed = secretive(&host, nobody);
    let lost = chat_model(nobody, "canary-of-the-key");
    assert!(
        soon(ask(&closed, &lost, "canary-of-the-prompt"))
            .await
            .is_err()
    );
    // Refused by the policy.
    assert!(
        soon(ask(&tenant, &lost, "canary-of-the-prompt"))
            .await
            .is_err()
    );

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert_eq!(log.matches("call ended").count(), 4, "{log}");
    for expected in [
        r#"call{tenant="team a" function="generate-stream"}"#,
        r#"outcome="completed""#,
        r#"outcome="connection""#,
        "egress refused",
        "requests=1",
    ] {
        assert!(log.contains(expected), "{expected}\n{log}");
    }
    // What this crate and those below it say at the finest level.
    assert!(!log.contains("canary"), "{log}");
}
