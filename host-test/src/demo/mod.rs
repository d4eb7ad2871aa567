//! `demo`: the component at work, against a gateway inside this process or
//! against another one. Every step is shown and checked.
//!
//! The tour shows what a call is, one file for each chapter: `stage` is what
//! the chapters play on. Three stories show what people build: `agent`, `image`
//! and `governance`, of which each takes its models from `models`, and without
//! other credentials from the gateway of `console`. `report` is what the
//! audience sees. A new chapter or story is a file here and a line in
//! [`perform`].

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
mod governance;
mod image;
mod keys;
mod models;
mod report;
mod stage;
mod tenants;
mod verdict;
mod voice;

use crate::failure::Failure;
use crate::interrupt::run_until_interrupted;
use crate::output::{self, Medium};
use crate::plugin::PluginArguments;
use crate::reach::ReachArguments;
use crate::source::{Source, StandardInput};
use agent::{Shop, ShopArguments};
use clap::{Args, ValueEnum};
use credentials::Credentials;
use models::{Behind, Models};
use provider_host::host::ProviderHost;
use report::{Report, Rules};
use stage::Stage;

const EXAMPLES: &str = "\
Examples:
  higress-host demo                             everything, without network or keys
  higress-host demo agent --at 2027-01-01T15:00
  higress-host demo agent --add-knowledge mine.json
  higress-host demo agent --credentials gateway.json

A knowledge base is a JSON list. `occasion` may be left out: only checks go by it,
and a promotion without one may be recommended at any.
  [{\"product\": \"Red Lantern Tea Set\", \"offer\": \"30 % off\",
    \"from\": \"2027-01-01 10:00\", \"until\": \"2027-01-01 12:00\",
    \"text\": \"A New Year gift: six cups and a pot.\", \"occasion\": \"New Year\"}]

Credentials are an object of the form's variables, for all models; an object for
each kind of model holds its own. To sign requests in place of sending a key, or
to speak another protocol, change them here and nothing else:
  {\"endpoint_url\": \"https://ai.example.com\",
   \"consumer_auth_mode\": \"api_key\", \"api_key\": \"…\",
   \"text-generation\": {\"gateway_model_name\": \"qwen-plus\",
     \"function_calling_type\": \"tool_call\", \"agent_thought_support\": \"supported\"},
   \"text-embedding\": {\"gateway_model_name\": \"text-embedding-v4\",
     \"endpoint_url\": \"https://ai.example.com/embedding\",
     \"consumer_auth_mode\": \"hmac\", \"hmac_key\": \"…\", \"hmac_secret\": \"…\"},
   \"text-rerank\": {\"gateway_model_name\": \"gte-rerank-v2\"},
   \"image-generation\": {\"gateway_model_name\": \"qwen-image\"}}
The agent needs the first three, image the last, governance all.

With other credentials than the built-in ones it is not known what a model will
say: a check that depends on it says `not so` where it fails, and is not counted.";

/// Show and check the component at work. Without credentials a gateway is
/// started in this process: no network, no keys.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DemoArguments {
    /// What to show [default: a tour of the contract, and all stories].
    #[arg(value_enum)]
    story: Option<Story>,
    #[command(flatten)]
    shop: ShopArguments,
    /// Show the story against this gateway: a JSON object, see below; `-` is
    /// standard input.
    #[arg(long, value_name = "FILE", requires = "story", help_heading = "Models")]
    credentials: Option<Source>,
    #[command(flatten)]
    reach: ReachArguments,
    #[command(flatten)]
    plugin: PluginArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Story {
    /// A shop's assistant: an index, retrieval, tools, several turns.
    Agent,
    /// A description becomes a picture, and Markdown. Draws two images.
    Image,
    /// Routes and authentication, a limit, a fallback, a guard, a cache.
    Governance,
}

impl DemoArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let shop = self.shop.read()?;
        let credentials = self.credentials.as_ref();
        let credentials = credentials
            .map(|source| source.read_json(&mut StandardInput::Unread, Credentials::read))
            .transpose()?;
        let host = self.plugin.load()?;
        let rules = match credentials {
            Some(_) => Rules::Unknown,
            None => Rules::Known,
        };
        let mut report = Report::new(Medium::of_standard_output(), rules);
        report.line(&format!(
            "The component {}, in a sandbox, against {}",
            self.plugin.component_path(host.manifest()).display(),
            match rules {
                Rules::Known =>
                    "a mock of the gateway in this process: its models answer by simple rules",
                Rules::Unknown => "the gateway of the credentials",
            }
        ))?;
        run_until_interrupted(async {
            let models = self.models(host.clone(), credentials).await?;
            if let Some(hint) = models.hint() {
                output::note(&hint);
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
                Behind::Given(self.reach.clone()),
            )),
            None => console::open(host).await,
        }
    }
}

/// One story, or everything in the order in which one would try things.
async fn perform(
    story: Option<Story>,
    host: ProviderHost,
    models: &Models,
    shop: &Shop,
    report: &mut Report,
) -> Result<(), Failure> {
    match story {
        Some(Story::Agent) => agent::tell(models, shop, report).await,
        Some(Story::Image) => image::tell(models, report).await,
        Some(Story::Governance) => governance::tell(models, report).await,
        None => {
            tour(host, report).await?;
            agent::tell(models, shop, report).await?;
            image::tell(models, report).await?;
            governance::tell(models, report).await
        }
    }
}

/// What a call is, and what a sandbox keeps from it.
async fn tour(host: ProviderHost, report: &mut Report) -> Result<(), Failure> {
    let stage = Stage::set(host).await?;
    answer::tell(&stage, report).await?;
    conversation::tell(&stage, report).await?;
    keys::tell(&stage, report).await?;
    failures::tell(&stage, report).await?;
    egress::tell(&stage, report).await?;
    cancellation::tell(&stage, report).await
}
