//! Server-sent events out of bytes, as they come from the network.
//!
//! The framing is that of the WHATWG HTML standard, section "Server-sent
//! events": UTF-8 with an optional byte order mark, lines that end with LF,
//! CR or CRLF, comments, one optional space after the colon, `data` lines
//! joined by LF, an empty line that dispatches. Two things go beyond it,
//! neither of which can change the meaning of a stream that is legal:
//!
//! - an event that the end of the body leaves without its empty line is
//!   dispatched (gateways end streams so);
//! - a line that starts with `{` is data (relays forget the field name).
//!
//! What is in the data is not looked at here. Each byte is copied at most
//! once, so the cost is linear in the input, whatever the chunks.

use memchr::memchr2;

/// Largest event, in bytes of data: a base64 image of about 12 MB.
pub const MAX_EVENT_BYTES: usize = 16 << 20;

/// Longest name of an event or a field that is kept; of anything longer, the
/// rest is dropped. Names in use have at most a few dozen bytes.
const MAX_NAME_BYTES: usize = 128;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A dispatched event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// The value of `event`, empty if there was none.
    pub name: &'a [u8],
    /// The data, without the line end behind its last line. Not checked to be
    /// UTF-8.
    pub data: &'a [u8],
}

/// The data of an event grew beyond [`MAX_EVENT_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventTooLarge;

/// Turns bytes into events.
#[derive(Debug, Default)]
pub struct Decoder {
    place: Place,
    /// The last byte was a CR, so an LF that follows belongs to it.
    after_carriage_return: bool,
    /// A line has ended: a byte order mark can no longer come.
    past_first_line: bool,
    /// The name of the field of the present line, as far as it came.
    field: Vec<u8>,
    name: Vec<u8>,
    data: Vec<u8>,
    /// Lines of data in the present event.
    data_lines: usize,
}

/// Where in a line the decoder is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// In the field's name, before any colon.
    #[default]
    Field,
    /// Right behind the colon, where one space is dropped.
    ValueStart(Field),
    /// In the value.
    Value(Field),
}

/// What the value of a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Data,
    Event,
    /// Comments, `id`, `retry`, and what nobody knows.
    Ignored,
}

impl Decoder {
    /// Takes bytes, and hands each event that they complete to `on_event`.
    ///
    /// # Errors
    ///
    /// [`EventTooLarge`], after which the decoder must not be used again, or
    /// what `on_event` returned.
    pub fn push<E: From<EventTooLarge>>(
        &mut self,
        bytes: &[u8],
        mut on_event: impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rest = bytes;
        while let Some((&first, behind)) = rest.split_first() {
            if core::mem::take(&mut self.after_carriage_return) && first == b'\n' {
                rest = behind;
                continue;
            }
            rest = match self.place {
                Place::Field => self.take_field_byte(first, behind, &mut on_event)?,
                Place::ValueStart(field) => {
                    self.place = Place::Value(field);
                    if first == b' ' { behind } else { rest }
                }
                Place::Value(field) => self.take_value(field, rest, &mut on_event)?,
            };
        }
        Ok(())
    }

    /// The body has ended: dispatches what stands in the last event, if the
    /// empty line behind it is missing.
    ///
    /// # Errors
    ///
    /// What `on_event` returned.
    pub fn finish<E: From<EventTooLarge>>(
        &mut self,
        mut on_event: impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.place != Place::Field || !self.field.is_empty() {
            self.end_line(&mut on_event)?;
        }
        self.dispatch(&mut on_event)
    }

    /// Bytes of the present event that have come so far.
    #[must_use]
    pub fn buffered_bytes(&self) -> usize {
        self.data.len()
    }

    fn take_field_byte<'b, E: From<EventTooLarge>>(
        &mut self,
        byte: u8,
        behind: &'b [u8],
        on_event: &mut impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<&'b [u8], E> {
        match byte {
            b'\n' | b'\r' => {
                self.after_carriage_return = byte == b'\r';
                self.end_line(on_event)?;
            }
            b':' => {
                self.place = Place::ValueStart(self.field_of_line());
                self.begin_value()?;
            }
            b'{' if self.field_name().is_empty() => {
                self.place = Place::Value(Field::Data);
                self.begin_value()?;
                self.data.push(b'{');
            }
            _ if self.field.len() < MAX_NAME_BYTES => self.field.push(byte),
            _ => {}
        }
        Ok(behind)
    }

    fn take_value<'b, E: From<EventTooLarge>>(
        &mut self,
        field: Field,
        rest: &'b [u8],
        on_event: &mut impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<&'b [u8], E> {
        let (value, end) =
            match memchr2(b'\n', b'\r', rest).and_then(|at| rest.split_at_checked(at)) {
                Some((value, end)) => (value, end.split_first()),
                None => (rest, None),
            };
        match field {
            Field::Data => {
                if self.data.len().saturating_add(value.len()) > MAX_EVENT_BYTES {
                    return Err(EventTooLarge.into());
                }
                self.data.extend_from_slice(value);
            }
            Field::Event => {
                let room = MAX_NAME_BYTES.saturating_sub(self.name.len());
                self.name.extend(value.iter().take(room));
            }
            Field::Ignored => {}
        }
        let Some((&line_end, behind)) = end else {
            return Ok(&[]);
        };
        self.after_carriage_return = line_end == b'\r';
        self.end_line(on_event)?;
        Ok(behind)
    }

    /// The name of the line's field, without a byte order mark before it.
    fn field_name(&self) -> &[u8] {
        let mark = if self.past_first_line {
            &[]
        } else {
            BYTE_ORDER_MARK
        };
        self.field.strip_prefix(mark).unwrap_or(&self.field)
    }

    fn field_of_line(&self) -> Field {
        match self.field_name() {
            b"data" => Field::Data,
            b"event" => Field::Event,
            _ => Field::Ignored,
        }
    }

    /// Joins a line of data to those before it; a new event name replaces an
    /// earlier one.
    fn begin_value(&mut self) -> Result<(), EventTooLarge> {
        match self.place {
            Place::ValueStart(Field::Data) | Place::Value(Field::Data) => {
                if self.data.len() >= MAX_EVENT_BYTES {
                    return Err(EventTooLarge);
                }
                if self.data_lines > 0 {
                    self.data.push(b'\n');
                }
                self.data_lines = self.data_lines.saturating_add(1);
            }
            Place::ValueStart(Field::Event) | Place::Value(Field::Event) => self.name.clear(),
            Place::Field | Place::ValueStart(Field::Ignored) | Place::Value(Field::Ignored) => {}
        }
        Ok(())
    }

    fn end_line<E: From<EventTooLarge>>(
        &mut self,
        on_event: &mut impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.place == Place::Field {
            if self.field_name().is_empty() {
                self.dispatch(on_event)?;
            } else {
                // A line without a colon is a field with an empty value.
                self.place = Place::Value(self.field_of_line());
                self.begin_value()?;
            }
        }
        self.place = Place::Field;
        self.field.clear();
        self.past_first_line = true;
        Ok(())
    }

    fn dispatch<E: From<EventTooLarge>>(
        &mut self,
        on_event: &mut impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let outcome = if self.data_lines > 0 {
            on_event(Event {
                name: &self.name,
                data: &self.data,
            })
        } else {
            Ok(())
        };
        self.name.clear();
        self.data.clear();
        self.data_lines = 0;
        outcome
    }
}

#[cfg(test)]
mod tests;
