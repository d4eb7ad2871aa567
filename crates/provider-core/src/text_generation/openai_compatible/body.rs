//! The body of a request, as it is written: members in order, then those of the
//! caller.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::json_object::Members;
use super::message::{Message, WithData};
use super::{response_format, tools};

/// The members of a body.
#[derive(Debug, Default)]
pub(super) struct Body<'a> {
    members: Vec<(&'static str, Member<'a>)>,
    /// Members of the caller, after all others.
    pub(super) extra: Members<'a>,
}

/// The value of a member.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Member<'a> {
    Text(&'a str),
    Texts(&'a [String]),
    Flag(bool),
    Count(u64),
    Seed(i64),
    Decimal(f64),
    Messages(Vec<WithData<'a, Message<'a>>>),
    Prompt(String),
    Tools(Vec<tools::Written<'a>>),
    ToolChoice(tools::Choice<'a>),
    ResponseFormat(response_format::Written<'a>),
    Thinking(Thinking),
    TemplateVariables(TemplateVariables),
    WebSearch(WebSearch<'a>),
    StreamOptions(StreamOptions),
}

/// `thinking`.
#[derive(Debug, Serialize)]
pub(super) struct Thinking {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) budget_tokens: Option<u64>,
}

/// `chat_template_kwargs`. Qwen templates use `enable_thinking`, `DeepSeek`
/// templates `thinking`.
#[derive(Debug, Serialize)]
pub(super) struct TemplateVariables {
    pub(super) enable_thinking: bool,
    pub(super) thinking: bool,
}

/// `web_search_options`.
#[derive(Debug, Serialize)]
pub(super) struct WebSearch<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) search_context_size: Option<&'a str>,
}

/// `stream_options`.
#[derive(Debug, Serialize)]
pub(super) struct StreamOptions {
    pub(super) include_usage: bool,
}

impl<'a> Body<'a> {
    pub(super) fn add(&mut self, name: &'static str, member: Member<'a>) {
        self.members.push((name, member));
    }

    pub(super) fn add_if_some(&mut self, name: &'static str, member: Option<Member<'a>>) {
        self.members.extend(member.map(|member| (name, member)));
    }

    /// Whether the provider sets a member.
    pub(super) fn sets(&self, name: &str) -> bool {
        /// Members that the provider controls even if it omits them.
        const OWN: [&str; 8] = [
            "model",
            "messages",
            "prompt",
            "stream",
            "stream_options",
            "tools",
            "functions",
            // Only one answer can be returned.
            "n",
        ];
        OWN.contains(&name) || self.members.iter().any(|(member, _)| *member == name)
    }
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        let mut object = json.serialize_map(None)?;
        for (name, member) in &self.members {
            object.serialize_entry(name, member)?;
        }
        for (name, value) in self.extra.iter() {
            object.serialize_entry(name, value)?;
        }
        object.end()
    }
}
