//! Many tenants in one process, their calls interleaved: each has a canary in
//! its key, its prompts and so its answers, and none ever sees another's.
//!
//! `cargo test` runs a small crowd; `make soak` runs the large one, of 1,000
//! tenants and 100,000 calls, in a release build. `TENANTS` and `CALLS` (of
//! each tenant) set other sizes.

mod process;

use process::Process;
use provider_host::Model;
use provider_host::host::ProviderHost;
use provider_host::tenant::{InstanceReuse, Tenant};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};
use testing::call::{ask, chat_model, listen, once, policy, question};
use testing::echo::{Echo, PREFIX};
use testing::provider::{engine, host_on};
use tokio::task::JoinSet;

/// What every canary begins with.
const CANARY: &str = "canary-";

/// Tenants whose calls are under way at one time: each of them has one.
const TASKS: usize = 64;

fn size(variable: &str, default: usize) -> usize {
    match std::env::var(variable) {
        Ok(size) => size.parse().expect("a number"),
        Err(_) => default,
    }
}

/// One tenant with its model and its canary.
struct Inhabitant {
    tenant: Tenant,
    model: Model,
    canary: String,
}

impl Inhabitant {
    /// Every other tenant keeps its sandboxes.
    fn new(host: &ProviderHost, echo: &Echo, number: usize) -> Self {
        let canary = format!("{CANARY}{number}-");
        let reuse = if number.is_multiple_of(2) {
            InstanceReuse::PerCall
        } else {
            InstanceReuse::pooled()
        };
        let endpoint = echo.endpoint();
        let policy =
            policy(&format!("tenant {number}"), host.limits(), &endpoint).with_reuse(reuse);
        Self {
            tenant: Tenant::new(host, policy).unwrap(),
            model: chat_model(&endpoint, &canary),
            canary,
        }
    }

    /// One call, of one of four kinds.
    async fn call(&self, number: usize) {
        let words = format!("{}{number}", self.canary);
        match number % 4 {
            0 | 1 => {
                let answer = ask(&self.tenant, &self.model, &words).await.unwrap();
                self.is_mine(&answer, &words);
            }
            2 => {
                let answer = listen(&self.tenant, &self.model, &words).await.unwrap();
                self.is_mine(&answer, &words);
            }
            _ => self.lose_interest(&words).await,
        }
    }

    /// Begins to listen, and goes away.
    async fn lose_interest(&self, words: &str) {
        let (question, options) = (question(words), once());
        let stream = self
            .tenant
            .generate_stream(&self.model, &question, &options);
        let mut stream = stream.await.unwrap();
        stream.next_events().await.unwrap().unwrap();
        let info = stream.metadata().await.unwrap();
        let heard = format!("{info:?}");
        let mine = heard.matches(&self.canary).count();
        assert_eq!(heard.matches(CANARY).count(), mine, "{heard}");
    }

    fn is_mine(&self, answer: &str, words: &str) {
        assert_eq!(answer, format!("{PREFIX}{words}"), "{}", self.canary);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenants_never_meet_and_leave_nothing_behind() {
    let (tenants, calls) = (size("TENANTS", 100), size("CALLS", 12));
    let host = host_on(engine(200));
    let echo = Echo::start().await;

    // Two crowds that came before bring the allocator and the pool to their
    // size.
    for crowds in 1..=2 {
        let numbers = crowds * tenants..(crowds + 1) * tenants;
        crowd(&inhabitants(&host, &echo, numbers), calls.min(20)).await;
    }
    let served = echo.keys_by_connection().len();
    let before = Process::settled(|| host.engine().live_instances() == 0).await;

    let begun = Instant::now();
    let inhabitants = inhabitants(&host, &echo, 0..tenants);
    crowd(&inhabitants, calls).await;
    let took = begun.elapsed();

    let usage = inhabitants.iter().map(|one| one.tenant.usage());
    assert_eq!(
        usage.map(|usage| usage.calls).sum::<u64>(),
        (tenants * calls) as u64
    );
    let connections = echo.keys_by_connection();
    for keys in &connections {
        assert_eq!(keys.len(), 1, "a connection was shared by {keys:?}");
    }
    let connections = connections.len() - served;
    assert!(connections >= tenants, "every tenant has its own");
    let during = Process::now();
    drop(inhabitants);
    let after = Process::settled(|| host.engine().live_instances() == 0).await;
    println!(
        "{tenants} tenants, {} calls in {took:.1?}, {} connections\nbefore: {before}\nduring: {during}\nafter:  {after}",
        tenants * calls,
        connections,
    );
    assert_eq!(host.engine().live_instances(), 0);
    assert!(!host.metrics().encode().contains("tenant="));
    before.is_like(&after);
}

fn inhabitants(host: &ProviderHost, echo: &Echo, numbers: Range<usize>) -> Vec<Arc<Inhabitant>> {
    let inhabitant = |number| Arc::new(Inhabitant::new(host, echo, number));
    numbers.map(inhabitant).collect()
}

/// All calls of all tenants, dealt out in turns.
async fn crowd(inhabitants: &[Arc<Inhabitant>], calls: usize) {
    let mut turns = JoinSet::new();
    for call in 0..calls {
        for inhabitant in inhabitants {
            if turns.len() >= TASKS {
                turns.join_next().await.unwrap().unwrap();
            }
            let inhabitant = Arc::clone(inhabitant);
            turns.spawn(async move {
                let calling = inhabitant.call(call);
                let called = tokio::time::timeout(Duration::from_mins(1), calling).await;
                called.expect("an answer in time");
            });
        }
    }
    while let Some(turn) = turns.join_next().await {
        turn.unwrap();
    }
}
