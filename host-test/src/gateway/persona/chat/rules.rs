//! Rules for calling tools: an agent's model without a model.

use serde_json::Value;

use super::conversation::{Conversation, Turn};
use super::request::ChatRequest;
use super::tools::ToolChoice;

/// Stands for the person's last message in the arguments of a rule.
const MESSAGE: &str = "{message}";

/// When to call a tool, with what, and how to tell its result.
///
/// ```
/// use higress_host::gateway::Rule;
/// use serde_json::json;
///
/// let rule = Rule::new("time", "current_time", json!({"timezone": "UTC"}))
///     .answering("It is {time}.");
/// ```
#[derive(Clone, Debug)]
pub struct Rule {
    said: String,
    tool: String,
    arguments: Value,
    answer: Option<String>,
}

impl Rule {
    /// When the person's last message holds `said`, in whatever case, and the
    /// request offers the tool, it is called with these arguments. A text
    /// `"{message}"` among them is replaced by the person's message.
    #[must_use]
    pub fn new(said: &str, tool: &str, arguments: Value) -> Self {
        Self {
            said: said.to_lowercase(),
            tool: tool.to_owned(),
            arguments,
            answer: None,
        }
    }

    /// Tells the tool's result in this sentence: `{}` is the whole result,
    /// `{name}` and `{name.inner}` what stands there in its JSON; of a list
    /// each item is taken.
    #[must_use]
    pub fn answering(mut self, sentence: &str) -> Self {
        self.answer = Some(sentence.to_owned());
        self
    }

    fn applies(&self, conversation: &Conversation) -> bool {
        let last = conversation.said_by_user().next_back();
        last.is_some_and(|last| last.to_lowercase().contains(&self.said))
    }
}

/// Rules, tried in their order.
#[derive(Clone, Debug, Default)]
pub struct Rules(Vec<Rule>);

impl Rules {
    /// No rules: no tool is called unless the request insists.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.0.push(rule);
        self
    }

    /// The tools to call now, each with its arguments: those whose rules apply
    /// and that have not answered yet.
    pub(crate) fn calls(&self, request: &ChatRequest) -> Vec<(String, Value)> {
        let conversation = &request.conversation;
        let message = conversation.said_by_user().next_back().unwrap_or_default();
        let pending = |rule: &&Rule| {
            request.tools.contains(&rule.tool)
                && rule.applies(conversation)
                && !has_answered(conversation, &rule.tool)
        };
        let ruled = self.0.iter().filter(pending);
        let ruled = ruled.map(|rule| (rule.tool.clone(), filled(&rule.arguments, message)));
        let no_arguments = || Value::Object(serde_json::Map::new());
        match &request.tool_choice {
            ToolChoice::None => Vec::new(),
            ToolChoice::Automatic => ruled.take(request.most_calls).collect(),
            ToolChoice::Required => {
                let mut calls: Vec<_> = ruled.take(request.most_calls).collect();
                if calls.is_empty() {
                    let first = request.tools.first().cloned();
                    calls.extend(first.map(|tool| (tool, no_arguments())));
                }
                calls
            }
            ToolChoice::Named(tool) => {
                let mut of_tool = ruled.filter(|(name, _)| name == tool);
                vec![
                    of_tool
                        .next()
                        .unwrap_or_else(|| (tool.clone(), no_arguments())),
                ]
            }
        }
    }

    /// What to say of fresh results of tools, if a rule knows how.
    pub(crate) fn answer(&self, conversation: &Conversation) -> Option<String> {
        let told: Vec<String> = conversation
            .fresh_results()
            .filter_map(|result| {
                let of_tool = |rule: &&Rule| {
                    Some(&rule.tool) == result.tool.as_ref() && rule.applies(conversation)
                };
                let sentence = self.0.iter().find(of_tool)?.answer.as_ref()?;
                Some(told(sentence, result))
            })
            .collect();
        (!told.is_empty()).then(|| told.join(" "))
    }
}

fn has_answered(conversation: &Conversation, tool: &str) -> bool {
    let mut results = conversation.fresh_results();
    results.any(|result| result.tool.as_deref() == Some(tool))
}

fn filled(arguments: &Value, message: &str) -> Value {
    match arguments {
        Value::String(text) if text == MESSAGE => message.into(),
        Value::Array(items) => items.iter().map(|item| filled(item, message)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, message)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => arguments.clone(),
    }
}

fn told(sentence: &str, result: &Turn) -> String {
    let json: Value = serde_json::from_str(&result.text).unwrap_or_default();
    let mut told = String::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else {
            break;
        };
        told.push_str(before);
        match name {
            "" => told.push_str(&result.text),
            name => told.push_str(&texts_at(&json, name).join(", ")),
        }
        rest = behind;
    }
    told + rest
}

/// What stands at a path of names, of all items wherever there is a list.
fn texts_at(value: &Value, path: &str) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(|item| texts_at(item, path)).collect(),
        Value::Object(fields) => {
            let (name, inner) = path.split_once('.').unwrap_or((path, ""));
            let found = fields.get(name);
            found.map_or_else(Vec::new, |found| texts_at(found, inner))
        }
        Value::String(text) => vec![text.clone()],
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rules() -> Rules {
        Rules::new()
            .rule(Rule::new("time", "current_time", json!({})).answering("It is {time}."))
            .rule(
                Rule::new("offer", "search", json!({"query": "{message}", "limit": 2}))
                    .answering("There is {offers.title}."),
            )
    }

    fn request(extra: &Value, results: &[(&str, &str)]) -> ChatRequest {
        let tool = |name: &str| json!({"type": "function", "function": {"name": name}});
        let call = |name: &str| json!({"id": name, "function": {"name": name, "arguments": "{}"}});
        let mut messages = vec![json!({"role": "user", "content": "The TIME and offers?"})];
        for (name, text) in results {
            messages.push(json!({"role": "assistant", "tool_calls": [call(name)]}));
            messages.push(json!({"role": "tool", "tool_call_id": name, "content": text}));
        }
        let mut body =
            json!({"messages": messages, "tools": [tool("current_time"), tool("search")]});
        let fields = body.as_object_mut().unwrap();
        fields.extend(extra.as_object().unwrap().clone());
        ChatRequest::read(fields).unwrap()
    }

    fn names(calls: Vec<(String, Value)>) -> Vec<String> {
        calls.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn all_tools_whose_rules_apply_are_called_at_once() {
        let calls = rules().calls(&request(&json!({}), &[]));
        let query = json!({"query": "The TIME and offers?", "limit": 2});
        assert_eq!(
            calls,
            [("current_time".into(), json!({})), ("search".into(), query)]
        );
    }

    #[test]
    fn one_after_the_other_where_only_one_may_be_called() {
        let one = json!({"parallel_tool_calls": false});
        assert_eq!(names(rules().calls(&request(&one, &[]))), ["current_time"]);
        let after = request(&one, &[("current_time", "{}")]);
        assert_eq!(names(rules().calls(&after)), ["search"]);
    }

    #[test]
    fn the_requests_choice_stands_above_the_rules() {
        let none = request(&json!({"tool_choice": "none"}), &[]);
        assert!(rules().calls(&none).is_empty());
        let required = request(&json!({"tool_choice": "required"}), &[]);
        assert_eq!(names(Rules::new().calls(&required)), ["current_time"]);
        let named = json!({"tool_choice": {"type": "function", "function": {"name": "search"}}});
        assert_eq!(names(rules().calls(&request(&named, &[]))), ["search"]);
    }

    #[test]
    fn a_tool_that_is_not_offered_is_not_called() {
        let none = request(&json!({"tools": null}), &[]);
        assert!(rules().calls(&none).is_empty());
    }

    #[test]
    fn results_are_told_from_what_stands_in_them() {
        let offers = r#"{"offers": [{"title": "tea"}, {"title": "cake"}]}"#;
        let results = [("current_time", r#"{"time": "noon"}"#), ("search", offers)];
        let told = rules().answer(&request(&json!({}), &results).conversation);
        assert_eq!(told.as_deref(), Some("It is noon. There is tea, cake."));
    }

    #[test]
    fn results_of_another_form_leave_gaps_and_no_panic() {
        let told =
            rules().answer(&request(&json!({}), &[("current_time", "not JSON")]).conversation);
        assert_eq!(told.as_deref(), Some("It is ."));
        let odd = Rules::new().rule(Rule::new("", "search", json!({})).answering("{} {open"));
        let told = odd.answer(&request(&json!({}), &[("search", "x")]).conversation);
        assert_eq!(told.as_deref(), Some("x {open"));
    }
}
