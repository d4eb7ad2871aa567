//! The arguments of the agent's story: the shop's clock and knowledge base.

use super::knowledge::Knowledge;
use super::shop_clock::ShopTime;
use anyhow::Context as _;
use clap::Args;
use std::path::{Path, PathBuf};

/// The shop of the agent's story.
pub(in crate::demo) struct Shop {
    pub(super) knowledge: Knowledge,
    pub(super) now: ShopTime,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Agent")]
pub(in crate::demo) struct ShopArguments {
    /// The time of the shop's clock, e.g. 2027-01-01T13:30. The built-in
    /// promotions are valid on 2027-01-01 from 10:00 to 18:00.
    #[arg(long, value_name = "TIME", default_value = "2027-01-01T13:30")]
    at: ShopTime,
    /// A knowledge base that replaces the built-in one: a JSON list of
    /// promotions, see below.
    #[arg(long, value_name = "FILE")]
    knowledge: Option<PathBuf>,
    /// Additional promotions; may be repeated.
    #[arg(long, value_name = "FILE")]
    add_knowledge: Vec<PathBuf>,
}

impl ShopArguments {
    /// Reads the files.
    pub(in crate::demo) fn read(&self) -> anyhow::Result<Shop> {
        let mut knowledge = match &self.knowledge {
            Some(path) => read(path).with_context(|| invalid(path))?,
            None => Knowledge::built_in()?,
        };
        for path in &self.add_knowledge {
            knowledge = read(path)
                .and_then(|more| knowledge.with(more))
                .with_context(|| invalid(path))?;
        }
        Ok(Shop {
            knowledge,
            now: self.at,
        })
    }
}

fn read(path: &Path) -> anyhow::Result<Knowledge> {
    Knowledge::parse(&std::fs::read_to_string(path)?)
}

fn invalid(path: &Path) -> String {
    format!(
        "invalid knowledge base {} (see `higress-host demo --help`)",
        path.display()
    )
}
