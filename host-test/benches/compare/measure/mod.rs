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
mod signing;
mod start;
mod stream;
mod vectors;

use crate::bench::Bench;
use crate::report::Section;
use anyhow::{Result, ensure};

/// A measure that is taken in rounds, with all others of them in between.
trait Measure: Sized {
    fn new(bench: &Bench) -> Result<Self>;

    async fn round(&mut self, bench: &mut Bench) -> Result<()>;

    /// What all rounds together gave.
    fn report(&self) -> Result<Vec<Section>>;
}

/// Measures everything whose name contains `only`. Memory is first: later, much
/// of what is needed would be free already.
pub(crate) async fn all(bench: &mut Bench, only: &str) -> Result<Vec<Section>> {
    let mut sections = Vec::new();
    macro_rules! measure {
        (first $($first:ident)*; rounds $($name:ident: $measure:ty,)*; last $($last:ident)*) => {
            let names = [$(stringify!($first),)* $(stringify!($name),)* $(stringify!($last),)*];
            ensure!(
                names.iter().any(|name| name.contains(only)),
                "nothing has {only:?} in its name; there are {}",
                names.join(", ")
            );
            $(if stringify!($first).contains(only) {
                eprintln!("measuring: {}", stringify!($first));
                sections.extend($first::measure(bench).await?);
            })*
            $(let mut $name = None;
            if stringify!($name).contains(only) {
                $name = Some(<$measure>::new(bench)?);
            })*
            let rounds = bench.effort.rounds();
            for round in 0..rounds {
                bench.round = round;
                $(if let Some(measure) = &mut $name {
                    eprintln!("measuring: {}, round {} of {rounds}", stringify!($name), round + 1);
                    measure.round(bench).await?;
                })*
            }
            $(if let Some(measure) = &$name {
                sections.extend(measure.report()?);
            })*
            $(if stringify!($last).contains(only) {
                eprintln!("measuring: {}", stringify!($last));
                sections.extend($last::measure(bench).await?);
            })*
        };
    }
    measure!(
        first memory start;
        rounds
            calls: calls::Calls,
            stream: stream::Stream,
            guest: guest::Guest,
            pieces: pieces::Pieces,
            vectors: vectors::Vectors,
            batches: batches::Batches,
            requests: requests::Requests,
            signing: signing::Signing,
            closed: closed::Closed,;
        last paced
    );
    Ok(sections)
}
