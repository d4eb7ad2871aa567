//! Decodes server-sent events from a stream of chunks.
//!
//! The framing is that of the WHATWG HTML standard, section "Server-sent
//! events": UTF-8 with an optional byte order mark, lines that end with LF, CR
//! or CRLF, comments, one optional space after the colon, `data` lines joined
//! by LF, an empty line that dispatches. Two extensions do not change the
//! meaning of valid streams:
//!
//! - an event that the end of the body leaves without its empty line is
//!   dispatched (gateways end streams so);
//! - a line that starts with `{` is data (relays forget the field name).
//!
//! The data is not interpreted. An event of one data line that lies whole in a
//! chunk is not copied; any other byte is copied at most once, so the cost is
//! linear in the input for any chunks.

use super::swar;

/// Largest event, in bytes of data: a base64 image of about 12 MB.
pub const MAX_EVENT_BYTES: usize = 16 << 20;

/// Longest name of an event or a field, in bytes; the rest of a longer one is
/// dropped. Names in use have at most a few dozen bytes.
const MAX_NAME_BYTES: usize = 128;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A dispatched event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// The value of `event`; empty if there is none.
    pub name: &'a [u8],
    /// The data, without the final line end. Not checked for UTF-8.
    pub data: &'a [u8],
}

/// The data of an event exceeds the limit of the decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventTooLarge;

/// Decodes events.
#[derive(Debug)]
pub struct Decoder {
    /// Largest event, in bytes of data.
    limit: usize,
    position: LinePosition,
    /// The last byte was a CR, so an LF that follows belongs to it.
    after_carriage_return: bool,
    /// A line has ended: a byte order mark can no longer come.
    past_first_line: bool,
    /// The event was returned and is cleared before the next.
    is_dispatched: bool,
    /// The field name of the current line, as far as received.
    field: Vec<u8>,
    name: Vec<u8>,
    data: Vec<u8>,
    /// Number of data lines in the current event.
    data_lines: usize,
}

/// The position in a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum LinePosition {
    /// In the field's name, before any colon.
    #[default]
    Field,
    /// Directly after the colon, where one space is dropped.
    ValueStart(Field),
    /// In the value.
    Value(Field),
}

/// The field of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Data,
    Event,
    /// Comments, `id`, `retry` and unknown fields.
    Ignored,
}

impl Default for Decoder {
    /// A decoder for events of up to [`MAX_EVENT_BYTES`].
    fn default() -> Self {
        Self::with_limit(MAX_EVENT_BYTES)
    }
}

impl Decoder {
    /// A decoder for events of up to `limit` bytes of data.
    #[must_use]
    pub fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            position: LinePosition::default(),
            after_carriage_return: false,
            past_first_line: false,
            is_dispatched: false,
            field: Vec::new(),
            name: Vec::new(),
            data: Vec::new(),
            data_lines: 0,
        }
    }

    /// Consumes bytes up to the end of the next event and returns it; `None` if
    /// all bytes were consumed and no event has ended.
    ///
    /// ```
    /// # use wire::sse::{Decoder, EventTooLarge};
    /// # fn main() -> Result<(), EventTooLarge> {
    /// let mut decoder = Decoder::default();
    /// let mut seen = Vec::new();
    /// for chunk in ["data: a\n\nda", "ta: b\n\n"] {
    ///     let mut bytes = chunk.as_bytes();
    ///     while let Some(event) = decoder.next(&mut bytes)? {
    ///         seen.push(event.data.to_vec());
    ///     }
    /// }
    /// assert_eq!(seen, [b"a", b"b"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`EventTooLarge`], after which the decoder must not be used again.
    pub fn next<'d, 'b: 'd>(
        &'d mut self,
        bytes: &mut &'b [u8],
    ) -> Result<Option<Event<'d>>, EventTooLarge> {
        self.make_room();
        if let Some((data, rest)) = self.whole_event(bytes) {
            *bytes = rest;
            self.past_first_line = true;
            self.is_dispatched = true;
            return Ok(Some(Event {
                name: &self.name,
                data,
            }));
        }
        while let Some((&first, behind)) = bytes.split_first() {
            if core::mem::take(&mut self.after_carriage_return) && first == b'\n' {
                *bytes = behind;
                continue;
            }
            match self.position {
                LinePosition::Field => *bytes = self.take_field(first, behind, bytes)?,
                LinePosition::ValueStart(field) => {
                    self.position = LinePosition::Value(field);
                    if first == b' ' {
                        *bytes = behind;
                    }
                }
                LinePosition::Value(field) => *bytes = self.take_value(field, bytes)?,
            }
            if self.is_dispatched {
                return Ok(Some(self.event()));
            }
        }
        Ok(None)
    }

    /// Ends the body and returns the last event if its empty line is missing.
    ///
    /// # Errors
    ///
    /// As for [`Decoder::next`].
    pub fn last(&mut self) -> Result<Option<Event<'_>>, EventTooLarge> {
        self.make_room();
        if self.position != LinePosition::Field || !self.field.is_empty() {
            self.end_line()?;
        }
        self.dispatch();
        Ok(self.is_dispatched.then(|| self.event()))
    }

    /// Number of bytes received of the current event.
    #[must_use]
    pub fn buffered_bytes(&self) -> usize {
        if self.is_dispatched {
            0
        } else {
            self.data.len()
        }
    }

    /// The data of an event whose only data line and empty line are the next
    /// bytes, and the bytes behind it.
    #[inline]
    fn whole_event<'b>(&self, bytes: &'b [u8]) -> Option<(&'b [u8], &'b [u8])> {
        let is_at_its_start = self.position == LinePosition::Field
            && self.field.is_empty()
            && self.data_lines == 0
            && !self.after_carriage_return;
        if !is_at_its_start {
            return None;
        }
        let value = bytes.strip_prefix(b"data:")?;
        let value = value.strip_prefix(b" ").unwrap_or(value);
        let (data, end) = value.split_at_checked(swar::line_end(value)?)?;
        let rest = end
            .strip_prefix(b"\n\n")
            .or_else(|| end.strip_prefix(b"\r\n\r\n"))?;
        (data.len() <= self.limit).then_some((data, rest))
    }

    /// Consumes `bytes`, which are `first` and those `behind`, as part of a
    /// field name. Returns the rest.
    fn take_field<'b>(
        &mut self,
        first: u8,
        behind: &'b [u8],
        bytes: &'b [u8],
    ) -> Result<&'b [u8], EventTooLarge> {
        // The most frequent case.
        if self.field.is_empty()
            && let Some(value) = bytes.strip_prefix(b"data:")
        {
            self.position = LinePosition::ValueStart(Field::Data);
            self.begin_value()?;
            return Ok(value);
        }
        match first {
            b'\n' | b'\r' => {
                self.after_carriage_return = first == b'\r';
                self.end_line()?;
            }
            b':' => {
                self.position = LinePosition::ValueStart(self.field_of_line());
                self.begin_value()?;
            }
            b'{' if self.field_name().is_empty() => {
                self.position = LinePosition::Value(Field::Data);
                self.begin_value()?;
                self.data.push(b'{');
            }
            _ if self.field.len() < MAX_NAME_BYTES => self.field.push(first),
            _ => {}
        }
        Ok(behind)
    }

    /// Consumes bytes of a value, up to the end of the line. Returns the rest.
    fn take_value<'b>(&mut self, field: Field, rest: &'b [u8]) -> Result<&'b [u8], EventTooLarge> {
        let (value, end) = match swar::line_end(rest).and_then(|at| rest.split_at_checked(at)) {
            Some((value, end)) => (value, end.split_first()),
            None => (rest, None),
        };
        match field {
            Field::Data => {
                if self.data.len().saturating_add(value.len()) > self.limit {
                    return Err(EventTooLarge);
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
        self.end_line()?;
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

    /// Begins a value: data lines are joined, a new event name replaces the
    /// previous one.
    fn begin_value(&mut self) -> Result<(), EventTooLarge> {
        match self.position {
            LinePosition::ValueStart(Field::Data) | LinePosition::Value(Field::Data) => {
                if self.data.len() >= self.limit {
                    return Err(EventTooLarge);
                }
                if self.data_lines > 0 {
                    self.data.push(b'\n');
                }
                self.data_lines = self.data_lines.saturating_add(1);
            }
            LinePosition::ValueStart(Field::Event) | LinePosition::Value(Field::Event) => {
                self.name.clear();
            }
            LinePosition::Field
            | LinePosition::ValueStart(Field::Ignored)
            | LinePosition::Value(Field::Ignored) => {}
        }
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), EventTooLarge> {
        if self.position == LinePosition::Field {
            if self.field_name().is_empty() {
                self.dispatch();
            } else {
                // A line without a colon is a field with an empty value.
                self.position = LinePosition::Value(self.field_of_line());
                self.begin_value()?;
            }
        }
        self.position = LinePosition::Field;
        self.field.clear();
        self.past_first_line = true;
        Ok(())
    }

    /// Ends the event; one without data is discarded.
    fn dispatch(&mut self) {
        if self.data_lines > 0 {
            self.is_dispatched = true;
        } else {
            self.name.clear();
        }
    }

    fn event(&self) -> Event<'_> {
        Event {
            name: &self.name,
            data: &self.data,
        }
    }

    /// Clears the event that was returned.
    fn make_room(&mut self) {
        if core::mem::take(&mut self.is_dispatched) {
            self.name.clear();
            self.data.clear();
            self.data_lines = 0;
        }
    }
}

#[cfg(test)]
mod tests;
