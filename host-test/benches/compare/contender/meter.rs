//! The clock of the contenders in this process.

use super::task::Done;
use crate::clock;
use crate::proof::Proof;
use anyhow::Result;
use std::time::{Duration, Instant};

/// Text as it is read, and when it began.
pub(crate) struct Reading {
    begun: Instant,
    first: Option<Duration>,
    text: String,
}

impl Reading {
    fn new() -> Self {
        Self {
            begun: Instant::now(),
            first: None,
            text: String::new(),
        }
    }

    pub(crate) fn add(&mut self, text: &str) {
        if self.first.is_none() && !text.is_empty() {
            self.first = Some(self.begun.elapsed());
        }
        self.text.push_str(text);
    }
}

/// Times what reads text.
pub(crate) async fn read<E>(doing: impl AsyncFnOnce(&mut Reading) -> Result<(), E>) -> Result<Done>
where
    anyhow::Error: From<E>,
{
    let mut reading = Reading::new();
    let done = time(doing(&mut reading), |()| Proof::default()).await?;
    Ok(Done {
        first: reading.first,
        proof: Proof::of_text(&reading.text),
        ..done
    })
}

/// Times `doing`; the proof is made afterwards.
pub(crate) async fn time<T, E>(
    doing: impl Future<Output = Result<T, E>>,
    proof: impl FnOnce(T) -> Proof,
) -> Result<Done>
where
    anyhow::Error: From<E>,
{
    let (cpu, begun) = (clock::cpu_time(), Instant::now());
    let result = doing.await?;
    let (wall, cpu) = (begun.elapsed(), clock::cpu_time().saturating_sub(cpu));
    Ok(Done {
        wall,
        cpu,
        first: None,
        proof: proof(result),
    })
}
