//! The commands and the text of `--help`.

use crate::commands::describe::DescribeArguments;
use crate::commands::embed::EmbedArguments;
use crate::commands::gateway::GatewayArguments;
use crate::commands::image::ImageArguments;
use crate::commands::rerank::RerankArguments;
use crate::commands::text::TextArguments;
use crate::commands::validate::ValidateArguments;
use crate::demo::DemoArguments;
use crate::failure::Failure;
use crate::output::Format;
use clap::{Parser, Subcommand};

const EXAMPLES: &str = "\
Getting started:
  higress-host demo                    all features, without network or keys
  higress-host gateway                 the mock gateway on http://127.0.0.1:8080
  higress-host text \"Hello\" --model demo --allow-private \\
      --set endpoint_url=http://127.0.0.1:8080/open

Credentials are the variables of the form in manifest.yaml. Keep secrets in a
file:
  {\"endpoint_url\": \"https://ai.example.com/v1\",
   \"consumer_auth_mode\": \"api_key\", \"api_key\": \"…\"}

Exit status: 0 success; 1 the call failed; 2 wrong usage or an invalid file;
130 interrupted by Ctrl-C.";

/// Calls models behind a Higress AI gateway through a model-provider component.
#[derive(Debug, Parser)]
#[command(name = "higress-host", version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check a model's credentials.
    Validate(ValidateArguments),
    /// Describe a model, or the provider. Sends no request.
    Describe(DescribeArguments),
    /// Generate text from a prompt or a conversation.
    Text(TextArguments),
    /// Generate images from a prompt.
    Image(ImageArguments),
    /// Embed texts as vectors.
    Embed(EmbedArguments),
    /// Rank documents by their relevance to a query.
    Rerank(RerankArguments),
    /// Run the mock gateway.
    Gateway(GatewayArguments),
    /// Run and check the component, without network or keys.
    Demo(DemoArguments),
}

impl Command {
    /// The format of the output.
    pub(crate) fn format(&self) -> Format {
        match self {
            Self::Validate(arguments) => arguments.call.format(),
            Self::Describe(arguments) => arguments.call.format(),
            Self::Text(arguments) => arguments.call.format(),
            Self::Image(arguments) => arguments.call.format(),
            Self::Embed(arguments) => arguments.call.format(),
            Self::Rerank(arguments) => arguments.call.format(),
            Self::Gateway(_) | Self::Demo(_) => Format::Text,
        }
    }

    pub(crate) fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Validate(arguments) => arguments.run(),
            Self::Describe(arguments) => arguments.run(),
            Self::Text(arguments) => arguments.run(),
            Self::Image(arguments) => arguments.run(),
            Self::Embed(arguments) => arguments.run(),
            Self::Rerank(arguments) => arguments.run(),
            Self::Gateway(arguments) => arguments.run(),
            Self::Demo(arguments) => arguments.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::CommandFactory;

    #[test]
    fn the_definition_of_the_arguments_is_sound() {
        Arguments::command().debug_assert();
    }
}
