//! The sandbox against those who want out: hostile components, hostile
//! gateways, too many calls. Each test also watches a neighbour on the same
//! engine, and runs on one thread, so that whoever keeps that thread to itself
//! is noticed.

mod address_space;
mod gateways;
mod guest;
mod guests;
mod guests_on_the_network;
mod http_guest;
mod log;
mod models;
mod neighbour;
mod observation;
mod queue;
mod warm;
