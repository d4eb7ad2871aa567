//! What large requests cost.

use super::Measure;
use super::batches::Counts;
use super::compared::beyond;
use crate::bench::Bench;
use crate::contender::native::chat_bytes;
use crate::contender::task::Task;
use crate::proof::number;
use crate::report::figure::throughput;
use crate::report::{Cell, Section};
use crate::turns::Turns;
use anyhow::Result;

const MESSAGES: [usize; 3] = [1, 100, 10_000];
const TOOLS: usize = 128;

pub(super) struct Requests {
    histories: Counts,
    tools: Turns,
}

impl Measure for Requests {
    fn new(bench: &Bench) -> Result<Self> {
        let seconds = bench.effort.choose(1.0, 12.0);
        let history = |messages| Task::history(messages, 0);
        Ok(Self {
            histories: Counts::new(&MESSAGES, history, seconds),
            tools: Turns::new(Task::history(1, TOOLS), seconds),
        })
    }

    async fn round(&mut self, bench: &mut Bench) -> Result<()> {
        self.histories.round(bench).await?;
        self.tools.round(bench).await
    }

    fn report(&self) -> Result<Vec<Section>> {
        let mut histories = self.histories.report(
            "Long histories",
            "A conversation of so many messages of some 85 bytes (10,000: 1.2 MB to encode and send), \
             and a short answer."
                .to_owned(),
            &["1", "100", "10,000", "10,000 ÷ native"],
        );
        histories.columns.push("encode rate");
        for row in &mut histories.rows {
            let rate = self.encode_rate(&row.label).map(throughput);
            row.cells.push(rate.map_or_else(Cell::dash, Cell::from));
        }
        let tools = beyond(
            "Many tools",
            &format!("A short question with {TOOLS} tools, 27 KB to encode and send."),
            &self.tools,
            |taken| &taken.wall,
        )?;
        Ok(vec![histories, tools])
    }
}

impl Requests {
    /// Bytes of the longest conversation, for each second that it takes beyond
    /// the shortest.
    fn encode_rate(&self, label: &str) -> Option<f64> {
        let wall = |turns: &Turns| {
            let mut all = turns.taken.iter();
            let taken = all.find(|taken| taken.name.text() == label)?;
            Some(taken.wall.median())
        };
        let counts = &self.histories.0;
        let ((_, shortest), (messages, longest)) = (counts.first()?, counts.last()?);
        let bytes = number(chat_bytes(*messages, 0).ok()?);
        Some(bytes / (wall(longest)? - wall(shortest)?))
    }
}
