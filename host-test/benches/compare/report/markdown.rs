//! The page of the results, and its plots.

use super::{Section, machine};
use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const HEAD: &str = "\
# Benchmarks

What the component costs, beside a native client and what a user would pick instead. Made by
`make bench`, which writes this page and its plots anew; `make bench-quick` prints the same tables in
less than three minutes.

All contenders do the same work against the same gateway, a process that sends responses made before
anybody asked. They take turns, so that whatever else the machine does meets all of them, and show
what they have read: a wrong answer ends the run. The gateway has a core to itself, all contenders
share another. What is compared is measured in rounds over the whole run, as a machine that others share
is faster or slower for minutes, and not alike for all. A ratio is taken turn by turn, or call by call
within a round where it is one of two tasks; of it stand the median and, in parentheses, between what
nineteen of twenty lie: another run's median should lie there too. Each run says for how many ratios it
does, of those that the run before has stated. A quick contender has more turns than a slow one, and a ratio is that of
the turns of both: it is not quite that of the times beside it. A dash means that the library does not do
it, or of a 99th percentile that there are fewer than 100 calls; with `make bench-quick`, also that a
call takes longer than a second.

The Python libraries are called in a process that is already warm. The Dify SDK's model classes are
called directly, without the plugin daemon and its serialisation around them, and without their count
of tokens, which fetches a vocabulary from the internet; and it embeds as many texts in a request as
the component, where its default is one: all in its favour.

The goals are those of the project, and most are not met yet. Of a single call, the boundary of the
component takes most: it asks the host for something dozens of times, with a request to build, wait
for and read. Of a small event it is the code of the component, most of which is built for size. What
reads large responses is built for speed, and takes up to four times as long as native code. Beside a
model, which takes milliseconds for each word, all of that is seldom noticed; in the table it is.
";

/// Writes `benchmarks.md` and its plots into `docs`.
pub(crate) fn write(docs: &Path, sections: &[Section]) -> Result<()> {
    let plots = docs.join("benchmarks");
    fs::create_dir_all(&plots)?;
    let mut page = format!("{HEAD}\nMeasured on {}.\n", machine::describe());
    goals(&mut page, sections)?;
    for section in sections {
        write!(page, "\n## {}\n\n{}\n", section.title, section.about)?;
        for chart in &section.charts {
            chart.write(&plots)?;
            write!(
                page,
                "\n![{}](benchmarks/{}.svg)\n",
                chart.title, chart.file
            )?;
        }
        table(&mut page, section)?;
    }
    let path = docs.join("benchmarks.md");
    fs::write(&path, page).with_context(|| format!("cannot write {}", path.display()))
}

fn goals(page: &mut String, sections: &[Section]) -> Result<()> {
    page.push_str(
        "\n## Goals\n\n| measure | of | goal | measured | |\n| --- | --- | --- | --- | --- |\n",
    );
    for section in sections {
        for row in &section.rows {
            for goal in &row.goals {
                let verdict = goal.verdict();
                let (title, label) = (&section.title, &row.label);
                writeln!(
                    page,
                    "| {title} | {label} | {} | {} | {verdict} |",
                    goal.aim, goal.got
                )?;
            }
        }
    }
    Ok(())
}

fn table(page: &mut String, section: &Section) -> Result<()> {
    let titles = section.columns.join(" | ");
    let rule = " --- |".repeat(section.columns.len());
    write!(page, "\n| | {titles} |\n| --- |{rule}\n")?;
    for row in &section.rows {
        let cells: Vec<String> = row.cells.iter().map(ToString::to_string).collect();
        writeln!(page, "| {} | {} |", row.label, cells.join(" | "))?;
    }
    Ok(())
}
