//! The stories of the demo: that what they tell follows from what they are
//! given, and that what is wrong is seen.

mod agent;
mod another_gateway;
mod usage;

use crate::command_line::program::{COMPONENT, Ended, Program};

/// A story, told to its end.
fn told(story: &str, arguments: &[&str]) -> Ended {
    Program::start(&[&["demo", story, "--component", COMPONENT], arguments].concat()).finish()
}

/// The same with these credentials of a gateway on this machine.
fn told_with(story: &str, credentials: &serde_json::Value) -> Ended {
    let arguments = ["demo", story, "--component", COMPONENT];
    let credentials_given = ["--credentials", "-", "--allow-private"];
    let program = Program::start(&[&arguments[..], &credentials_given].concat());
    program.feed(&credentials.to_string()).finish()
}

impl Ended {
    /// What the model said, one line each.
    fn answers(&self) -> Vec<&str> {
        let lines = self.stdout.lines();
        lines
            .filter_map(|line| line.strip_prefix("  model  "))
            .collect()
    }

    /// Asserts that the story went well.
    fn assert_passed(&self) {
        let last = self.stdout.lines().last().unwrap_or_default();
        assert!(last.ends_with(" passed, 0 failed"), "{self:#?}");
        assert_eq!(self.status, Some(0), "{self:#?}");
    }

    fn failed_claims(&self) -> Vec<&str> {
        let lines = self.stdout.lines();
        lines
            .filter_map(|line| line.strip_prefix("  FAILED "))
            .collect()
    }
}
