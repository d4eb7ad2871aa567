//! The text model of the upstreams: fixed rules over the conversation, so that
//! the same conversation has the same response.

use super::arithmetic::first_sum;
use super::conversation::{Conversation, Role};
use super::retrieval::best_sentence;
use crate::upstream::tokens::is_cjk;

/// The largest number it counts to.
const HIGHEST_COUNT: u64 = 1_000;

/// The language of a response: that of the last message.
#[derive(Clone, Copy)]
enum Language {
    English,
    Chinese,
}

impl Language {
    fn of(text: &str) -> Self {
        if text.chars().any(is_cjk) {
            Self::Chinese
        } else {
            Self::English
        }
    }
}

/// The reasoning before a response, or before calls of these tools. Never
/// empty.
pub(crate) fn reasoning_for(conversation: &Conversation, tools: &[&str]) -> String {
    let last = conversation.user_messages().next_back().unwrap_or_default();
    let (language, last) = (Language::of(last), last.trim());
    let results = conversation.fresh_results().count();
    match (language, tools, results) {
        (Language::English, [], 0) => format!("The person says \"{last}\". What fits?"),
        (Language::English, [], _) => format!("Results of tools: {results}. I tell them."),
        (Language::English, tools, 0) => {
            format!(
                "The person says \"{last}\". I need {}.",
                tools.join(" and ")
            )
        }
        (Language::English, tools, _) => format!("Now I need {}.", tools.join(" and ")),
        (Language::Chinese, [], 0) => format!("用户说“{last}”。怎么回答呢？"),
        (Language::Chinese, [], _) => format!("工具给了{results}个结果。我来说明。"),
        (Language::Chinese, tools, _) => {
            format!("用户说“{last}”。我需要{}。", tools.join("和"))
        }
    }
}

/// The next response. Never empty.
pub(crate) fn response_to(conversation: &Conversation) -> String {
    let Some(last) = conversation.user_messages().next_back() else {
        return "I am listening.".to_owned();
    };
    let language = Language::of(last);
    tool_result(conversation, language)
        .or_else(|| repetition(last))
        .or_else(|| first_sum(last).map(|sum| format!("{sum}.")))
        .or_else(|| counting(last))
        .or_else(|| own_name(conversation, last, language))
        .or_else(|| earlier_words(conversation, last, language))
        .or_else(|| greeting(conversation, last, language))
        .or_else(|| recollection(conversation, last, language))
        .unwrap_or_else(|| acknowledgement(conversation, last, language))
}

/// Repeats results that tools have just returned.
fn tool_result(conversation: &Conversation, language: Language) -> Option<String> {
    let results: Vec<&str> = conversation
        .fresh_results()
        .map(|result| result.text.as_str())
        .collect();
    match (results.as_slice(), language) {
        ([], _) => None,
        ([one], Language::English) => Some(format!("The tool says: {one}")),
        (all, Language::English) => Some(format!("The tools say: {}", all.join("; "))),
        (all, Language::Chinese) => Some(format!("工具的结果是：{}", all.join("；"))),
    }
}

fn repetition(last: &str) -> Option<String> {
    let lower = last.to_ascii_lowercase();
    let phrases = ["repeat:", "echo:", "say:", "重复：", "重复:"];
    let start = phrases
        .iter()
        .find_map(|phrase| lower.find(phrase).map(|at| at + phrase.len()))?;
    let text = last.get(start..)?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn counting(last: &str) -> Option<String> {
    let lower = last.to_ascii_lowercase();
    let start = ["count to ", "数到"]
        .iter()
        .find_map(|phrase| lower.find(phrase).map(|at| at + phrase.len()))?;
    let digits: String = lower
        .get(start..)?
        .trim_start()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let highest = digits.parse::<u64>().ok()?.min(HIGHEST_COUNT);
    let numbers: Vec<String> = (1..=highest).map(|number| number.to_string()).collect();
    (!numbers.is_empty()).then(|| format!("{}.", numbers.join(", ")))
}

fn own_name(conversation: &Conversation, last: &str, language: Language) -> Option<String> {
    let lower = last.to_ascii_lowercase();
    if !["my name?", "who am i", "我叫什么", "我是谁"]
        .iter()
        .any(|phrase| lower.contains(phrase))
    {
        return None;
    }
    Some(match (name_of_user(conversation), language) {
        (Some(name), Language::English) => format!("Your name is {name}."),
        (Some(name), Language::Chinese) => format!("你叫{name}。"),
        (None, Language::English) => "You have not told me your name.".to_owned(),
        (None, Language::Chinese) => "你还没有告诉我你的名字。".to_owned(),
    })
}

/// The name that the user gave last.
fn name_of_user(conversation: &Conversation) -> Option<String> {
    conversation.user_messages().rev().find_map(|text| {
        let lower = text.to_ascii_lowercase();
        let start = ["my name is ", "我叫"]
            .iter()
            .find_map(|given| lower.rfind(given).map(|at| at + given.len()))?;
        let name: String = text
            .get(start..)?
            .chars()
            .take_while(|&character| character.is_alphanumeric())
            .collect();
        (!name.is_empty() && !name.starts_with("什么")).then_some(name)
    })
}

fn earlier_words(conversation: &Conversation, last: &str, language: Language) -> Option<String> {
    let lower = last.to_ascii_lowercase();
    let phrases = [
        "did i say",
        "did i ask",
        "did i just",
        "我刚才说",
        "我刚才问",
        "我之前说",
    ];
    if !phrases.iter().any(|phrase| lower.contains(phrase)) {
        return None;
    }
    Some(
        match (conversation.user_messages().rev().nth(1), language) {
            (Some(earlier), Language::English) => format!("Before that you said: \"{earlier}\""),
            (Some(earlier), Language::Chinese) => format!("你之前说：“{earlier}”"),
            (None, Language::English) => "This is the first thing you said.".to_owned(),
            (None, Language::Chinese) => "这是你说的第一句话。".to_owned(),
        },
    )
}

fn greeting(conversation: &Conversation, last: &str, language: Language) -> Option<String> {
    let lower = last.to_lowercase();
    let first_word = lower
        .split(|character: char| !character.is_alphanumeric())
        .next()?;
    let greets = matches!(first_word, "hello" | "hi" | "hey")
        || ["你好", "您好"].iter().any(|word| lower.starts_with(word));
    greets.then(|| match (name_of_user(conversation), language) {
        (Some(name), Language::English) => format!("Hello {name}! How can I help you?"),
        (Some(name), Language::Chinese) => format!("你好，{name}！有什么可以帮你的吗？"),
        (None, Language::English) => "Hello! How can I help you?".to_owned(),
        (None, Language::Chinese) => "你好！有什么可以帮你的吗？".to_owned(),
    })
}

/// The sentence that matches a question best, among instructions, tool results
/// and what the user said.
fn recollection(conversation: &Conversation, last: &str, language: Language) -> Option<String> {
    if !last.trim_end().ends_with(['?', '？', '吗', '呢']) {
        return None;
    }
    let told = conversation
        .turns
        .iter()
        .filter(|turn| turn.role != Role::Assistant);
    Some(
        match (
            best_sentence(told.map(|turn| turn.text.as_str()), last),
            language,
        ) {
            (Some(sentence), Language::English) => format!("From what I was told: {sentence}"),
            (Some(sentence), Language::Chinese) => format!("根据已知的内容：{sentence}"),
            (None, Language::English) => format!("I do not know. You asked: \"{}\"", last.trim()),
            (None, Language::Chinese) => format!("我不知道。你问的是：“{}”", last.trim()),
        },
    )
}

fn acknowledgement(conversation: &Conversation, last: &str, language: Language) -> String {
    let turn = conversation.user_messages().count();
    match language {
        Language::English => format!("You said: \"{}\" (message {turn} of yours).", last.trim()),
        Language::Chinese => format!("你说：“{}”（你的第{turn}条消息）。", last.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::chat::conversation::Turn;

    fn response(turns: &[(Role, &str)]) -> String {
        let turn = |&(role, text): &(Role, &str)| Turn::new(role, text);
        response_to(&Conversation {
            turns: turns.iter().map(turn).collect(),
        })
    }

    #[test]
    fn a_greeting_is_returned_in_its_language_and_by_name() {
        assert_eq!(
            response(&[(Role::User, "Hello there")]),
            "Hello! How can I help you?"
        );
        assert_eq!(
            response(&[(Role::User, "你好")]),
            "你好！有什么可以帮你的吗？"
        );
        assert_eq!(
            response(&[(Role::User, "Hi, my name is Ada")]),
            "Hello Ada! How can I help you?"
        );
    }

    #[test]
    fn a_name_told_earlier_is_remembered() {
        let turns = [
            (Role::User, "My name is Ada."),
            (Role::Assistant, "Nice to meet you."),
            (Role::User, "What is my name?"),
        ];
        assert_eq!(response(&turns), "Your name is Ada.");
        assert_eq!(
            response(&[(Role::User, "我叫小明。"), (Role::User, "我叫什么？")]),
            "你叫小明。"
        );
    }

    #[test]
    fn a_question_is_answered_from_the_instructions() {
        let turns = [
            (Role::System, "Be brief. The museum opens at ten."),
            (Role::User, "When does the museum open?"),
        ];
        assert_eq!(
            response(&turns),
            "From what I was told: The museum opens at ten."
        );
    }

    #[test]
    fn sums_counting_and_repeating_work() {
        assert_eq!(response(&[(Role::User, "What is 6 * 7?")]), "6 * 7 = 42.");
        assert_eq!(response(&[(Role::User, "Please count to 3")]), "1, 2, 3.");
        assert_eq!(response(&[(Role::User, "Repeat: 你好 🌍")]), "你好 🌍");
    }

    #[test]
    fn earlier_words_are_quoted() {
        let turns = [
            (Role::User, "The sky is blue"),
            (Role::User, "What did I say?"),
        ];
        assert_eq!(
            response(&turns),
            "Before that you said: \"The sky is blue\""
        );
    }

    #[test]
    fn a_tools_result_is_passed_on() {
        let turns = [(Role::User, "Weather?"), (Role::Tool, "sunny")];
        assert_eq!(response(&turns), "The tool says: sunny");
    }

    #[test]
    fn anything_else_is_acknowledged() {
        assert_eq!(
            response(&[(Role::User, "I like tea")]),
            "You said: \"I like tea\" (message 1 of yours)."
        );
        assert_eq!(response(&[(Role::System, "Be brief.")]), "I am listening.");
    }
}
