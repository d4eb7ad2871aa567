//! What writing a request costs: a history of 1,000 and 10,000 messages, 128
//! tools and a picture of 4 MiB; and what `wire::to_json` saves against
//! `serde_json`, for prose and for bytes in base64.
//!
//! `cargo bench --bench request` prints times. The cost of a history should be
//! in proportion to its length. With arguments, such as `history 1000`, it
//! writes one request that often, for a run under
//! `valgrind --tool=callgrind`, which counts instructions.

use std::hint::black_box;
use std::time::{Duration, Instant};

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use wire::to_json::{Base64, to_json};

use provider_core::call_options::ResolvedOptions;
use provider_core::credentials::Credentials;
use provider_core::form::Form;
use provider_core::text_generation::openai_compatible::{Dialect, encode};
use provider_core::text_generation::{
    AssistantMessage, ContentMessage, ContentPart, Media, MediaKind, MediaSource, Message, Request,
    ResponseMode, Tool, ToolCall, ToolMessage,
};

/// A paragraph with the escapes of ordinary prose.
const PARAGRAPH: &str = "The order of 14 March was \"shipped\" on the 16th.\nTracking shows it at the \
     depot in Lyon since then; the carrier gives no reason for the delay, and asks for another two days. ";

fn text(text: &str) -> Vec<ContentPart> {
    vec![ContentPart::Text(text.to_owned())]
}

/// A history of about `messages` messages: questions, calls, results, answers.
fn history(messages: usize) -> Request {
    let turn = |turn: usize| {
        let id = format!("call_{turn}");
        let call = ToolCall {
            id: id.clone(),
            name: "look_up_order".to_owned(),
            arguments: format!("{{\"order\":\"A-{turn}\",\"fields\":[\"state\",\"carrier\"]}}"),
            provider_data: None,
        };
        [
            Message::User(ContentMessage {
                content: text("Where is my order? It was to arrive last week."),
                name: None,
            }),
            Message::Assistant(AssistantMessage {
                tool_calls: vec![call],
                ..AssistantMessage::default()
            }),
            Message::Tool(ToolMessage {
                tool_call_id: id,
                content: text(PARAGRAPH),
            }),
            Message::Assistant(AssistantMessage {
                content: text(PARAGRAPH),
                ..AssistantMessage::default()
            }),
        ]
    };
    Request {
        messages: (0..messages / 4).flat_map(turn).collect(),
        ..Request::default()
    }
}

fn tools(count: usize) -> Request {
    let tool = |index: usize| {
        Tool {
        name: format!("tool_{index}"),
        description: Some(PARAGRAPH.to_owned()),
        parameters: "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\",\"description\":\
                     \"The name of the city, in English\"},\"days\":{\"type\":\"integer\",\"minimum\":1}},\
                     \"required\":[\"city\"],\"additionalProperties\":false}"
            .to_owned(),
        strict: Some(true),
    }
    };
    Request {
        tools: (0..count).map(tool).collect(),
        ..history(4)
    }
}

fn picture(kib: usize) -> Request {
    let picture = Media {
        kind: MediaKind::Image,
        source: MediaSource::Bytes(vec![0xa7; kib << 10]),
        mime_type: Some("image/png".to_owned()),
        detail: None,
        file_name: None,
    };
    Request {
        messages: vec![Message::User(ContentMessage {
            content: vec![ContentPart::Media(picture)],
            name: None,
        })],
        ..Request::default()
    }
}

fn values() -> Vec<(String, String)> {
    [
        ("endpoint_url", "http://gateway.example"),
        ("consumer_auth_mode", "disabled"),
        ("function_calling_type", "tool_call"),
        ("multimodal_support", "support"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// Writes a request; returns the length of its body.
fn write(dialect: &Dialect, credentials: &Credentials, request: &Request) -> usize {
    let options = ResolvedOptions::default();
    let written = encode(
        dialect,
        credentials,
        request,
        &options,
        ResponseMode::Streaming,
    );
    written.expect("a valid request").body.len()
}

/// Bytes in base64 as `serde_json` can write them: as a text, piece by piece.
struct Displayed<'a>(&'a [u8]);

impl Serialize for Displayed<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.collect_str(&Base64Display::new(self.0, &STANDARD))
    }
}

/// Writes prose or bytes with one of the two serializers.
fn write_alone(kind: &str) -> usize {
    let prose = || vec![PARAGRAPH; 1000];
    let bytes = || vec![0xa7; 192 << 10];
    let json = match kind {
        "prose" => to_json(&prose(), 256 << 10),
        "prose-serde-json" => serde_json::to_vec(&prose()),
        "base64" => to_json(&Base64::new(&bytes()), 256 << 10),
        _ => serde_json::to_vec(&Displayed(&bytes())),
    };
    black_box(json).expect("values").len()
}

/// The kinds of [`write_alone`].
const ALONE: [&str; 4] = ["prose", "prose-serde-json", "base64", "base64-serde-json"];

/// The shortest of several runs: the machine only ever adds to a time.
fn time(run: impl Fn() -> usize) -> Duration {
    let once = || {
        let start = Instant::now();
        black_box(run());
        start.elapsed()
    };
    (0..9).map(|_| once()).min().unwrap_or_default()
}

fn main() {
    let values = values();
    let form = Form::parse(&values).expect("a valid form");
    let dialect = Dialect::parse(&form).expect("a valid dialect");
    let credentials = Credentials::parse(&form, "model").expect("valid credentials");
    let write = |request: &Request| write(&dialect, &credentials, black_box(request));
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [kind, count] = &arguments[..] {
        let count: usize = count.parse().expect("a number of runs");
        if ALONE.contains(&kind.as_str()) {
            let length: usize = (0..count).map(|_| write_alone(kind)).sum();
            println!("{length} bytes");
            return;
        }
        let request = match kind.as_str() {
            "tools" => tools(128),
            "picture" => picture(4096),
            _ => history(1000),
        };
        let length: usize = (0..count).map(|_| write(&request)).sum();
        println!("{length} bytes");
        return;
    }
    println!("request                 bytes         µs");
    for (name, request) in [
        ("1,000 messages", history(1_000)),
        ("10,000 messages", history(10_000)),
        ("128 tools", tools(128)),
        ("4 MiB picture", picture(4096)),
    ] {
        let time = time(|| write(&request));
        println!(
            "{name:<18} {:>10} {:>10.1}",
            write(&request),
            time.as_secs_f64() * 1e6
        );
    }
    for kind in ALONE {
        let time = time(|| write_alone(kind));
        let length = write_alone(kind);
        println!("{kind:<18} {length:>10} {:>10.1}", time.as_secs_f64() * 1e6);
    }
}
