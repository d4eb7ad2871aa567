//! What all measures use: the gateway, the contenders, and how much time there
//! is; and the taking of turns.

use crate::contender::component::Component;
use crate::contender::local::Local;
use crate::contender::native::Native;
use crate::contender::task::{Done, Task};
use crate::contender::{Client, Contender, Name};
use crate::series::Series;
use anyhow::{Context, Result};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

pub(crate) struct Bench {
    pub(crate) effort: Effort,
    pub(crate) gateway: SocketAddr,
    pub(crate) contenders: Vec<Contender>,
}

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Less than three minutes.
    Quick,
    /// What is written down.
    Full,
}

impl Effort {
    pub(crate) fn choose<T>(self, quick: T, full: T) -> T {
        match self {
            Self::Quick => quick,
            Self::Full => full,
        }
    }
}

/// What the turns of one contender gave, in seconds.
pub(crate) struct Taken {
    pub(crate) name: Name,
    pub(crate) wall: Series,
    pub(crate) cpu: Series,
    pub(crate) first: Series,
    spent: Duration,
}

/// What the turns of all gave.
pub(crate) struct Outcome(pub(crate) Vec<Taken>);

/// Turns that every contender takes, and those that are not recorded.
const LEAST: usize = 3;
const WARM_UP: usize = 2;
/// Calls at most: more do not make a median better.
const MOST: usize = 4_000;
/// Time that a turn should last, and the most calls that are made for it.
const TURN: Duration = Duration::from_millis(2);
const MOST_IN_A_TURN: u128 = 10;

impl Bench {
    /// All contenders do the task in turns, so that whatever else the machine
    /// does meets all of them, for about so many seconds. A turn is a few calls
    /// where they are short: a host under load does not find its caches cold
    /// at each call. A slow contender sits out when it has had its share of
    /// the time.
    pub(crate) async fn turns(&mut self, task: &Task, seconds: f64) -> Result<Outcome> {
        self.turns_of(task, seconds, |_| true).await
    }

    pub(crate) async fn turns_of(
        &mut self,
        task: &Task,
        seconds: f64,
        takes_part: impl Fn(Name) -> bool,
    ) -> Result<Outcome> {
        let mut taken = Vec::new();
        let mut part = Vec::new();
        let mut quickest = Duration::MAX;
        for contender in &mut self.contenders {
            if !takes_part(contender.name) {
                continue;
            }
            let mut does_it = true;
            for _ in 0..WARM_UP {
                let Some(done) = contender.run(task).await? else {
                    does_it = false;
                    break;
                };
                quickest = quickest.min(done.wall);
                if done.wall > TURN * 50 {
                    break;
                }
            }
            if does_it {
                taken.push(Taken::new(contender.name));
                part.push(contender);
            }
        }
        let calls = calls_in_a_turn(quickest);
        let begun = Instant::now();
        let shares = u32::try_from(taken.len()).unwrap_or(1).max(1);
        for turn in 0..MOST / calls {
            let elapsed = begun.elapsed();
            if turn >= LEAST && elapsed.as_secs_f64() > seconds {
                break;
            }
            for (contender, taken) in part.iter_mut().zip(&mut taken) {
                let share = elapsed * 3 / (shares * 2);
                if turn >= LEAST && taken.spent > share {
                    continue;
                }
                for call in turn * calls..(turn + 1) * calls {
                    let done = contender.run(task).await?.context("a result")?;
                    taken.record(call, &done);
                }
            }
        }
        Ok(Outcome(taken))
    }

    /// Those of this process.
    pub(crate) fn local(&self) -> impl Iterator<Item = (Name, &Local)> {
        let all = self.contenders.iter();
        all.filter_map(|contender| match &contender.client {
            Client::Local(local) => Some((contender.name, local)),
            Client::Python(_) => None,
        })
    }

    pub(crate) fn native(&self) -> Result<&Native> {
        let native = self.local().find_map(|(_, local)| match local {
            Local::Native(native) => Some(&**native),
            Local::Component(_) | Local::AsyncOpenAi(_) => None,
        });
        native.context("a native client")
    }

    pub(crate) fn component(&self, name: Name) -> Result<&Component> {
        let component = self.local().find_map(|(of, local)| match local {
            Local::Component(component) if of == name => Some(&**component),
            _ => None,
        });
        component.context("a component")
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

    fn record(&mut self, turn: usize, done: &Done) {
        self.spent += done.wall;
        self.wall.add(turn, done.wall.as_secs_f64());
        self.cpu.add(turn, done.cpu.as_secs_f64());
        if let Some(first) = done.first {
            self.first.add(turn, first.as_secs_f64());
        }
    }
}

impl Outcome {
    pub(crate) fn of(&self, name: Name) -> Option<&Taken> {
        self.0.iter().find(|taken| taken.name == name)
    }

    pub(crate) fn native(&self) -> Result<&Taken> {
        self.of(Name::Native).context("the native client's turns")
    }
}
