//! The arguments of a tool call, put together from its deltas. Most backends
//! send increments, some all arguments each time; only the end shows which.

use serde::de::IgnoredAny;

/// The arguments so far.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    /// The text if a delta that begins with the text so far replaces it.
    text: String,
    /// The concatenated deltas, once they differ from `text`.
    appended: Option<String>,
    progress: Progress,
}

impl Arguments {
    /// The text so far.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Adds a delta. Returns the new part.
    pub(super) fn push<'a>(&mut self, delta: &'a str) -> &'a str {
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
        self.progress.push(added);
        added
    }

    /// Whether the brackets of the arguments are closed.
    pub(super) fn are_complete(&self) -> bool {
        self.progress.has_begun && self.progress.depth == 0
    }

    /// Whether the arguments have begun and are not complete.
    pub(super) fn are_incomplete(&self) -> bool {
        self.progress.depth > 0
    }

    /// The arguments, and whether they are a JSON object. No arguments are an
    /// empty object.
    pub(super) fn complete(self) -> (String, bool) {
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
    json.trim_ascii_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(json).is_ok()
}

/// How many brackets of a JSON text are open. It is counted as the text grows,
/// so that whether a call is complete costs nothing per delta.
#[derive(Debug, Default)]
struct Progress {
    has_begun: bool,
    depth: usize,
    in_string: bool,
    after_backslash: bool,
}

impl Progress {
    fn push(&mut self, text: &str) {
        for byte in text.bytes() {
            if core::mem::take(&mut self.after_backslash) {
                continue;
            }
            match byte {
                b'\\' if self.in_string => self.after_backslash = true,
                b'"' => self.in_string = !self.in_string,
                b'{' | b'[' if !self.in_string => {
                    self.has_begun = true;
                    self.depth = self.depth.saturating_add(1);
                }
                b'}' | b']' if !self.in_string => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_complete_once_their_brackets_are_closed() {
        for (pieces, complete) in [
            (&[""][..], false),
            (&["{\"a\":", "\"}", "\""], false),
            (&["{\"a\":", "\"\\", "\"}\"", "}"], true),
            (&["{\"a\":[{}", "]"], false),
            (&["{}"], true),
        ] {
            let mut arguments = Arguments::default();
            for piece in pieces {
                arguments.push(piece);
            }
            assert_eq!(arguments.are_complete(), complete, "{pieces:?}");
        }
    }
}
