//! Reads ordinary chunks in one pass: an event of 245 bytes takes 3,000
//! instructions, and 7,600 with `serde_json` into the same type, 2.5 × as many
//! (callgrind over `benches/linear.rs`, with link-time optimisation).
//!
//! It returns `None` for whatever it does not know, and `serde_json` reads those
//! chunks. What it returns equals what `serde_json` reads: a property test below
//! holds the two together.

use std::borrow::Cow;

use super::chunk::{Choice, Choices, Chunk, Content, Delta, MAX_OTHER_CHOICES};
use super::other_members::OtherMembers;
use wire::json_scanner::{Name, Scanner, key};

const CHOICES: u64 = key("choices");
const CITATIONS: u64 = key("citations");
const CODE: u64 = key("code");
const CONTENT: u64 = key("content");
const DELTA: u64 = key("delta");
const ERROR: u64 = key("error");
const FINISH_REASON: u64 = key("finish_reason");
const FUNCTION_CALL: u64 = key("function_call");
const MESSAGE: u64 = key("message");
const MODEL: u64 = key("model");
const OUTPUT: u64 = key("output");
/// Also of `reasoning_content` and `reasoning_details`.
const REASONING: u64 = key("reasoning");
const REFUSAL: u64 = key("refusal");
const ROLE: u64 = key("role");
/// Also of `search_info`.
const SEARCH_RESULTS: u64 = key("search_results");
const SEARCH_INFO: u64 = key("search_info");
const TEXT: u64 = key("text");
const TOOL_CALLS: u64 = key("tool_calls");
const USAGE: u64 = key("usage");
const WEB_SEARCH: u64 = key("web_search");
const X_GROQ: u64 = key("x_groq");

/// Reads a document that is one chunk into an empty one. On `None`, the chunk
/// has a part of it.
pub(super) fn read<'a>(json: &'a [u8], chunk: &mut Chunk<'a>) -> Option<()> {
    let mut scanner = Scanner::new(json);
    scanner.object(|json, name| chunk_member(json, name, chunk))?;
    scanner.end()
}

#[inline]
fn chunk_member<'a>(json: &mut Scanner<'a>, name: Name<'a>, chunk: &mut Chunk<'a>) -> Option<()> {
    match name.key() {
        MODEL => chunk.model = json.text()?,
        CHOICES => choices(json, &mut chunk.choices)?,
        USAGE => chunk.usage = json.raw()?,
        OUTPUT => chunk.output = json.raw()?,
        ERROR => chunk.error = json.raw()?,
        CODE => chunk.code = json.raw()?,
        MESSAGE => chunk.message = json.raw()?,
        CITATIONS | SEARCH_RESULTS | SEARCH_INFO | WEB_SEARCH | X_GROQ
            if OtherMembers::are_read_from_chunks(name.as_str()) =>
        {
            let value = json.raw()?;
            chunk.others.set(Cow::Borrowed(name.as_str()), value);
        }
        _ => json.skip()?,
    }
    Some(())
}

#[inline]
fn choices<'a>(json: &mut Scanner<'a>, choices: &mut Choices<'a>) -> Option<()> {
    *choices = Choices::default();
    if json.null()? {
        return Some(());
    }
    json.array(|json| {
        if choices.first.is_none() {
            return choice(json, choices.first.insert(Choice::default()));
        }
        if choices.others.len() == MAX_OTHER_CHOICES {
            return json.skip();
        }
        choices.others.push(Choice::default());
        choice(json, choices.others.last_mut()?)
    })
}

fn choice<'a>(json: &mut Scanner<'a>, choice: &mut Choice<'a>) -> Option<()> {
    json.object(|json, name| {
        match name.key() {
            DELTA => delta(json, &mut choice.delta)?,
            FINISH_REASON if name.is("finish_reason") => choice.finish_reason = json.text()?,
            MESSAGE => delta(json, &mut choice.message)?,
            TEXT => choice.text = json.text()?,
            USAGE => choice.usage = json.raw()?,
            _ => json.skip()?,
        }
        Some(())
    })
}

fn delta<'a>(json: &mut Scanner<'a>, into: &mut Option<Delta<'a>>) -> Option<()> {
    *into = None;
    if json.null()? {
        return Some(());
    }
    let delta = into.insert(Delta::default());
    json.object(|json, name| {
        match name.key() {
            CONTENT => delta.content = content(json)?,
            ROLE => json.skip()?,
            REASONING if name.is("reasoning_content") => delta.reasoning_content = json.text()?,
            REASONING if name.is("reasoning") => delta.reasoning = json.text()?,
            REFUSAL => delta.refusal = json.text()?,
            TOOL_CALLS if name.is("tool_calls") => delta.tool_calls = json.raw()?,
            FUNCTION_CALL if name.is("function_call") => delta.function_call = json.raw()?,
            _ if OtherMembers::are_read_from_deltas(name.as_str()) => {
                let value = json.raw()?;
                delta.others.set(Cow::Borrowed(name.as_str()), value);
            }
            _ => json.skip()?,
        }
        Some(())
    })
}

#[inline]
fn content<'a>(json: &mut Scanner<'a>) -> Option<Content<'a>> {
    match json.peek()? {
        b'[' | b'{' => json.raw()?.map(Content::Parts),
        _ => json.text().map(Content::Text),
    }
}

#[cfg(test)]
mod tests;
