//! Vectors: large responses, as numbers and as base64, and many texts.

use super::Measure;
use super::compared::rates;
use crate::bench::Bench;
use crate::contender::Name;
use crate::contender::task::{Format, Task};
use crate::proof::number;
use crate::report::figure::{per_second, time};
use crate::report::{Goal, Section};
use crate::turns::Turns;
use anyhow::Result;

/// One response: a number of texts and of values each.
const SHAPES: [(usize, usize); 2] = [(64, 1_024), (16, 3_072)];
/// The longest for 64 × 1,024, in seconds, and the least over the Dify SDK.
const FLOATS: (f64, f64) = (3e-3, 9.0);
const BASE64: (f64, f64) = (1e-3, 28.0);

pub(super) struct Vectors(Vec<Response>);

/// A response of one shape.
struct Response {
    texts: usize,
    dimensions: usize,
    floats: Turns,
    base64: Turns,
}

impl Measure for Vectors {
    fn new(bench: &Bench) -> Result<Self> {
        let seconds = bench.effort.choose(1.5, 15.0);
        let response = |(texts, dimensions)| {
            let of = |format| {
                let task = Task::embed(texts, texts, dimensions, format);
                Turns::new(task, seconds)
            };
            Response {
                texts,
                dimensions,
                floats: of(Format::Float),
                base64: of(Format::Base64),
            }
        };
        Ok(Self(SHAPES.map(response).into()))
    }

    async fn round(&mut self, bench: &mut Bench) -> Result<()> {
        for response in &mut self.0 {
            response.floats.round(bench).await?;
            response.base64.round(bench).await?;
        }
        Ok(())
    }

    fn report(&self) -> Result<Vec<Section>> {
        let mut sections = Vec::new();
        for response in &self.0 {
            let mut floats = response.section("numbers", &response.floats)?;
            let mut base64 = response.section("base64", &response.base64)?;
            if (response.texts, response.dimensions) == SHAPES[0] {
                floats = floats.with_bars("vectors", "ms, median", &response.floats, |taken| {
                    taken.wall.median() * 1e3
                });
                for name in [Name::Warm, Name::Fresh] {
                    response.aim(&mut floats, name, &response.floats, FLOATS);
                    response.aim(&mut base64, name, &response.base64, BASE64);
                }
            }
            sections.extend([floats, base64]);
        }
        Ok(sections)
    }
}

impl Response {
    fn section(&self, form: &str, turns: &Turns) -> Result<Section> {
        let (texts, dimensions) = (self.texts, self.dimensions);
        let values = number(texts * dimensions);
        rates(
            &format!("{texts} vectors of {dimensions} values as {form}"),
            &format!("One request for {texts} texts, whose vectors come as {form}."),
            turns,
            ("values", move |seconds| per_second(values / seconds)),
            ("CPU a value", values),
        )
    }

    /// The Dify SDK takes numbers alone: it is the measure of both.
    fn aim(&self, section: &mut Section, name: Name, turns: &Turns, limits: (f64, f64)) {
        let (longest, speed) = limits;
        let Some(own) = turns.of(name) else { return };
        let wall = own.wall.median();
        section.aim(name, Some(Goal::at_most(longest, wall, time)));
        let slow = self.floats.of(Name::Dify);
        let over = slow.map(|slow| slow.wall.over(&own.wall).spread());
        let dify = Name::Dify.text();
        section.aim(name, over.map(|got| Goal::faster(speed, got).of(dify)));
    }
}
