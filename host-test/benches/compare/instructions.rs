//! What the component costs in instructions, counted by callgrind: the figures
//! that no other load of the machine changes.
//!
//! Each is a difference of two processes that do less and more of the same
//! work against the gateway, which is a process of its own: what a process
//! takes to start, to link and to connect is in both. `make instructions`
//! prints them. The kernel's instructions are not counted.

use crate::clock;
use crate::contender::component::{Component, cached_host};
use crate::contender::local::Local;
use crate::contender::native::Native;
use crate::contender::task::{Format, Task};
use crate::scenario::Scenario;
use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use provider_host::tenant::InstanceReuse;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use testing::callgrind::{self, Instructions};

/// How this program is made to do the work that is counted.
pub(crate) const ARGUMENT: &str = "--do";

/// Who works.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Who {
    Native,
    Warm,
    Fresh,
    /// Warm, with signed requests.
    Signed,
}

/// What is counted.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    Events,
    Calls,
    Numbers,
    Base64,
    Messages,
}

/// Values of a vector.
const DIMENSIONS: usize = 1_024;

impl What {
    /// Less and more of it.
    fn amounts(self) -> (usize, usize) {
        match self {
            Self::Events => (1_000, 6_000),
            Self::Calls => (50, 250),
            Self::Numbers | Self::Base64 => (16, 64),
            Self::Messages => (100, 1_100),
        }
    }

    /// The calls that have this much of it.
    fn tasks(self, amount: usize) -> Vec<Task> {
        let embed = |format| Task::embed(amount, amount, DIMENSIONS, format);
        match self {
            Self::Events => vec![Task::read(Scenario::Stream {
                events: amount,
                bytes: 245,
            })],
            Self::Calls => vec![Task::ask(); amount],
            Self::Numbers => vec![embed(Format::Float)],
            Self::Base64 => vec![embed(Format::Base64)],
            Self::Messages => vec![Task::history(amount, 0)],
        }
    }

    /// What one of it costs.
    fn count(self, who: Who, gateway: SocketAddr) -> Result<Instructions> {
        let (less, more) = self.amounts();
        let pieces = match self {
            // Of these, a thousand values are a piece.
            Self::Numbers | Self::Base64 => (more - less) * DIMENSIONS / 1_000,
            Self::Events | Self::Calls | Self::Messages => more - less,
        };
        let fewer = count(who, self, less, gateway)?;
        let each = count(who, self, more, gateway)?.each(fewer, u64::try_from(pieces)?);
        Ok(each)
    }
}

/// Counts a process that does this much.
fn count(who: Who, what: What, amount: usize, gateway: SocketAddr) -> Result<Instructions> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg(ARGUMENT)
        .args([name(&who), name(&what), amount.to_string()])
        .arg(gateway.to_string());
    callgrind::count(&command).with_context(|| format!("{who:?}, {amount} {what:?}"))
}

fn name(value: &impl ValueEnum) -> String {
    let value = value.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

/// Does the work that `words` name: who, what, how much, and against whom.
pub(crate) async fn work(words: &[String]) -> Result<()> {
    let [who, what, amount, gateway] = words else {
        anyhow::bail!("{ARGUMENT} takes four words")
    };
    let unknown = |error: String| anyhow::anyhow!(error);
    let who = Who::from_str(who, false).map_err(unknown)?;
    let what = What::from_str(what, false).map_err(unknown)?;
    let gateway = gateway.parse()?;
    clock::stop();
    let component = |reuse| Component::new(&cached_host(1)?, gateway, reuse);
    let worker = match who {
        Who::Native => Local::Native(Arc::new(Native::new(gateway))),
        Who::Warm => Local::Component(Arc::new(component(InstanceReuse::pooled())?)),
        Who::Fresh => Local::Component(Arc::new(component(InstanceReuse::PerCall)?)),
        Who::Signed => Local::Component(Arc::new(component(InstanceReuse::pooled())?.signed())),
    };
    for task in what.tasks(amount.parse()?) {
        let done = worker.run(&task).await?.context("no such task")?;
        done.proof.check(task.proof(), who_text(who))?;
    }
    Ok(())
}

fn who_text(who: Who) -> &'static str {
    match who {
        Who::Native => "native",
        Who::Warm | Who::Fresh | Who::Signed => "component",
    }
}

/// A row: a name, and who is counted at what.
const ROWS: [(&str, Who, What); 6] = [
    ("a streamed event of 245 bytes", Who::Warm, What::Events),
    ("a warm call", Who::Warm, What::Calls),
    ("a fresh call", Who::Fresh, What::Calls),
    ("1,000 values as numbers", Who::Warm, What::Numbers),
    ("1,000 values in base64", Who::Warm, What::Base64),
    ("a message of a conversation", Who::Warm, What::Messages),
];

/// Counts all, and prints a table.
pub(crate) fn print(gateway: SocketAddr) -> Result<()> {
    ensure!(
        callgrind::is_installed(),
        "valgrind, which counts the instructions, is not installed"
    );
    // Compiles the component, for valgrind's processor.
    count(Who::Warm, What::Calls, 1, gateway)?;
    println!(
        "{:<32}{:>12}{:>12}{:>12}",
        "instructions", "native", "component", "its code"
    );
    for (name, who, what) in ROWS {
        let native = what.count(Who::Native, gateway)?;
        let component = what.count(who, gateway)?;
        row(name, &native.all.to_string(), component);
    }
    let plain = What::Calls.count(Who::Warm, gateway)?;
    let signed = What::Calls.count(Who::Signed, gateway)?;
    row("a signature", "–", signed.each(plain, 1));
    Ok(())
}

fn row(name: &str, native: &str, component: Instructions) {
    let Instructions { all, compiled } = component;
    println!("{name:<32}{native:>12}{all:>12}{compiled:>12}");
}
