//! What all measures use: the gateway, the contenders, and how much time there
//! is.

use crate::contender::component::Component;
use crate::contender::local::Local;
use crate::contender::native::Native;
use crate::contender::{Client, Contender, Name};
use crate::series::Turn;
use anyhow::{Context, Result};
use std::net::SocketAddr;
use std::time::Duration;

pub(crate) struct Bench {
    pub(crate) effort: Effort,
    /// The present one, from 0 on.
    pub(crate) round: usize,
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

    /// How often all is measured: a machine that others share is faster or
    /// slower for minutes, and not alike for all contenders.
    pub(crate) fn rounds(self) -> usize {
        self.choose(5, 10)
    }

    /// A call that takes longer than this is not made, as too few of them
    /// would say nothing.
    pub(crate) fn patience(self) -> Duration {
        self.choose(Duration::from_secs(1), Duration::MAX)
    }
}

impl Bench {
    /// A turn of the present round.
    pub(crate) fn turn(&self, call: usize) -> Turn {
        Turn {
            round: self.round,
            call,
        }
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
