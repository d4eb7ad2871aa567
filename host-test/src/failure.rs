//! How a command fails: what is printed, and the exit status.

use crate::output::{self, Format, sanitize, style};
use higress_host::json;
use provider_host::error::CallError;
use std::io;
use std::process::ExitCode;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong usage, or a file that cannot be used. Exit status 2.
    Setup(anyhow::Error),
    /// The call failed. Exit status 1.
    Call {
        error: CallError,
        /// What to change on this command line, where that could help.
        hint: Option<String>,
    },
    /// A check of the demo failed, and was reported. Exit status 1.
    Checks,
    /// Ctrl-C. Exit status 130.
    Interrupted,
    /// Standard output is closed or cannot be written to.
    Output(io::Error),
}

impl Failure {
    /// Prints the failure where `format` wants it, and returns the exit status.
    pub(crate) fn report(self, format: Format) -> ExitCode {
        match self {
            Self::Setup(error) => {
                print_labelled("error", &with_causes(&error));
                ExitCode::from(2)
            }
            Self::Call { error, hint } => {
                match format {
                    Format::Text => print_call_error(&error, hint.as_deref()),
                    Format::JsonLines => print_row(&json::error::write_failure(&error)),
                }
                ExitCode::from(1)
            }
            Self::Checks => ExitCode::from(1),
            Self::Interrupted => {
                match format {
                    Format::Text => print_labelled("interrupted", "the call was cancelled"),
                    Format::JsonLines => print_row(&serde_json::json!({
                        "error": {"kind": "cancelled", "message": "interrupted by Ctrl-C"}
                    })),
                }
                ExitCode::from(130)
            }
            // The reader of the output has read enough.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::Output(error) => {
                print_labelled(
                    "error",
                    &format!("cannot write to standard output: {error}"),
                );
                ExitCode::from(1)
            }
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Setup(error)
    }
}

impl From<io::Error> for Failure {
    /// Only errors of standard output come without context.
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// The error and its causes on one line. A cause that the message before it
/// ends in already is not repeated.
fn with_causes(error: &anyhow::Error) -> String {
    let mut message = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !message.ends_with(&cause) {
            message = format!("{message}: {cause}");
        }
    }
    message
}

fn print_call_error(error: &CallError, hint: Option<&str>) {
    let kind = json::error::error_kind(error);
    print_labelled("error", &format!("{kind}: {error}"));
    let details = details(error);
    if !details.is_empty() {
        output::note(&details);
    }
    if let Some(hint) = hint {
        print_labelled("hint", hint);
    }
}

/// What the server sent with the failure beside its message, on one line.
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
        details.push(format!("retry after {} s", wait.div_ceil(1_000)));
    }
    if let Some(request_id) = &error.request_id {
        details.push(format!("request {request_id}"));
    }
    details.join(", ")
}

/// A line on standard error that begins with a label in bold.
fn print_labelled(label: &str, message: &str) {
    let message = sanitize::control_characters(message);
    let style = style::BOLD;
    output::say(&format!("{style}{label}{style:#}: {message}"));
}

/// A closed standard output is not reported: the failure already is.
fn print_row(row: &serde_json::Value) {
    let _ = output::write_json(row);
}

#[cfg(test)]
mod tests {
    use super::{details, with_causes};
    use anyhow::anyhow;
    use provider_host::contract::types::{Error, ErrorKind};
    use provider_host::error::CallError;

    #[test]
    fn details_are_what_the_server_sent() {
        let error = CallError::from(Error {
            kind: ErrorKind::RateLimited,
            message: "Slow down.".to_owned(),
            field: None,
            status: Some(429),
            code: Some("slow".to_owned()),
            retry_after_ms: Some(1_200),
            request_id: Some("r-1".to_owned()),
            request_sent: true,
        });
        assert_eq!(
            details(&error),
            "status 429, code slow, retry after 2 s, request r-1"
        );
        assert_eq!(details(&CallError::StreamFailed), "");
    }

    #[test]
    fn causes_follow_the_error_once() {
        let error = anyhow!("permission denied").context("cannot read a.json");
        assert_eq!(with_causes(&error), "cannot read a.json: permission denied");
        let error = anyhow!("denied").context("cannot read a.json: denied");
        assert_eq!(with_causes(&error), "cannot read a.json: denied");
    }
}
