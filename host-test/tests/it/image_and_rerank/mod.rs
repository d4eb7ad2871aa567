//! The built component draws and ranks, against the mock gateway with scripted
//! responses over real sockets. `make component` builds it.

mod images;
mod rerank;
mod setting;
mod tasks;
