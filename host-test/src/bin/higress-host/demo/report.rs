//! What the audience sees: who says what, what was claimed, and whether it
//! held.

use crate::failure::Failure;
use crate::output::ink::Ink;
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

/// The report so far.
pub(super) struct Report {
    medium: Medium,
    passed: u32,
    failed: u32,
}

impl Report {
    pub(super) fn new(medium: Medium) -> Self {
        Self {
            medium,
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
            self.ink().bold(title)
        ))?)
    }

    /// A person says something.
    pub(super) fn asks(&self, text: &str) -> Result<(), Failure> {
        self.line(&format!("  user   {text}"))
    }

    /// The model says something.
    pub(super) fn answers(&self, text: &str) -> Result<(), Failure> {
        self.line(&format!("  model  {text}"))
    }

    /// The model begins to say something.
    pub(super) fn begins_to_answer(&self) -> Result<Speech, Failure> {
        output::write("  model  ")?;
        Ok(Speech {
            medium: self.medium,
            said: String::new(),
        })
    }

    /// Counts and shows whether `claim` held.
    pub(super) fn check(&mut self, claim: &str, verdict: Verdict) -> Result<(), Failure> {
        let ink = self.ink();
        let (mark, seen) = match verdict {
            Ok(seen) => {
                self.passed += 1;
                (ink.green("ok    "), seen)
            }
            Err(seen) => {
                self.failed += 1;
                (ink.red("FAILED"), seen)
            }
        };
        output::write_line(&format!("  {mark} {claim}"))?;
        if !seen.is_empty() {
            let seen = format!("         {}", self.medium.safe(&seen));
            output::write_line(&ink.dim(&seen))?;
        }
        Ok(())
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

    fn ink(&self) -> Ink {
        self.medium.ink()
    }
}
