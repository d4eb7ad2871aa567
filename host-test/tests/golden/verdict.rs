//! What a run gave, against what the case expects: equal, or a report that a
//! person can read. With `BLESS=1` the expectation is rewritten instead.

use crate::answer::Answer;
use crate::case::{Case, numbered};
use crate::response::Ending;
use crate::wire::{Wire, without_moment};
use similar::TextDiff;
use std::fmt::Write as _;

/// One run of a case.
pub(crate) struct Run {
    /// What was sent.
    pub(crate) requests: Vec<Wire>,
    /// What came of it.
    pub(crate) answer: Answer,
    /// What `{host}` stood for.
    pub(crate) authority: String,
}

impl Run {
    fn requests(&self) -> Vec<String> {
        let wires = self.requests.iter();
        wires.map(|wire| wire.text(&self.authority)).collect()
    }

    fn answer(&self) -> String {
        let gateway = format!("http://{}", self.authority);
        self.answer.lines().replace(&gateway, "{gateway}")
    }
}

/// Where the time and the nonce of a signature come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// They are those of the expectation.
    Fixed,
    /// From the run itself, so that what depends on them is not compared.
    Own,
}

/// Whether this run rewrites expectations.
pub(crate) fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// Compares a run with the files of its case.
pub(crate) fn compare(case: &Case, run: &Run, clock: Clock) -> Result<(), String> {
    let (requests, answer) = (run.requests(), run.answer());
    let comparable = |text: &String| match clock {
        Clock::Fixed => text.clone(),
        Clock::Own => without_moment(text),
    };
    let mut problems = String::new();
    let (expected, sent) = (case.requests.len(), requests.len());
    if expected != sent {
        let _ = writeln!(problems, "{sent} requests were sent, not {expected}");
    }
    for (number, (expected, sent)) in case.requests.iter().zip(&requests).enumerate() {
        let file = numbered("request", number, case.requests.len());
        let difference = difference(&file, &comparable(expected), &comparable(sent));
        problems += &difference;
        if clock == Clock::Own && !difference.is_empty() {
            problems += "time, nonce and signature are the component's own here: `without_moment` in golden/wire.rs leaves them out\n";
        }
    }
    problems += &difference("expected.jsonl", &case.expected, &answer);
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!("{problems}\n{}", report(case, &requests, &answer)))
}

/// Writes what a run gave into the files of its case, and prints what changed.
pub(crate) fn bless(case: &Case, run: &Run) -> Result<(), String> {
    write(case, "expected.jsonl", &case.expected, &run.answer())?;
    let requests = run.requests();
    if requests.len() != case.responses.len() {
        let (sent, responses) = (requests.len(), case.responses.len());
        return Err(format!(
            "{sent} requests were sent, and there are {responses} responses\n"
        ));
    }
    for (number, request) in requests.iter().enumerate() {
        let before = case.requests.get(number).map_or("", String::as_str);
        let file = numbered("request", number, requests.len());
        write(case, &file, before, request)?;
    }
    Ok(())
}

fn write(case: &Case, file: &str, before: &str, after: &str) -> Result<(), String> {
    if before == after {
        return Ok(());
    }
    let path = case.folder.join(file);
    eprintln!(
        "blessed {}\n{}",
        path.display(),
        difference(file, before, after)
    );
    std::fs::write(&path, after).map_err(|error| format!("{}: {error}", path.display()))
}

fn difference(file: &str, expected: &str, found: &str) -> String {
    if expected == found {
        return String::new();
    }
    TextDiff::from_lines(expected, found)
        .unified_diff()
        .header(&format!("{file}, expected"), &format!("{file}, found"))
        .to_string()
}

/// The case, what was sent, what was received, and what came of it.
pub(crate) fn report(case: &Case, sent: &[String], answer: &str) -> String {
    let mut report = format!("the case: {}\n", case.call.note);
    for sent in sent {
        let _ = write!(report, "\nsent:\n{sent}");
    }
    if sent.is_empty() {
        report.push_str("\nnothing was sent\n");
    }
    for response in &case.responses {
        let _ = writeln!(report, "\nreceived, status {}:", response.status);
        for (name, value) in &response.headers {
            let _ = writeln!(report, "{name}: {value}");
        }
        for chunk in &response.chunks {
            let _ = writeln!(report, "  \"{}\"", shown(chunk));
        }
        report.push_str(match response.ending {
            Ending::Complete => "  and the end of the body\n",
            Ending::Reset => "  and the connection broke\n",
        });
    }
    let _ = write!(report, "\nanswer:\n{answer}");
    report
}

/// Bytes as text, with everything that cannot be seen escaped.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() {
                text.extend(character.escape_default());
            } else {
                text.push(character);
            }
        }
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text
}
