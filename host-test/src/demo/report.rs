//! What the audience sees: who says what, what was claimed, and whether it
//! held.

use super::stream_view::StreamView;
use crate::failure::Failure;
use crate::output::style::Style;
use crate::output::{self, Medium};

/// Whether a claim held: what was seen, or what was seen instead.
pub(super) type Verdict = Result<String, String>;

/// Something that the model is saying.
pub(super) struct Speech {
    medium: Medium,
    said: String,
}

impl Speech {
    /// More of it.
    pub(super) fn piece(&mut self, text: &str) -> Result<(), Failure> {
        self.said.push_str(text);
        Ok(output::write(&self.medium.safe(text))?)
    }

    /// That was all; here is what was said.
    pub(super) fn end(self) -> Result<String, Failure> {
        output::write("\n")?;
        Ok(self.said)
    }
}

/// Whether it is known by what rules the models behind the gateway answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rules {
    /// They are the built-in ones.
    Known,
    /// They may be anything.
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

    /// Begins a story.
    pub(super) fn title(&self, title: &str) -> Result<(), Failure> {
        Ok(output::write_line(&format!(
            "\n{}",
            self.style().bold(title)
        ))?)
    }

    /// A person says something.
    pub(super) fn asks(&self, text: &str) -> Result<(), Failure> {
        self.line(&(label("user") + text))
    }

    /// The model says something.
    pub(super) fn answers(&self, text: &str) -> Result<(), Failure> {
        self.line(&(label("model") + text))
    }

    /// The model begins to say something.
    pub(super) fn begins_to_answer(&self) -> Result<Speech, Failure> {
        output::write(&label("model"))?;
        Ok(Speech {
            medium: self.medium,
            said: String::new(),
        })
    }

    /// The model calls a tool.
    pub(super) fn calls(&self, tool: &str, arguments: &str) -> Result<(), Failure> {
        self.line(&(label("calls") + &format!("{tool}({arguments})")))
    }

    /// The tool answers.
    pub(super) fn returns(&self, result: &str) -> Result<(), Failure> {
        self.line(&(label("tool") + result))
    }

    /// A call failed.
    pub(super) fn fails(&self, message: &str) -> Result<(), Failure> {
        self.line(&(label("error") + message))
    }

    /// Something of less importance: how long it took, a row of a table.
    pub(super) fn note(&self, text: &str) -> Result<(), Failure> {
        let line = format!("{}{}", label(""), self.medium.safe(text));
        Ok(output::write_line(&self.style().dim(&line))?)
    }

    /// An answer that begins to come.
    pub(super) fn stream_view(&self) -> StreamView {
        StreamView::new(self.medium)
    }

    /// A claim that follows from the rules of the built-in models. Others may
    /// do otherwise: that is told, and does not count.
    pub(super) fn expect(&mut self, claim: &str, verdict: Verdict) -> Result<(), Failure> {
        match (self.rules, verdict) {
            (Rules::Unknown, Err(seen)) => {
                output::write_line(&format!("  {} {claim}", self.style().dim("not so")))?;
                self.note(&format!("{}; not counted", self.medium.safe(&seen)))
            }
            (Rules::Known, verdict) | (Rules::Unknown, verdict @ Ok(_)) => {
                self.check(claim, verdict)
            }
        }
    }

    /// Counts and shows whether `claim` held.
    pub(super) fn check(&mut self, claim: &str, verdict: Verdict) -> Result<(), Failure> {
        let style = self.style();
        let (mark, seen) = match verdict {
            Ok(seen) => {
                self.passed += 1;
                (style.green("ok    "), seen)
            }
            Err(seen) => {
                self.failed += 1;
                (style.red("FAILED"), seen)
            }
        };
        output::write_line(&format!("  {mark} {claim}"))?;
        if seen.is_empty() {
            Ok(())
        } else {
            self.note(&seen)
        }
    }

    /// The last line; a failure if any claim did not hold.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let Self { passed, failed, .. } = self;
        output::write_line(&format!("\ndemo: {passed} passed, {failed} failed"))?;
        match failed {
            0 => Ok(()),
            _ => Err(Failure::Checks),
        }
    }

    fn style(&self) -> Style {
        self.medium.style()
    }
}

/// The start of a line: who speaks.
pub(super) fn label(speaker: &str) -> String {
    format!("  {speaker:<6} ")
}
