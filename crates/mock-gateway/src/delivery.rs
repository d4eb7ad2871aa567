//! Turns the steps of a response into those that are sent: split into the
//! route's chunks, with its delay between them.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use super::chunking::Chunking;
use super::response::Step;

/// Splits each run of bytes between waits and pauses into chunks, and adds the
/// delay between any two chunks.
pub(crate) fn schedule(
    steps: Vec<Step>,
    chunking: Chunking,
    delay: Option<Duration>,
    seed: u64,
) -> VecDeque<Step> {
    let mut scheduled = VecDeque::new();
    let mut run: Vec<Bytes> = Vec::new();
    for step in steps {
        match step {
            Step::Bytes(bytes) => run.push(bytes),
            Step::Wait(_) | Step::Pause(_) => {
                scheduled.extend(chunking.split(&run, seed).into_iter().map(Step::Bytes));
                run.clear();
                scheduled.push_back(step);
            }
        }
    }
    scheduled.extend(chunking.split(&run, seed).into_iter().map(Step::Bytes));
    match delay {
        None => scheduled,
        Some(delay) => paced(scheduled, delay),
    }
}

fn paced(steps: VecDeque<Step>, delay: Duration) -> VecDeque<Step> {
    let mut paced = VecDeque::with_capacity(steps.len() * 2);
    let mut follows_bytes = false;
    for step in steps {
        let is_bytes = matches!(step, Step::Bytes(_));
        if is_bytes && follows_bytes {
            paced.push_back(Step::Pause(delay));
        }
        follows_bytes |= is_bytes;
        paced.push_back(step);
    }
    paced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Latch;

    fn shape(steps: &VecDeque<Step>) -> Vec<String> {
        let name = |step: &Step| match step {
            Step::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Step::Wait(_) => "wait".to_owned(),
            Step::Pause(_) => "pause".to_owned(),
        };
        steps.iter().map(name).collect()
    }

    fn bytes(text: &'static str) -> Step {
        Step::Bytes(Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn bytes_are_joined_and_cut_only_between_waits() {
        let steps = vec![
            bytes("a"),
            bytes("b"),
            Step::Wait(Latch::closed()),
            bytes("c"),
            bytes("d"),
        ];
        assert_eq!(
            shape(&schedule(steps, Chunking::Whole, None, 0)),
            ["ab", "wait", "cd"]
        );
    }

    #[test]
    fn a_delay_stands_between_chunks_and_not_before_the_first() {
        let steps = vec![bytes("ab"), bytes("c")];
        let delay = Some(Duration::from_millis(1));
        assert_eq!(
            shape(&schedule(steps, Chunking::OneByte, delay, 0)),
            ["a", "pause", "b", "pause", "c"]
        );
    }
}
