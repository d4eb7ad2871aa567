//! What the model says to a request, before any dialect writes it.

use serde_json::Value;

use super::canned_responses;
use super::finish::{Finish, Finished, finished};
use super::request::ChatRequest;
use super::rules::Rules;
use super::tools::{Call, ToolChoice};
use crate::upstream::{UpstreamContext, tokens};

/// A whole response, cut into the tokens that a stream sends.
#[derive(Clone, Debug)]
pub(crate) struct ChatResponse {
    /// 32 hexadecimal digits.
    pub(crate) identifier: String,
    /// When it was made, in seconds since 1970.
    pub(crate) created: u64,
    pub(crate) model: String,
    pub(crate) reasoning: Vec<String>,
    pub(crate) content: Vec<String>,
    pub(crate) calls: Vec<Call>,
    pub(crate) finish: Finish,
    pub(crate) usage: Usage,
}

/// Tokens that a response takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) prompt: u64,
    /// With those of the thought.
    pub(crate) completion: u64,
    pub(crate) reasoning: u64,
}

impl Usage {
    pub(crate) const fn total(self) -> u64 {
        self.prompt + self.completion
    }

    /// The usage when only so many tokens have been sent.
    pub(crate) fn after(self, sent: u64) -> Self {
        Self {
            prompt: self.prompt,
            completion: self.completion.min(sent),
            reasoning: self.reasoning.min(sent),
        }
    }
}

/// One step of a stream.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece<'a> {
    /// A token of the thought.
    Reasoning(&'a str),
    /// A token of the text.
    Text(&'a str),
    /// A call begins; its place among the calls, from 0.
    CallBegins(usize, &'a Call),
    /// A token of a call's arguments.
    Arguments(usize, &'a Call, &'a str),
}

impl ChatResponse {
    /// What the model says. It calls tools by the rules, and otherwise speaks.
    pub(crate) fn to(
        request: &ChatRequest,
        model: String,
        rules: &Rules,
        thinks: bool,
        context: &mut UpstreamContext<'_>,
    ) -> Self {
        let calls: Vec<Call> = rules
            .calls(request)
            .into_iter()
            .map(|call| identified(call, context))
            .collect();
        let said = said(request, rules, &calls);
        let reasoning = if thinks {
            thought(request, &calls)
        } else {
            Vec::new()
        };
        let usage = usage(request, &reasoning, &said.tokens, &calls);
        Self {
            identifier: context.identifier(),
            created: context.unix_seconds,
            model,
            reasoning,
            content: said.tokens,
            calls,
            finish: said.finish,
            usage,
        }
    }

    /// The steps of a stream: the thought, the text, and then the calls.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        let reasoning = self.reasoning.iter().map(|token| Piece::Reasoning(token));
        let text = self.content.iter().map(|token| Piece::Text(token));
        let calls = self.calls.iter().enumerate().flat_map(|(place, call)| {
            let arguments = tokens::tokens(&call.arguments);
            let arguments = arguments
                .into_iter()
                .map(move |token| Piece::Arguments(place, call, token));
            std::iter::once(Piece::CallBegins(place, call)).chain(arguments)
        });
        reasoning.chain(text).chain(calls)
    }

    /// The text, unless only tools are called.
    pub(crate) fn text(&self) -> Option<String> {
        (self.calls.is_empty() || !self.content.is_empty()).then(|| self.content.concat())
    }

    /// The thought, if there was one.
    pub(crate) fn thought(&self) -> Option<String> {
        (!self.reasoning.is_empty()).then(|| self.reasoning.concat())
    }
}

fn identified((name, arguments): (String, Value), context: &mut UpstreamContext<'_>) -> Call {
    Call {
        id: format!("call_{:016x}", context.random.u64(..)),
        name,
        arguments: arguments.to_string(),
    }
}

fn said(request: &ChatRequest, rules: &Rules, calls: &[Call]) -> Finished {
    if !calls.is_empty() {
        let finish = match request.tool_choice {
            ToolChoice::Named(_) => Finish::NamedTool,
            ToolChoice::Automatic | ToolChoice::None | ToolChoice::Required => Finish::ToolCalls,
        };
        return Finished {
            tokens: Vec::new(),
            finish,
        };
    }
    let conversation = &request.conversation;
    let text = rules
        .answer(conversation)
        .unwrap_or_else(|| canned_responses::response_to(conversation));
    finished(&text, &request.stop, request.limit)
}

fn thought(request: &ChatRequest, calls: &[Call]) -> Vec<String> {
    let tools: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    let thought = canned_responses::reasoning_for(&request.conversation, &tools);
    finished(&thought, &[], request.thinking_budget).tokens
}

/// Tokens of all messages' texts, and of what is sent.
fn usage(request: &ChatRequest, reasoning: &[String], content: &[String], calls: &[Call]) -> Usage {
    let turns = request.conversation.turns.iter();
    let count = |tokens: &[String]| u64::try_from(tokens.len()).unwrap_or(u64::MAX);
    let of_call = |call: &Call| 1 + tokens::count(&call.arguments);
    let reasoning = count(reasoning);
    Usage {
        prompt: turns.map(|turn| tokens::count(&turn.text)).sum(),
        completion: reasoning + count(content) + calls.iter().map(of_call).sum::<u64>(),
        reasoning,
    }
}
