//! What a run has in common with the one before it: whether the median of
//! every ratio lies within the spread that was stated then.

use super::{Cell, Section};
use crate::bench::Effort;
use crate::series::Spread;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// A ratio, and where it stands in the report.
#[derive(Serialize, Deserialize)]
struct Ratio {
    place: String,
    spread: Spread,
}

/// Prints what is different from the run before of the same effort, if one is
/// known, and keeps this one for the next.
pub(crate) fn compare(effort: Effort, sections: &[Section]) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    fs::create_dir_all(&folder)?;
    let path = folder.join(effort.choose("quick.json", "full.json"));
    let ratios = ratios(sections);
    let kept = fs::read(&path).ok();
    match kept.and_then(|kept| serde_json::from_slice::<Vec<Ratio>>(&kept).ok()) {
        Some(earlier) => print(&ratios, &earlier),
        None => println!("the next run will be compared with this one"),
    }
    fs::write(&path, serde_json::to_vec(&ratios)?)?;
    Ok(())
}

fn print(ratios: &[Ratio], earlier: &[Ratio]) {
    let mut agreed = 0;
    let mut different = Vec::new();
    for ratio in ratios {
        let mut earlier = earlier.iter();
        let Some(earlier) = earlier.find(|earlier| earlier.place == ratio.place) else {
            continue;
        };
        if (earlier.spread.low..=earlier.spread.high).contains(&ratio.spread.median) {
            agreed += 1;
        } else {
            let [now, before] = [ratio, earlier].map(|ratio| Cell::Ratio(ratio.spread));
            different.push(format!("  {}: {now}, before {before}", ratio.place));
        }
    }
    let both = agreed + different.len();
    println!("{agreed} of {both} ratios lie within the spread that the run before has stated");
    if both < ratios.len() || both < earlier.len() {
        let (new, gone) = (ratios.len() - both, earlier.len() - both);
        println!("{new} ratios are new, and {gone} are gone");
    }
    for line in different {
        println!("{line}");
    }
}

fn ratios(sections: &[Section]) -> Vec<Ratio> {
    let mut ratios = Vec::new();
    for section in sections {
        for row in &section.rows {
            let cells = section.columns.iter().copied().zip(&row.cells);
            let goals = row.goals.iter().map(|goal| (goal.aim.as_str(), &goal.got));
            for (what, cell) in cells.chain(goals) {
                if let Cell::Ratio(spread) = cell {
                    ratios.push(Ratio {
                        place: format!("{}, {}, {what}", section.title, row.label),
                        spread: *spread,
                    });
                }
            }
        }
    }
    ratios
}
