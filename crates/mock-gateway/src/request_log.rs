//! The log of all requests: the pipeline writes it, tests read it and wait for
//! its entries.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::governance::charge::Charge;
use super::record::{Outcome, RecordedRequest};

/// A wait timed out. The message lists the requests that were recorded.
#[derive(Debug, thiserror::Error)]
#[error("timed out after {within:?} waiting for {awaited}; recorded requests: {seen:#?}")]
pub struct WaitTimeout {
    awaited: String,
    within: Duration,
    seen: Vec<RecordedRequest>,
}

/// The log. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct RequestLog(Arc<watch::Sender<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    /// All requests so far, including those no longer kept.
    seen: u64,
    kept: VecDeque<RecordedRequest>,
    limit: usize,
}

impl Entries {
    fn find(&self, number: u64) -> Option<&RecordedRequest> {
        self.kept.iter().find(|request| request.number == number)
    }

    fn arrived(&self) -> u64 {
        let arriving = self
            .kept
            .iter()
            .filter(|request| request.outcome == Outcome::Arriving);
        self.seen
            .saturating_sub(u64::try_from(arriving.count()).unwrap_or(u64::MAX))
    }
}

impl RequestLog {
    /// An empty log that keeps the newest `limit` requests.
    pub(crate) fn new(limit: usize) -> Self {
        Self(Arc::new(watch::Sender::new(Entries {
            limit,
            ..Entries::default()
        })))
    }

    /// Adds a request, whose `number` is set here, and opens its exchange.
    pub(crate) fn open(&self, mut request: RecordedRequest) -> OpenExchange {
        let mut number = 0;
        self.0.send_modify(|entries| {
            number = entries.seen;
            entries.seen += 1;
            request.number = number;
            entries.kept.push_back(request);
            while entries.kept.len() > entries.limit {
                entries.kept.pop_front();
            }
        });
        OpenExchange {
            log: self.clone(),
            number,
            outcome: Outcome::AbortedByClient,
            charges: Vec::new(),
        }
    }

    /// The requests kept, oldest first.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.0.borrow().kept.iter().cloned().collect()
    }

    /// Waits until `count` requests have arrived completely.
    pub(crate) async fn wait_for_requests(
        &self,
        count: u64,
        within: Duration,
    ) -> Result<Vec<RecordedRequest>, WaitTimeout> {
        self.wait(within, |entries| entries.arrived() >= count)
            .await
            .map(|()| self.requests())
            .ok_or_else(|| self.timed_out(format!("the arrival of {count} requests"), within))
    }

    /// Waits until the outcome of a request is final.
    pub(crate) async fn wait_for_outcome(
        &self,
        number: u64,
        within: Duration,
    ) -> Result<RecordedRequest, WaitTimeout> {
        let is_over =
            |entries: &Entries| entries.find(number).is_some_and(|it| it.outcome.is_final());
        let ended = self.wait(within, is_over).await;
        ended
            .and_then(|()| self.0.borrow().find(number).cloned())
            .ok_or_else(|| self.timed_out(format!("the end of request {number}"), within))
    }

    async fn wait(&self, within: Duration, condition: impl Fn(&Entries) -> bool) -> Option<()> {
        let mut entries = self.0.subscribe();
        let met =
            tokio::time::timeout(within, entries.wait_for(|entries| condition(entries))).await;
        met.ok()?.ok().map(|_pages| ())
    }

    fn timed_out(&self, awaited: String, within: Duration) -> WaitTimeout {
        WaitTimeout {
            awaited,
            within,
            seen: self.requests(),
        }
    }
}

/// One exchange in progress. Dropping it records its outcome: the one it was
/// concluded with, or that the client aborted, since hyper drops everything of
/// a connection that its client closes.
#[derive(Debug)]
pub(crate) struct OpenExchange {
    log: RequestLog,
    number: u64,
    outcome: Outcome,
    /// What the response costs; empty once it is charged.
    charges: Vec<Charge>,
}

impl OpenExchange {
    /// The request's number.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// Changes the record of the request, if it is still kept.
    pub(crate) fn update(&self, change: impl FnOnce(&mut RecordedRequest)) {
        self.log.0.send_modify(|entries| {
            if let Some(request) = entries.kept.iter_mut().find(|it| it.number == self.number) {
                change(request);
            }
        });
    }

    /// Sets what the exchange costs once it completes.
    pub(crate) fn charge(&mut self, charges: Vec<Charge>) {
        self.charges = charges;
    }

    /// Sets the outcome to record when the exchange is dropped. A completed
    /// exchange is charged at once, before the client can see its end.
    pub(crate) fn conclude(&mut self, outcome: Outcome) {
        self.outcome = outcome;
        if outcome == Outcome::Completed {
            for charge in self.charges.drain(..) {
                charge.collect();
            }
        }
    }
}

impl Drop for OpenExchange {
    fn drop(&mut self) {
        self.update(|request| request.outcome = self.outcome);
    }
}
