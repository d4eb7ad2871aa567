//! A response in other pieces than its case has it, and broken off: what no
//! reader of a stream may notice, and what each must.

use crate::native::text_generation::{Exchange, Reading, end};
use crate::response::{Ending, RecordedResponse};
use crate::verdict::shown;
use provider_core::text_generation::Event;

/// Bodies up to this length are cut at every byte.
const SHORT_BYTES: usize = 8192;
/// Longer ones at this many places.
const PLACES: usize = 64;

/// Checks a response with a good status.
pub(crate) fn check(exchange: &Exchange, response: &RecordedResponse) -> Result<(), String> {
    let chunks = response.chunks.iter().map(Vec::as_slice);
    let expected = exchange.read_chunks(response, chunks, end(response.ending));
    let body = response.body();
    check_splits(exchange, response, &body, &expected)?;
    match response.ending {
        Ending::Complete => check_cuts(exchange, response, &body, &expected),
        Ending::Reset => Ok(()),
    }
}

/// However the body comes, the answer is the same.
fn check_splits(
    exchange: &Exchange,
    response: &RecordedResponse,
    body: &[u8],
    expected: &Reading,
) -> Result<(), String> {
    let check = |how: &str, chunks: &mut dyn Iterator<Item = &[u8]>| {
        let found = exchange.read_chunks(response, chunks, end(response.ending));
        if is_same(&found, expected) {
            return Ok(());
        }
        Err(format!(
            "the body {how} gives another answer\nin its chunks: {}\n{how}: {}",
            told(expected),
            told(&found)
        ))
    };
    check("in one piece", &mut std::iter::once(body))?;
    check("byte by byte", &mut body.chunks(1))?;
    for at in places(body.len()) {
        let (first, second) = body.split_at(at);
        let how = format!("split after \"{}\"", tail(first));
        check(&how, &mut [first, second].into_iter())?;
    }
    Ok(())
}

/// Wherever the body breaks off, there is an error, or the answer is whole.
fn check_cuts(
    exchange: &Exchange,
    response: &RecordedResponse,
    body: &[u8],
    expected: &Reading,
) -> Result<(), String> {
    for at in std::iter::once(0).chain(places(body.len())) {
        let (start, _) = body.split_at(at);
        for ending in [Ending::Complete, Ending::Reset] {
            let found = exchange.read_chunks(response, [start], end(ending));
            let is_whole = expected.end.is_ok() && said(&found.events) == said(&expected.events);
            if found.end.is_ok() && !is_whole {
                return Err(format!(
                    "the body cut off after \"{}\" passes for a shorter answer\nwhole: {}\ncut: {}",
                    tail(start),
                    told(expected),
                    told(&found)
                ));
            }
        }
    }
    Ok(())
}

/// Equal, but for the message of an error, which quotes what had come.
fn is_same(found: &Reading, expected: &Reading) -> bool {
    let facts = |reading: &Reading| {
        reading.end.clone().map_err(|mut error| {
            error.message.clear();
            error
        })
    };
    found.events == expected.events && facts(found) == facts(expected)
}

/// Everything of an answer but usage and the reason to stop, which may be
/// lost with the last bytes.
fn said(events: &[Event]) -> Vec<Event> {
    let is_content = |event: &&Event| !matches!(event, Event::Usage(_) | Event::Finish(_));
    events.iter().filter(is_content).cloned().collect()
}

/// Where to cut a body of this length.
pub(crate) fn places(length: usize) -> Vec<usize> {
    if length <= SHORT_BYTES {
        return (1..length).collect();
    }
    // Multiples of the golden section, which fall everywhere.
    (1..=PLACES)
        .map(|number| number.wrapping_mul(0x9e37_79b9) % length)
        .collect()
}

fn told(reading: &Reading) -> String {
    let end = match &reading.end {
        Ok(info) => format!("{info:?}"),
        Err(error) => format!("{error:?}"),
    };
    format!("{:?}, {end}", reading.events)
}

fn tail(bytes: &[u8]) -> String {
    let start = bytes.len().saturating_sub(60);
    shown(bytes.get(start..).unwrap_or_default())
}
