//! `demo`: runs the component against a mock gateway in this process, or against
//! the user's gateway. Every step is printed and checked.
//!
//! The tour shows single calls, one file for each chapter, with the gateway of
//! `fixture`. The stories `agent`, `image` and `governance` show applications.
//! They take their models from `models`: those of the given credentials, else
//! those of the gateway in `console`. `report` prints. A new chapter or story is
//! a file here and a line in [`perform`].

mod agent;
mod answer;
mod caller;
mod cancellation;
mod configured;
mod console;
mod conversation;
mod credentials;
mod egress;
mod failures;
mod fixture;
mod governance;
mod image;
mod keys;
mod models;
mod report;
mod stream_view;
mod tenants;
mod verdict;

use crate::failure::Failure;
use crate::input::{Input, StandardInput};
use crate::interrupt::run_until_interrupted;
use crate::network_args::NetworkArgs;
use crate::output::{self, Medium};
use crate::plugin::PluginArguments;
use agent::{Shop, ShopArguments};
use clap::{Args, ValueEnum};
use credentials::Credentials;
use fixture::Fixture;
use models::{Behind, Models};
use provider_host::host::ProviderHost;
use report::{Report, Rules};

const EXAMPLES: &str = "\
Examples:
  higress-host demo                             all parts, without network or keys
  higress-host demo agent --at 2027-01-01T15:00
  higress-host demo agent --add-knowledge mine.json
  higress-host demo agent --credentials gateway.json

A knowledge base is a JSON list. `occasion` is optional and used only by the
checks: a promotion without it is accepted for any occasion.
  [{\"product\": \"Red Lantern Tea Set\", \"offer\": \"30 % off\",
    \"from\": \"2027-01-01 10:00\", \"until\": \"2027-01-01 12:00\",
    \"text\": \"A New Year gift: six cups and a pot.\", \"occasion\": \"New Year\"}]

Credentials are an object of the form's variables for all models, with one
object per kind of model that overrides them. Authentication and protocol are
set here alone:
  {\"endpoint_url\": \"https://ai.example.com\",
   \"consumer_auth_mode\": \"api_key\", \"api_key\": \"…\",
   \"text-generation\": {\"gateway_model_name\": \"qwen-plus\",
     \"function_calling_type\": \"tool_call\", \"agent_thought_support\": \"supported\"},
   \"text-embedding\": {\"gateway_model_name\": \"text-embedding-v4\",
     \"endpoint_url\": \"https://ai.example.com/embedding\",
     \"consumer_auth_mode\": \"hmac\", \"hmac_key\": \"…\", \"hmac_secret\": \"…\"},
   \"text-rerank\": {\"gateway_model_name\": \"gte-rerank-v2\"},
   \"image-generation\": {\"gateway_model_name\": \"qwen-image\"}}
The agent story needs the first three kinds, image the last, governance all.

The answers of other models than the built-in ones are not known: a check that
depends on them prints `unmet` where it fails, and is not counted.";

/// Run and check the component. Without credentials a mock gateway is started in
/// this process: no network, no keys.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DemoArguments {
    /// The story to run [default: a tour of the contract, then all stories].
    #[arg(value_enum)]
    story: Option<Story>,
    #[command(flatten)]
    shop: ShopArguments,
    /// Credentials of the gateway to run against: a JSON object, see below; `-`
    /// reads standard input.
    #[arg(long, value_name = "FILE", requires = "story", help_heading = "Models")]
    credentials: Option<Input>,
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    plugin: PluginArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Story {
    /// A shop's assistant: index, retrieval, tools, several turns.
    Agent,
    /// A description becomes an image and Markdown. Generates up to two images.
    Image,
    /// Routes and authentication, rate limit, fallback, guard, cache.
    Governance,
}

impl DemoArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let shop = self.shop.read()?;
        let credentials = self.credentials.as_ref();
        let credentials = credentials
            .map(|file| file.parse(&mut StandardInput::Unread, Credentials::parse))
            .transpose()?;
        let host = self.plugin.load()?;
        let rules = match credentials {
            Some(_) => Rules::Unknown,
            None => Rules::Known,
        };
        let mut report = Report::new(Medium::of_standard_output(), rules);
        report.line(&format!(
            "Component {} in a sandbox, with {}",
            self.plugin.component.display(),
            match rules {
                Rules::Known => "the mock gateway in this process",
                Rules::Unknown => "the gateway of the credentials",
            }
        ))?;
        run_until_interrupted(async {
            let models = self.models(host.clone(), credentials).await?;
            if let Some(hint) = models.hint() {
                output::note(hint);
            }
            perform(self.story, host, &models, &shop, &mut report).await?;
            report.finish()
        })
    }

    async fn models(
        &self,
        host: ProviderHost,
        credentials: Option<Credentials>,
    ) -> Result<Models, Failure> {
        match credentials {
            Some(credentials) => Ok(Models::new(
                host,
                credentials,
                Behind::Given(self.network.clone()),
            )),
            None => Ok(console::open(host).await?),
        }
    }
}

/// One story, or the tour and all stories.
async fn perform(
    story: Option<Story>,
    host: ProviderHost,
    models: &Models,
    shop: &Shop,
    report: &mut Report,
) -> Result<(), Failure> {
    match story {
        Some(Story::Agent) => agent::run(models, shop, report).await,
        Some(Story::Image) => image::run(models, report).await,
        Some(Story::Governance) => governance::run(models, report).await,
        None => {
            tour(host, report).await?;
            agent::run(models, shop, report).await?;
            image::run(models, report).await?;
            governance::run(models, report).await
        }
    }
}

/// The chapters about single calls and their sandbox.
async fn tour(host: ProviderHost, report: &mut Report) -> Result<(), Failure> {
    let fixture = Fixture::start(host).await?;
    answer::run(&fixture, report).await?;
    conversation::run(&fixture, report).await?;
    keys::run(&fixture, report).await?;
    failures::run(&fixture, report).await?;
    egress::run(&fixture, report).await?;
    cancellation::run(&fixture, report).await
}
