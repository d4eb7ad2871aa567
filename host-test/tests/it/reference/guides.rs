//! The guides say what happens: every command of their console sessions is
//! run, one by one and in order, and prints what stands below it.
//!
//! They run in a folder of their own that shows the repository's files, so
//! that what they write is not left behind. `127.0.0.1:8080`, where the guides
//! have their gateway, stands for the address of one that the test starts.

use super::session::{Step, agrees, steps};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use testing::root;

const PROGRAM: &str = env!("CARGO_BIN_EXE_higress-host");
const ADDRESS: &str = "127.0.0.1:8080";

/// What the sessions may read of the repository.
const SHOWN: [&str; 3] = ["dist", "docs", "manifest.yaml"];

#[test]
fn the_guide_for_embedding_says_what_happens() {
    try_out("embed.md", &[]);
}

#[test]
fn the_guide_for_configuring_says_what_happens() {
    try_out("configure.md", &[]);
}

#[test]
fn the_guide_for_building_says_what_happens() {
    try_out("build.md", &["--chat", "qwen"]);
}

/// Runs a guide against a gateway with these arguments.
fn try_out(guide: &str, gateway: &[&str]) {
    let text = std::fs::read_to_string(root().join("docs/guides").join(guide)).unwrap();
    let steps = steps(&text);
    assert!(!steps.is_empty(), "{guide} has no console session");

    let folder = TempDir::new().unwrap();
    for name in SHOWN {
        symlink(
            root().join(name).canonicalize().unwrap(),
            folder.path().join(name),
        )
        .unwrap();
    }
    let gateway = MockGateway::start(gateway);
    let mut problems = String::new();
    for step in &steps {
        let printed = run(step, folder.path(), &gateway.address);
        if !agrees(&step.expected, &printed.lines().collect::<Vec<_>>()) {
            let Step {
                line,
                command,
                expected,
            } = step;
            let expected = expected.join("\n");
            let _ = write!(
                problems,
                "\n{guide}:{line}\n$ {command}\n--- should print\n{expected}\n--- printed\n{printed}"
            );
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

/// What a command prints, on either stream, in the order of its writes.
fn run(step: &Step, folder: &Path, address: &str) -> String {
    let programs = Path::new(PROGRAM).parent().unwrap().display();
    let path = std::env::var("PATH").unwrap_or_default();
    let command = step.command.replace(ADDRESS, address);
    let output = Command::new("bash")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(folder)
        .env("PATH", format!("{programs}:{path}"))
        .env("COLUMNS", "100")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .replace(address, ADDRESS)
}

/// The mock gateway, as people start it.
struct MockGateway {
    process: Child,
    address: String,
}

impl MockGateway {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(PROGRAM)
            .args(["gateway", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut welcome = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut welcome).unwrap();
        assert!(welcome.contains("http://"), "the gateway does not start");
        // Its log is read, so that it never waits for a reader.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        let address = welcome.trim_end().rsplit('/').next().unwrap().to_owned();
        Self { process, address }
    }
}

impl Drop for MockGateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
