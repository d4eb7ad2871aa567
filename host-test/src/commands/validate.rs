//! `validate`: checks a model's credentials.

use crate::call_context::CallArguments;
use crate::failure::Failure;
use crate::input::StandardInput;
use crate::interrupt::run_until_interrupted;
use crate::kind::Kind;
use crate::output::spinner::with_spinner;
use crate::output::summary::summary;
use crate::output::{self, Format, Medium};
use clap::Args;
use higress_host::json::response::write_info;

const EXAMPLES: &str = "\
Examples:
  higress-host validate text-generation \\
      --model qwen-plus --credentials mine.json
  higress-host validate text-embedding \\
      --model bge-m3 --credentials - < mine.json";

/// Check a model's credentials by sending the smallest request that its kind
/// allows.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ValidateArguments {
    /// The kind of model.
    #[arg(value_enum)]
    kind: Kind,
    #[command(flatten)]
    pub(crate) call: CallArguments,
}

impl ValidateArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut input = StandardInput::Unread;
        let context = self.call.open(self.kind.into(), &mut input)?;
        let call = context.tenant.validate(&context.model, &context.options);
        let info = run_until_interrupted(async {
            with_spinner(context.format, "validating", call)
                .await
                .map_err(|error| context.failure(error))
        })?;
        match context.format {
            Format::JsonLines => output::write_json(&write_info(&info))?,
            Format::Text => {
                let medium = Medium::of_standard_output();
                let line = format!(
                    "The credentials are valid: {}",
                    summary(&context, None, &info)
                );
                output::write_line(&medium.safe(&line))?;
            }
        }
        Ok(())
    }
}
