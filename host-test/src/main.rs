//! `higress-host`: calls models through a model-provider component, from the
//! command line.
//!
//! `arguments` defines the commands, one file of `commands` runs each.
//! `call_context` makes a tenant and a model from a command's arguments (`plugin`,
//! `network_args`, `form`, `input`), `output` prints results, and `failure` reports
//! errors and sets the exit status. `demo` runs and checks everything against a
//! mock gateway.

#![forbid(unsafe_code)]

mod arguments;
mod call_context;
mod commands;
mod demo;
mod failure;
mod form;
mod input;
mod interrupt;
mod kind;
mod network_args;
mod output;
mod plugin;

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
