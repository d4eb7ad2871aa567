//! A tenant that minds its own business on the same engine, while something
//! hostile runs: its calls go on, and each is answered rightly.

use provider_host::engine::Engine;
use provider_host::tenant::Tenant;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use testing::call::{ask, chat_model, listen, policy};
use testing::echo::{Echo, PREFIX};
use testing::provider::host_on;
use tokio::task::JoinHandle;

/// Longest time that one of its calls may take, in a build without
/// optimisation on a machine with other work.
const PATIENCE: Duration = Duration::from_secs(10);

/// Its key, which nobody else's request has.
const KEY: &str = "the neighbour's key";

pub(crate) struct Neighbour {
    echo: Echo,
    answered: Arc<AtomicU32>,
    calling: JoinHandle<()>,
}

impl Neighbour {
    /// Moves in, and is answered once.
    pub(crate) async fn on(engine: &Engine) -> Self {
        let host = host_on(engine.clone());
        let echo = Echo::start().await;
        let policy = policy("neighbour", host.limits(), &echo.endpoint());
        let tenant = Tenant::new(&host, policy).unwrap();
        let model = chat_model(&echo.endpoint(), KEY);
        let answered = Arc::new(AtomicU32::new(0));
        let calling = tokio::spawn({
            let answered = Arc::clone(&answered);
            async move {
                loop {
                    call(&tenant, &model, answered.load(Ordering::Relaxed)).await;
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let neighbour = Self {
            echo,
            answered,
            calling,
        };
        neighbour.answered_more_than(0).await;
        neighbour
    }

    /// Sees that calls went on meanwhile, and go on now.
    pub(crate) async fn goes_on(self) {
        let so_far = self.answered.load(Ordering::Relaxed);
        self.answered_more_than(so_far + 2).await;
        self.calling.abort();
        let _ = self.calling.await;
        for keys in self.echo.keys_by_connection() {
            assert_eq!(Vec::from_iter(keys), [format!("Bearer {KEY}")]);
        }
    }

    async fn answered_more_than(&self, count: u32) {
        let begun = Instant::now();
        while self.answered.load(Ordering::Relaxed) <= count {
            assert!(
                !self.calling.is_finished(),
                "a call of the neighbour failed"
            );
            assert!(begun.elapsed() < 3 * PATIENCE, "the neighbour is stuck");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn call(tenant: &Tenant, model: &provider_host::Model, number: u32) {
    let words = format!("sentence {number}");
    let answering = async {
        if number.is_multiple_of(2) {
            ask(tenant, model, &words).await
        } else {
            listen(tenant, model, &words).await
        }
    };
    let answer = tokio::time::timeout(PATIENCE, answering).await;
    let answer = answer.expect("an answer in time").expect("an answer");
    assert_eq!(answer, format!("{PREFIX}{words}"));
}
