//! The one-pass reader and `serde_json` read every document alike, or only
//! `serde_json` reads it: for chunks as several vendors send them, for any
//! mutation of those, and for documents made of their pieces.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// Chunks as vendors send them.
const CHUNKS: [&str; 16] = [
    // OpenAI
    r#"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1741570283,"model":"gpt-4o","service_tier":"default","system_fingerprint":null,"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"pJu5"}"#,
    r#"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1741570283,"model":"gpt-4o","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\""}}]},"logprobs":{"content":[{"token":"a","logprob":-1.5e-3,"bytes":[97],"top_logprobs":[]}]},"finish_reason":"tool_calls"}]}"#,
    r#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"prompt_tokens_details":{"cached_tokens":0}}}"#,
    r#"{"choices":[{"delta":{"annotations":[{"type":"url_citation","url_citation":{"url":"https://a","start_index":1}}],"audio":{"id":"a","data":"AAAA"}}}]}"#,
    // Qwen and DeepSeek
    r#"{"model":"qwen-max","id":"c","choices":[{"delta":{"content":null,"reasoning_content":"嗯，\n让我"},"index":0,"finish_reason":null}],"created":1,"object":"chat.completion.chunk","usage":null}"#,
    r#"{"choices":[{"delta":{"content":"世界🙂 \ud83d\ude42","reasoning_content":null},"finish_reason":"stop","index":0}]}"#,
    // vLLM and Gemini
    r#"{"id":"c","choices":[{"index":0,"delta":{"reasoning":"hm","reasoning_content":"hm","content":"a"},"stop_reason":null,"token_ids":null,"finish_reason":"length"}],"prompt_token_ids":null}"#,
    r#"{"choices":[{"delta":{"content":"a","extra_content":{"google":{"thought_signature":"AY=="}},"role":"assistant"},"finish_reason":"STOP","index":0}],"created":1,"id":"x","model":"gemini","object":"chat.completion.chunk","usage":{"completion_tokens":1}}"#,
    // OpenRouter, Mistral, Moonshot, Groq, Perplexity
    r#"{"id":"g","provider":"x","choices":[{"delta":{"content":"","reasoning":null,"reasoning_details":[{"type":"reasoning.text","text":"a","index":0}]},"native_finish_reason":null}]}"#,
    r#"{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"a"}]}]}}]}"#,
    r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":1}},{"index":1,"delta":null}]}"#,
    r#"{"x_groq":{"usage":{"prompt_tokens":1}},"citations":["https://a"],"search_results":[{"title":"t"}],"choices":[]}"#,
    // DashScope's native form, a whole answer, a completion, errors
    r#"{"output":{"choices":[{"message":{"content":"a","role":"assistant"},"finish_reason":"null"}]},"usage":{"input_tokens":1},"request_id":"r"}"#,
    "{ \"object\" : \"chat.completion\" ,\n \"choices\" : [ { \"message\" : { \"role\":\"assistant\", \"content\" : \"a\" , \"function_call\":{\"name\":\"f\"} } , \"finish_reason\" : \"stop\" } ] }\n",
    r#"{"choices":[{"text":"a","index":0,"logprobs":null,"finish_reason":null}]}"#,
    r#"{"error":{"message":"no","code":400},"code":"x","message":"m"}"#,
];

/// What mutations insert: pieces of JSON at awkward places.
const PIECES: [&str; 40] = [
    "\"",
    "\\",
    "\\u0063",
    "\\ud83d",
    "\\ude42",
    "\\u00zz",
    "\\n",
    "\n",
    "\t",
    "\u{0}",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "fals",
    "0",
    "01",
    "1.",
    "-",
    "1e5",
    "1E999",
    "é",
    "🙂",
    "\u{7f}",
    "\u{feff}",
    "\"content\":\"b\",",
    "\"content\":7,",
    "\"model\":[],",
    "\"choices\":null,",
    "\"delta\":{},",
    "\"usage\":{\"a\":1},",
    "\"finish_reasom\":\"x\",",
    "\"reasoning_contemt\":\"x\",",
    "\"signature\":\"s\",",
    "{\"choices\":[]}",
    " ",
];

/// What the one-pass reader reads.
fn read_fast(json: &[u8]) -> Option<Chunk<'_>> {
    let mut chunk = Chunk::default();
    read(json, &mut chunk).map(|()| chunk)
}

fn check(json: &[u8]) {
    let read = read_fast(json);
    let by_serde = core::str::from_utf8(json)
        .ok()
        .and_then(|json| serde_json::from_str::<Chunk<'_>>(json).ok());
    if read.is_some() {
        assert_eq!(read, by_serde, "{}", String::from_utf8_lossy(json));
    }
}

#[test]
fn ordinary_chunks_are_read_in_one_pass() {
    for json in CHUNKS {
        assert!(read_fast(json.as_bytes()).is_some(), "{json}");
        check(json.as_bytes());
    }
}

#[test]
fn the_last_of_several_members_counts() {
    let json = r#"{"model":"a","choices":[{"delta":{"content":"a"}}],"choices":[{"delta":{"content":"a","content":"b","signature":"s","signature":null},"finish_reason":"stop","finish_reason":null}],"model":"b"}"#;
    let chunk = read_fast(json.as_bytes()).unwrap();
    check(json.as_bytes());
    assert_eq!(chunk.model, "b");
    let choice = chunk.choices.first.unwrap();
    let delta = choice.delta.unwrap();
    assert_eq!(delta.content, Content::Text("b".into()));
    assert!(delta.others.is_empty());
    assert_eq!(choice.finish_reason, "");
}

#[test]
fn what_it_does_not_know_is_left_to_serde_json() {
    for json in [
        "null",
        "[]",
        "",
        "{",
        "{}{}",
        r#"{"model":7}"#,
        r#"{"mod\u0065l":"a"}"#,
        r#"{"choices":{}}"#,
        r#"{"choices":[null]}"#,
        r#"{"choices":[{"delta":[]}]}"#,
        r#"{"choices":[{"delta":{"content":7}}]}"#,
        r#"{"x":"\ud83d"}"#,
    ] {
        assert_eq!(read_fast(json.as_bytes()), None, "{json}");
    }
}

/// A change of a document.
#[derive(Debug, Clone)]
enum Mutation {
    Set(Index, u8),
    Insert(Index, &'static str),
    Remove(Index, usize),
    Repeat(Index, usize),
    Truncate(Index),
}

impl Mutation {
    fn apply(&self, json: &mut Vec<u8>) {
        let length = json.len();
        let range = |at: &Index, length: usize| {
            let start = at.index(json.len().max(1)).min(json.len());
            start..(start + length).min(json.len())
        };
        match self {
            Self::Set(at, byte) if length > 0 => json[at.index(length)] = *byte,
            Self::Insert(at, piece) => {
                let at = at.index(length + 1);
                json.splice(at..at, piece.bytes());
            }
            Self::Remove(at, length) => drop(json.drain(range(at, *length))),
            Self::Repeat(at, length) => {
                let range = range(at, *length);
                let piece = json[range.clone()].to_vec();
                json.splice(range.end..range.end, piece);
            }
            Self::Truncate(at) => json.truncate(at.index(length + 1)),
            Self::Set(..) => {}
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        (at(), prop::sample::select(&PIECES[..])).prop_map(|(at, p)| Mutation::Insert(at, p)),
        (at(), 1..12_usize).prop_map(|(at, length)| Mutation::Remove(at, length)),
        (at(), 1..60_usize).prop_map(|(at, length)| Mutation::Repeat(at, length)),
        at().prop_map(Mutation::Truncate),
    ]
}

/// Inserts members at the start of an object, where they are valid.
fn with_members(json: &str, at: Index, members: &[&str]) -> String {
    let objects: Vec<usize> = json.match_indices('{').map(|(at, _)| at + 1).collect();
    let (before, behind) = json.split_at(objects[at.index(objects.len())]);
    format!("{before}{}{behind}", members.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn mutated_chunks_are_read_as_serde_json_reads_them(
        json in prop::sample::select(&CHUNKS[..]),
        mutations in proptest::collection::vec(mutation(), 1..4),
    ) {
        let mut json = json.as_bytes().to_vec();
        for mutation in &mutations {
            mutation.apply(&mut json);
        }
        check(&json);
    }

    #[test]
    fn chunks_with_other_members_are_read_as_serde_json_reads_them(
        json in prop::sample::select(&CHUNKS[..]),
        at in any::<Index>(),
        members in proptest::collection::vec(prop::sample::select(&PIECES[29..38]), 0..4),
    ) {
        check(with_members(json, at, &members).as_bytes());
    }

    #[test]
    fn documents_of_any_pieces_are_read_as_serde_json_reads_them(
        pieces in proptest::collection::vec(prop::sample::select(&PIECES[..]), 0..30),
    ) {
        check(format!("{{{}}}", pieces.concat()).as_bytes());
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }
}
