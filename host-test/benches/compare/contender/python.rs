//! The Python peers: a process each, running `peers.py`.

use super::task::{Done, Task, Work};
use crate::proof::{Proof, number};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Which library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Library {
    Dify,
    OpenAi,
}

impl Library {
    fn argument(self) -> &'static str {
        match self {
            Self::Dify => "dify",
            Self::OpenAi => "openai",
        }
    }
}

pub(crate) struct Python {
    process: Child,
    requests: ChildStdin,
    responses: BufReader<ChildStdout>,
    gateway: SocketAddr,
    /// Bytes of the process that are in memory before the first call.
    pub(crate) resident: i64,
}

#[derive(Serialize)]
struct Request {
    url: String,
    #[serde(flatten)]
    asked: Asked,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Asked {
    Once { work: Work },
    Closed { callers: usize, seconds: f64 },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Response {
    Done(Took),
    Error { error: String },
    Unsupported {},
}

#[derive(Deserialize)]
struct Took {
    wall: f64,
    cpu: f64,
    first: Option<f64>,
    items: usize,
    sum: f64,
}

#[derive(Deserialize)]
struct Started {
    resident: i64,
}

impl Python {
    pub(crate) fn start(python: &Path, library: Library, gateway: SocketAddr) -> Result<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/compare/peers.py");
        let mut process = Command::new(python)
            .args([script, library.argument()])
            .env_remove("HTTP_PROXY")
            .env_remove("http_proxy")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {}", python.display()))?;
        let requests = process.stdin.take().context("its input")?;
        let mut responses = BufReader::new(process.stdout.take().context("its output")?);
        let mut line = String::new();
        responses.read_line(&mut line)?;
        let started: Started = serde_json::from_str(&line)
            .with_context(|| format!("{} does not start", library.argument()))?;
        Ok(Self {
            process,
            requests,
            responses,
            gateway,
            resident: started.resident,
        })
    }

    /// Nothing for what the library does not do.
    pub(crate) fn run(&mut self, task: &Task) -> Result<Option<Done>> {
        let work = task.work;
        self.ask(task, Asked::Once { work })
    }

    /// Calls per second of a number of callers.
    pub(crate) fn closed(&mut self, callers: usize, time: Duration) -> Result<f64> {
        let seconds = time.as_secs_f64();
        let done = self.ask(&Task::ask(), Asked::Closed { callers, seconds })?;
        let done = done.context("a figure")?;
        Ok(number(done.proof.items) / done.wall.as_secs_f64())
    }

    fn ask(&mut self, task: &Task, asked: Asked) -> Result<Option<Done>> {
        let url = format!("http://{}/{}/v1", self.gateway, task.scenario);
        let mut line = serde_json::to_vec(&Request { url, asked })?;
        line.push(b'\n');
        self.requests.write_all(&line)?;
        let mut line = String::new();
        self.responses.read_line(&mut line)?;
        let response = serde_json::from_str(&line).with_context(|| format!("it said {line:?}"))?;
        match response {
            Response::Done(took) => Ok(Some(Done {
                wall: Duration::from_secs_f64(took.wall),
                cpu: Duration::from_secs_f64(took.cpu),
                first: took.first.map(Duration::from_secs_f64),
                proof: Proof {
                    items: took.items,
                    sum: took.sum,
                },
            })),
            Response::Error { error } => bail!("{error}"),
            Response::Unsupported {} => Ok(None),
        }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
