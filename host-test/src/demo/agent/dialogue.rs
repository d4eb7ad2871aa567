//! The conversation with the model: sends the customer's message, runs tools as
//! long as the model calls them, and reports the answer while it is streamed.

use super::knowledge::Promotion;
use super::toolbox::{Searched, ToolOutcome, Toolbox};
use crate::demo::configured::Configured;
use crate::demo::report::Report;
use crate::failure::Failure;
use crate::output::excerpt::excerpt;
use provider_host::contract::text_generation::{
    AssistantMessage, ContentPart, Event, GeneratedToolCall, Message, Request,
};
use provider_host::error::CallError;
use std::time::{Duration, Instant};

/// The maximum number of answers with tool calls to one message.
const MOST_ROUNDS: usize = 8;
/// Columns of a product's name in the table of search results.
const PRODUCT: usize = 28;

/// The conversation so far.
pub(super) struct Dialogue<'a> {
    chat: &'a Configured,
    request: Request,
}

/// The result of one message of the customer.
#[derive(Debug, Default)]
pub(super) struct Turn {
    /// The names of the tools that were called, in order.
    pub(super) called: Vec<String>,
    /// The last search.
    pub(super) searched: Option<Searched>,
    pub(super) reasoning: String,
    pub(super) answer: String,
    /// The number of pieces of the answer.
    pub(super) pieces: usize,
    first_piece: Option<Duration>,
}

/// One answer of the model.
#[derive(Default)]
struct Received {
    reasoning: String,
    text: String,
    calls: Vec<GeneratedToolCall>,
    provider_data: Option<String>,
}

impl<'a> Dialogue<'a> {
    /// A conversation that begins with this request's messages.
    pub(super) fn new(chat: &'a Configured, request: Request) -> Self {
        Self { chat, request }
    }

    /// Sends a message of the customer. A turn that fails is removed from the
    /// conversation.
    pub(super) async fn say(
        &mut self,
        text: &str,
        toolbox: &Toolbox<'_>,
        report: &Report,
    ) -> Result<Result<Turn, CallError>, Failure> {
        report.user(text)?;
        let before = self.request.messages.len();
        self.request.messages.push(Message::user(text));
        let said = self.answer(toolbox, report).await?;
        if said.is_err() {
            self.request.messages.truncate(before);
        }
        Ok(said)
    }

    async fn answer(
        &mut self,
        toolbox: &Toolbox<'_>,
        report: &Report,
    ) -> Result<Result<Turn, CallError>, Failure> {
        let begun = Instant::now();
        let mut turn = Turn::default();
        for _ in 0..MOST_ROUNDS {
            let received = match self.read_answer(&mut turn, begun, report).await? {
                Ok(received) => received,
                Err(error) => return Ok(Err(error)),
            };
            turn.reasoning.push_str(&received.reasoning);
            self.push_answer(&received);
            if received.calls.is_empty() {
                turn.answer = received.text;
                report.note(&turn.times(begun))?;
                return Ok(Ok(turn));
            }
            for generated in &received.calls {
                let call = &generated.call;
                report.tool_call(&call.name, &call.arguments)?;
                let done = match toolbox.call(call).await {
                    Ok(done) => done,
                    Err(error) => return Ok(Err(error)),
                };
                show(&done, report)?;
                let result = Message::tool_result(&call.id, done.result.to_string());
                self.request.messages.push(result);
                turn.called.push(call.name.clone());
                turn.searched = done.searched.or(turn.searched);
            }
        }
        report.note(&format!("stopped after {MOST_ROUNDS} rounds of tool calls"))?;
        Ok(Ok(turn))
    }

    /// Reads one answer to its end.
    async fn read_answer(
        &self,
        turn: &mut Turn,
        begun: Instant,
        report: &Report,
    ) -> Result<Result<Received, CallError>, Failure> {
        let mut stream = match self.chat.stream(&self.request).await {
            Ok(stream) => stream,
            Err(error) => return Ok(Err(error)),
        };
        let mut view = report.stream_view();
        let mut received = Received::default();
        turn.pieces = 0;
        loop {
            let events = match stream.next_events().await {
                Some(Ok(events)) => events,
                Some(Err(error)) => {
                    view.end()?;
                    return Ok(Err(error));
                }
                None => {
                    view.end()?;
                    return Ok(Ok(received));
                }
            };
            for event in events {
                view.show(&event)?;
                turn.first_piece = turn.first_piece.or_else(|| Some(begun.elapsed()));
                match event {
                    Event::Text(text) => {
                        received.text.push_str(&text);
                        turn.pieces += 1;
                    }
                    Event::Reasoning(reasoning) => received.reasoning.push_str(&reasoning),
                    Event::CompletedToolCall(call) => received.calls.push(call),
                    Event::ProviderData(data) => received.provider_data = Some(data),
                    Event::Refusal(_)
                    | Event::ToolCall(_)
                    | Event::Citation(_)
                    | Event::Image(_)
                    | Event::Audio(_)
                    | Event::Usage(_)
                    | Event::Finish(_)
                    | Event::Other(_) => {}
                }
            }
        }
    }

    fn push_answer(&mut self, received: &Received) {
        let text = (!received.text.is_empty()).then(|| ContentPart::Text(received.text.clone()));
        let reasoning = (!received.reasoning.is_empty()).then(|| received.reasoning.clone());
        let calls = received.calls.iter();
        let answer = AssistantMessage {
            content: text.into_iter().collect(),
            name: None,
            reasoning,
            tool_calls: calls.map(|generated| generated.call.clone()).collect(),
            provider_data: received.provider_data.clone(),
        };
        self.request.messages.push(Message::Assistant(answer));
    }
}

impl Turn {
    /// The top result of the last search.
    pub(super) fn best(&self) -> Option<&Promotion> {
        let searched = self.searched.as_ref()?;
        searched.hits.first().map(|hit| &hit.promotion)
    }

    fn times(&self, begun: Instant) -> String {
        let first = self.first_piece.unwrap_or_default().as_millis();
        let all = begun.elapsed().as_millis();
        format!("first piece after {first} ms, complete after {all} ms")
    }
}

/// Reports the result of a tool; of a search, as a table.
fn show(done: &ToolOutcome, report: &Report) -> Result<(), Failure> {
    let Some(Searched { at, hits }) = &done.searched else {
        return report.tool_result(&done.result.to_string());
    };
    report.tool_result(&format!("{} promotions found, valid at {at}", hits.len()))?;
    if !hits.is_empty() {
        report.note(&format!("{:<PRODUCT$}  cosine   score", "product"))?;
    }
    for hit in hits {
        let product = excerpt(&hit.promotion.product, PRODUCT);
        report.note(&format!(
            "{product:<PRODUCT$}  {:>6.3}  {:>6.3}",
            hit.cosine, hit.score
        ))?;
    }
    Ok(())
}
