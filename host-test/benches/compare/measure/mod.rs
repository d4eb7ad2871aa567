//! What is measured, in the order of the report.

mod batches;
mod calls;
mod closed;
mod compared;
mod guest;
mod memory;
mod paced;
mod pieces;
mod requests;
mod start;
mod stream;
mod vectors;

use crate::bench::Bench;
use crate::report::{Section, terminal};
use anyhow::{Result, ensure};

/// Measures everything whose name contains `only`, and prints it as it comes.
/// Memory is first: later, much of what is needed would be free already.
pub(crate) async fn all(bench: &mut Bench, only: &str) -> Result<Vec<Section>> {
    let mut sections = Vec::new();
    macro_rules! measure {
        ($($name:ident),*) => {
            let names = [$(stringify!($name)),*];
            ensure!(
                names.iter().any(|name| name.contains(only)),
                "nothing has {only:?} in its name; there are {}",
                names.join(", ")
            );
            $(if stringify!($name).contains(only) {
                let measured = $name::measure(bench).await?;
                measured.iter().for_each(terminal::print);
                sections.extend(measured);
            })*
        };
    }
    measure!(
        memory, start, calls, stream, guest, pieces, vectors, batches, requests, closed, paced
    );
    Ok(sections)
}
