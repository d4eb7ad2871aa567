//! Many texts, in as many requests as they need; and rankings of many
//! documents.

use super::Measure;
use crate::bench::Bench;
use crate::contender::Name;
use crate::contender::task::{Format, Task};
use crate::proof::number;
use crate::report::chart::{Chart, Content};
use crate::report::figure::{time, times};
use crate::report::{Cell, Goal, Section};
use crate::series::Spread;
use crate::turns::Turns;
use anyhow::Result;

const TEXTS: [usize; 4] = [1, 10, 100, 2_048];
const BATCH: usize = 64;
const DIMENSIONS: usize = 256;
/// What the most texts may take, over the native client.
const LIMIT: f64 = 1.3;
const DOCUMENTS: [usize; 3] = [10, 100, 1_000];

pub(super) struct Batches {
    texts: Counts,
    documents: Counts,
}

/// The same for one count after the other, the largest last.
pub(super) struct Counts(pub(super) Vec<(usize, Turns)>);

impl Measure for Batches {
    fn new(bench: &Bench) -> Result<Self> {
        let seconds = bench.effort.choose(1.0, 12.0);
        let texts = |texts| Task::embed(texts, BATCH, DIMENSIONS, Format::Float);
        Ok(Self {
            texts: Counts::new(&TEXTS, texts, seconds),
            documents: Counts::new(&DOCUMENTS, Task::rerank, seconds),
        })
    }

    async fn round(&mut self, bench: &mut Bench) -> Result<()> {
        self.texts.round(bench).await?;
        self.documents.round(bench).await
    }

    fn report(&self) -> Result<Vec<Section>> {
        let mut texts = self.texts.report(
            "Many texts",
            format!(
                "Vectors of {DIMENSIONS} values for so many texts, {BATCH} in a request. The native \
                 client and the libraries send one request after the other, the component four at a time."
            ),
            &["1", "10", "100", "2,048", "2,048 ÷ native"],
        );
        for name in [Name::Warm, Name::Fresh] {
            let ratio = self.texts.over_native(name);
            let goal = ratio.map(|ratio| Goal::at_most(LIMIT, ratio.median, times));
            texts.aim(name, goal);
        }
        texts.charts.push(self.texts.lines("Many texts"));
        let ranked = self.documents.report(
            "Rankings",
            "Documents of some 85 bytes, ranked by a response in the form of Cohere and Jina."
                .to_owned(),
            &["10", "100", "1,000", "1,000 ÷ native"],
        );
        Ok(vec![texts, ranked])
    }
}

impl Counts {
    pub(super) fn new(counts: &[usize], task: impl Fn(usize) -> Task, seconds: f64) -> Self {
        let turns = counts
            .iter()
            .map(|count| (*count, Turns::new(task(*count), seconds)));
        Self(turns.collect())
    }

    pub(super) async fn round(&mut self, bench: &mut Bench) -> Result<()> {
        for (_, turns) in &mut self.0 {
            turns.round(bench).await?;
        }
        Ok(())
    }

    /// One column a count, and the ratio of the largest.
    pub(super) fn report(&self, title: &str, about: String, columns: &[&'static str]) -> Section {
        let mut section = Section::new(title, about, columns);
        for name in self.names() {
            let walls = self.0.iter().map(|(_, turns)| match turns.of(name) {
                Some(taken) => time(taken.wall.median()).into(),
                None => Cell::dash(),
            });
            let mut cells: Vec<Cell> = walls.collect();
            cells.push(match self.over_native(name) {
                Some(ratio) if name != Name::Native => ratio.into(),
                _ => Cell::empty(),
            });
            section.row(name.text(), cells);
        }
        section
    }

    /// Who does the smallest.
    fn names(&self) -> Vec<Name> {
        let first = self.0.iter().take(1).flat_map(|(_, turns)| &turns.taken);
        first.map(|taken| taken.name).collect()
    }

    /// The time of the largest count, over the native client's.
    fn over_native(&self, name: Name) -> Option<Spread> {
        let (_, turns) = self.0.last()?;
        let floor = &turns.native().ok()?.wall;
        Some(turns.of(name)?.wall.over(floor).spread())
    }

    fn lines(&self, title: &str) -> Chart {
        let line = |name: Name| {
            let points = self.0.iter().filter_map(|(count, turns)| {
                let wall = turns.of(name)?.wall.median();
                Some((number(*count), wall * 1e3))
            });
            (name.text().to_owned(), points.collect())
        };
        Chart {
            file: "texts",
            title: title.to_owned(),
            content: Content::Lines {
                across: "texts",
                up: "ms, median",
                lines: self.names().into_iter().map(line).collect(),
            },
        }
    }
}
