//! The conversation with the model: what the customer says goes in, tools are
//! called as long as the model wants them, and its answer comes out, all of it
//! shown as it comes.

use super::knowledge::Promotion;
use super::toolbox::{Done, Searched, Toolbox};
use crate::demo::configured::Configured;
use crate::demo::report::Report;
use crate::failure::Failure;
use crate::output::excerpt::excerpt;
use provider_host::contract::text_generation::{
    AssistantTurn, ContentPart, Event, Message, Request, Role, ToolCall,
};
use provider_host::error::CallError;
use std::time::{Duration, Instant};

/// A model that still wants tools after so many answers is stopped.
const MOST_ROUNDS: usize = 8;
/// Columns of a product's name in the table of what was found.
const PRODUCT: usize = 28;

/// The conversation so far.
pub(super) struct Dialogue<'a> {
    chat: &'a Configured,
    request: Request,
}

/// What came of something that the customer said.
#[derive(Debug, Default)]
pub(super) struct Turn {
    /// The names of the tools that were called, in their order.
    pub(super) called: Vec<String>,
    /// The last search.
    pub(super) searched: Option<Searched>,
    pub(super) thought: String,
    pub(super) answer: String,
    /// In how many pieces the answer came.
    pub(super) pieces: usize,
    first_piece: Option<Duration>,
}

/// One answer of the model.
#[derive(Default)]
struct Heard {
    thought: String,
    text: String,
    calls: Vec<ToolCall>,
}

impl<'a> Dialogue<'a> {
    /// A conversation that begins with this request's messages.
    pub(super) fn new(chat: &'a Configured, request: Request) -> Self {
        Self { chat, request }
    }

    /// The customer says something. Nothing of a turn that fails is kept.
    pub(super) async fn say(
        &mut self,
        text: &str,
        toolbox: &Toolbox<'_>,
        report: &Report,
    ) -> Result<Result<Turn, CallError>, Failure> {
        report.asks(text)?;
        let before = self.request.messages.len();
        self.push(Role::User, text);
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
            let heard = match self.listen(&mut turn, begun, report).await? {
                Ok(heard) => heard,
                Err(error) => return Ok(Err(error)),
            };
            turn.thought.push_str(&heard.thought);
            self.keep(&heard);
            if heard.calls.is_empty() {
                turn.answer = heard.text;
                report.note(&turn.times(begun))?;
                return Ok(Ok(turn));
            }
            for call in &heard.calls {
                report.calls(&call.name, &call.arguments)?;
                let done = match toolbox.perform(call).await {
                    Ok(done) => done,
                    Err(error) => return Ok(Err(error)),
                };
                show(&done, report)?;
                self.push(Role::Tool(call.id.clone()), &done.result.to_string());
                turn.called.push(call.name.clone());
                turn.searched = done.searched.or(turn.searched);
            }
        }
        report.note(&format!("stopped after {MOST_ROUNDS} rounds of tools"))?;
        Ok(Ok(turn))
    }

    /// Hears one answer to its end.
    async fn listen(
        &self,
        turn: &mut Turn,
        begun: Instant,
        report: &Report,
    ) -> Result<Result<Heard, CallError>, Failure> {
        let mut stream = match self.chat.stream(&self.request).await {
            Ok(stream) => stream,
            Err(error) => return Ok(Err(error)),
        };
        let mut voice = report.voice();
        let mut heard = Heard::default();
        turn.pieces = 0;
        loop {
            let events = match stream.next_events().await {
                Some(Ok(events)) => events,
                Some(Err(error)) => {
                    voice.end()?;
                    return Ok(Err(error));
                }
                None => {
                    voice.end()?;
                    return Ok(Ok(heard));
                }
            };
            for event in events {
                voice.hear(&event)?;
                turn.first_piece = turn.first_piece.or_else(|| Some(begun.elapsed()));
                match event {
                    Event::Text(text) => {
                        heard.text.push_str(&text);
                        turn.pieces += 1;
                    }
                    Event::Reasoning(thought) => heard.thought.push_str(&thought),
                    Event::CompletedToolCall(call) => heard.calls.push(call),
                    Event::Refusal(_) | Event::ToolCall(_) | Event::Usage(_) | Event::Finish(_) => {
                    }
                }
            }
        }
    }

    fn keep(&mut self, heard: &Heard) {
        let thought = (!heard.thought.is_empty()).then(|| heard.thought.clone());
        let turn = AssistantTurn {
            reasoning: thought,
            tool_calls: heard.calls.clone(),
        };
        self.push(Role::Assistant(turn), &heard.text);
    }

    fn push(&mut self, role: Role, text: &str) {
        let content = match (&role, text) {
            (Role::Assistant(_), "") => Vec::new(),
            (_, text) => vec![ContentPart::Text(text.to_owned())],
        };
        self.request.messages.push(Message {
            role,
            content,
            name: None,
        });
    }
}

impl Turn {
    /// The best of what was found.
    pub(super) fn best(&self) -> Option<&Promotion> {
        let searched = self.searched.as_ref()?;
        searched.hits.first().map(|hit| &hit.promotion)
    }

    fn times(&self, begun: Instant) -> String {
        let first = self.first_piece.unwrap_or_default().as_millis();
        let all = begun.elapsed().as_millis();
        format!("first piece after {first} ms, all after {all} ms")
    }
}

/// What a tool says; of a search, a table.
fn show(done: &Done, report: &Report) -> Result<(), Failure> {
    let Some(Searched { at, hits }) = &done.searched else {
        return report.returns(&done.result.to_string());
    };
    report.returns(&format!("{} found that are in force at {at}", hits.len()))?;
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
