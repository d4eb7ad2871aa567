//! `text`: an answer to a prompt or a conversation, as it comes or whole.

use crate::failure::Failure;
use crate::interrupt::run_until_interrupted;
use crate::output::answer::AnswerView;
use crate::output::summary::{remark, summary};
use crate::output::waiting::while_waiting;
use crate::output::{self, Format, Medium};
use crate::session::{CallArguments, Session};
use crate::source::Source;
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
    request: Option<Source>,
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
        let (session, request) = self.call.open_for(
            ModelKind::TextGeneration,
            self.request.as_ref(),
            &self.short_form(),
            written::read_request,
        )?;
        run_until_interrupted(async {
            if self.no_stream {
                show_whole(&session, &request).await
            } else {
                show_stream(&session, &request).await
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

async fn show_stream(session: &Session, request: &Request) -> Result<(), Failure> {
    match session.format {
        Format::JsonLines => stream_events(session, request).await,
        Format::Text => stream_text(session, request).await,
    }
}

async fn stream_events(session: &Session, request: &Request) -> Result<(), Failure> {
    let failed = |error| session.failure(error);
    let call = session
        .tenant
        .generate_stream(&session.model, request, &session.options);
    let mut stream = call.await.map_err(failed)?;
    while let Some(events) = stream.next_events().await {
        for event in &events.map_err(failed)? {
            output::write_json(&written::write_event(event))?;
        }
    }
    Ok(())
}

async fn stream_text(session: &Session, request: &Request) -> Result<(), Failure> {
    let mut view = AnswerView::new(Medium::of_standard_output());
    let outcome = stream_into(&mut view, session, request).await;
    // Also after a failure: what is said next begins on a line of its own.
    output::write(&view.end())?;
    conclude(session, &outcome?);
    Ok(())
}

async fn stream_into(
    view: &mut AnswerView,
    session: &Session,
    request: &Request,
) -> Result<Ending, Failure> {
    let failed = |error| session.failure(error);
    let call = session
        .tenant
        .generate_stream(&session.model, request, &session.options);
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
                | Event::CompletedToolCall(_) => {}
            }
        }
    }
}

async fn show_whole(session: &Session, request: &Request) -> Result<(), Failure> {
    let call = session
        .tenant
        .generate(&session.model, request, &session.options);
    let generation = while_waiting(session.format, "waiting for the answer", call)
        .await
        .map_err(|error| session.failure(error))?;
    match session.format {
        Format::JsonLines => output::write_json(&written::write_generation(&generation))?,
        Format::Text => {
            let mut view = AnswerView::new(Medium::of_standard_output());
            output::write(&view.show_whole(&generation.content))?;
            conclude(
                session,
                &Ending {
                    reason: Some(generation.content.finish_reason),
                    usage: generation.content.usage,
                    info: generation.metadata,
                },
            );
        }
    }
    Ok(())
}

fn conclude(session: &Session, ending: &Ending) {
    let mut line = summary(session, ending.usage.as_ref(), &ending.info);
    if let Some(remark) = ending.reason.as_ref().and_then(remark) {
        line.push_str(" · ");
        line.push_str(&remark);
    }
    output::note(&line);
}
