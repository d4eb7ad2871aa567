//! What a thousand of them hold.

use super::figures::row;
use super::plugin::{host, model, question, tenant};
use anyhow::{Context, Result};
use higress_host::contract::types::CallOptions;
use higress_host::tenant::Reuse;
use std::net::SocketAddr;

const MANY: usize = 1_000;

pub(crate) async fn measure(gateway: SocketAddr) -> Result<()> {
    let host = host()?;
    let one = tenant(&host, gateway, Reuse::Never)?;

    let before = resident()?;
    let tenants: Vec<_> = (0..MANY)
        .map(|_| tenant(&host, gateway, Reuse::Never))
        .collect::<Result<_>>()?;
    show("an idle tenant", resident()? - before);
    drop(tenants);

    let before = resident()?;
    let mut streams = Vec::new();
    for _ in 0..MANY {
        let model = model(gateway, "/open");
        let options = CallOptions::default();
        let question = question("Hello")?;
        let stream = one.generate_stream(&model, &question, &options);
        let mut stream = stream.await?;
        stream.next().await?;
        streams.push(stream);
    }
    show("a live stream", resident()? - before);
    Ok(())
}

fn show(what: &str, bytes: i64) {
    let each = bytes / i64::try_from(MANY).unwrap_or(i64::MAX);
    let kibibytes = format!("{}.{} KiB", each / 1024, each % 1024 * 10 / 1024);
    row(&format!("memory of {what}, of {MANY}"), &[&kibibytes]);
}

/// Bytes of this process that are in memory.
fn resident() -> Result<i64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kibibytes = line.context("a line")?.split_whitespace().nth(1);
    Ok(kibibytes.context("a figure")?.parse::<i64>()? * 1024)
}
