//! Calls of tools, put together from their deltas. Backends differ in all that
//! the protocol leaves open, so a delta is matched by its id, then by its
//! index, then by what the calls so far look like.

use crate::error::Error;
use crate::text_generation::{Event, ToolCall, ToolCallFragment};
use wire::json::{Object, Value};
use wire::sse::MAX_EVENT_BYTES;

/// Most calls in one answer.
const MAX_CALLS: usize = 128;

/// Most bytes of arguments in one answer: no more than one event may have.
const MAX_ARGUMENT_BYTES: usize = MAX_EVENT_BYTES;

/// The calls of one answer.
#[derive(Debug, Default)]
pub(super) struct ToolCalls {
    calls: Vec<PartialCall>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct PartialCall {
    /// As the backend counts; not always from zero, and not always apart.
    index: Option<u64>,
    /// The backend's id; empty until it gives one.
    backend_id: String,
    /// The id as it is handed on, from the first fragment to the last.
    id: String,
    name: String,
    arguments: Arguments,
    /// A fragment has been handed on: id and name stand.
    is_announced: bool,
}

/// A delta of a call as it came.
struct Delta<'a> {
    index: Option<u64>,
    id: &'a str,
    name: &'a str,
    arguments: &'a str,
}

impl ToolCalls {
    /// Whether the model calls anything.
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Takes the value of `tool_calls`. `origin` is the document in which it
    /// came: what ids are made from where the backend gives none.
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

    /// Takes the value of `function_call`, of which an answer has one.
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
        // Some send the object itself in position of its text.
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

    /// The call that a delta continues; none if it begins one.
    fn position(&self, delta: &Delta<'_>) -> Option<usize> {
        let last_where = |is_it: &dyn Fn(&PartialCall) -> bool| self.calls.iter().rposition(is_it);
        if !delta.id.is_empty() {
            return last_where(&|call| call.backend_id == delta.id).or_else(|| {
                // The id of a call that began without one.
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

    /// The answer has ended: every call, whole.
    pub(super) fn finish(&mut self, events: &mut Vec<Event>) {
        for (position, mut call) in core::mem::take(&mut self.calls).into_iter().enumerate() {
            let (arguments, arguments_valid) = core::mem::take(&mut call.arguments).complete();
            if !call.is_announced {
                let event = call.fragment(position, arguments.clone());
                events.push(event);
            }
            events.push(Event::CompletedToolCall(ToolCall {
                id: call.id,
                name: call.name,
                arguments,
                arguments_valid,
            }));
        }
    }
}

impl PartialCall {
    /// Whether a delta without an id of its own may belong to this call,
    /// rather than begin another one.
    fn admits(&self, delta: &Delta<'_>) -> bool {
        if delta.name.is_empty() || self.name.is_empty() {
            return true;
        }
        let begun = &self.arguments.text;
        if delta.name == self.name {
            // Repeated beside each fragment; or a second call of the tool.
            let is_repeat = delta.arguments.is_empty() || delta.arguments.starts_with(&**begun);
            return is_repeat || !self.arguments.are_complete();
        }
        // More of the name, as long as only the name has come and there is an
        // index to tell calls apart.
        begun.is_empty() && delta.index.is_some()
    }

    /// Takes a delta; returns what it adds to the arguments that were handed
    /// on.
    fn extend(&mut self, delta: &Delta<'_>) -> String {
        let is_new_name = !delta.name.is_empty() && delta.name != self.name;
        let mut held = String::new();
        if is_new_name && !self.is_announced {
            self.name.push_str(delta.name);
            // Arguments that came before the name.
            held.clone_from(&self.arguments.text);
        }
        held.push_str(self.arguments.push(delta.arguments));
        held
    }

    /// A fragment; the first of a call says whose it is.
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

/// The arguments of a call so far. Most backends send them delta by delta,
/// some all of them each time; which it is can be seen only at the end.
#[derive(Debug, Default)]
struct Arguments {
    /// A delta that begins with all of this replaces it.
    text: String,
    /// The deltas one behind the other, once that is not the same.
    appended: Option<String>,
}

impl Arguments {
    /// Takes a delta; returns what it adds.
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

    /// Whether they are a JSON object already.
    fn are_complete(&self) -> bool {
        self.text.trim_ascii_end().ends_with('}') && is_object(&self.text)
    }

    /// The arguments, and whether they are a JSON object. None at all stand
    /// for an empty one.
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

/// An id for a call that has none: the same for the same response however it is
/// cut, and another one in every other response. FNV-1a, over the document.
fn made_up_id(origin: &[u8], position: usize) -> String {
    let hash = origin
        .iter()
        .chain(&u64::try_from(position).unwrap_or(u64::MAX).to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("call_{hash:016x}")
}
