//! Rules for calling tools: an agent's model without a model.

use serde_json::{Value, json};

use super::conversation::{Conversation, Turn};
use super::placeholders::{self, Placeholder};
use super::request::ChatRequest;
use super::tools::ToolChoice;

/// When to call a tool, with which arguments, and how to phrase its result.
///
/// ```
/// use mock_gateway::Rule;
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
    other_answer: Option<String>,
}

impl Rule {
    /// Calls a tool with these arguments if the user's last message contains
    /// `said`, in any case, and the request offers the tool. An argument
    /// `"{message}"` is replaced by that message, and an argument
    /// `"{tool:name}"` by the value at `name` in the JSON result of another
    /// tool, which is called first. Without that result it is null.
    #[must_use]
    pub fn new(said: &str, tool: &str, arguments: Value) -> Self {
        Self {
            said: said.to_lowercase(),
            tool: tool.to_owned(),
            arguments,
            answer: None,
            other_answer: None,
        }
    }

    /// Phrases the tool's result in this sentence: `{}` is the whole result,
    /// `{name}` and `{name.inner}` the value at that path of its JSON. Of a
    /// list it is every item, or the one of a number, as in `{names.0}`.
    /// `{tool:name}` is a value of another tool's latest result.
    #[must_use]
    pub fn answering(mut self, sentence: &str) -> Self {
        self.answer = Some(sentence.to_owned());
        self
    }

    /// Sets the sentence to use instead if a placeholder of the first has no
    /// value.
    #[must_use]
    pub fn or_answering(mut self, sentence: &str) -> Self {
        self.other_answer = Some(sentence.to_owned());
        self
    }

    fn applies(&self, conversation: &Conversation) -> bool {
        let last = conversation.user_messages().next_back();
        last.is_some_and(|last| last.to_lowercase().contains(&self.said))
    }

    /// The next tool to call for this rule: its own, or one whose result it
    /// needs first.
    fn next_call(&self, request: &ChatRequest) -> (String, Value) {
        let conversation = &request.conversation;
        let lacking = placeholders::tools_named(&self.arguments)
            .into_iter()
            .find(|tool| request.offers(tool) && !has_answered(conversation, tool));
        if let Some(tool) = lacking {
            return (tool.to_owned(), json!({}));
        }
        let fill = |placeholder: Placeholder<'_>| argument(placeholder, conversation);
        let arguments = placeholders::filled_arguments(&self.arguments, &fill);
        (self.tool.clone(), arguments)
    }

    /// The sentence about the tool's result.
    fn told(&self, result: &Turn, conversation: &Conversation) -> Option<String> {
        let fill = |placeholder: Placeholder<'_>| match placeholder {
            Placeholder::Message => None,
            Placeholder::Whole => Some(result.text.clone()),
            Placeholder::Own(path) => placeholders::found(&result.text, path),
            Placeholder::Of(tool, path) => {
                placeholders::found(&conversation.results_of(tool).next_back()?.text, path)
            }
        };
        let sentence = placeholders::filled_sentence(self.answer.as_ref()?, &fill);
        match (sentence.is_complete, &self.other_answer) {
            (false, Some(other)) => Some(placeholders::filled_sentence(other, &fill).text),
            (true | false, _) => Some(sentence.text),
        }
    }
}

/// Rules, tried in their order.
#[derive(Clone, Debug, Default)]
pub struct Rules(Vec<Rule>);

impl Rules {
    /// No rules: a tool is called only if the request requires it.
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

    /// The tools to call now, each once and with its arguments: those whose
    /// rules apply and that have not returned yet.
    pub(crate) fn calls(&self, request: &ChatRequest) -> Vec<(String, Value)> {
        let ruled = self.ruled(request);
        match &request.tool_choice {
            ToolChoice::None => Vec::new(),
            ToolChoice::Required if ruled.is_empty() => {
                let first = request.tools.first().cloned();
                first.into_iter().map(|tool| (tool, json!({}))).collect()
            }
            ToolChoice::Automatic | ToolChoice::Required => {
                ruled.into_iter().take(request.most_calls).collect()
            }
            ToolChoice::Named(tool) => {
                let of_tool = ruled.into_iter().find(|(name, _)| name == tool);
                vec![of_tool.unwrap_or_else(|| (tool.clone(), json!({})))]
            }
        }
    }

    fn ruled(&self, request: &ChatRequest) -> Vec<(String, Value)> {
        let conversation = &request.conversation;
        let is_pending = |rule: &&Rule| {
            request.offers(&rule.tool)
                && rule.applies(conversation)
                && !has_answered(conversation, &rule.tool)
        };
        let mut calls: Vec<(String, Value)> = Vec::new();
        for rule in self.0.iter().filter(is_pending) {
            let call = rule.next_call(request);
            if calls.iter().all(|(tool, _)| *tool != call.0) {
                calls.push(call);
            }
        }
        calls
    }

    /// The sentences about new results of tools, if a rule has any.
    pub(crate) fn answer(&self, conversation: &Conversation) -> Option<String> {
        let told: Vec<String> = conversation
            .fresh_results()
            .filter_map(|result| {
                let of_tool = |rule: &&Rule| {
                    Some(&rule.tool) == result.tool.as_ref() && rule.applies(conversation)
                };
                self.0.iter().find(of_tool)?.told(result, conversation)
            })
            .collect();
        (!told.is_empty()).then(|| told.join(" "))
    }
}

fn has_answered(conversation: &Conversation, tool: &str) -> bool {
    let mut results = conversation.fresh_results();
    results.any(|result| result.tool.as_deref() == Some(tool))
}

/// The value of a placeholder in a call's arguments. Only results since the
/// last user message count.
fn argument(placeholder: Placeholder<'_>, conversation: &Conversation) -> Option<String> {
    match placeholder {
        Placeholder::Message => conversation.user_messages().next_back().map(str::to_owned),
        Placeholder::Whole | Placeholder::Own(_) => None,
        Placeholder::Of(tool, path) => {
            let mut results = conversation.fresh_results();
            let result = results.find(|result| result.tool.as_deref() == Some(tool))?;
            placeholders::found(&result.text, path)
        }
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

    fn searching() -> Rules {
        let arguments = json!({"query": "{message}", "at": "{current_time:time}"});
        Rules::new().rule(
            Rule::new("offer", "search", arguments)
                .answering("{offers.0.title}, until {offers.0.until}.")
                .or_answering("Nothing is on offer at {current_time:time}."),
        )
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

    #[test]
    fn a_tool_whose_result_is_an_argument_is_called_first() {
        let rules = searching();
        let calls = rules.calls(&request(&json!({}), &[]));
        assert_eq!(calls, [("current_time".into(), json!({}))]);
        let noon = [("current_time", r#"{"time": "noon"}"#)];
        let calls = rules.calls(&request(&json!({}), &noon));
        let arguments = json!({"query": "The TIME and offers?", "at": "noon"});
        assert_eq!(calls, [("search".into(), arguments)]);
    }

    #[test]
    fn a_result_that_cannot_be_had_is_null() {
        let only = json!([{"type": "function", "function": {"name": "search"}}]);
        let calls = searching().calls(&request(&json!({"tools": only}), &[]));
        let arguments = json!({"query": "The TIME and offers?", "at": null});
        assert_eq!(calls, [("search".into(), arguments)]);
    }

    #[test]
    fn where_nothing_was_found_that_is_told() {
        let told = |offers: &str| {
            let results = [("current_time", r#"{"time": "noon"}"#), ("search", offers)];
            searching().answer(&request(&json!({}), &results).conversation)
        };
        let tea = r#"{"offers": [{"title": "tea", "until": "two"}, {"title": "cake"}]}"#;
        assert_eq!(told(tea).as_deref(), Some("tea, until two."));
        let nothing = told(r#"{"offers": []}"#);
        assert_eq!(nothing.as_deref(), Some("Nothing is on offer at noon."));
    }

    #[test]
    fn no_tool_is_called_twice_at_once() {
        let rules = rules().rule(Rule::new("time", "current_time", json!({})));
        let calls = rules.calls(&request(&json!({}), &[]));
        assert_eq!(names(calls), ["current_time", "search"]);
    }
}
