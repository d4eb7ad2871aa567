//! What reading vectors costs: responses of 64 and 640 vectors of 1,024 numbers,
//! as lists and in base64, beside `serde_json` reading the bare numbers into a
//! `Vec<f32>` ("bare").
//!
//! `cargo bench --bench embedding` prints times. The cost should be in
//! proportion to the length, and less than that of the bare numbers. With
//! arguments, such as `20 numbers`, it reads one response of that many vectors,
//! once: `numbers`, `doubles` with 17 digits, or `base64`. That is for a run under `valgrind --tool=callgrind`, which counts instructions.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provider_core::http::ResponseHead;
use provider_core::secret::Secrets;
use provider_core::text_embedding::Reader;

const DIMENSIONS: u16 = 1024;

fn vector(row: u16) -> Vec<f32> {
    let value = |at: u16| (f32::from(at) - 511.5) / (f32::from(row) + 7.0) / 3.0;
    (0..DIMENSIONS).map(value).collect()
}

fn numbers(vector: &[f32]) -> String {
    serde_json::to_string(vector).expect("finite numbers")
}

/// As Python writes 32-bit numbers: as doubles, with 16 or 17 digits.
fn doubles(vector: &[f32]) -> String {
    let doubles: Vec<f64> = vector.iter().map(|it| f64::from(*it)).collect();
    serde_json::to_string(&doubles).expect("finite numbers")
}

fn bytes(vector: &[f32]) -> String {
    let bytes: Vec<u8> = vector.iter().flat_map(|it| it.to_le_bytes()).collect();
    format!("\"{}\"", STANDARD.encode(bytes))
}

fn response(rows: u16, write: fn(&[f32]) -> String) -> Vec<u8> {
    let mut body = "{\"object\":\"list\",\"data\":[".to_owned();
    for row in 0..rows {
        let comma = if row == 0 { "" } else { "," };
        let vector = write(&vector(row));
        let _ = write!(body, "{comma}{{\"index\":{row},\"embedding\":{vector}}}");
    }
    body.push_str("]}");
    body.into_bytes()
}

/// Reads a response in the pieces in which a transport hands it on.
fn read(body: &[u8], rows: u16) -> usize {
    let head = ResponseHead {
        status: 200,
        headers: Vec::new(),
    };
    let mut reader = Reader::new(head, Secrets::default(), rows.into(), None);
    for piece in body.chunks(64 << 10) {
        reader.push(piece).expect("a legal response");
    }
    reader.end().expect("a whole response").values.len()
}

/// The shortest of several runs: the machine only ever adds to a time.
fn time(run: impl Fn() -> usize) -> Duration {
    let once = || {
        let start = Instant::now();
        black_box(run());
        start.elapsed()
    };
    (0..9).map(|_| once()).min().unwrap_or_default()
}

/// Reads one response of `rows` vectors, once.
fn once(rows: u16, form: &str) -> usize {
    match form {
        "numbers" => read(&response(rows, numbers), rows),
        "doubles" => read(&response(rows, doubles), rows),
        _ => read(&response(rows, bytes), rows),
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [rows, form] = arguments.as_slice()
        && let Ok(rows) = rows.parse()
    {
        println!("{} values", once(rows, form));
        return;
    }
    println!("             numbers              doubles        base64   (ms)");
    println!("vectors   bare  response       bare  response   response");
    for rows in [64, 640] {
        let all: Vec<f32> = (0..rows).flat_map(vector).collect();
        let bare = |write: fn(&[f32]) -> String| {
            let json = write(&all).into_bytes();
            time(|| {
                let numbers: Vec<f32> = serde_json::from_slice(black_box(&json)).expect("numbers");
                numbers.len()
            })
        };
        let in_response = |write: fn(&[f32]) -> String| {
            let body = response(rows, write);
            time(|| read(black_box(&body), rows))
        };
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        println!(
            "{rows:>7} {:>6.2} {:>9.2} {:>10.2} {:>9.2} {:>10.2}",
            ms(bare(numbers)),
            ms(in_response(numbers)),
            ms(bare(doubles)),
            ms(in_response(doubles)),
            ms(in_response(bytes)),
        );
    }
}
