//! Vectors: large replies, as numbers and as base64, and many texts.

use super::compared::rates;
use crate::bench::{Bench, Outcome};
use crate::contender::Name;
use crate::contender::task::{Format, Task};
use crate::proof::number;
use crate::report::figure::{per_second, time, times};
use crate::report::{Goal, Section};
use anyhow::Result;

/// One reply: so many texts, so many values each.
const SHAPES: [(usize, usize); 2] = [(64, 1_024), (16, 3_072)];
/// The longest for 64 × 1,024, in seconds, and the least over the Dify SDK.
const FLOATS: (f64, f64) = (3e-3, 9.0);
const BASE64: (f64, f64) = (1e-3, 28.0);

pub(crate) async fn measure(bench: &mut Bench) -> Result<Vec<Section>> {
    let mut sections = Vec::new();
    for (texts, dimensions) in SHAPES {
        let seconds = bench.effort.choose(2.0, 15.0);
        let of = |format| Task::embed(texts, texts, dimensions, format);
        let floats = bench.turns(&of(Format::Float), seconds).await?;
        let base64 = bench.turns(&of(Format::Base64), seconds).await?;
        let mut as_floats = section(texts, dimensions, "numbers", &floats)?;
        let mut as_base64 = section(texts, dimensions, "base64", &base64)?;
        if (texts, dimensions) == SHAPES[0] {
            as_floats = as_floats.with_bars("vectors", "ms, median", &floats, |taken| {
                taken.wall.median() * 1e3
            });
            for name in [Name::Warm, Name::Fresh] {
                aim(&mut as_floats, name, &floats, &floats, FLOATS);
                aim(&mut as_base64, name, &base64, &floats, BASE64);
            }
        }
        sections.extend([as_floats, as_base64]);
    }
    Ok(sections)
}

fn section(texts: usize, dimensions: usize, form: &str, outcome: &Outcome) -> Result<Section> {
    let values = number(texts * dimensions);
    rates(
        &format!("{texts} vectors of {dimensions} values as {form}"),
        &format!("One request for {texts} texts, whose vectors come as {form}."),
        outcome,
        ("values", move |seconds| per_second(values / seconds)),
        ("CPU a value", values),
    )
}

/// The Dify SDK takes numbers alone: it is the measure of both.
fn aim(section: &mut Section, name: Name, of: &Outcome, dify: &Outcome, limits: (f64, f64)) {
    let (longest, speed) = limits;
    let Some(own) = of.of(name) else { return };
    let wall = own.wall.median();
    section.aim(name, Some(Goal::at_most(longest, wall, time)));
    let Some(slow) = dify.of(Name::Dify) else {
        return;
    };
    let over = slow.wall.median() / wall;
    let goal = Goal::at_least(speed, over, times);
    let aim = format!("{} Dify", goal.aim);
    section.aim(name, Some(Goal { aim, ..goal }));
}
