//! Many texts, in as many requests as they need; and rankings of many
//! documents.

use crate::bench::{Bench, Outcome};
use crate::contender::Name;
use crate::contender::task::{Format, Task};
use crate::proof::number;
use crate::report::chart::{Chart, Content};
use crate::report::figure::{time, times};
use crate::report::{Goal, Section};
use anyhow::Result;

const TEXTS: [usize; 4] = [1, 10, 100, 2_048];
const BATCH: usize = 64;
const DIMENSIONS: usize = 256;
/// What the most texts may take, over the native client.
const LIMIT: f64 = 1.3;
const DOCUMENTS: [usize; 3] = [10, 100, 1_000];

pub(crate) async fn measure(bench: &mut Bench) -> Result<Vec<Section>> {
    let seconds = bench.effort.choose(2.0, 12.0);
    let mut outcomes = Vec::new();
    for texts in TEXTS {
        let task = Task::embed(texts, BATCH, DIMENSIONS, Format::Float);
        outcomes.push((texts, bench.turns(&task, seconds).await?));
    }
    let mut texts = by_count(
        "Many texts",
        format!(
            "Vectors of {DIMENSIONS} values for so many texts, {BATCH} in a request. The native \
             client and the libraries send one request after the other, the component four at a time."
        ),
        &["1", "10", "100", "2,048", "2,048 ÷ native"],
        &outcomes,
    );
    for name in [Name::Warm, Name::Fresh] {
        let ratio = over_native(&outcomes, name);
        texts.aim(name, ratio.map(|ratio| Goal::at_most(LIMIT, ratio, times)));
    }
    texts.charts.push(lines(&outcomes));

    let mut rankings = Vec::new();
    for documents in DOCUMENTS {
        let task = Task::rerank(documents);
        rankings.push((documents, bench.turns(&task, seconds).await?));
    }
    let ranked = by_count(
        "Rankings",
        "Documents of some 85 bytes, ranked by a reply in the form of Cohere and Jina.".to_owned(),
        &["10", "100", "1,000", "1,000 ÷ native"],
        &rankings,
    );
    Ok(vec![texts, ranked])
}

/// One column a count, and the ratio of the largest.
pub(crate) fn by_count(
    title: &str,
    about: String,
    columns: &[&'static str],
    outcomes: &[(usize, Outcome)],
) -> Section {
    let mut section = Section::new(title, about, columns);
    let Some((_, first)) = outcomes.first() else {
        return section;
    };
    for taken in &first.0 {
        let name = taken.name;
        let walls = outcomes.iter().map(|(_, outcome)| match outcome.of(name) {
            Some(taken) => time(taken.wall.median()),
            None => "–".to_owned(),
        });
        let mut cells: Vec<String> = walls.collect();
        cells.push(match over_native(outcomes, name) {
            Some(ratio) if name != Name::Native => times(ratio),
            _ => String::new(),
        });
        section.row(name.text(), cells);
    }
    section
}

/// The time of the largest count, over the native client's.
fn over_native(outcomes: &[(usize, Outcome)], name: Name) -> Option<f64> {
    let (_, outcome) = outcomes.last()?;
    let floor = &outcome.native().ok()?.wall;
    Some(outcome.of(name)?.wall.over(floor).median())
}

fn lines(outcomes: &[(usize, Outcome)]) -> Chart {
    let first = outcomes.first().map(|(_, outcome)| &outcome.0);
    let line = |name: Name| {
        let points = outcomes.iter().filter_map(|(count, outcome)| {
            let wall = outcome.of(name)?.wall.median();
            Some((number(*count), wall * 1e3))
        });
        (name.text().to_owned(), points.collect())
    };
    Chart {
        file: "texts",
        title: "Many texts".to_owned(),
        content: Content::Lines {
            across: "texts",
            up: "ms, median",
            lines: first
                .into_iter()
                .flatten()
                .map(|taken| line(taken.name))
                .collect(),
        },
    }
}
