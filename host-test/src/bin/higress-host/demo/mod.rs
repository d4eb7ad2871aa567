//! `demo`: a tour of the component against a gateway inside this process.
//! Every step is shown and checked. No network, no keys.
//!
//! One file for each story; `stage` is what they play on, `report` what the
//! audience sees. A new story is a file here and a line in [`perform`].

mod answer;
mod caller;
mod cancellation;
mod conversation;
mod egress;
mod failures;
mod keys;
mod report;
mod stage;
mod verdict;

use crate::failure::Failure;
use crate::interrupt::run_until_interrupted;
use crate::output::Medium;
use crate::plugin::PluginArguments;
use clap::Args;
use report::Report;
use stage::Stage;

const EXAMPLES: &str = "\
Examples:
  higress-host demo
  higress-host demo --component path/to/provider.wasm";

/// Show and check everything, without network or keys: a gateway is started
/// in this process, and the component is called as a plugin host calls it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DemoArguments {
    #[command(flatten)]
    plugin: PluginArguments,
}

impl DemoArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let host = self.plugin.load()?;
        run_until_interrupted(async {
            let stage = Stage::set(host).await?;
            let mut report = Report::new(Medium::of_standard_output());
            let component = self.plugin.component.display();
            report.line(&format!(
                "The component {component}, against a mock gateway at {}",
                stage.gateway().url("")
            ))?;
            perform(&stage, &mut report).await?;
            report.finish()
        })
    }
}

/// All stories, in the order in which one would try things.
async fn perform(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    answer::tell(stage, report).await?;
    conversation::tell(stage, report).await?;
    keys::tell(stage, report).await?;
    failures::tell(stage, report).await?;
    egress::tell(stage, report).await?;
    cancellation::tell(stage, report).await
}
