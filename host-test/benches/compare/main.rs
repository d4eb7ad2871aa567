//! What the component costs, beside a native client and what a user would pick
//! instead.
//!
//! `cargo bench -p higress-host --bench compare -- --python PYTHON` prints the
//! tables and writes `docs/benchmarks.md` with its plots; with `--quick` it
//! takes less than three minutes and does not write them. Both say whether the
//! ratios are those of the run before, which `target/bench` keeps. `make bench`
//! and `make bench-quick` make the virtual environment of PYTHON first. With
//! `--only WORD` it measures and prints what has the word in its name; with
//! `--instructions` it counts instructions instead.

mod bench;
mod clock;
mod contender;
mod gateway;
mod inputs;
mod instructions;
mod measure;
mod proof;
mod report;
mod scenario;
mod series;
mod turns;

use anyhow::{Result, ensure};
use bench::{Bench, Effort};
use clap::Parser;
use std::path::{Path, PathBuf};

/// Calls at one time that the contenders' engine has places for.
const PLACES: u32 = 128;

#[derive(Parser)]
#[expect(clippy::struct_excessive_bools, reason = "options of a command line")]
struct Arguments {
    /// Fewer and smaller turns; prints, and does not write the page.
    #[arg(long)]
    quick: bool,
    /// An interpreter that has the Python peers' packages.
    #[arg(long)]
    python: Option<PathBuf>,
    /// Measures what has this in its name; writes nothing.
    #[arg(long, default_value = "")]
    only: String,
    /// Counts instructions by valgrind, and prints them; measures nothing else.
    #[arg(long)]
    instructions: bool,
    /// Do what is counted: who, what, how much, and against which gateway.
    #[arg(long, hide = true, num_args = 4)]
    r#do: Vec<String>,
    /// Be the gateway.
    #[arg(long, hide = true)]
    serve: bool,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    ensure!(
        !cfg!(debug_assertions),
        "this is a debug build, whose figures mean nothing; use `make bench`"
    );
    if arguments.serve {
        return gateway::serve();
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    if !arguments.r#do.is_empty() {
        return runtime.block_on(instructions::work(&arguments.r#do));
    }
    clock::allow_many_files()?;
    let gateway = gateway::Process::start()?;
    if arguments.instructions {
        return instructions::print(gateway.address());
    }
    clock::stay_on(clock::Core::Contenders)?;
    runtime.block_on(compare(&arguments, &gateway))
}

async fn compare(arguments: &Arguments, gateway: &gateway::Process) -> Result<()> {
    println!("{}", report::machine::describe());
    let python = arguments.python.as_deref();
    if python.is_none() {
        println!("The Python peers are skipped: no --python was given.");
    }
    let host = contender::component::host(PLACES)?;
    let mut bench = Bench {
        effort: if arguments.quick {
            Effort::Quick
        } else {
            Effort::Full
        },
        round: 0,
        gateway: gateway.address(),
        contenders: contender::all(&host, gateway.address(), python)?,
    };
    let sections = measure::all(&mut bench, &arguments.only).await?;
    sections.iter().for_each(report::terminal::print);
    report::terminal::summary(&sections);
    if !arguments.only.is_empty() {
        return Ok(());
    }
    report::earlier::compare(bench.effort, &sections)?;
    if bench.effort == Effort::Full {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        report::markdown::write(&docs, &sections)?;
        println!("written: docs/benchmarks.md, docs/benchmarks/*.svg");
    }
    Ok(())
}
