//! `text`: an answer to a prompt or a conversation, streamed or complete.

use crate::call_context::{CallArguments, CallContext};
use crate::failure::Failure;
use crate::input::Input;
use crate::interrupt::run_until_interrupted;
use crate::output::answer::AnswerView;
use crate::output::spinner::with_spinner;
use crate::output::summary::{remark, summary};
use crate::output::{self, Format, Medium};
use clap::Args;
use higress_host::json::text_generation::{parse_request, write_event, write_response};
use provider_host::contract::text_generation::{Event, FinishReason, Message, Parameters, Request};
use provider_host::contract::types::{ModelKind, ResponseMetadata, Usage};

const EXAMPLES: &str = "\
Examples:
  higress-host text \"Why is the sky blue?\" \\
      --model qwen-plus --credentials mine.json
  higress-host text \"Say hi\" --system \"In French.\" \\
      --model qwen-plus --credentials mine.json
  higress-host text --request request.json \\
      --model qwen-plus --credentials mine.json --json

A request is a JSON object with the contract's fields (wit/text-generation.wit):
  {\"messages\": [{\"role\": \"user\", \"content\": \"Weather in Berlin?\"}],
   \"tools\": [{\"name\": \"weather\", \"parameters\": {\"type\": \"object\"}}],
   \"tool_choice\": \"automatic\",
   \"parameters\": {\"temperature\": 0.2, \"stop\": [\"END\"]}}

With --json each line is one event:
  {\"text\":…} {\"reasoning\":…} {\"refusal\":…} {\"tool_call\":…}
  {\"completed_tool_call\":…} {\"citation\":…} {\"image\":…} {\"audio\":…}
  {\"provider_data\":…} {\"usage\":…}, and {\"finish\":…} at the end.
On failure the last line is {\"error\":{\"kind\":…,\"message\":…}}.";

/// Generate text from a prompt or a conversation.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TextArguments {
    /// The user message.
    #[arg(required_unless_present = "request", conflicts_with = "request")]
    prompt: Option<String>,
    /// The system message.
    #[arg(long, value_name = "TEXT", conflicts_with = "request")]
    system: Option<String>,
    /// The sampling temperature.
    #[arg(
        long,
        value_name = "NUMBER",
        allow_negative_numbers = true,
        conflicts_with = "request"
    )]
    temperature: Option<f64>,
    /// The maximum number of tokens to generate.
    #[arg(long, value_name = "NUMBER", conflicts_with = "request")]
    max_tokens: Option<u64>,
    /// The whole request as JSON; `-` reads standard input.
    #[arg(long = "request", id = "request", value_name = "FILE")]
    request_file: Option<Input>,
    /// Wait for the complete answer.
    #[arg(long)]
    no_stream: bool,
    #[command(flatten)]
    pub(crate) call: CallArguments,
}

/// What is known of an answer at its end.
#[derive(Debug)]
struct Ending {
    reason: Option<FinishReason>,
    usage: Option<Usage>,
    info: ResponseMetadata,
}

impl TextArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let (context, request) = self.call.open_for(
            ModelKind::TextGeneration,
            self.request_file.as_ref(),
            parse_request,
            || self.request(),
        )?;
        run_until_interrupted(async {
            if self.no_stream {
                show_generation(&context, &request).await
            } else {
                show_stream(&context, &request).await
            }
        })
    }

    /// The request of a prompt and its options.
    fn request(&self) -> Request {
        let system = self.system.as_deref().map(Message::system);
        let prompt = self.prompt.as_deref().map(Message::user);
        Request::new(system.into_iter().chain(prompt)).with_parameters(Parameters {
            temperature: self.temperature,
            max_tokens: self.max_tokens,
            ..Parameters::default()
        })
    }
}

async fn show_stream(context: &CallContext, request: &Request) -> Result<(), Failure> {
    match context.format {
        Format::JsonLines => stream_events(context, request).await,
        Format::Text => stream_text(context, request).await,
    }
}

async fn stream_events(context: &CallContext, request: &Request) -> Result<(), Failure> {
    let failed = |error| context.failure(error);
    let call = context
        .tenant
        .generate_stream(&context.model, request, &context.options);
    let mut stream = call.await.map_err(failed)?;
    while let Some(events) = stream.next_events().await {
        for event in &events.map_err(failed)? {
            output::write_json(&write_event(event))?;
        }
    }
    Ok(())
}

async fn stream_text(context: &CallContext, request: &Request) -> Result<(), Failure> {
    let mut view = AnswerView::new(Medium::of_standard_output());
    let outcome = stream_into(&mut view, context, request).await;
    // Also after a failure, so that the error begins on its own line.
    output::write(&view.end())?;
    conclude(context, &outcome?);
    Ok(())
}

async fn stream_into(
    view: &mut AnswerView,
    context: &CallContext,
    request: &Request,
) -> Result<Ending, Failure> {
    let failed = |error| context.failure(error);
    let call = context
        .tenant
        .generate_stream(&context.model, request, &context.options);
    let mut stream = call.await.map_err(failed)?;
    let (mut reason, mut usage) = (None, None);
    loop {
        let Some(events) = stream.next_events().await else {
            let info = stream.metadata().await.map_err(failed)?;
            return Ok(Ending {
                reason,
                usage,
                info,
            });
        };
        let events = events.map_err(failed)?;
        output::write(&view.show(&events))?;
        for event in events {
            match event {
                Event::Usage(reported) => usage = Some(reported),
                Event::Finish(finish) => reason = Some(finish),
                Event::Text(_)
                | Event::Reasoning(_)
                | Event::Refusal(_)
                | Event::ToolCall(_)
                | Event::CompletedToolCall(_)
                | Event::Citation(_)
                | Event::Image(_)
                | Event::Audio(_)
                | Event::ProviderData(_)
                | Event::Other(_) => {}
            }
        }
    }
}

async fn show_generation(context: &CallContext, request: &Request) -> Result<(), Failure> {
    let call = context
        .tenant
        .generate(&context.model, request, &context.options);
    let generation = with_spinner(context.format, "waiting for the response", call)
        .await
        .map_err(|error| context.failure(error))?;
    match context.format {
        Format::JsonLines => output::write_json(&write_response(&generation))?,
        Format::Text => {
            let mut view = AnswerView::new(Medium::of_standard_output());
            output::write(&view.show_whole(&generation))?;
            conclude(
                context,
                &Ending {
                    reason: Some(generation.finish_reason),
                    usage: generation.usage,
                    info: generation.metadata,
                },
            );
        }
    }
    Ok(())
}

fn conclude(context: &CallContext, ending: &Ending) {
    let mut line = summary(context, ending.usage.as_ref(), &ending.info);
    if let Some(remark) = ending.reason.as_ref().and_then(remark) {
        line.push_str(" · ");
        line.push_str(&remark);
    }
    output::note(&line);
}
