//! The model's response to a request, before a dialect writes it.

use serde_json::Value;

use super::canned_responses;
use super::finish::{Finish, Finished, finished};
use super::request::ChatRequest;
use super::rules::Rules;
use super::tools::{Call, ToolChoice};
use crate::upstream::environment::Environment;
use crate::upstream::tokens;

/// A response, split into the tokens that a stream sends.
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

/// The token usage of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) prompt: u64,
    /// Including those of the reasoning.
    pub(crate) completion: u64,
    pub(crate) reasoning: u64,
}

impl Usage {
    pub(crate) const fn total(self) -> u64 {
        self.prompt + self.completion
    }

    /// The usage after this many tokens are sent.
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
    /// A token of the reasoning.
    Reasoning(&'a str),
    /// A token of the text.
    Text(&'a str),
    /// The start of a call, with its index from 0.
    CallBegins(usize, &'a Call),
    /// A token of a call's arguments.
    Arguments(usize, &'a Call, &'a str),
}

impl ChatResponse {
    /// The response to a request: tool calls by the rules, or else text.
    pub(crate) fn to(
        request: &ChatRequest,
        model: String,
        rules: &Rules,
        thinks: bool,
        environment: &mut Environment<'_>,
    ) -> Self {
        let calls: Vec<Call> = rules
            .calls(request)
            .into_iter()
            .map(|call| identified(call, environment))
            .collect();
        let content = content(request, rules, &calls);
        let reasoning = if thinks {
            reasoning(request, &calls)
        } else {
            Vec::new()
        };
        let usage = usage(request, &reasoning, &content.tokens, &calls);
        Self {
            identifier: environment.identifier(),
            created: environment.unix_seconds,
            model,
            reasoning,
            content: content.tokens,
            calls,
            finish: content.finish,
            usage,
        }
    }

    /// The steps of a stream: reasoning, text, then calls.
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

    /// The reasoning, if there is any.
    pub(crate) fn reasoning_text(&self) -> Option<String> {
        (!self.reasoning.is_empty()).then(|| self.reasoning.concat())
    }
}

fn identified((name, arguments): (String, Value), environment: &mut Environment<'_>) -> Call {
    Call {
        id: format!("call_{:016x}", environment.random.u64(..)),
        name,
        arguments: arguments.to_string(),
    }
}

fn content(request: &ChatRequest, rules: &Rules, calls: &[Call]) -> Finished {
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

fn reasoning(request: &ChatRequest, calls: &[Call]) -> Vec<String> {
    let tools: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    let text = canned_responses::reasoning_for(&request.conversation, &tools);
    finished(&text, &[], request.thinking_budget).tokens
}

/// Counts the tokens of all messages, and of the response.
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
