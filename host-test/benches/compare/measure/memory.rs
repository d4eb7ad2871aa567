//! What a thousand of them hold.

use crate::bench::Bench;
use crate::clock::resident;
use crate::contender::component::{Component, host};
use crate::contender::{Client, Name};
use crate::proof::number;
use crate::report::figure::bytes;
use crate::report::{Cell, Goal, Section};
use anyhow::Result;
use provider_host::tenant::InstanceReuse;

const MANY: usize = 1_000;
const PLACES: u32 = 1_100;
/// Bytes of an idle tenant, and of a live stream.
const TENANT: f64 = 32.0 * 1024.0;
const STREAM: f64 = 256.0 * 1024.0;

pub(super) async fn measure(bench: &mut Bench) -> Result<Vec<Section>> {
    let host = host(PLACES)?;
    let new = || Component::new(&host, bench.gateway, InstanceReuse::PerCall);
    let before = resident()?;
    let tenants = (0..MANY).map(|_| new()).collect::<Result<Vec<_>>>()?;
    let tenant = each(before)?;

    let native = bench.native()?;
    let before = resident()?;
    let mut natives = Vec::new();
    for _ in 0..MANY {
        natives.push(native.open().await?);
    }
    let natively = each(before)?;

    let component = new()?;
    let before = resident()?;
    let mut streams = Vec::new();
    for _ in 0..MANY {
        streams.push(component.open().await?);
    }
    let stream = each(before)?;
    // Not earlier: what was free would be used again, and not counted.
    drop((tenants, natives, streams));

    let mut section = Section::new(
        "Memory",
        format!(
            "What the host's process holds more for each of {MANY} idle tenants and {MANY} streams \
             that wait for their second event; of a Python peer, its process before the first call."
        ),
        &["idle tenant", "live stream", "process"],
    );
    let mut row = |name: Name, cells: [Option<f64>; 3]| {
        let cell = |cell: Option<f64>| cell.map_or_else(Cell::dash, |held| bytes(held).into());
        section.row(name.text(), cells.map(cell).to_vec());
    };
    row(Name::Native, [None, Some(natively), None]);
    row(Name::Fresh, [Some(tenant), Some(stream), None]);
    for contender in &bench.contenders {
        if let Client::Python(peer) = &contender.client {
            let process = number(usize::try_from(peer.resident)?);
            row(contender.name, [None, None, Some(process)]);
        }
    }
    let tenant = Goal::at_most(TENANT, tenant, bytes).of("an idle tenant");
    let stream = Goal::at_most(STREAM, stream, bytes).of("a live stream");
    section.aim(Name::Fresh, Some(tenant));
    section.aim(Name::Fresh, Some(stream));
    Ok(vec![section])
}

/// Bytes for each, since there were so many.
fn each(before: i64) -> Result<f64> {
    let more = usize::try_from((resident()? - before).max(0))?;
    Ok(number(more / MANY))
}
