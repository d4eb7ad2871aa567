//! Counts the instructions of a program by valgrind's callgrind.

use std::fmt;
use std::io;
use std::process::Command;

/// Instructions of one run of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instructions {
    /// Of the process, without the kernel's.
    pub all: u64,
    /// Of machine code that belongs to no file: the component's own.
    pub compiled: u64,
}

impl Instructions {
    /// What each of `pieces` costs that `self` has more than `fewer`.
    #[must_use]
    pub fn each(self, fewer: Self, pieces: u64) -> Self {
        let each = |more: u64, less: u64| more.saturating_sub(less) / pieces.max(1);
        Self {
            all: each(self.all, fewer.all),
            compiled: each(self.compiled, fewer.compiled),
        }
    }
}

/// Whether valgrind is installed.
#[must_use]
pub fn is_installed() -> bool {
    Command::new("valgrind")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Runs a command under callgrind and counts its instructions.
///
/// # Errors
///
/// If valgrind cannot be run, the command fails, or the counts cannot be read.
pub fn count(command: &Command) -> io::Result<Instructions> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("counts");
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--quiet", "--tool=callgrind", "--dump-line=no"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => valgrind.env(name, value),
            None => valgrind.env_remove(name),
        };
    }
    let output = valgrind.output()?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        return Err(io::Error::other(format!("callgrind: {said}")));
    }
    let counts = std::fs::read_to_string(file)?;
    read(&counts).map_err(|error| io::Error::other(error.to_string()))
}

/// Why a file of callgrind's could not be read.
#[derive(Debug)]
struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "callgrind's counts cannot be read")
    }
}

/// The file that an instruction is in, as callgrind names code that is in none.
const NO_FILE: &str = "???";

/// Adds up the cost of a file in callgrind's format: lines of `position cost`,
/// each of the object named last. A `calls=` line is followed by the cost of
/// the call as a whole, which is counted where it arises.
fn read(counts: &str) -> Result<Instructions, Unreadable> {
    let mut sum = Instructions {
        all: 0,
        compiled: 0,
    };
    let mut without_file = None;
    let mut object = "";
    let mut is_of_call = false;
    for line in counts.lines() {
        if let Some(named) = line.strip_prefix("ob=").or(line.strip_prefix("cob=")) {
            // `(number) name` the first time, `(number)` afterwards.
            let (number, name) = named.split_once(' ').unwrap_or((named, ""));
            if name == NO_FILE {
                without_file = Some(number);
            }
            if line.starts_with("ob=") {
                object = number;
            }
        } else if line.starts_with("calls=") {
            is_of_call = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first))
            && !std::mem::take(&mut is_of_call)
        {
            let cost = line.split(' ').nth(1).ok_or(Unreadable)?;
            let cost: u64 = cost.parse().map_err(|_| Unreadable)?;
            sum.all += cost;
            if without_file == Some(object) {
                sum.compiled += cost;
            }
        }
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::{Instructions, read};

    #[test]
    fn costs_are_added_up_by_object_and_calls_are_not_counted_twice() {
        let counts = "\
version: 1
positions: line
events: Ir

ob=(1) /bin/program
fl=(1) ???
fn=(1) main
0 10
cob=(2) ???
cfn=(2) 0x1234
calls=3 0
0 300

ob=(2) ???
fn=(2)
0 200
cob=(1)
calls=1 0
+5 100

ob=(1)
fn=(3) host
+2 90
totals: 300
";
        let expected = Instructions {
            all: 300,
            compiled: 200,
        };
        assert_eq!(read(counts).unwrap(), expected);
    }
}
