//! `text`: an answer to a prompt or a conversation, as it comes or whole.

use crate::call_context::{CallArguments, CallContext};
use crate::failure::Failure;
use crate::input::Input;
use crate::interrupt::run_until_interrupted;
use crate::output::answer::AnswerView;
use crate::output::spinner::with_spinner;
use crate::output::summary::{remark, summary};
use crate::output::{self, Format, Medium};
use clap::Args;
use higress_host::json::text_generation as written;
use provider_host::contract::text_generation::{Event, FinishReason, Request};
use provider_host::contract::types::{ModelKind, ResponseMetadata, Usage};
use serde_json::{Map, Value, json};

const EXAMPLES: &str = "\
Examples:
  higress-host text \"Why is the sky blue?\" --model qwen-plus --credentials mine.json
  higress-host text \"Say hi\" --system \"In French.\" --model qwen-plus --credentials mine.json
  higress-host text --request request.json --model qwen-plus --credentials mine.json --json

A request is a JSON object with the fields of the contract (wit/text-generation.wit):
  {\"messages\": [{\"role\": \"user\", \"content\": \"Weather in Berlin?\"}],
   \"tools\": [{\"name\": \"weather\", \"parameters\": {\"type\": \"object\"}}],
   \"tool_choice\": \"automatic\",
   \"parameters\": {\"temperature\": 0.2, \"stop\": [\"END\"]}}

With --json a stream is one event a line, of these:
  {\"text\":…} {\"reasoning\":…} {\"refusal\":…} {\"tool_call\":…}
  {\"completed_tool_call\":…} {\"usage\":…}, and {\"finish\":…} at the end.
A failure is {\"error\":{\"kind\":…,\"message\":…}} in the last line.";

/// Generate text from a prompt or a conversation.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TextArguments {
    /// What to say to the model.
    #[arg(required_unless_present = "request", conflicts_with = "request")]
    prompt: Option<String>,
    /// Instructions for the model.
    #[arg(long, value_name = "TEXT", conflicts_with = "request")]
    system: Option<String>,
    /// Randomness.
    #[arg(
        long,
        value_name = "NUMBER",
        allow_negative_numbers = true,
        conflicts_with = "request"
    )]
    temperature: Option<f64>,
    /// Most tokens to generate.
    #[arg(long, value_name = "NUMBER", conflicts_with = "request")]
    max_tokens: Option<u64>,
    /// The whole request as JSON; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    request: Option<Input>,
    /// Wait for the whole answer.
    #[arg(long)]
    no_stream: bool,
    #[command(flatten)]
    pub(crate) call: CallArguments,
}

/// What is known of an answer when it has ended.
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
            self.request.as_ref(),
            &self.short_form(),
            written::read_request,
        )?;
        run_until_interrupted(async {
            if self.no_stream {
                show_whole(&context, &request).await
            } else {
                show_stream(&context, &request).await
            }
        })
    }

    fn short_form(&self) -> Value {
        let mut messages = Vec::new();
        let spoken = [("system", &self.system), ("user", &self.prompt)];
        for (role, text) in spoken {
            messages.extend(
                text.as_ref()
                    .map(|text| json!({"role": role, "content": text})),
            );
        }
        let mut parameters = Map::new();
        parameters.insert("temperature".to_owned(), self.temperature.into());
        parameters.insert("max_tokens".to_owned(), self.max_tokens.into());
        json!({"messages": messages, "parameters": parameters})
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
    loop {
        let events = stream.next().await.map_err(failed)?;
        if events.is_empty() {
            return Ok(());
        }
        for event in &events {
            output::write_json(&written::write_event(event))?;
        }
    }
}

async fn stream_text(context: &CallContext, request: &Request) -> Result<(), Failure> {
    let mut view = AnswerView::new(Medium::of_standard_output());
    let outcome = stream_into(&mut view, context, request).await;
    // Also after a failure: what is said next begins on a line of its own.
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
        let events = stream.next().await.map_err(failed)?;
        if events.is_empty() {
            let info = stream.info().await.map_err(failed)?;
            return Ok(Ending {
                reason,
                usage,
                info,
            });
        }
        output::write(&view.show(&events))?;
        for event in events {
            match event {
                Event::Usage(reported) => usage = Some(reported),
                Event::Finish(finish) => reason = Some(finish),
                Event::Text(_)
                | Event::Reasoning(_)
                | Event::Refusal(_)
                | Event::ToolCall(_)
                | Event::CompletedToolCall(_) => {}
            }
        }
    }
}

async fn show_whole(context: &CallContext, request: &Request) -> Result<(), Failure> {
    let call = context
        .tenant
        .generate(&context.model, request, &context.options);
    let generation = with_spinner(context.format, "waiting for the answer", call)
        .await
        .map_err(|error| context.failure(error))?;
    match context.format {
        Format::JsonLines => output::write_json(&written::write_generation(&generation))?,
        Format::Text => {
            let mut view = AnswerView::new(Medium::of_standard_output());
            output::write(&view.show_whole(&generation))?;
            conclude(
                context,
                &Ending {
                    reason: Some(generation.content.finish_reason),
                    usage: generation.content.usage,
                    info: generation.info,
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
