//! What the sandbox costs: to load and to make one, beyond a native client
//! that does the same call against the same gateway, and in memory.
//!
//! `cargo bench -p higress-host --bench sandbox` prints a table. Calls are made
//! in turns, one native, one in a warm sandbox, one in a fresh one, so that
//! whatever else the machine does meets all three. The gateway is this program
//! once more, in a process of its own.

mod calls;
mod figures;
mod gateway;
mod memory;
mod native;
mod plugin;
mod start;

use anyhow::Result;
use figures::row;

fn main() -> Result<()> {
    if std::env::args().any(|argument| argument == gateway::ARGUMENT) {
        return gateway::serve();
    }
    let gateway = gateway::Process::start()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        row("", &["p50", "p99"]);
        start::measure().await?;
        calls::measure(gateway.address()).await?;
        memory::measure(gateway.address()).await
    })
}
