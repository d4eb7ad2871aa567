//! What small chunks cost: the same bytes, one by one and by the KiB.

use crate::bench::{Bench, Outcome, Taken};
use crate::contender::Name;
use crate::contender::task::Task;
use crate::report::figure::{time, times};
use crate::report::{Goal, Section};
use crate::scenario::Scenario;
use anyhow::Result;

const CHUNK: usize = 245;
const PIECES: [usize; 2] = [1, 1_024];
/// What bytes one by one may cost, over the same by the KiB.
const LIMIT: f64 = 8.0;

pub(crate) async fn measure(bench: &mut Bench) -> Result<Vec<Section>> {
    let events = bench.effort.choose(100, 400);
    let mut outcomes = Vec::new();
    for piece in PIECES {
        let task = Task::read(Scenario::Pieces {
            events,
            bytes: CHUNK,
            piece,
        });
        let seconds = bench.effort.choose(2.5, 15.0);
        outcomes.push(bench.turns(&task, seconds).await?);
    }
    let [one_by_one, by_the_kibibyte] = &outcomes[..] else {
        return Ok(Vec::new());
    };
    Ok(vec![compare(events, one_by_one, by_the_kibibyte)])
}

fn compare(events: usize, one_by_one: &Outcome, by_the_kibibyte: &Outcome) -> Section {
    let mut section = Section::new(
        "Small chunks",
        format!(
            "A stream of {events} events of {CHUNK} bytes, in chunks of 1 byte and of 1 KiB. A byte as a \
             chunk is six on the wire, and the native client's ratio is that of the HTTP library."
        ),
        &["by 1 byte", "by 1 KiB", "ratio"],
    );
    for small in &one_by_one.0 {
        let Some(large) = by_the_kibibyte.of(small.name) else {
            continue;
        };
        let ratio = small.wall.median() / large.wall.median();
        let wall = |taken: &Taken| time(taken.wall.median());
        section.row(
            small.name.text(),
            vec![wall(small), wall(large), times(ratio)],
        );
        if matches!(small.name, Name::Warm | Name::Fresh) {
            section.aim(small.name, Some(Goal::at_most(LIMIT, ratio, times)));
        }
    }
    section
}
