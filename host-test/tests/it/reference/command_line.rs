//! `docs/reference/command-line.md`: the help of `higress-host` and of its
//! commands, as the program prints it.

use super::page;
use std::fmt::Write as _;
use std::process::{Command, Stdio};

const INTRODUCTION: &str = "\
# The command line

What `higress-host --help` says, and `--help` behind each command. Made by `make reference`.
";

/// Columns of the help; what a pipe gets unless somebody says otherwise.
const COLUMNS: &str = "100";

#[test]
fn the_reference_of_the_command_line_is_current() {
    let mut page = INTRODUCTION.to_owned();
    add(&mut page, &["higress-host"]);
    page::check("command-line.md", &page);
}

/// Adds the help of a command, and of the commands below it.
fn add(page: &mut String, command: &[&str]) {
    let help = help(&command[1..]);
    let heading = "#".repeat(command.len() + 1);
    let _ = write!(
        page,
        "\n{heading} {}\n\n```text\n{}\n```\n",
        command.join(" "),
        help.trim_end()
    );
    for below in commands(&help) {
        add(page, &[command, &[below]].concat());
    }
}

fn help(command: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_higress-host"))
        .args(command)
        .arg("--help")
        .env("COLUMNS", COLUMNS)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that a help lists, but for `help` itself.
fn commands(help: &str) -> Vec<&str> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "help")
        .collect()
}

#[test]
fn commands_are_found_in_a_help_and_their_wrapped_lines_are_not() {
    let help = "Usage: x\n\nCommands:\n  one   does\n        it\n  help  Print\n\nOptions:\n  -h\n";
    assert_eq!(commands(help), ["one"]);
    assert_eq!(commands("Options:\n  -h\n"), [""; 0]);
}
