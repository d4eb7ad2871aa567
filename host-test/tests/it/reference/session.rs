//! Console sessions in Markdown: blocks marked `console`, in which a line
//! `$ …` is a command and the lines below it are what it prints. A command
//! whose line ends in `\` goes on in the next one. In what is printed, `…`
//! stands for any text within a line, and a line of `…` alone for any lines.

/// A command, and what it should print.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Step {
    /// The command's line in the document, from 1.
    pub(crate) line: usize,
    pub(crate) command: String,
    pub(crate) expected: Vec<String>,
}

/// The commands of a document, in order.
pub(crate) fn steps(document: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for (number, line) in document.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step {
                    line: number + 1,
                    command: command.to_owned(),
                    expected: Vec::new(),
                }),
                (None, Some(step)) if step.command.ends_with('\\') => {
                    step.command = format!("{}\n{line}", step.command);
                }
                (None, Some(step)) => step.expected.push(line.to_owned()),
                (None, None) => panic!("line {}: no command before this", number + 1),
            }
        }
    }
    steps
}

/// Whether a command printed what it should.
pub(crate) fn agrees<T: AsRef<str>>(expected: &[T], printed: &[&str]) -> bool {
    match (expected, printed) {
        ([], []) => true,
        ([any, rest @ ..], _) if any.as_ref() == "…" => {
            agrees(rest, printed) || !printed.is_empty() && agrees(expected, &printed[1..])
        }
        ([one, rest @ ..], [line, others @ ..]) => {
            line_agrees(one.as_ref(), line) && agrees(rest, others)
        }
        ([], [_, ..]) | ([_, ..], []) => false,
    }
}

fn line_agrees(expected: &str, printed: &str) -> bool {
    match expected.split_once('…') {
        None => expected == printed,
        Some((before, after)) => printed.strip_prefix(before).is_some_and(|rest| {
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.into_iter().any(|at| line_agrees(after, &rest[at..]))
        }),
    }
}

#[test]
fn commands_and_what_they_print_are_read_from_console_blocks_alone() {
    let document = "\
Text
```console
$ one \\
  more
1
2
$ two
```
$ none
```sh
$ none
```";
    let step = |line, command: &str, expected: &[&str]| Step {
        line,
        command: command.to_owned(),
        expected: expected.iter().map(|&line| line.to_owned()).collect(),
    };
    assert_eq!(
        steps(document),
        [step(3, "one \\\n  more", &["1", "2"]), step(7, "two", &[])]
    );
}

#[test]
fn an_ellipsis_is_any_text_or_any_lines() {
    assert!(agrees(&["took … s", "done"], &["took 0.1 s", "done"]));
    assert!(agrees(&["a", "…", "z"], &["a", "b", "c", "z"]));
    assert!(agrees(&["…"], &[]));
    assert!(agrees(&["…s…"], &["das Ende"]));
    assert!(!agrees(&["took … s"], &["took 0.1 ms!"]));
    assert!(!agrees(&["a"], &["a", "b"]));
    assert!(!agrees(&["a", "b"], &["a"]));
}
