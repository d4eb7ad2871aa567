//! The same call three ways, in turns.

use super::figures::Times;
use super::native::Native;
use super::plugin::{host, model, question, tenant};
use anyhow::{Result, ensure};
use higress_host::contract::text_generation::Event;
use higress_host::contract::types::CallOptions;
use higress_host::tenant::{Reuse, Tenant};
use http_body_util::BodyExt;
use std::net::SocketAddr;

const CALLS: usize = 3_000;
const WARM_UP: usize = 300;
const WORDS: &str = "Hello, what can you do for me today?";

pub(crate) async fn measure(gateway: SocketAddr) -> Result<()> {
    let host = host()?;
    let native = Native::new(gateway);
    let warm = tenant(&host, gateway, Reuse::warm())?;
    let fresh = tenant(&host, gateway, Reuse::Never)?;

    let mut floor = Times::default();
    let mut again = Times::default();
    let mut anew = Times::default();
    for call in 0..WARM_UP + CALLS {
        let mut unrecorded = [Times::default(), Times::default(), Times::default()];
        let [one, two, three] = if call < WARM_UP {
            unrecorded.each_mut()
        } else {
            [&mut floor, &mut again, &mut anew]
        };
        ensure!(one.time(native.ask(WORDS)).await?.starts_with("Hello!"));
        two.time(ask(&warm, gateway)).await?;
        three.time(ask(&fresh, gateway)).await?;
    }
    floor.show("a call by the native client");
    again.show("  in a warm sandbox");
    again.show_beyond(&floor, "    beyond the native client");
    anew.show("  in a fresh sandbox");
    anew.show_beyond(&floor, "    beyond the native client");

    let mut floor = Times::default();
    let mut again = Times::default();
    let mut anew = Times::default();
    for _ in 0..CALLS {
        let (text, body) = floor.time(native.first(WORDS)).await?;
        ensure!(text.starts_with("Hello!"));
        body.collect().await?;
        first(&warm, gateway, &mut again).await?;
        first(&fresh, gateway, &mut anew).await?;
    }
    floor.show("the first chunk of a stream by the native client");
    again.show_beyond(&floor, "    warm, beyond the native client");
    anew.show_beyond(&floor, "    fresh, beyond the native client");
    Ok(())
}

async fn ask(tenant: &Tenant, gateway: SocketAddr) -> Result<()> {
    let answer = tenant
        .generate(
            &model(gateway, "/v1"),
            &question(WORDS)?,
            &CallOptions::default(),
        )
        .await?;
    ensure!(answer.text.starts_with("Hello!"));
    Ok(())
}

/// Times the first events of a stream, and reads the rest.
async fn first(tenant: &Tenant, gateway: SocketAddr, times: &mut Times) -> Result<()> {
    let opening = async {
        let model = model(gateway, "/v1");
        let options = CallOptions::default();
        let mut stream = tenant
            .generate_stream(&model, &question(WORDS)?, &options)
            .await?;
        let events = stream.next().await?;
        anyhow::Ok((stream, events))
    };
    let (mut stream, events) = times.time(opening).await?;
    ensure!(matches!(events.first(), Some(Event::Text(_))));
    while !stream.next().await?.is_empty() {}
    Ok(())
}
