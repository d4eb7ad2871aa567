//! Whether reading a streamed response costs in proportion to its length: 5,000
//! and 50,000 events, in chunks of 1 KiB and one byte at a time.
//!
//! `cargo bench --bench linear` prints times and their ratios, which should be
//! about 10, and beside them what it costs to decode the same data with
//! `serde_json` alone, into the struct that needs least. With arguments, such
//! as `5000 1`, it reads one response of that many events in chunks of that many
//! bytes, once, and decodes it if the second is 0: for a run under
//! `valgrind --tool=callgrind`, which counts instructions.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::Deserialize;

use provider_core::http::ResponseHead;
use provider_core::secret::Secrets;
use provider_core::text_generation::openai_compatible::{BodyEnd, Reader, ReaderOptions};

/// A response of `events` events of about 245 bytes, as OpenAI words them.
fn response(events: usize) -> Vec<u8> {
    let event = |index: usize| {
        format!(
            "data: {{\"id\":\"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG\",\"object\":\"chat.completion.chunk\",\
             \"created\":1741570283,\"model\":\"gpt-4o-2024-08-06\",\"service_tier\":\"default\",\
             \"choices\":[{{\"index\":0,\"delta\":{{\"content\":\" word{index:06}\"}},\"logprobs\":null,\
             \"finish_reason\":null}}]}}\n\n"
        )
    };
    let mut body: String = (0..events).map(event).collect();
    body.push_str(
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
    );
    body.into_bytes()
}

/// Reads a response in chunks of `chunk` bytes; returns the number of events.
fn read(body: &[u8], chunk: usize) -> usize {
    let head = ResponseHead {
        status: 200,
        headers: vec![("content-type".to_owned(), "text/event-stream".to_owned())],
    };
    let mut reader = Reader::new(
        head,
        Secrets::default(),
        ReaderOptions {
            reasoning: true,
            think_tags: true,
        },
    );
    let mut count = 0;
    let mut events = Vec::new();
    for chunk in body.chunks(chunk) {
        reader.push(chunk, &mut events).expect("a legal response");
        count += black_box(&events).len();
        events.clear();
    }
    reader
        .end(BodyEnd::Complete, &mut events)
        .expect("a whole response");
    count + events.len()
}

/// As little of a chunk as a client can do with.
#[derive(Deserialize)]
struct Minimal {
    choices: Vec<MinimalChoice>,
}

#[derive(Deserialize)]
struct MinimalChoice {
    delta: MinimalDelta,
}

#[derive(Deserialize)]
struct MinimalDelta {
    #[serde(default)]
    content: Option<String>,
}

/// Decodes the data of a response with `serde_json` alone, in one piece; returns
/// the number of texts.
fn decode(body: &[u8]) -> usize {
    body.split(|byte| *byte == b'\n')
        .filter_map(|line| line.strip_prefix(b"data: "))
        .filter_map(|data| serde_json::from_slice::<Minimal>(data).ok())
        .filter(|chunk| {
            let choice = chunk.choices.first();
            black_box(choice.is_some_and(|choice| choice.delta.content.is_some()))
        })
        .count()
}

/// The shortest of several runs: the machine only ever adds to a time. A chunk
/// of 0 bytes stands for decoding alone.
fn time(body: &[u8], chunk: usize) -> Duration {
    let run = || {
        let start = Instant::now();
        black_box(run(black_box(body), chunk));
        start.elapsed()
    };
    (0..7).map(|_| run()).min().unwrap_or_default()
}

fn run(body: &[u8], chunk: usize) -> usize {
    match chunk {
        0 => decode(body),
        chunk => read(body, chunk),
    }
}

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    if let [events, chunk] = numbers[..] {
        println!("{} events", run(&response(events), chunk));
        return;
    }
    let (short, long) = (response(5_000), response(50_000));
    println!("chunk      5,000 events   50,000 events   ratio   ns an event");
    for (name, chunk) in [("1 KiB", 1024), ("1 byte", 1), ("decode", 0)] {
        let (first, second) = (time(&short, chunk), time(&long, chunk));
        println!(
            "{name:<8} {:>11.2} ms {:>12.2} ms {:>7.2} {:>13}",
            first.as_secs_f64() * 1e3,
            second.as_secs_f64() * 1e3,
            second.as_secs_f64() / first.as_secs_f64(),
            second.as_nanos() / 50_000
        );
    }
}
