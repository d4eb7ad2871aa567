//! Assembles tool calls from their deltas. Backends differ where the protocol
//! is vague, so a delta is matched by its id, then by its index, then by the
//! calls so far.

use crate::error::Error;
use crate::text_generation::{Event, GeneratedToolCall, ToolCall, ToolCallFragment};
use wire::json::{Object, Value};
use wire::sse::MAX_EVENT_BYTES;

/// Maximum number of calls in an answer.
const MAX_CALLS: usize = 128;

/// Maximum number of bytes of arguments in an answer: the limit of an event.
const MAX_ARGUMENT_BYTES: usize = MAX_EVENT_BYTES;

/// The calls of one answer.
#[derive(Debug, Default)]
pub(super) struct ToolCalls {
    calls: Vec<PartialCall>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct PartialCall {
    /// The backend's index; not always from zero, and not always unique.
    index: Option<u64>,
    /// The backend's id; empty until received.
    backend_id: String,
    /// The id that is returned, the same in every fragment.
    id: String,
    name: String,
    arguments: Arguments,
    /// A fragment was returned: id and name are final.
    is_announced: bool,
}

/// A delta of a call as received.
struct Delta<'a> {
    index: Option<u64>,
    id: &'a str,
    name: &'a str,
    arguments: &'a str,
}

impl ToolCalls {
    /// Whether there are no calls.
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Reads the value of `tool_calls`. `origin` is its document, from which
    /// ids are derived if the backend sends none.
    pub(super) fn take(
        &mut self,
        value: Value<'_>,
        origin: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        let deltas = value.items().unwrap_or_else(|| vec![value]);
        let several = deltas.len() > 1;
        for (nth, delta) in (0_u64..).zip(deltas) {
            let Some(delta) = Object::of(delta) else {
                continue;
            };
            let position = several.then_some(nth);
            let index = delta.count("index").or(position);
            let function = delta.object("function").or_else(|| delta.object("custom"));
            self.take_function(
                index,
                &delta.text("id"),
                function.as_ref().unwrap_or(&delta),
                origin,
                events,
            )?;
        }
        Ok(())
    }

    /// Reads the value of `function_call`, which occurs once in an answer.
    pub(super) fn take_legacy(
        &mut self,
        value: Value<'_>,
        origin: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        match Object::of(value) {
            Some(function) => self.take_function(Some(0), "", &function, origin, events),
            None => Ok(()),
        }
    }

    fn take_function(
        &mut self,
        index: Option<u64>,
        id: &str,
        function: &Object<'_>,
        origin: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        let arguments = ["arguments", "input"]
            .into_iter()
            .find_map(|name| function.get(name).map(|value| (name, value)));
        // Some backends send the object instead of its text.
        let arguments = match arguments {
            Some((_, value)) if value.get().starts_with('{') => value.get().into(),
            Some((name, _)) => function.text(name),
            None => "".into(),
        };
        let name = function.text("name");
        self.add(
            &Delta {
                index,
                id,
                name: &name,
                arguments: &arguments,
            },
            origin,
            events,
        )
    }

    fn add(
        &mut self,
        delta: &Delta<'_>,
        origin: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        if delta.id.is_empty() && delta.name.is_empty() && delta.arguments.is_empty() {
            return Ok(()); // a stub beside content
        }
        self.bytes = self.bytes.saturating_add(delta.arguments.len());
        let position = self.position(delta).unwrap_or(self.calls.len());
        if position >= MAX_CALLS || self.bytes > MAX_ARGUMENT_BYTES {
            return Err(Error::protocol(format!(
                "the answer contains more than {MAX_CALLS} tool calls, or more than {MAX_ARGUMENT_BYTES} bytes of arguments"
            )));
        }
        if position == self.calls.len() {
            self.calls.push(PartialCall {
                index: delta.index,
                ..PartialCall::default()
            });
        }
        let Some(call) = self.calls.get_mut(position) else {
            return Ok(()); // it has just been made
        };
        if call.backend_id.is_empty() {
            delta.id.clone_into(&mut call.backend_id);
        }
        if call.id.is_empty() {
            call.id = if delta.id.is_empty() {
                made_up_id(origin, position)
            } else {
                delta.id.to_owned()
            };
        }
        let fragment = call.extend(delta);
        if !fragment.is_empty() && !call.name.is_empty() {
            let event = call.fragment(position, fragment);
            events.push(event);
        }
        Ok(())
    }

    /// The call that a delta continues; `None` if it begins a new one.
    fn position(&self, delta: &Delta<'_>) -> Option<usize> {
        let last_where = |is_it: &dyn Fn(&PartialCall) -> bool| self.calls.iter().rposition(is_it);
        if !delta.id.is_empty() {
            return last_where(&|call| call.backend_id == delta.id).or_else(|| {
                // The call began without an id.
                last_where(&|call| {
                    call.backend_id.is_empty() && call.index == delta.index && call.admits(delta)
                })
            });
        }
        let position = match delta.index {
            Some(_) => last_where(&|call| call.index == delta.index),
            None => self.calls.len().checked_sub(1),
        }?;
        self.calls
            .get(position)
            .is_some_and(|call| call.admits(delta))
            .then_some(position)
    }

    /// Ends the answer and appends every complete call.
    pub(super) fn finish(&mut self, events: &mut Vec<Event>) {
        for (position, mut call) in core::mem::take(&mut self.calls).into_iter().enumerate() {
            let (arguments, arguments_valid) = core::mem::take(&mut call.arguments).complete();
            if !call.is_announced {
                let event = call.fragment(position, arguments.clone());
                events.push(event);
            }
            events.push(Event::CompletedToolCall(GeneratedToolCall {
                call: ToolCall {
                    id: call.id,
                    name: call.name,
                    arguments,
                    provider_data: None,
                },
                arguments_valid,
            }));
        }
    }
}

impl PartialCall {
    /// Whether a delta without an id may continue this call.
    fn admits(&self, delta: &Delta<'_>) -> bool {
        if delta.name.is_empty() || self.name.is_empty() {
            return true;
        }
        let begun = &self.arguments.text;
        if delta.name == self.name {
            // The name is repeated in each fragment, or the tool is called
            // again.
            let is_repeat = delta.arguments.is_empty() || delta.arguments.starts_with(&**begun);
            return is_repeat || !self.arguments.are_complete();
        }
        // A continued name, if only a name was received and an index identifies
        // the call.
        begun.is_empty() && delta.index.is_some()
    }

    /// Adds a delta. Returns the new part of the arguments.
    fn extend(&mut self, delta: &Delta<'_>) -> String {
        let is_new_name = !delta.name.is_empty() && delta.name != self.name;
        let mut held = String::new();
        if is_new_name && !self.is_announced {
            self.name.push_str(delta.name);
            // Arguments received before the name.
            held.clone_from(&self.arguments.text);
        }
        held.push_str(self.arguments.push(delta.arguments));
        held
    }

    /// A fragment; the first of a call has its id and name.
    fn fragment(&mut self, position: usize, arguments: String) -> Event {
        let is_first = !core::mem::replace(&mut self.is_announced, true);
        Event::ToolCall(ToolCallFragment {
            index: u32::try_from(position).unwrap_or(u32::MAX),
            id: is_first.then(|| self.id.clone()),
            name: is_first.then(|| self.name.clone()),
            arguments,
        })
    }
}

/// The arguments of a call so far. Most backends send increments, some all
/// arguments each time; only the end shows which.
#[derive(Debug, Default)]
struct Arguments {
    /// The text if a delta that begins with the text so far replaces it.
    text: String,
    /// The concatenated deltas, once they differ from `text`.
    appended: Option<String>,
}

impl Arguments {
    /// Adds a delta. Returns the new part.
    fn push<'a>(&mut self, delta: &'a str) -> &'a str {
        let repeated = if self.text.is_empty() {
            None
        } else {
            delta.strip_prefix(&*self.text)
        };
        match (&mut self.appended, repeated) {
            (Some(appended), _) => appended.push_str(delta),
            (None, Some(_)) => self.appended = Some(format!("{}{delta}", self.text)),
            (None, None) => {}
        }
        let added = repeated.unwrap_or(delta);
        self.text.push_str(added);
        added
    }

    /// Whether the arguments are a complete JSON object.
    fn are_complete(&self) -> bool {
        self.text.trim_ascii_end().ends_with('}') && is_object(&self.text)
    }

    /// The arguments, and whether they are a JSON object. No arguments are an
    /// empty object.
    fn complete(self) -> (String, bool) {
        if self.text.trim_ascii().is_empty() {
            return ("{}".to_owned(), true);
        }
        if is_object(&self.text) {
            return (self.text, true);
        }
        match self.appended {
            Some(appended) if is_object(&appended) => (appended, true),
            Some(_) | None => (self.text, false),
        }
    }
}

fn is_object(json: &str) -> bool {
    Object::read(json.as_bytes()).is_some()
}

/// A generated id: the same for a response however it is chunked, and different
/// for other responses. FNV-1a over the document.
fn made_up_id(origin: &[u8], position: usize) -> String {
    let hash = origin
        .iter()
        .chain(&u64::try_from(position).unwrap_or(u64::MAX).to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("call_{hash:016x}")
}
