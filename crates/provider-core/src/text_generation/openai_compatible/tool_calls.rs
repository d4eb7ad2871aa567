//! Assembles tool calls from their deltas. Backends differ where the protocol
//! is vague, so a delta is matched by its id, then by its index, then by the
//! calls so far.

use super::provider_data::ProviderData;
use super::tool_arguments::Arguments;
use super::tool_call_delta::{CallDelta, WireCall, WireFunction};
use crate::error::Error;
use crate::text_generation::{Event, GeneratedToolCall, ToolCall, ToolCallFragment};
use wire::lenient;
use wire::members::write_name;
use wire::sse::MAX_EVENT_BYTES;

/// Maximum number of calls in an answer.
const MAX_CALLS: usize = 128;

/// Maximum number of bytes of arguments and provider data in an answer: the
/// limit of an event.
const MAX_ARGUMENT_BYTES: usize = MAX_EVENT_BYTES;

/// The calls of one answer.
#[derive(Debug, Default)]
pub(super) struct ToolCalls {
    calls: Vec<PartialCall>,
    bytes: usize,
    /// The hash of the document that is read, once an id was derived from it.
    hash_of_origin: Option<u64>,
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
    provider_data: ProviderData,
    /// A fragment was returned: id and name are final.
    is_announced: bool,
}

impl ToolCalls {
    /// Whether there are no calls.
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Reads the JSON of `tool_calls`. `origin` is its document, from which ids
    /// are derived if the backend sends none.
    pub(super) fn take(
        &mut self,
        json: &str,
        origin: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        self.hash_of_origin = None;
        let mut deltas = Vec::new();
        if json.starts_with('[') {
            lenient::each_item(json, &mut |item| {
                if deltas.len() <= MAX_CALLS {
                    deltas.push(item);
                }
            });
        } else {
            deltas.push(json);
        }
        if deltas.len() > MAX_CALLS {
            return Err(too_large());
        }
        let several = deltas.len() > 1;
        for (nth, delta) in (0_u64..).zip(deltas) {
            if !delta.starts_with('{') {
                continue;
            }
            let call: WireCall<'_> = lenient::object(delta).ok_or_else(unreadable)?;
            let delta = call.into_delta(several.then_some(nth));
            self.add(&delta, origin, events)?;
        }
        Ok(())
    }

    /// Reads the JSON of `function_call`, which occurs once in an answer.
    pub(super) fn take_legacy(
        &mut self,
        json: &str,
        origin: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        self.hash_of_origin = None;
        let Some(function) = lenient::object::<WireFunction<'_>>(json) else {
            return Ok(());
        };
        self.add(&function.into_delta(), origin, events)
    }

    fn add(
        &mut self,
        delta: &CallDelta<'_>,
        origin: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        if delta.name.is_empty() && delta.arguments.is_empty() {
            if delta.has_provider_data() {
                return self.add_provider_data_alone(delta);
            }
            if delta.id.is_empty() {
                return Ok(()); // a stub beside content
            }
        }
        self.bytes = self.bytes.saturating_add(delta.arguments.len());
        let position = self.position(delta).unwrap_or(self.calls.len());
        if position >= MAX_CALLS || self.bytes > MAX_ARGUMENT_BYTES {
            return Err(too_large());
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
            call.backend_id.push_str(&delta.id);
        }
        if call.id.is_empty() {
            call.id = if delta.id.is_empty() {
                let hash = self.hash_of_origin;
                let hash = hash.unwrap_or_else(|| fnv_1a(FNV_BASIS, origin));
                self.hash_of_origin = Some(hash);
                made_up_id(hash, position)
            } else {
                delta.id.clone().into_owned()
            };
        }
        let grown = call.add_provider_data(delta)?;
        self.bytes = self.bytes.saturating_add(grown);
        let fragment = call.extend(delta);
        if !fragment.is_empty() && !call.name.is_empty() {
            let event = call.fragment(position, fragment);
            events.push(event);
        }
        Ok(())
    }

    /// Adds provider data that came in a delta of its own, after the call: to
    /// the call with its id or index, or else to the last one.
    fn add_provider_data_alone(&mut self, delta: &CallDelta<'_>) -> Result<(), Error> {
        let last_where = |is_it: &dyn Fn(&PartialCall) -> bool| self.calls.iter().rposition(is_it);
        let position = last_where(&|call| !delta.id.is_empty() && call.backend_id == delta.id)
            .or_else(|| last_where(&|call| delta.index.is_some() && call.index == delta.index))
            .or_else(|| self.calls.len().checked_sub(1));
        if let Some(call) = position.and_then(|position| self.calls.get_mut(position)) {
            let grown = call.add_provider_data(delta)?;
            self.bytes = self.bytes.saturating_add(grown);
        }
        if self.bytes > MAX_ARGUMENT_BYTES {
            return Err(too_large());
        }
        Ok(())
    }

    /// The call that a delta continues; `None` if it begins a new one.
    fn position(&self, delta: &CallDelta<'_>) -> Option<usize> {
        let last_where = |is_it: &dyn Fn(&PartialCall) -> bool| self.calls.iter().rposition(is_it);
        let is_same_index = |call: &PartialCall| call.index == delta.index;
        if !delta.id.is_empty() {
            return last_where(&|call| call.backend_id == delta.id)
                .or_else(|| {
                    // The call began without an id.
                    last_where(&|call| {
                        call.backend_id.is_empty() && is_same_index(call) && call.admits(delta)
                    })
                })
                .or_else(|| {
                    // An id is made up for each delta.
                    last_where(&|call| delta.index.is_some() && is_same_index(call))
                        .filter(|position| self.is_repeated_at(*position, delta))
                })
                .or_else(|| self.last_if_nameless(delta));
        }
        let by_index = match delta.index {
            Some(_) => last_where(&is_same_index),
            None => self.calls.len().checked_sub(1),
        };
        match by_index {
            Some(position) => self
                .calls
                .get(position)
                .is_some_and(|call| call.admits(delta))
                .then_some(position),
            None => self.last_if_nameless(delta),
        }
    }

    /// Whether a delta repeats the name of a call whose arguments have begun and
    /// are not complete.
    fn is_repeated_at(&self, position: usize, delta: &CallDelta<'_>) -> bool {
        self.calls.get(position).is_some_and(|call| {
            !delta.name.is_empty() && call.name == delta.name && call.arguments.are_incomplete()
        })
    }

    /// The last call if its arguments are not complete and the delta has no
    /// name: the delta continues it, whatever its index and id.
    fn last_if_nameless(&self, delta: &CallDelta<'_>) -> Option<usize> {
        let last = self.calls.len().checked_sub(1)?;
        let call = self.calls.get(last)?;
        (delta.name.is_empty() && !call.name.is_empty() && !call.arguments.are_complete())
            .then_some(last)
    }

    /// Ends the answer and appends every complete call.
    pub(super) fn finish(&mut self, events: &mut Vec<Event>) {
        for (position, mut call) in core::mem::take(&mut self.calls).into_iter().enumerate() {
            let (arguments, is_object) = core::mem::take(&mut call.arguments).complete();
            if !call.is_announced {
                let event = call.fragment(position, arguments.clone());
                events.push(event);
            }
            events.push(Event::CompletedToolCall(GeneratedToolCall {
                // A call without a name cannot be executed.
                arguments_valid: is_object && !call.name.is_empty(),
                call: ToolCall {
                    id: call.id,
                    name: call.name,
                    arguments,
                    provider_data: call.provider_data.into_json(),
                },
            }));
        }
    }
}

impl PartialCall {
    /// Whether a delta without an id may continue this call.
    fn admits(&self, delta: &CallDelta<'_>) -> bool {
        if delta.name.is_empty() || self.name.is_empty() {
            return true;
        }
        let begun = self.arguments.text();
        if delta.name == self.name {
            // The name is repeated in each fragment, or the tool is called
            // again.
            let is_repeat = delta.arguments.is_empty() || delta.arguments.starts_with(begun);
            return is_repeat || !self.arguments.are_complete();
        }
        // A continued name, if only a name was received and an index identifies
        // the call.
        begun.is_empty() && delta.index.is_some()
    }

    /// Adds the provider data of a delta. Returns by how many bytes it grew.
    fn add_provider_data(&mut self, delta: &CallDelta<'_>) -> Result<usize, Error> {
        let before = self.provider_data.bytes();
        let [own, function] = &delta.opaque;
        for (name, json) in own {
            self.provider_data.add(name, json)?;
        }
        for (name, json) in function {
            let mut object = "{".to_owned();
            write_name(name, &mut object);
            object.push_str(json);
            object.push('}');
            self.provider_data.add("function", &object)?;
        }
        Ok(self.provider_data.bytes().saturating_sub(before))
    }

    /// Adds a delta. Returns the new part of the arguments.
    fn extend(&mut self, delta: &CallDelta<'_>) -> String {
        let is_new_name = !delta.name.is_empty() && delta.name != self.name;
        let mut held = String::new();
        if is_new_name && !self.is_announced {
            self.name.push_str(&delta.name);
            // Arguments received before the name.
            held.push_str(self.arguments.text());
        }
        held.push_str(self.arguments.push(&delta.arguments));
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

fn unreadable() -> Error {
    Error::protocol("the answer contains a tool call that cannot be read")
}

fn too_large() -> Error {
    Error::protocol(format!(
        "the answer contains more than {MAX_CALLS} tool calls, or more than {MAX_ARGUMENT_BYTES} bytes of arguments"
    ))
}

/// A generated id: the same for a response however it is chunked, and different
/// for other responses. It is derived from the hash of the document.
fn made_up_id(hash_of_origin: u64, position: usize) -> String {
    let position = u64::try_from(position).unwrap_or(u64::MAX);
    let hash = fnv_1a(hash_of_origin, &position.to_le_bytes());
    format!("call_{hash:016x}")
}

const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, continued from a hash.
fn fnv_1a(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
