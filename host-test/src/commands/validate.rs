//! `validate`: can the model be reached with its credentials?

use crate::failure::Failure;
use crate::interrupt::run_until_interrupted;
use crate::kind::Kind;
use crate::output::summary::summary;
use crate::output::waiting::while_waiting;
use crate::output::{self, Format, Medium};
use crate::session::CallArguments;
use crate::source::StandardInput;
use clap::Args;
use higress_host::json::response::write_info;

const EXAMPLES: &str = "\
Examples:
  higress-host validate text-generation --model qwen-plus --credentials mine.json
  higress-host validate text-embedding --model bge-m3 --credentials - < mine.json";

/// Check that a model can be reached with its credentials, by a request as
/// small as the kind allows.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ValidateArguments {
    /// What the model does.
    #[arg(value_enum)]
    kind: Kind,
    #[command(flatten)]
    pub(crate) call: CallArguments,
}

impl ValidateArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut input = StandardInput::Unread;
        let session = self.call.open(self.kind.into(), &mut input)?;
        let call = session.tenant.validate(&session.model, &session.options);
        let info = run_until_interrupted(async {
            while_waiting(session.format, "validating", call)
                .await
                .map_err(|error| session.failure(error))
        })?;
        match session.format {
            Format::JsonLines => output::write_json(&write_info(&info))?,
            Format::Text => {
                let medium = Medium::of_standard_output();
                let line = format!("The credentials work: {}", summary(&session, None, &info));
                output::write_line(&medium.safe(&line))?;
            }
        }
        Ok(())
    }
}
