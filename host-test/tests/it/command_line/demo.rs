//! The demo, as the first thing that anybody runs.

use crate::command_line::program::{COMPONENT, Program};
use std::time::{Duration, Instant};

#[test]
fn the_demo_passes_quickly_and_is_plain_in_a_pipe() {
    let begun = Instant::now();
    let ended = Program::start(&["demo", "--component", COMPONENT]).finish();
    let last = ended.stdout.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("demo: ") && last.ends_with(" passed, 0 failed"),
        "{}\n{}",
        ended.stdout,
        ended.stderr
    );
    assert_eq!(ended.status, Some(0));
    assert!(!ended.stdout.contains('\x1b'), "{}", ended.stdout);
    // A quarter of a minute for people, with a component that is compiled in a
    // moment.
    assert!(begun.elapsed() < Duration::from_mins(1));
}
