//! The program as a child process. Nothing here waits for ever.

use serde_json::Value;
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The program compiles the component first, and the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// The component that the tests run.
pub(crate) const COMPONENT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../dist/higress-provider.wasm");

/// The program, running.
pub(crate) struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: Option<Receiver<Vec<u8>>>,
    printed: Vec<u8>,
    complaints: Option<JoinHandle<String>>,
}

/// The program, ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit status; none if a signal ended it.
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    /// Starts the program with exactly these arguments.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_higress-host"))
            .args(arguments)
            .env_remove("NO_COLOR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = pieces(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let complaints = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        Self {
            input: child.stdin.take(),
            child,
            output: Some(output),
            printed: Vec::new(),
            complaints: Some(complaints),
        }
    }

    /// Starts a command that calls the component at an endpoint on this
    /// machine.
    pub(crate) fn call(command: &[&str], endpoint: &str) -> Self {
        let endpoint = format!("endpoint_url={endpoint}");
        let mut arguments = command.to_vec();
        arguments.extend(["--component", COMPONENT, "--model", "test-model"]);
        arguments.extend(["--allow-private", "--set", &endpoint]);
        Self::start(&arguments)
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Gives the program this standard input.
    pub(crate) fn feed(mut self, text: &str) -> Self {
        let mut input = self.input.take().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        self
    }

    /// Waits until standard output holds this text.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let printed = String::from_utf8_lossy(&self.printed).into_owned();
            if printed.contains(text) {
                return printed;
            }
            let output = self.output.as_ref().unwrap();
            let left = end.saturating_duration_since(Instant::now());
            match output.recv_timeout(left) {
                Ok(piece) => self.printed.extend(piece),
                Err(error) => panic!("{text:?} did not come, {error}; there is {printed:?}"),
            }
        }
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Nobody reads standard output any more.
    pub(crate) fn close_output(&mut self) {
        self.output = None;
    }

    /// Waits for the program's end.
    pub(crate) fn finish(mut self) -> Ended {
        drop(self.input.take());
        let end = Instant::now() + PATIENCE;
        while self.is_running() {
            assert!(Instant::now() < end, "the program does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
        self.ended()
    }

    /// Ends the program.
    pub(crate) fn kill(mut self) -> Ended {
        self.child.kill().unwrap();
        self.ended()
    }

    fn ended(&mut self) -> Ended {
        let status = self.child.wait().unwrap().code();
        let mut stdout = std::mem::take(&mut self.printed);
        if let Some(output) = self.output.take() {
            stdout.extend(output.into_iter().flatten());
        }
        Ended {
            status,
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: self.complaints.take().unwrap().join().unwrap(),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended, or its test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// Standard output, each line of which must be JSON.
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        let lines = self.stdout.lines();
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{self:?}"));
        lines.map(parse).collect()
    }
}

/// Standard output as it comes. When nobody receives any more, the pipe is
/// closed.
fn pieces(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length) = pipe.read(&mut buffer) {
            if length == 0 || sender.send(buffer[..length].to_vec()).is_err() {
                break;
            }
        }
    });
    receiver
}
