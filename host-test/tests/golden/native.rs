//! A case run on the core alone.

use crate::answer::Answer;
use crate::call::Call;
use crate::case::{Case, Delivery, Ending, Reply};
use crate::convert;
use crate::cuts;
use crate::error::Error;
use crate::reply::{ReplyInfo, refusal};
use crate::text_generation::openai_compatible::BodyEnd;
use crate::text_generation::{self as core, Event, GenerationBuilder, Protocol};
use crate::verdict::{self, Clock, Run};
use crate::wire::Wire;
use higress_host::json;
use higress_provider::authentication::{Attempt, Moment};
use higress_provider::credentials::{Credentials, Form};
use higress_provider::http::{ReplyHead, Request};

/// What `{host}` stands for.
const AUTHORITY: &str = "gateway.test";

/// When each request is signed: 9 October 2025, 08:53:20 UTC.
const UNIX_MS: u64 = 1_760_000_000_000;
/// What its nonce is made of.
const RANDOM: [u8; 16] = *b"a golden nonce 1";

/// Runs a case, then with its reply cut in every way.
pub(crate) fn check(case: &Case) -> Result<(), String> {
    let prepared = prepare(case)?;
    let run = run(case, &prepared);
    if verdict::is_blessing() {
        verdict::bless(case, &run)?;
    } else {
        verdict::compare(case, &run, Clock::Fixed)?;
    }
    match (&prepared, &case.reply) {
        (Ok(exchange), Some(reply)) if head(reply).is_success() => cuts::check(exchange, reply),
        _ => Ok(()),
    }
}

/// A call with its request made, ready for a reply.
pub(crate) struct Exchange {
    protocol: Protocol,
    credentials: Credentials,
    asked: core::Request,
    call: Call,
    request: Request,
}

/// What was read of a reply.
#[derive(Clone, PartialEq)]
pub(crate) struct Reading {
    pub(crate) events: Vec<Event>,
    pub(crate) end: Result<ReplyInfo, Error>,
}

/// The call up to its request; within, the error of a call that is refused.
fn prepare(case: &Case) -> Result<Result<Exchange, Error>, String> {
    let values = case.call.credentials(AUTHORITY)?;
    let request = json::text_generation::read_request(&case.call.request)
        .map_err(|problem| format!("call.json: request: {problem}"))?;
    let options = json::options::read_options(&case.call.options)
        .map_err(|problem| format!("call.json: options: {problem}"))?;
    let delivery = match case.call.delivery {
        Delivery::Stream => core::Delivery::Stream,
        Delivery::Whole => core::Delivery::Whole,
    };
    // The order is that of the component.
    let exchange = || {
        let form = Form::parse(&values)?;
        let protocol = Protocol::parse(&form)?;
        let credentials = Credentials::parse(&form, &case.call.model)?;
        let asked = convert::request(request);
        let call = Call::new(convert::options(options), &credentials)?;
        let request = protocol.encode(&credentials, &asked, &call, delivery)?;
        Ok(Exchange {
            protocol,
            credentials,
            asked,
            call,
            request,
        })
    };
    Ok(exchange())
}

fn run(case: &Case, prepared: &Result<Exchange, Error>) -> Run {
    let (request, reading) = match (prepared, &case.reply) {
        (Ok(exchange), Some(reply)) => (Some(exchange.wire()), exchange.read(reply)),
        // Something is sent, and there is no reply: the verdict says so.
        (Ok(exchange), None) => (Some(exchange.wire()), Reading::failed(&Error::protocol(""))),
        (Err(error), _) => (None, Reading::failed(error)),
    };
    Run {
        request,
        answer: answer(case.call.delivery, reading),
        authority: AUTHORITY.to_owned(),
    }
}

fn answer(delivery: Delivery, reading: Reading) -> Answer {
    let info = |info| convert::reply_info(info, None, None);
    match delivery {
        Delivery::Stream => Answer::Stream(
            reading.events.into_iter().map(convert::event).collect(),
            reading.end.map(info).map_err(convert::error),
        ),
        Delivery::Whole => {
            let generation = reading.end.and_then(|facts| {
                let mut builder = GenerationBuilder::default();
                reading
                    .events
                    .into_iter()
                    .for_each(|event| builder.add(event));
                Ok(convert::generation(builder.build()?, info(facts)))
            });
            Answer::Whole(generation.map(Box::new).map_err(convert::error))
        }
    }
}

impl Reading {
    fn failed(error: &Error) -> Self {
        Self {
            events: Vec::new(),
            end: Err(error.clone()),
        }
    }
}

impl Exchange {
    fn wire(&self) -> Wire {
        let moment = Moment::new(UNIX_MS, RANDOM);
        let signature = self.credentials.authentication.sign(&self.request, &moment);
        Wire {
            method: self.request.method.as_str().to_owned(),
            target: self.request.path_and_query.clone(),
            headers: self
                .request
                .headers
                .iter()
                .chain(&signature)
                .cloned()
                .collect(),
            body: self.request.body.clone(),
        }
    }

    /// Reads a reply in the chunks of its case.
    fn read(&self, reply: &Reply) -> Reading {
        let head = head(reply);
        if head.is_success() {
            let chunks = reply.chunks.iter().map(|chunk| &**chunk);
            return self.read_chunks(reply, chunks, end(reply.ending));
        }
        let url = self
            .credentials
            .endpoint
            .display_url(self.protocol.api_path());
        let secrets = &self.call.secrets;
        let mut error = refusal::error(&head, &reply.body(), &url, secrets);
        let moment = Moment::new(UNIX_MS, RANDOM);
        let authentication = &self.credentials.authentication;
        let attempt = Attempt {
            request: &self.request,
            signature: &authentication.sign(&self.request, &moment),
            moment: &moment,
        };
        authentication.explain(&mut error, &attempt, &head, secrets);
        Reading::failed(&error)
    }

    /// Reads a body that comes in these chunks, behind the head of `reply`.
    pub(crate) fn read_chunks<'a>(
        &self,
        reply: &Reply,
        chunks: impl IntoIterator<Item = &'a [u8]>,
        end: BodyEnd,
    ) -> Reading {
        let secrets = self.call.secrets.clone();
        let mut reader = self.protocol.reader(&self.asked, head(reply), secrets);
        let mut events = Vec::new();
        let outcome = chunks
            .into_iter()
            .try_for_each(|chunk| reader.push(chunk, &mut events))
            .and_then(|()| reader.end(end, &mut events));
        Reading {
            events,
            end: outcome.map(|()| reader.info().clone()),
        }
    }
}

fn head(reply: &Reply) -> ReplyHead {
    ReplyHead {
        status: reply.status,
        headers: reply.headers.clone(),
    }
}

/// The end of a body, as the component's transport tells it.
pub(crate) fn end(ending: Ending) -> BodyEnd {
    match ending {
        Ending::Complete => BodyEnd::Complete,
        Ending::Reset => BodyEnd::Broken(Error::protocol(
            "the reply was cut off: the connection broke; try again",
        )),
    }
}
