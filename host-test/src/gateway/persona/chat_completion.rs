//! Chat completions: the reply as a document or as a stream of chunks.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::chat_request::{ChatRequest, Delivery, UsageReport};
use super::conversation::Conversation;
use super::finish::{Finished, finished};
use super::openai_error::OpenAiError;
use super::{Scene, speaker, tokens};
use crate::gateway::answer::Answer;

/// Answers the body of a request.
pub(crate) fn answer(body: &[u8], mut scene: Scene<'_>) -> Answer {
    let request = match ChatRequest::parse(body).and_then(|request| known_model(request, &scene)) {
        Ok(request) => request,
        Err(error) => return error.into_answer(),
    };
    let text = speaker::reply_to(&request.conversation);
    let finished = finished(&text, &request.stop, request.limit);
    let completion = Completion {
        identifier: format!(
            "chatcmpl-{:016x}{:016x}",
            scene.random.next(),
            scene.random.next()
        ),
        created: scene.unix_seconds,
        usage: usage(&request.conversation, &finished),
        model: request.model,
        finished,
    };
    match request.delivery {
        Delivery::Document => Answer::document(
            StatusCode::OK,
            "application/json",
            completion.document().to_string(),
        ),
        Delivery::Stream(report) => completion
            .events(report)
            .into_iter()
            .fold(Answer::event_stream(), Answer::bytes),
    }
}

fn known_model(request: ChatRequest, scene: &Scene<'_>) -> Result<ChatRequest, OpenAiError> {
    if scene.models.is_empty() || scene.models.contains(&request.model) {
        return Ok(request);
    }
    let message = format!(
        "The model `{}` does not exist or you do not have access to it.",
        request.model
    );
    Err(OpenAiError::new(StatusCode::NOT_FOUND, message).code("model_not_found"))
}

/// Tokens of all messages' texts, and of the text that is sent.
fn usage(conversation: &Conversation, finished: &Finished) -> Value {
    let prompt: u64 = conversation
        .turns
        .iter()
        .map(|turn| tokens::count(&turn.text))
        .sum();
    let completion = u64::try_from(finished.tokens.len()).unwrap_or(u64::MAX);
    json!({
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    })
}

struct Completion {
    identifier: String,
    created: u64,
    model: String,
    finished: Finished,
    usage: Value,
}

impl Completion {
    fn document(&self) -> Value {
        json!({
            "id": self.identifier,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": [{
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": self.finished.tokens.concat(),
                    "refusal": null,
                },
                "logprobs": null,
                "finish_reason": self.finished.finish.as_str(),
            }],
            "usage": self.usage,
        })
    }

    /// The role, each token, the reason for the end, the usage if wanted, and
    /// the mark of the end.
    fn events(&self, report: UsageReport) -> Vec<Bytes> {
        let role = json!({"role": "assistant", "content": ""});
        let mut chunks = vec![self.choice_chunk(&role, None, report)];
        for token in &self.finished.tokens {
            chunks.push(self.choice_chunk(&json!({"content": token}), None, report));
        }
        let reason = Some(self.finished.finish.as_str());
        chunks.push(self.choice_chunk(&json!({}), reason, report));
        match report {
            UsageReport::Omitted => {}
            UsageReport::LastEvent => {
                let mut chunk = self.chunk(&json!([]));
                chunk["usage"] = self.usage.clone();
                chunks.push(chunk);
            }
        }
        let mut events: Vec<Bytes> = chunks.iter().map(event).collect();
        events.push(Bytes::from_static(b"data: [DONE]\n\n"));
        events
    }

    fn choice_chunk(&self, delta: &Value, reason: Option<&str>, report: UsageReport) -> Value {
        let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": reason});
        let mut chunk = self.chunk(&json!([choice]));
        match report {
            UsageReport::Omitted => {}
            // Every chunk but the last says that its usage is not known yet.
            UsageReport::LastEvent => chunk["usage"] = Value::Null,
        }
        chunk
    }

    fn chunk(&self, choices: &Value) -> Value {
        json!({
            "id": self.identifier,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": choices,
        })
    }
}

fn event(data: &Value) -> Bytes {
    Bytes::from(format!("data: {data}\n\n"))
}
