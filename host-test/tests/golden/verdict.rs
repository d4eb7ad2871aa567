//! What a run gave, against what the case expects: equal, or a report that a
//! person can read. With `BLESS=1` the expectation is rewritten instead.

use crate::answer::Answer;
use crate::case::{Case, Ending};
use crate::wire::{Wire, without_moment};
use similar::TextDiff;
use std::fmt::Write as _;

/// One run of a case.
pub(crate) struct Run {
    /// What was sent, if anything was.
    pub(crate) request: Option<Wire>,
    /// What came of it.
    pub(crate) answer: Answer,
    /// What `{host}` stood for.
    pub(crate) authority: String,
}

impl Run {
    fn request(&self) -> Option<String> {
        self.request.as_ref().map(|wire| wire.text(&self.authority))
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
    let (request, answer) = (run.request(), run.answer());
    let comparable = |text: &Option<String>| match (text, clock) {
        (None, _) => String::new(),
        (Some(text), Clock::Fixed) => text.clone(),
        (Some(text), Clock::Own) => without_moment(text),
    };
    let mut problems = String::new();
    match (&case.request, &request) {
        (None, Some(_)) if case.reply.is_none() => {
            problems.push_str("something was sent, but there is no reply.json\n");
        }
        (Some(_), None) => problems.push_str("nothing was sent, but there is a request.http\n"),
        (expected, sent) => {
            let (expected, sent) = (comparable(expected), comparable(sent));
            problems += &difference("request.http", &expected, &sent);
        }
    }
    problems += &difference("expected.jsonl", &case.expected, &answer);
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{problems}\n{}",
        report(case, request.as_deref(), &answer)
    ))
}

/// Writes what a run gave into the files of its case, and prints what changed.
pub(crate) fn bless(case: &Case, run: &Run) -> Result<(), String> {
    write(case, "expected.jsonl", &case.expected, &run.answer())?;
    if let Some(request) = run.request() {
        if case.reply.is_none() {
            return Err("something was sent, but there is no reply.json\n".to_owned());
        }
        let before = case.request.as_deref().unwrap_or_default();
        write(case, "request.http", before, &request)?;
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
pub(crate) fn report(case: &Case, sent: Option<&str>, answer: &str) -> String {
    let mut report = format!("the case: {}\n", case.call.note);
    match sent {
        Some(sent) => {
            let _ = write!(report, "\nsent:\n{sent}");
        }
        None => report.push_str("\nnothing was sent\n"),
    }
    if let Some(reply) = &case.reply {
        let _ = writeln!(report, "\nreceived, status {}:", reply.status);
        for (name, value) in &reply.headers {
            let _ = writeln!(report, "{name}: {value}");
        }
        for chunk in &reply.chunks {
            let _ = writeln!(report, "  \"{}\"", shown(chunk));
        }
        report.push_str(match reply.ending {
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
