//! The program `higress-host` as people and scripts use it: its arguments,
//! what it prints where, and its exit status. `make component` builds the
//! component that it runs.

mod demo;
mod describe;
mod failures;
mod gateway;
mod json_lines;
mod kinds;
mod program;
mod proxy;
mod secrets;
mod server;
mod stories;
mod streaming;
mod usage;
