//! How everything ends that does not end well: what is said, and the exit
//! status.

use crate::output::{self, Format, clean, ink::Ink};
use higress_host::json;
use provider_host::error::CallError;
use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong usage, or a file that cannot be used. Says what to do.
    Setup(String),
    /// The call failed.
    Call {
        error: CallError,
        /// What the person at this command line could do about it.
        hint: Option<String>,
    },
    /// A check of the demo failed, and was reported.
    Checks,
    /// Ctrl-C.
    Interrupted,
    /// Standard output takes no more.
    Output(io::Error),
}

impl Failure {
    pub(crate) fn setup(message: impl Into<String>) -> Self {
        Self::Setup(message.into())
    }

    /// Says what happened where `format` wants it, and gives the exit status.
    pub(crate) fn report(self, format: Format) -> ExitCode {
        match self {
            Self::Setup(message) => {
                tell("error", &message);
                ExitCode::from(2)
            }
            Self::Call { error, hint } => {
                match format {
                    Format::Text => tell_call(&error, hint.as_deref()),
                    Format::JsonLines => show(&json::error::write_failure(&error)),
                }
                ExitCode::from(1)
            }
            Self::Checks => ExitCode::from(1),
            Self::Interrupted => {
                match format {
                    Format::Text => tell("interrupted", "the call was cancelled"),
                    Format::JsonLines => show(&serde_json::json!({
                        "error": {"kind": "cancelled", "message": "interrupted by Ctrl-C"}
                    })),
                }
                ExitCode::from(130)
            }
            // Whoever read the output has seen enough.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::Output(error) => {
                tell("error", &format!("cannot write the output: {error}"));
                ExitCode::from(1)
            }
        }
    }
}

impl From<io::Error> for Failure {
    /// The only I/O that is not explained where it fails is that of standard
    /// output.
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

fn tell_call(error: &CallError, hint: Option<&str>) {
    let kind = json::error::error_kind(error);
    tell("error", &format!("{kind}: {error}"));
    let details = details(error);
    if !details.is_empty() {
        output::note(&details);
    }
    if let Some(hint) = hint {
        tell("hint", hint);
    }
}

/// What the server said of the failure beside its message, in one line.
fn details(error: &CallError) -> String {
    let CallError::Provider(error) = error else {
        return String::new();
    };
    let mut details = Vec::new();
    if let Some(status) = error.status {
        details.push(format!("status {status}"));
    }
    if let Some(code) = &error.code {
        details.push(format!("code {code}"));
    }
    if let Some(wait) = error.retry_after_ms {
        details.push(format!("try again in {} s", wait.div_ceil(1_000)));
    }
    if let Some(request_id) = &error.request_id {
        details.push(format!("request {request_id}"));
    }
    details.join(", ")
}

fn tell(what: &str, message: &str) {
    let ink = Ink::of_standard_error();
    let mut line = ink.bold(what);
    // Writing to a string cannot fail.
    let _ = write!(line, ": {}", clean::controls(message));
    output::say(&line);
}

/// Standard output may be closed by now, and there is nobody else to tell.
fn show(line: &serde_json::Value) {
    let _ = output::write_json(line);
}

#[cfg(test)]
mod tests {
    use super::details;
    use provider_host::contract::types::{Error, ErrorKind};
    use provider_host::error::CallError;

    #[test]
    fn details_are_what_the_server_said() {
        let error = CallError::Provider(Error {
            kind: ErrorKind::RateLimited,
            message: "Slow down.".to_owned(),
            status: Some(429),
            code: Some("slow".to_owned()),
            retry_after_ms: Some(1_200),
            request_id: Some("r-1".to_owned()),
            request_sent: true,
        });
        assert_eq!(
            details(&error),
            "status 429, code slow, try again in 2 s, request r-1"
        );
        assert_eq!(details(&CallError::StreamFailed), "");
    }
}
