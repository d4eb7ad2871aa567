//! Tests of what becomes of an answer's pieces: calls of tools as backends
//! send them, thought in and out of the answer, native frames.

use super::super::{BodyEnd, Reader};
use super::*;
use crate::http::ResponseHead;
use crate::secret::Secrets;
use crate::text_generation::{
    Citation, GeneratedToolCall, Generation, GenerationBuilder, MediaSource, ToolCall,
};

const ALL: ReaderOptions = ReaderOptions {
    reasoning: true,
    think_tags: true,
};
const WITHOUT_THOUGHT: ReaderOptions = ReaderOptions {
    reasoning: false,
    think_tags: true,
};

fn events(wanted: ReaderOptions, chunks: &[&str]) -> Vec<Event> {
    let head = ResponseHead {
        status: 200,
        headers: Vec::new(),
    };
    let mut reader = Reader::new(head, Secrets::default(), wanted);
    let mut events = Vec::new();
    for chunk in chunks {
        let event = format!("data: {chunk}\n\n");
        reader
            .push(event.as_bytes(), &mut events)
            .unwrap_or_else(|error| panic!("{error:?}"));
    }
    reader
        .end(BodyEnd::Complete, &mut events)
        .unwrap_or_else(|error| panic!("{error:?}"));
    events
}

/// The answer of a stream of these deltas.
fn answer(wanted: ReaderOptions, deltas: &[&str], finish: &str) -> Generation {
    let mut chunks: Vec<String> = deltas
        .iter()
        .map(|delta| format!(r#"{{"id":"c","choices":[{{"index":0,"delta":{delta}}}]}}"#))
        .collect();
    chunks.push(format!(
        r#"{{"choices":[{{"delta":{{}},"finish_reason":"{finish}"}}]}}"#
    ));
    let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
    let mut builder = GenerationBuilder::default();
    for event in events(wanted, &chunks) {
        builder.add(event);
    }
    builder.build().unwrap_or_else(|error| panic!("{error:?}"))
}

/// The calls of a stream with these values of `tool_calls`, as
/// `name(arguments)`, a `!` behind those that are no JSON object.
fn calls(values: &[&str]) -> Vec<String> {
    let deltas: Vec<String> = values
        .iter()
        .map(|value| format!(r#"{{"tool_calls":{value}}}"#))
        .collect();
    let deltas: Vec<&str> = deltas.iter().map(String::as_str).collect();
    let answer = answer(ALL, &deltas, "tool_calls");
    let mut ids: Vec<&str> = answer
        .tool_calls
        .iter()
        .map(|generated| &*generated.call.id)
        .collect();
    assert!(ids.iter().all(|id| !id.is_empty()));
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), answer.tool_calls.len(), "ids are not apart");
    answer.tool_calls.iter().map(shown).collect()
}

fn shown(generated: &GeneratedToolCall) -> String {
    let call = &generated.call;
    let mark = if generated.arguments_valid { "" } else { "!" };
    format!("{}({}){mark}", call.name, call.arguments)
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of what backends send")]
fn calls_are_put_together_however_a_backend_cuts_and_numbers_them() {
    let one = r#"f({"a":1})"#;
    let two = r#"g({"b":2})"#;
    for (what, values, expected) in [
        (
            "as the protocol says",
            vec![
                r#"[{"index":0,"id":"1","type":"function","function":{"name":"f","arguments":""}}]"#,
                r#"[{"index":0,"function":{"arguments":"{\"a\""}}]"#,
                r#"[{"index":0,"function":{"arguments":":1}"}}]"#,
            ],
            vec![one],
        ),
        (
            "interleaved",
            vec![
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a"}},{"index":1,"id":"2","function":{"name":"g","arguments":"{\"b"}}]"#,
                r#"[{"index":1,"function":{"arguments":"\":2}"}}]"#,
                r#"[{"index":0,"function":{"arguments":"\":1}"}}]"#,
            ],
            vec![one, two],
        ),
        (
            "no index at all",
            vec![
                r#"[{"id":"1","function":{"name":"f","arguments":"{\"a\""}}]"#,
                r#"[{"function":{"arguments":":1}"}}]"#,
                r#"[{"id":"2","function":{"name":"g","arguments":"{\"b\":2}"}}]"#,
            ],
            vec![one, two],
        ),
        (
            "neither index nor id",
            vec![
                r#"[{"function":{"name":"f","arguments":"{\"a\":1}"}}]"#,
                r#"[{"function":{"name":"g","arguments":"{\"b\":"}}]"#,
                r#"[{"function":{"arguments":"2}"}}]"#,
            ],
            vec![one, two],
        ),
        (
            "every index zero",
            vec![
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a\":1}"}}]"#,
                r#"[{"index":0,"id":"2","function":{"name":"g","arguments":"{\"b\""}}]"#,
                r#"[{"index":0,"function":{"arguments":":2}"}}]"#,
            ],
            vec![one, two],
        ),
        (
            "every index zero and no ids",
            vec![
                r#"[{"index":0,"function":{"name":"f","arguments":"{\"a\":1}"}}]"#,
                r#"[{"index":0,"function":{"name":"g","arguments":"{\"b\":2}"}}]"#,
                r#"[{"index":0,"function":{"name":"g","arguments":"{\"b\":3}"}}]"#,
            ],
            vec![one, two, r#"g({"b":3})"#],
        ),
        (
            "indexes that begin at one",
            vec![r#"[{"index":1,"id":"1","function":{"name":"f","arguments":"{\"a\":1}"}}]"#],
            vec![one],
        ),
        (
            "empty ids and names in what follows",
            vec![
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a\""}}]"#,
                r#"[{"index":0,"id":"","type":"","function":{"name":"","arguments":":1}"}}]"#,
                r#"[{"index":0,"id":null,"function":{"name":null,"arguments":null}}]"#,
            ],
            vec![one],
        ),
        (
            "the name in every delta",
            vec![
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a\""}}]"#,
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":":"}}]"#,
                r#"[{"index":0,"function":{"name":"f","arguments":"1}"}}]"#,
            ],
            vec![one],
        ),
        (
            "the name in two halves",
            vec![
                r#"[{"index":0,"id":"1","function":{"name":"get_"}}]"#,
                r#"[{"index":0,"function":{"name":"it","arguments":"{}"}}]"#,
            ],
            vec!["get_it({})"],
        ),
        (
            "arguments before the name",
            vec![
                r#"[{"index":0,"id":"1","function":{"arguments":"{\"a\""}}]"#,
                r#"[{"index":0,"function":{"name":"f","arguments":":1}"}}]"#,
            ],
            vec![one],
        ),
        (
            "the id after the name",
            vec![
                r#"[{"index":0,"function":{"name":"f","arguments":"{\"a\""}}]"#,
                r#"[{"index":0,"id":"1","function":{"arguments":":1}"}}]"#,
            ],
            vec![one],
        ),
        (
            "arguments as an object",
            vec![r#"[{"index":0,"id":"1","function":{"name":"f","arguments":{"a":1}}}]"#],
            vec![one],
        ),
        (
            "an object that is repeated",
            vec![
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":{"a":1}}}]"#,
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":{"a":1}}}]"#,
            ],
            vec![one],
        ),
        (
            "all so far in every delta",
            vec![
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":"{"}}]"#,
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a\":"}}]"#,
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a\":1}"}}]"#,
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a\":1}"}}]"#,
            ],
            vec![one],
        ),
        (
            "a piece that begins as all before it did",
            vec![
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a\":"}}]"#,
                r#"[{"index":0,"function":{"arguments":"{\"a\":1}}"}}]"#,
            ],
            vec![r#"f({"a":{"a":1}})"#],
        ),
        (
            "arguments that are null, empty or not there",
            vec![
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":null}},{"index":1,"id":"2","function":{"name":"g","arguments":""}},{"index":2,"id":"3","function":{"name":"h"}}]"#,
            ],
            vec!["f({})", "g({})", "h({})"],
        ),
        (
            "arguments that were cut off, and those that are no object",
            vec![
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a\":"}},{"index":1,"id":"2","function":{"name":"g","arguments":"[1]"}}]"#,
            ],
            vec![r#"f({"a":)!"#, "g([1])!"],
        ),
        (
            "calls without an array around them",
            vec![r#"{"id":"1","function":{"name":"f","arguments":"{\"a\":1}"}}"#],
            vec![one],
        ),
        (
            "a new id in every delta",
            vec![
                r#"[{"index":0,"id":"1","type":"function","function":{"name":"f","arguments":""}}]"#,
                r#"[{"index":0,"id":"2","type":"function","function":{"arguments":"{\"a\":"}}]"#,
                r#"[{"index":0,"id":"3","type":"function","function":{"arguments":"1}"}}]"#,
            ],
            vec![one],
        ),
        (
            "a new id and the name in every delta",
            vec![
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a\""}}]"#,
                r#"[{"index":0,"id":"2","function":{"name":"f","arguments":":1"}}]"#,
                r#"[{"index":0,"id":"3","function":{"name":"f","arguments":"}"}}]"#,
            ],
            vec![one],
        ),
        (
            "a head with the index of the call before, and its tail with its own",
            vec![
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a\":1}"}}]"#,
                r#"[{"index":0,"id":"2","function":{"name":"g","arguments":"{\"b\""}}]"#,
                r#"[{"index":1,"type":"function","function":{"arguments":":"}}]"#,
                r#"[{"index":1,"type":"function","function":{"arguments":"2}"}}]"#,
            ],
            vec![one, two],
        ),
        (
            "two calls of a tool without arguments",
            vec![
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":""}}]"#,
                r#"[{"index":0,"id":"2","function":{"name":"f","arguments":""}}]"#,
            ],
            vec!["f({})", "f({})"],
        ),
        (
            "an object of arguments stays as it is written",
            vec![
                r#"[{"id":"1","function":{"name":"f","arguments":{ "n" : 1e2, "m":18446744073709551616 }}}]"#,
            ],
            vec![r#"f({ "n" : 1e2, "m":18446744073709551616 })"#],
        ),
        (
            "a call that never got a name",
            vec![r#"[{"index":0,"id":"1","function":{"arguments":"{}"}}]"#],
            vec!["({})!"],
        ),
        (
            "null and empty lists between them",
            vec![
                "null",
                "[]",
                r#"[{"index":0,"id":"1","function":{"name":"f","arguments":"{\"a\":1}"}}]"#,
                "[null]",
            ],
            vec![one],
        ),
    ] {
        assert_eq!(calls(&values), expected, "{what}");
    }
}

#[test]
fn fragments_of_a_call_add_up_to_it() {
    let events = events(
        ALL,
        &[
            r#"{"choices":[{"delta":{"tool_calls":[{"index":3,"id":"x","function":{"name":"f","arguments":""}}]}}]}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":3,"function":{"arguments":"{\"a\""}}]}}]}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":3,"function":{"arguments":":1}"}}]}}]}"#,
            r#"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#,
        ],
    );
    let fragment = |id: Option<&str>, arguments: &str| {
        Event::ToolCall(crate::text_generation::ToolCallFragment {
            index: 0,
            id: id.map(str::to_owned),
            name: id.map(|_| "f".to_owned()),
            arguments: arguments.to_owned(),
        })
    };
    assert_eq!(
        events,
        [
            fragment(Some("x"), "{\"a\""),
            fragment(None, ":1}"),
            Event::CompletedToolCall(GeneratedToolCall {
                call: ToolCall {
                    id: "x".to_owned(),
                    name: "f".to_owned(),
                    arguments: "{\"a\":1}".to_owned(),
                    provider_data: None,
                },
                arguments_valid: true,
            }),
            Event::Finish(FinishReason::ToolCalls),
        ]
    );
}

#[test]
fn the_legacy_form_of_a_call_is_read() {
    let answer = answer(
        ALL,
        &[
            r#"{"function_call":{"name":"f","arguments":""}}"#,
            r#"{"function_call":{"arguments":"{\"a\":1}"}}"#,
        ],
        "function_call",
    );
    let shown: Vec<String> = answer.tool_calls.iter().map(shown).collect();
    assert_eq!(shown, [r#"f({"a":1})"#]);
    assert_eq!(answer.finish_reason, FinishReason::ToolCalls);
}

#[test]
fn whether_there_are_calls_decides_over_the_reason() {
    let call = r#"{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{}"}}]}"#;
    assert_eq!(
        answer(ALL, &[call], "stop").finish_reason,
        FinishReason::ToolCalls
    );
    let none = answer(ALL, &[r#"{"content":"a"}"#], "tool_calls");
    assert_eq!(none.finish_reason, FinishReason::Stop);
    assert_eq!(
        answer(ALL, &[call], "length").finish_reason,
        FinishReason::Length
    );
}

#[test]
fn an_id_that_is_made_up_is_another_one_in_another_response() {
    let id = |content: &str| {
        let delta = format!(
            r#"{{"content":"{content}","tool_calls":[{{"index":0,"function":{{"name":"f","arguments":"{{}}"}}}}]}}"#
        );
        answer(ALL, &[&delta], "stop").tool_calls.remove(0).call.id
    };
    assert_eq!(id("a"), id("a"));
    assert_ne!(id("a"), id("b"));
}

#[test]
fn too_many_calls_are_an_error() {
    let head = ResponseHead {
        status: 200,
        headers: Vec::new(),
    };
    let mut reader = Reader::new(head, Secrets::default(), ALL);
    let outcome = (0..1000).try_for_each(|index| {
        let event = format!(
            "data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{{\"index\":{index},\"function\":{{\"name\":\"f\"}}}}]}}}}]}}\n\n"
        );
        reader.push(event.as_bytes(), &mut Vec::new())
    });
    assert_eq!(outcome.unwrap_err().kind, crate::error::ErrorKind::Protocol);
}

#[test]
fn thought_is_told_apart_from_the_answer_wherever_it_comes() {
    for (deltas, text, thought) in [
        (
            vec![r#"{"reasoning_content":"t","content":"a"}"#],
            "a",
            Some("t"),
        ),
        (
            vec![r#"{"content":"<thi"}"#, r#"{"content":"nk>t</think>a"}"#],
            "a",
            Some("t"),
        ),
        (vec![r#"{"content":"<think>t"}"#], "", Some("t")),
        (
            vec![r#"{"content":"a <think>t</think>b <think>u</think>c"}"#],
            "a b c",
            Some("tu"),
        ),
    ] {
        let answer = answer(ALL, &deltas, "stop");
        assert_eq!(answer.text, text, "{deltas:?}");
        assert_eq!(answer.reasoning.as_deref(), thought, "{deltas:?}");
    }
}

#[test]
fn without_thinking_no_thought_comes_and_no_answer_is_lost() {
    for (deltas, text) in [
        (
            vec![r#"{"reasoning_content":"t"}"#, r#"{"content":"a"}"#],
            "a",
        ),
        (vec![r#"{"content":"<think>t</think>a"}"#], "a"),
        // All of it came as thought: it is the answer.
        (vec![r#"{"reasoning_content":"a"}"#], "a"),
        (vec![r#"{"content":"<think>a"}"#], "a"),
        (vec![r#"{"content":"<think>a</think>"}"#], "a"),
        // A block that was never closed may be the rest of it.
        (vec![r#"{"content":"a <think>b"}"#], "a b"),
    ] {
        let answer = answer(WITHOUT_THOUGHT, &deltas, "stop");
        assert_eq!(answer.text, text, "{deltas:?}");
        assert_eq!(answer.reasoning, None, "{deltas:?}");
    }
    let call = r#"{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{}"}}]}"#;
    let answer = answer(
        WITHOUT_THOUGHT,
        &[r#"{"reasoning_content":"t"}"#, call],
        "stop",
    );
    assert_eq!((answer.text.as_str(), answer.tool_calls.len()), ("", 1));
}

#[test]
fn a_whole_answer_may_begin_inside_a_block_of_reasoning() {
    let chunk = r#"{"choices":[{"message":{"content":"17 times 23 is 391.</think>\n\n391"},"finish_reason":"stop"}]}"#;
    assert_eq!(
        events(ALL, &[chunk]),
        [
            Event::Reasoning("17 times 23 is 391.".to_owned()),
            Event::Text("391".to_owned()),
            Event::Finish(FinishReason::Stop),
        ]
    );
}

#[test]
fn a_whole_answer_with_reasoning_beside_it_is_all_text() {
    for reasoning in [
        r#""reasoning_content":"t""#,
        r#""reasoning":"t""#,
        r#""thinking":"t""#,
        r#""reasoning_details":[{"type":"reasoning.text","text":"t"}]"#,
    ] {
        let chunk = format!(
            r#"{{"choices":[{{"message":{{{reasoning},"content":"Close it by </think>."}},"finish_reason":"stop"}}]}}"#
        );
        let events = events(WITHOUT_THOUGHT, &[&chunk]);
        let text: String = events
            .iter()
            .filter_map(|event| match event {
                Event::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(text, "Close it by </think>.", "{reasoning}");
    }
}

#[test]
fn tags_may_be_taken_as_text() {
    let wanted = ReaderOptions {
        reasoning: true,
        think_tags: false,
    };
    let answer = answer(wanted, &[r#"{"content":"<think>t</think>a"}"#], "stop");
    assert_eq!(answer.text, "<think>t</think>a");
}

#[test]
fn native_frames_are_read_whether_they_grow_or_follow_each_other() {
    let frame = |content: &str, reason: &str| {
        format!(
            r#"{{"output":{{"choices":[{{"message":{{"role":"assistant","content":"{content}"}},"finish_reason":"{reason}"}}]}},"usage":{{"input_tokens":1,"output_tokens":2}},"request_id":"r"}}"#
        )
    };
    for contents in [["a", "ab", "abc"], ["a", "b", "c"]] {
        let frames: Vec<String> = contents
            .iter()
            .zip(["null", "null", "stop"])
            .map(|(content, reason)| frame(content, reason))
            .collect();
        let frames: Vec<&str> = frames.iter().map(String::as_str).collect();
        let mut builder = GenerationBuilder::default();
        for event in events(ALL, &frames) {
            builder.add(event);
        }
        let answer = builder.build().unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(answer.text, "abc");
        assert_eq!(answer.usage.unwrap().total_tokens, Some(3));
        assert_eq!(answer.finish_reason, FinishReason::Stop);
    }
    let old = r#"{"output":{"text":"abc","finish_reason":"stop"}}"#;
    assert_eq!(events(ALL, &[old]).len(), 2);
}

#[test]
fn provider_data_of_calls_is_kept_byte_for_byte() {
    let answer = answer(
        ALL,
        &[
            r#"{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{}","thought_signature":"x"},"extra_content":{"google":{"thought_signature":"AY\u0038"}}},{"index":1,"id":"2","function":{"name":"g","arguments":"{}"}}]}"#,
            // After the arguments, in a delta of its own.
            r#"{"tool_calls":[{"index":1,"thought_signature":"late"}]}"#,
        ],
        "tool_calls",
    );
    let data: Vec<Option<&str>> = answer
        .tool_calls
        .iter()
        .map(|generated| generated.call.provider_data.as_deref())
        .collect();
    assert_eq!(
        data,
        [
            Some(
                r#"{"extra_content":{"google":{"thought_signature":"AY\u0038"}},"function":{"thought_signature":"x"}}"#
            ),
            Some(r#"{"thought_signature":"late"}"#),
        ]
    );
    assert_eq!(answer.provider_data, None);
}

#[test]
fn provider_data_of_the_turn_is_merged_and_comes_before_the_finish_reason() {
    let events = events(
        ALL,
        &[
            r#"{"choices":[{"delta":{"content":"a","reasoning_details":[{"type":"reasoning.text","index":0,"text":"x"}]}}]}"#,
            r#"{"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.text","index":0,"text":"y","signature":"s"}],"audio":{"id":"audio-1"}}}]}"#,
            r#"{"choices":[{"delta":{"reasoning_signature":"t"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#,
        ],
    );
    let data = r#"{"reasoning_details":[{"type":"reasoning.text","index":0,"text":"xy","signature":"s"}],"audio":{"id":"audio-1"},"reasoning_signature":"t"}"#;
    let position = events
        .iter()
        .position(|event| *event == Event::ProviderData(data.to_owned()));
    assert_eq!(position, Some(events.len() - 3), "{events:?}");
    assert!(matches!(
        events[events.len() - 2..],
        [Event::Usage(_), Event::Finish(_)]
    ));
}

#[test]
fn reasoning_is_read_from_parts_and_details() {
    for deltas in [
        vec![
            r#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}]}]}"#,
            r#"{"content":[{"type":"thinking","thinking":"u"},{"type":"text","text":"a"}]}"#,
        ],
        vec![r#"{"content":[{"type":"reasoning","text":"tu"},{"type":"text","text":"a"}]}"#],
        vec![r#"{"thinking":"t"}"#, r#"{"thinking":"u","content":"a"}"#],
        vec![
            r#"{"content":"","reasoning_details":[{"type":"reasoning.text","text":"t","index":0}]}"#,
            r#"{"content":"a","reasoning_details":[{"type":"reasoning.text","text":"u","index":0}]}"#,
        ],
        // Both: it is read once.
        vec![
            r#"{"reasoning":"t","reasoning_details":[{"type":"reasoning.text","text":"t"}]}"#,
            r#"{"reasoning":"u","content":"a","reasoning_details":[{"type":"reasoning.text","text":"u"}]}"#,
        ],
    ] {
        let answer = answer(ALL, &deltas, "stop");
        assert_eq!(answer.text, "a", "{deltas:?}");
        assert_eq!(answer.reasoning.as_deref(), Some("tu"), "{deltas:?}");
    }
}

#[test]
fn sources_are_returned_once_in_the_forms_of_several_vendors() {
    let chunk = |members: &str| {
        format!(r#"{{"choices":[{{"delta":{{"content":"a"}},"finish_reason":"stop"}}],{members}}}"#)
    };
    let source = |label: &str| Citation {
        url: Some("https://a".to_owned()),
        label: Some(label.to_owned()),
        ..Citation::default()
    };
    let titled = |label: &str| Citation {
        title: Some("t".to_owned()),
        ..source(label)
    };
    for (members, expected) in [
        (r#""citations":["https://a"]"#, source("[1]")),
        (
            r#""citations":["https://a"],"search_results":[{"title":"t","url":"https://a"}]"#,
            titled("[1]"),
        ),
        (
            r#""search_info":{"search_results":[{"index":3,"title":"t","url":"https://a","site_name":"s"}]}"#,
            titled("[3]"),
        ),
        (
            r#""web_search":[{"title":"t","link":"https://a","refer":"ref_1","content":"c"}]"#,
            Citation {
                text: Some("c".to_owned()),
                ..titled("ref_1")
            },
        ),
        (
            r#""output":{"search_info":{"search_results":[{"index":1,"title":"t","url":"https://a"}]}}"#,
            titled("[1]"),
        ),
    ] {
        let chunk = chunk(members);
        let citations: Vec<Event> = events(ALL, &[&chunk, &chunk])
            .into_iter()
            .filter(|event| matches!(event, Event::Citation(_)))
            .collect();
        assert_eq!(citations, [Event::Citation(expected)], "{members}");
    }
    let annotation = r#"{"content":"a","annotations":[{"type":"url_citation","url_citation":{"url":"https://a","title":"t","start_index":1,"end_index":4}}]}"#;
    let expected = Citation {
        url: Some("https://a".to_owned()),
        title: Some("t".to_owned()),
        start: Some(1),
        end: Some(4),
        ..Citation::default()
    };
    let answer = answer(ALL, &[annotation, annotation], "stop");
    assert_eq!(answer.citations, [expected]);
}

#[test]
fn images_and_audio_are_part_of_the_answer() {
    let answer = answer(
        WITHOUT_THOUGHT,
        &[
            r#"{"content":"a","reasoning":"r"}"#,
            r#"{"content":"","images":[{"type":"image_url","index":0,"image_url":{"url":"data:image/png;base64,AAEC"}},"https://a"]}"#,
            r#"{"content":[{"type":"image_url","image_url":{"url":"https://b"}}]}"#,
            r#"{"audio":{"id":"x","data":"AAE","transcript":"not this"}}"#,
            r#"{"audio":{"data":"CAwQ="}}"#,
        ],
        "stop",
    );
    let sources: Vec<&MediaSource> = answer.images.iter().map(|image| &image.source).collect();
    assert_eq!(
        sources,
        [
            &MediaSource::Bytes(vec![0, 1, 2]),
            &MediaSource::Url("https://a".to_owned()),
            &MediaSource::Url("https://b".to_owned()),
        ]
    );
    assert_eq!(answer.images[0].mime_type.as_deref(), Some("image/png"));
    assert_eq!(answer.audio.unwrap().bytes, [0, 1, 2, 3, 4]);
    assert_eq!(answer.text, "a");
    assert_eq!(answer.provider_data.unwrap(), r#"{"audio":{"id":"x"}}"#);
}

#[test]
fn a_transcript_is_the_text_of_an_answer_that_has_no_other() {
    let answer = answer(
        ALL,
        &[
            r#"{"content":null,"audio":{"transcript":"Hel"}}"#,
            r#"{"audio":{"transcript":"lo","data":"AAEC"}}"#,
        ],
        "stop",
    );
    assert_eq!(answer.text, "Hello");
    assert_eq!(answer.audio.unwrap().bytes, [0, 1, 2]);
}
