//! The shop as the command line describes it: its clock and its knowledge
//! base.

use super::knowledge::Knowledge;
use super::shop_clock::ShopTime;
use crate::failure::Failure;
use clap::Args;
use std::path::{Path, PathBuf};

/// What the agent's story begins with.
pub(in crate::demo) struct Shop {
    pub(super) knowledge: Knowledge,
    pub(super) now: ShopTime,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Agent")]
pub(in crate::demo) struct ShopArguments {
    /// What the shop's clock shows, as 2027-01-01T13:30. The built-in
    /// promotions hold on 2027-01-01 from 10:00 to 18:00.
    #[arg(long, value_name = "TIME", default_value = "2027-01-01T13:30")]
    at: ShopTime,
    /// The knowledge base, in place of the built-in one: a JSON list of
    /// promotions, see below.
    #[arg(long, value_name = "FILE")]
    knowledge: Option<PathBuf>,
    /// More promotions, beside those of the knowledge base; may be repeated.
    #[arg(long, value_name = "FILE")]
    add_knowledge: Vec<PathBuf>,
}

impl ShopArguments {
    /// Reads the files.
    pub(in crate::demo) fn read(&self) -> Result<Shop, Failure> {
        let mut knowledge = match &self.knowledge {
            Some(path) => read(path)?,
            None => Knowledge::built_in().map_err(Failure::setup)?,
        };
        for path in &self.add_knowledge {
            knowledge = knowledge
                .with(read(path)?)
                .map_err(|reason| unusable(path, &reason))?;
        }
        Ok(Shop {
            knowledge,
            now: self.at,
        })
    }
}

fn read(path: &Path) -> Result<Knowledge, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| unusable(path, &error.to_string()))?;
    Knowledge::parse(&text).map_err(|reason| unusable(path, &reason))
}

fn unusable(path: &Path, reason: &str) -> Failure {
    Failure::setup(format!(
        "{}: {reason}; `higress-host demo --help` shows a knowledge base",
        path.display()
    ))
}
