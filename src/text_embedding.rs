//! Exports of `text-embedding`: the requests of a call, several at a time.

use super::Component;
use super::clock;
use super::contract::text_embedding::{self as wit, Guest};
use super::contract::types::{self, ModelKind, SessionBorrow};
use super::exchange::Exchange;
use super::session::{Session, Settings};
use super::stopwatch::Stopwatch;
use super::transport::{Body, Read};
use super::wait::Wait;
use super::{convert, document};
use provider_core::call_options::Call;
use provider_core::error::Error;
use provider_core::text_embedding::{Configuration, Embeddings, Job, Reader, Request, Response};

impl Guest for Component {
    fn embed(
        session: SessionBorrow<'_>,
        request: wit::Request,
    ) -> Result<wit::Embeddings, types::Error> {
        embed(session.get(), convert::text_embedding::request(request))
            .map(convert::text_embedding::embeddings)
            .map_err(convert::error)
    }
}

/// Embeds one word: that a vector comes back is what makes a configuration
/// valid.
pub(super) fn validate(session: &Session) -> Result<(), Error> {
    embed(session, Request::probe()).map(drop)
}

fn embed(session: &Session, request: Request) -> Result<Embeddings, Error> {
    let settings = session.begin(ModelKind::TextEmbedding)?;
    let configuration = Configuration::parse(&settings.form)?;
    let job = Job::new(&configuration, request, &settings.credentials.model_name)?;
    let run = Run {
        settings,
        parallel: configuration.parallel_requests,
        stopwatch: Stopwatch::start(),
    };
    run.run(job)
}

/// What the requests of a call share.
struct Run<'a> {
    settings: Settings<'a>,
    parallel: u32,
    stopwatch: Stopwatch,
}

/// One batch under way.
struct Flight<'a> {
    batch: usize,
    stage: Stage<'a>,
}

enum Stage<'a> {
    Asking(Exchange<'a>),
    Reading {
        body: Body,
        reader: Reader,
        /// When more of the response must have come, on the monotonic clock.
        deadline: u64,
    },
}

impl Run<'_> {
    /// Keeps requests under way until all are answered, or one has failed:
    /// then the others are dropped, which cancels them.
    fn run(mut self, mut job: Job) -> Result<Embeddings, Error> {
        let parallel = usize::try_from(self.parallel).unwrap_or(usize::MAX);
        let mut waiting = 0..job.batches();
        let mut flights: Vec<Flight<'_>> = Vec::new();
        let Settings {
            credentials, call, ..
        } = self.settings;
        loop {
            while flights.len() < parallel
                && let Some(batch) = waiting.next()
            {
                let request = job.request(batch, credentials, call);
                let exchange = Exchange::new(request, credentials, call);
                let stage = Stage::Asking(exchange);
                flights.push(Flight { batch, stage });
            }
            let started = waiting.start;
            let mut place = 0;
            while let Some(flight) = flights.get_mut(place) {
                let batch = flight.batch;
                let landed = match flight.advance(&job, call, &mut self.stopwatch) {
                    Ok(None) => Ok(false),
                    Ok(Some(response)) => job.take(batch, response).map(|()| true),
                    Err(error) => Err(error),
                };
                let landed = landed.map_err(|mut error| {
                    // Another batch may have been embedded, and charged.
                    error.request_sent |= started > 1;
                    job.blame(batch, error)
                });
                if landed? {
                    flights.swap_remove(place);
                } else {
                    place = place.saturating_add(1);
                }
            }
            if flights.is_empty() && waiting.is_empty() {
                break;
            }
            if flights.len() == parallel || waiting.is_empty() {
                let mut wait = Wait::new();
                for flight in &flights {
                    flight.wait_in(&mut wait);
                }
                wait.block();
            }
        }
        self.stopwatch.stop();
        let mut embeddings = job.finish();
        let info = core::mem::take(&mut embeddings.info);
        self.settings.facts.note(self.stopwatch.timed(info));
        Ok(embeddings)
    }
}

impl Flight<'_> {
    /// Goes on without waiting. None if the response is not complete.
    fn advance(
        &mut self,
        job: &Job,
        call: &Call,
        stopwatch: &mut Stopwatch,
    ) -> Result<Option<Response>, Error> {
        let patience = call.timeouts.between_bytes;
        loop {
            match &mut self.stage {
                Stage::Asking(exchange) => {
                    let Some((head, body)) = exchange.advance()? else {
                        return Ok(None);
                    };
                    let secrets = body.secrets.clone();
                    self.stage = Stage::Reading {
                        body,
                        reader: job.reader(self.batch, head, secrets),
                        deadline: clock::after(patience),
                    };
                }
                Stage::Reading {
                    body,
                    reader,
                    deadline,
                } => match body.read_arrived() {
                    Ok(Read::Bytes(bytes)) if bytes.is_empty() => {
                        if clock::has_come(*deadline) {
                            return Err(reader.attributed(body.stalled()));
                        }
                        return Ok(None);
                    }
                    Ok(Read::Bytes(bytes)) => {
                        stopwatch.note_first_byte();
                        reader.push(&bytes)?;
                        if document::has_content(&bytes) {
                            *deadline = clock::after(patience);
                        }
                    }
                    Ok(Read::End) => return reader.end().map(Some),
                    Err(error) => return Err(reader.attributed(error)),
                },
            }
        }
    }

    /// Adds what must happen before [`Flight::advance`] gets on.
    fn wait_in(&self, wait: &mut Wait) {
        match &self.stage {
            Stage::Asking(exchange) => exchange.wait_in(wait),
            Stage::Reading { body, deadline, .. } => {
                wait.until(*deadline);
                body.wait_in(wait);
            }
        }
    }
}
