//! Renders a streamed answer: reasoning dimmed above the text, tool calls on
//! lines of their own.

use super::Medium;
use super::style::DIM;
use provider_host::contract::text_generation::{
    Citation, Event, GeneratedImage, MediaSource, Response, ToolCall,
};

/// The state of the rendering. Returns the text of events; the caller writes it.
#[derive(Debug)]
pub(crate) struct AnswerView {
    medium: Medium,
    part: Part,
    line: Line,
}

/// What was rendered last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Nothing,
    Reasoning,
    Answer,
}

/// Where the next character is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Begun,
    Fresh,
}

impl AnswerView {
    pub(crate) fn new(medium: Medium) -> Self {
        Self {
            medium,
            part: Part::Nothing,
            line: Line::Fresh,
        }
    }

    /// The text of events. Reasoning is rendered only for a terminal: a pipe gets
    /// the answer.
    pub(crate) fn show(&mut self, events: &[Event]) -> String {
        let mut shown = String::new();
        for event in events {
            match event {
                Event::Text(text) | Event::Refusal(text) => self.text(text, &mut shown),
                Event::Reasoning(text) => self.reasoning(text, &mut shown),
                Event::CompletedToolCall(generated) => self.tool_call(&generated.call, &mut shown),
                Event::Citation(citation) => self.citation(citation, &mut shown),
                Event::Image(image) => self.image(image, &mut shown),
                Event::ToolCall(_)
                | Event::Audio(_)
                | Event::ProviderData(_)
                | Event::Usage(_)
                | Event::Finish(_)
                | Event::Other(_) => {}
            }
        }
        shown
    }

    /// The text of a whole answer.
    pub(crate) fn show_whole(&mut self, response: &Response) -> String {
        let mut shown = String::new();
        if let Some(reasoning) = &response.reasoning {
            self.reasoning(reasoning, &mut shown);
        }
        for text in [Some(&response.text), response.refusal.as_ref()] {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                self.text(text, &mut shown);
            }
        }
        for generated in &response.tool_calls {
            self.tool_call(&generated.call, &mut shown);
        }
        for image in &response.images {
            self.image(image, &mut shown);
        }
        for citation in &response.citations {
            self.citation(citation, &mut shown);
        }
        shown.push_str(&self.end());
        shown
    }

    /// The text at the end of the stream, or after it failed.
    pub(crate) fn end(&mut self) -> String {
        let mut shown = String::new();
        self.leave_reasoning(&mut shown);
        self.fresh_line(&mut shown);
        shown
    }

    fn text(&mut self, text: &str, shown: &mut String) {
        if self.part == Part::Reasoning {
            self.leave_reasoning(shown);
            self.fresh_line(shown);
            shown.push('\n');
        }
        self.part = Part::Answer;
        self.push(text, shown);
    }

    fn reasoning(&mut self, text: &str, shown: &mut String) {
        let Medium::Terminal(styling) = self.medium else {
            return;
        };
        if self.part != Part::Reasoning {
            self.fresh_line(shown);
            self.part = Part::Reasoning;
        }
        // Each piece is styled by itself, so that an interruption leaves the
        // terminal in its normal state.
        let mut piece = String::new();
        self.push(text, &mut piece);
        shown.push_str(&styling.paint(DIM, &piece));
    }

    fn tool_call(&mut self, call: &ToolCall, shown: &mut String) {
        self.leave_reasoning(shown);
        self.fresh_line(shown);
        self.push(&format!("→ {}({})\n", call.name, call.arguments), shown);
    }

    /// The line of a source: its label, title and address.
    fn citation(&mut self, citation: &Citation, shown: &mut String) {
        self.leave_reasoning(shown);
        self.fresh_line(shown);
        let parts = [&citation.label, &citation.title, &citation.url];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        self.push(&format!("source: {}\n", parts.join(" ")), shown);
    }

    /// The line of an image: its URL, or its size. `--json` prints the bytes.
    fn image(&mut self, image: &GeneratedImage, shown: &mut String) {
        self.leave_reasoning(shown);
        self.fresh_line(shown);
        let line = match &image.source {
            MediaSource::Url(url) => format!("image: {url}\n"),
            MediaSource::Bytes(bytes) => format!(
                "image: {} bytes, {}\n",
                bytes.len(),
                image.mime_type.as_deref().unwrap_or("unknown type")
            ),
        };
        self.push(&line, shown);
    }

    fn leave_reasoning(&mut self, shown: &mut String) {
        if self.part == Part::Reasoning {
            self.fresh_line(shown);
            self.part = Part::Nothing;
        }
    }

    fn fresh_line(&mut self, shown: &mut String) {
        if self.line == Line::Begun {
            shown.push('\n');
            self.line = Line::Fresh;
        }
    }

    fn push(&mut self, text: &str, shown: &mut String) {
        let text = self.medium.safe(text);
        if let Some(last) = text.chars().next_back() {
            self.line = if last == '\n' {
                Line::Fresh
            } else {
                Line::Begun
            };
        }
        shown.push_str(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::{AnswerView, Medium};
    use crate::output::style::Styling;
    use provider_host::contract::text_generation::{
        Citation, Event, GeneratedImage, GeneratedToolCall, MediaSource, ToolCall,
    };

    fn shown(medium: Medium, events: &[Event]) -> String {
        let mut view = AnswerView::new(medium);
        let mut shown = view.show(events);
        shown.push_str(&view.end());
        shown
    }

    fn thought() -> [Event; 3] {
        [
            Event::Reasoning("Hm".to_owned()),
            Event::Text("Hel".to_owned()),
            Event::Text("lo".to_owned()),
        ]
    }

    #[test]
    fn reasoning_is_dimmed_above_the_text() {
        assert_eq!(
            shown(Medium::Terminal(Styling::Ansi), &thought()),
            "\x1b[2mHm\x1b[0m\n\nHello\n"
        );
        assert_eq!(
            shown(Medium::Terminal(Styling::Plain), &thought()),
            "Hm\n\nHello\n"
        );
    }

    #[test]
    fn a_pipe_gets_the_answer_alone() {
        assert_eq!(shown(Medium::Pipe, &thought()), "Hello\n");
    }

    #[test]
    fn a_server_cannot_command_a_terminal() {
        let events = [Event::Text("\x1b[2J\x1b]0;x\x07".to_owned())];
        let terminal = shown(Medium::Terminal(Styling::Ansi), &events);
        assert!(!terminal.contains('\x1b'), "{terminal:?}");
        assert!(shown(Medium::Pipe, &events).contains('\x1b'));
    }

    #[test]
    fn tool_calls_have_lines_of_their_own() {
        let call = GeneratedToolCall {
            call: ToolCall::new("1", "weather", "{}"),
            arguments_valid: true,
        };
        let events = [
            Event::Text("Let me see".to_owned()),
            Event::CompletedToolCall(call),
        ];
        assert_eq!(shown(Medium::Pipe, &events), "Let me see\n→ weather({})\n");
    }

    #[test]
    fn sources_and_images_have_lines_of_their_own() {
        let citation = Citation {
            url: Some("https://example.com".to_owned()),
            title: Some("Example".to_owned()),
            text: None,
            label: Some("[1]".to_owned()),
            start: None,
            end: None,
        };
        let image = GeneratedImage {
            source: MediaSource::Bytes(vec![0; 3]),
            mime_type: Some("image/png".to_owned()),
        };
        let events = [
            Event::Text("So [1]".to_owned()),
            Event::Image(image),
            Event::Citation(citation),
        ];
        assert_eq!(
            shown(Medium::Pipe, &events),
            "So [1]\nimage: 3 bytes, image/png\nsource: [1] Example https://example.com\n"
        );
    }
}
