//! `higress-host`: calls models through a model-provider component, from the
//! command line.
//!
//! `arguments` says what can be asked for, one file of `commands` does each.
//! `session` makes a tenant and a model of what a call was given (`plugin`,
//! `reach`, `form`, `source`), `output` shows what comes back, and `failure` is how
//! everything ends that does not end well. `demo` is a guided tour that checks
//! itself.

#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod demo;
mod failure;
mod form;
mod interrupt;
mod kind;
mod output;
mod plugin;
mod proxy;
mod reach;
mod session;
mod source;

use arguments::Arguments;
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let format = command.format();
    match command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(format),
    }
}
