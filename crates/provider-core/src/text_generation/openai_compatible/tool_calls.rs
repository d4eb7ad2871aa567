//! Calls of tools, put together from their pieces. Backends differ in all that
//! the protocol leaves open, so a piece is matched by its id, then by its
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
    calls: Vec<Call>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Call {
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

/// A piece of a call as it came.
struct Piece<'a> {
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
        let pieces = value.items().unwrap_or_else(|| vec![value]);
        let several = pieces.len() > 1;
        for (position, piece) in (0_u64..).zip(pieces) {
            let Some(piece) = Object::of(piece) else {
                continue;
            };
            let place = several.then_some(position);
            let index = piece.count("index").or(place);
            let function = piece.object("function").or_else(|| piece.object("custom"));
            self.take_function(
                index,
                &piece.text("id"),
                function.as_ref().unwrap_or(&piece),
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
        // Some send the object itself in place of its text.
        let arguments = match arguments {
            Some((_, value)) if value.get().starts_with('{') => value.get().into(),
            Some((name, _)) => function.text(name),
            None => "".into(),
        };
        let name = function.text("name");
        self.add(
            &Piece {
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
        piece: &Piece<'_>,
        origin: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        if piece.id.is_empty() && piece.name.is_empty() && piece.arguments.is_empty() {
            return Ok(()); // a stub beside content
        }
        self.bytes = self.bytes.saturating_add(piece.arguments.len());
        let place = self.place(piece).unwrap_or(self.calls.len());
        if place >= MAX_CALLS || self.bytes > MAX_ARGUMENT_BYTES {
            return Err(Error::protocol(format!(
                "the answer calls more than {MAX_CALLS} tools, or with more than {MAX_ARGUMENT_BYTES} bytes of arguments"
            )));
        }
        if place == self.calls.len() {
            self.calls.push(Call {
                index: piece.index,
                ..Call::default()
            });
        }
        let Some(call) = self.calls.get_mut(place) else {
            return Ok(()); // it has just been made
        };
        if call.backend_id.is_empty() {
            piece.id.clone_into(&mut call.backend_id);
        }
        if call.id.is_empty() {
            call.id = if piece.id.is_empty() {
                made_up_id(origin, place)
            } else {
                piece.id.to_owned()
            };
        }
        let fragment = call.extend(piece);
        if !fragment.is_empty() && !call.name.is_empty() {
            let event = call.fragment(place, fragment);
            events.push(event);
        }
        Ok(())
    }

    /// The call that a piece continues; none if it begins one.
    fn place(&self, piece: &Piece<'_>) -> Option<usize> {
        let last_where = |is_it: &dyn Fn(&Call) -> bool| self.calls.iter().rposition(is_it);
        if !piece.id.is_empty() {
            return last_where(&|call| call.backend_id == piece.id).or_else(|| {
                // The id of a call that began without one.
                last_where(&|call| {
                    call.backend_id.is_empty() && call.index == piece.index && call.admits(piece)
                })
            });
        }
        let place = match piece.index {
            Some(_) => last_where(&|call| call.index == piece.index),
            None => self.calls.len().checked_sub(1),
        }?;
        self.calls
            .get(place)
            .is_some_and(|call| call.admits(piece))
            .then_some(place)
    }

    /// The answer has ended: every call, whole.
    pub(super) fn finish(&mut self, events: &mut Vec<Event>) {
        for (place, mut call) in core::mem::take(&mut self.calls).into_iter().enumerate() {
            let (arguments, arguments_valid) = core::mem::take(&mut call.arguments).complete();
            if !call.is_announced {
                let event = call.fragment(place, arguments.clone());
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

impl Call {
    /// Whether a piece without an id of its own may belong to this call,
    /// rather than begin another one.
    fn admits(&self, piece: &Piece<'_>) -> bool {
        if piece.name.is_empty() || self.name.is_empty() {
            return true;
        }
        let begun = &self.arguments.text;
        if piece.name == self.name {
            // Repeated beside each fragment; or a second call of the tool.
            let is_repeat = piece.arguments.is_empty() || piece.arguments.starts_with(&**begun);
            return is_repeat || !self.arguments.are_complete();
        }
        // More of the name, as long as only the name has come and there is an
        // index to tell calls apart.
        begun.is_empty() && piece.index.is_some()
    }

    /// Takes a piece; returns what it adds to the arguments that were handed
    /// on.
    fn extend(&mut self, piece: &Piece<'_>) -> String {
        let is_new_name = !piece.name.is_empty() && piece.name != self.name;
        let mut held = String::new();
        if is_new_name && !self.is_announced {
            self.name.push_str(piece.name);
            // Arguments that came before the name.
            held.clone_from(&self.arguments.text);
        }
        held.push_str(self.arguments.push(piece.arguments));
        held
    }

    /// A fragment; the first of a call says whose it is.
    fn fragment(&mut self, place: usize, arguments: String) -> Event {
        let is_first = !core::mem::replace(&mut self.is_announced, true);
        Event::ToolCall(ToolCallFragment {
            index: u32::try_from(place).unwrap_or(u32::MAX),
            id: is_first.then(|| self.id.clone()),
            name: is_first.then(|| self.name.clone()),
            arguments,
        })
    }
}

/// The arguments of a call so far. Most backends send them piece by piece,
/// some all of them each time; which it is can be seen only at the end.
#[derive(Debug, Default)]
struct Arguments {
    /// A piece that begins with all of this replaces it.
    text: String,
    /// The pieces one behind the other, once that is not the same.
    appended: Option<String>,
}

impl Arguments {
    /// Takes a piece; returns what it adds.
    fn push<'a>(&mut self, piece: &'a str) -> &'a str {
        let repeated = if self.text.is_empty() {
            None
        } else {
            piece.strip_prefix(&*self.text)
        };
        match (&mut self.appended, repeated) {
            (Some(appended), _) => appended.push_str(piece),
            (None, Some(_)) => self.appended = Some(format!("{}{piece}", self.text)),
            (None, None) => {}
        }
        let added = repeated.unwrap_or(piece);
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
fn made_up_id(origin: &[u8], place: usize) -> String {
    let hash = origin
        .iter()
        .chain(&u64::try_from(place).unwrap_or(u64::MAX).to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("call_{hash:016x}")
}
