//! The turns of all contenders at one task, and what they gave.

use crate::bench::Bench;
use crate::contender::task::{Done, Task};
use crate::contender::{Contender, Name};
use crate::proof::number;
use crate::series::{Series, Turn};
use anyhow::{Context, Result};
use std::time::{Duration, Instant};

/// A task, and what has come of it so far.
pub(crate) struct Turns {
    task: Task,
    /// About how long all rounds together take.
    seconds: f64,
    /// What came of those who do the task.
    pub(crate) taken: Vec<Taken>,
    /// Who does not.
    without: Vec<Name>,
    quickest: Duration,
}

/// What the turns of one contender gave, in seconds.
pub(crate) struct Taken {
    pub(crate) name: Name,
    pub(crate) wall: Series,
    pub(crate) cpu: Series,
    pub(crate) first: Series,
    /// Its time so far, with that to make inputs and to check answers.
    spent: Duration,
}

/// Calls of a round at least; of a slow contender, with calls as long as this.
const LEAST: usize = 6;
const LEAST_OF_SLOW: usize = 4;
const SLOW: Duration = Duration::from_millis(50);
/// Calls before a round that are not recorded, of those who are not slow.
const WARM_UP: usize = 2;
/// Calls of a round at most: more do not make a median better.
const MOST: usize = 1_000;
/// Time that a turn should last, and the most calls that are made for it.
const TURN: Duration = Duration::from_millis(2);
const MOST_IN_A_TURN: u128 = 10;

impl Turns {
    pub(crate) fn new(task: Task, seconds: f64) -> Self {
        Self {
            task,
            seconds,
            taken: Vec::new(),
            without: Vec::new(),
            quickest: Duration::MAX,
        }
    }

    /// The same of all but one.
    pub(crate) fn without(mut self, name: Name) -> Self {
        self.without.push(name);
        self
    }

    /// A round: all contenders do the task in turns, so that whatever else the
    /// machine does meets all of them. A turn is a few calls where they are
    /// short: a host under load does not find its caches cold at each call. All
    /// have the same time, so that the quick ones have more turns.
    pub(crate) async fn round(&mut self, bench: &mut Bench) -> Result<()> {
        let patience = bench.effort.patience();
        for contender in &mut bench.contenders {
            self.warm_up(contender, patience).await?;
        }
        let round = bench.round;
        let done = number(round + 1) / number(bench.effort.rounds());
        let share = self.seconds * done / number(self.taken.len());
        let calls = calls_in_a_turn(self.quickest);
        for turn in 0..MOST / calls {
            let mut resting = true;
            for contender in &mut bench.contenders {
                let mut all = self.taken.iter_mut();
                let Some(taken) = all.find(|taken| taken.name == contender.name) else {
                    continue;
                };
                if turn * calls >= taken.least() && taken.spent.as_secs_f64() > share {
                    continue;
                }
                resting = false;
                let begun = Instant::now();
                for call in turn * calls..(turn + 1) * calls {
                    let done = contender.run(&self.task).await?.context("a result")?;
                    taken.record(Turn { round, call }, &done);
                }
                taken.spent += begun.elapsed();
            }
            if resting {
                break;
            }
        }
        Ok(())
    }

    /// Calls that are not recorded; the first ones tell who does the task.
    async fn warm_up(&mut self, contender: &mut Contender, patience: Duration) -> Result<()> {
        let name = contender.name;
        let known = self.of(name);
        if known.is_some_and(Taken::is_slow) || self.without.contains(&name) {
            return Ok(());
        }
        let new = known.is_none();
        for _ in 0..WARM_UP {
            let Some(done) = contender.run(&self.task).await? else {
                self.without.push(name);
                return Ok(());
            };
            let wall = done.wall;
            if new && wall > patience && name != Name::Native {
                eprintln!(
                    "left out: {}, which takes {wall:.1?} for {:?}",
                    name.text(),
                    self.task
                );
                self.without.push(name);
                return Ok(());
            }
            self.quickest = self.quickest.min(wall);
            if wall > SLOW {
                break;
            }
        }
        if new {
            self.taken.push(Taken::new(name));
        }
        Ok(())
    }

    pub(crate) fn of(&self, name: Name) -> Option<&Taken> {
        self.taken.iter().find(|taken| taken.name == name)
    }

    pub(crate) fn native(&self) -> Result<&Taken> {
        self.of(Name::Native).context("the native client's turns")
    }
}

fn calls_in_a_turn(quickest: Duration) -> usize {
    let calls = TURN.as_nanos() / quickest.as_nanos().max(1);
    usize::try_from(calls.clamp(1, MOST_IN_A_TURN)).unwrap_or(1)
}

impl Taken {
    fn new(name: Name) -> Self {
        Self {
            name,
            wall: Series::default(),
            cpu: Series::default(),
            first: Series::default(),
            spent: Duration::ZERO,
        }
    }

    fn is_slow(&self) -> bool {
        self.wall.median() > SLOW.as_secs_f64()
    }

    fn least(&self) -> usize {
        if self.is_slow() { LEAST_OF_SLOW } else { LEAST }
    }

    fn record(&mut self, turn: Turn, done: &Done) {
        self.wall.add(turn, done.wall.as_secs_f64());
        self.cpu.add(turn, done.cpu.as_secs_f64());
        if let Some(first) = done.first {
            self.first.add(turn, first.as_secs_f64());
        }
    }
}
