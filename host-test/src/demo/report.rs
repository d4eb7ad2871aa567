//! The report of the demo: the dialogue, and the checks with their results.

use super::stream_view::{StreamView, label};
use crate::failure::Failure;
use crate::output::style::{BOLD, DIM, GREEN, RED};
use crate::output::{self, Medium};

/// The result of a check: what was observed, as a pass or as a failure.
pub(super) type Verdict = Result<String, String>;

/// A line of the model that is being written.
pub(super) struct ModelLine {
    medium: Medium,
    text: String,
}

impl ModelLine {
    /// Writes a piece of text.
    pub(super) fn piece(&mut self, text: &str) -> Result<(), Failure> {
        self.text.push_str(text);
        Ok(output::write(&self.medium.safe(text))?)
    }

    /// Ends the line, and returns its text.
    pub(super) fn end(self) -> Result<String, Failure> {
        output::write("\n")?;
        Ok(self.text)
    }
}

/// Whether the rules are known by which the models answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rules {
    /// The models are the built-in ones.
    Known,
    /// The models are the user's.
    Unknown,
}

/// The report so far.
pub(super) struct Report {
    medium: Medium,
    rules: Rules,
    passed: u32,
    failed: u32,
}

impl Report {
    pub(super) fn new(medium: Medium, rules: Rules) -> Self {
        Self {
            medium,
            rules,
            passed: 0,
            failed: 0,
        }
    }

    pub(super) fn line(&self, line: &str) -> Result<(), Failure> {
        Ok(output::write_line(&self.medium.safe(line))?)
    }

    /// The title of a chapter or story.
    pub(super) fn title(&self, title: &str) -> Result<(), Failure> {
        Ok(output::write_line(&format!(
            "\n{}",
            self.medium.styling().paint(BOLD, title)
        ))?)
    }

    /// A user message.
    pub(super) fn user(&self, text: &str) -> Result<(), Failure> {
        self.line(&(label("user") + text))
    }

    /// An answer of the model.
    pub(super) fn model(&self, text: &str) -> Result<(), Failure> {
        self.line(&(label("model") + text))
    }

    /// The start of a streamed answer.
    pub(super) fn start_answer(&self) -> Result<ModelLine, Failure> {
        output::write(&label("model"))?;
        Ok(ModelLine {
            medium: self.medium,
            text: String::new(),
        })
    }

    /// A tool call.
    pub(super) fn tool_call(&self, tool: &str, arguments: &str) -> Result<(), Failure> {
        self.line(&(label("calls") + &format!("{tool}({arguments})")))
    }

    /// The result of a tool.
    pub(super) fn tool_result(&self, result: &str) -> Result<(), Failure> {
        self.line(&(label("tool") + result))
    }

    /// The error of a call.
    pub(super) fn error(&self, message: &str) -> Result<(), Failure> {
        self.line(&(label("error") + message))
    }

    /// A dimmed line: a time, a row of a table.
    pub(super) fn note(&self, text: &str) -> Result<(), Failure> {
        let line = format!("{}{}", label(""), self.medium.safe(text));
        let line = self.medium.styling().paint(DIM, &line);
        Ok(output::write_line(&line)?)
    }

    /// The view of a streamed answer with its reasoning.
    pub(super) fn stream_view(&self) -> StreamView {
        StreamView::new(self.medium)
    }

    /// Checks a claim that follows from the rules of the built-in models. If the
    /// user's models do not meet it, that is reported and not counted.
    pub(super) fn expect(&mut self, claim: &str, verdict: Verdict) -> Result<(), Failure> {
        match (self.rules, verdict) {
            (Rules::Unknown, Err(seen)) => {
                let mark = self.medium.styling().paint(DIM, "unmet ");
                output::write_line(&format!("  {mark} {claim}"))?;
                self.note(&format!("{seen}; not counted"))
            }
            (Rules::Known, verdict) | (Rules::Unknown, verdict @ Ok(_)) => {
                self.check(claim, verdict)
            }
        }
    }

    /// Counts and reports whether `claim` holds.
    pub(super) fn check(&mut self, claim: &str, verdict: Verdict) -> Result<(), Failure> {
        let (style, mark, seen) = match verdict {
            Ok(seen) => {
                self.passed += 1;
                (GREEN, "ok    ", seen)
            }
            Err(seen) => {
                self.failed += 1;
                (RED, "FAILED", seen)
            }
        };
        let mark = self.medium.styling().paint(style, mark);
        output::write_line(&format!("  {mark} {claim}"))?;
        if seen.is_empty() {
            Ok(())
        } else {
            self.note(&seen)
        }
    }

    /// The last line; a failure if a check failed.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let Self { passed, failed, .. } = self;
        output::write_line(&format!("\ndemo: {passed} passed, {failed} failed"))?;
        match failed {
            0 => Ok(()),
            _ => Err(Failure::Checks),
        }
    }
}
