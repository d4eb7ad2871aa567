//! `gateway`: the mock gateway, for people to try things against.

mod routes;
mod welcome;

use crate::failure::Failure;
use crate::interrupt::run_until_interrupted;
use crate::output::{self, clean};
use clap::Args;
use mock_gateway::{
    Authentication, Chunking, Gateway, GatewayConfig, Outcome, RecordedRequest, Route,
};
use routes::{Speaker, models};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};
use welcome::welcome;

pub(crate) use routes::{
    DEMO_KEY, HMAC_KEY, HMAC_SECRET, hmac, key, persona, shop_rules, start_here,
};

const EXAMPLES: &str = "\
Examples:
  higress-host gateway
  higress-host gateway --listen 127.0.0.1:0 --chunking random --seed 7 --delay-ms 50
  higress-host gateway --chat qwen

Then, in another terminal:
  higress-host text \"Hello\" --model demo --allow-private \\
      --set endpoint_url=http://127.0.0.1:8080/open
  higress-host rerank \"museum\" \"Tea is hot.\" \"The museum opens at ten.\" \\
      --model demo --allow-private --set endpoint_url=http://127.0.0.1:8080/open

Three routes lead to the same four models: /open for everybody, /key for the
bearer of a key, /hmac for signed requests. Their credentials are printed, ready
for --credentials FILE. Chat is at v1/chat/completions below a route, embeddings
at v1/embeddings; images and rerank are where DashScope has them. Pictures are
real, and lie below /images.

The chat model is a shop's assistant, and calls the tools that a request offers:
current_time if the person says \"time\", and search_promotions with that time if
the person says \"promotion\". Then it tells what they found, if they answer
{\"time\": …} and {\"promotions\": [{\"product\": …, \"offer\": …, \"until\": …}]}.
`higress-host demo agent` offers both.";

/// Requests are watched for as long as this at a time.
const WATCH: Duration = Duration::from_hours(1);

/// Run a mock of the gateway on this machine. It answers by itself: it greets,
/// counts, does sums, remembers names. Stops on Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct GatewayArguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// What random cuts and identifiers are drawn from: the same seed, the
    /// same responses.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// Where responses are cut: per-event, whole, one-byte, random, or a number
    /// of bytes.
    #[arg(long, value_name = "HOW", default_value = "per-event", value_parser = read_chunking)]
    chunking: Chunking,
    /// Pause between two chunks of a response, so that one sees text stream.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    delay_ms: u64,
    /// Whose wire format the chat model speaks.
    #[arg(long, value_name = "PROVIDER", value_enum, default_value_t = Speaker::Openai)]
    chat: Speaker,
}

impl GatewayArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match run_until_interrupted(self.serve()) {
            // This is how a server ends.
            Err(Failure::Interrupted) => Ok(()),
            outcome => outcome,
        }
    }

    async fn serve(&self) -> Result<(), Failure> {
        let config = GatewayConfig::new()
            .listen_on(self.listen)
            .seed(self.seed)
            .route(self.route("/open", Authentication::None))
            .route(self.route("/key", key()))
            .route(self.route("/hmac", hmac()?));
        let gateway = Gateway::start(config).await.map_err(|error| {
            Failure::setup(format!(
                "cannot listen on {}: {error}; end the program that listens there, or choose another address, such as --listen 127.0.0.1:8081",
                self.listen
            ))
        })?;
        output::write(&welcome(&gateway.url("")))?;
        log(Arc::new(gateway)).await;
        Ok(())
    }

    fn route(&self, prefix: &str, authentication: Authentication) -> Route {
        let route = Route::new(prefix, models(self.chat))
            .authentication(authentication)
            .chunking(self.chunking);
        match self.delay_ms {
            0 => route,
            delay => route.delay_between_chunks(Duration::from_millis(delay)),
        }
    }
}

/// Logs every request when it is over, for ever.
async fn log(gateway: Arc<Gateway>) {
    let mut number = 0;
    loop {
        // Not in time only means that nobody asked for a while.
        if gateway.wait_for_requests(number + 1, WATCH).await.is_ok() {
            tokio::spawn(log_one(Arc::clone(&gateway), number));
            number += 1;
        }
    }
}

async fn log_one(gateway: Arc<Gateway>, number: u64) {
    let begun = Instant::now();
    if let Ok(request) = gateway.wait_for_outcome(number, WATCH).await {
        output::say(&clean::controls(&log_line(&request, begun.elapsed())));
    }
}

fn log_line(request: &RecordedRequest, took: Duration) -> String {
    let status = request.status.map_or_else(
        || "no response".to_owned(),
        |status| status.as_u16().to_string(),
    );
    let consumer = request.consumer.as_deref().unwrap_or("-");
    format!(
        "{} {} {status} {} {:.2} s, consumer {consumer}",
        request.method,
        request.path_and_query,
        outcome(request.outcome),
        took.as_secs_f64()
    )
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Arriving => "arriving",
        Outcome::Answering => "answering",
        Outcome::Completed => "completed",
        Outcome::AbortedByClient => "aborted by the client",
        Outcome::BrokenOffByGateway => "broken off",
        _ => "in another state",
    }
}

fn read_chunking(text: &str) -> Result<Chunking, String> {
    match text {
        "per-event" => Ok(Chunking::PerEvent),
        "whole" => Ok(Chunking::Whole),
        "one-byte" => Ok(Chunking::OneByte),
        "random" => Ok(Chunking::Random),
        number => number
            .parse::<NonZeroUsize>()
            .map(Chunking::Fixed)
            .map_err(|_| {
                "give per-event, whole, one-byte, random, or a number of bytes".to_owned()
            }),
    }
}

#[cfg(test)]
mod tests {
    use super::read_chunking;
    use mock_gateway::Chunking;
    use std::num::NonZeroUsize;

    #[test]
    fn chunking_is_a_word_or_a_number_of_bytes() {
        assert_eq!(read_chunking("one-byte"), Ok(Chunking::OneByte));
        assert_eq!(
            read_chunking("7"),
            Ok(Chunking::Fixed(NonZeroUsize::new(7).unwrap()))
        );
        for wrong in ["0", "-1", "bytes", ""] {
            assert!(read_chunking(wrong).is_err(), "{wrong}");
        }
    }
}
