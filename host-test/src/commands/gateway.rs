//! `gateway`: runs the mock gateway.

mod routes;
mod welcome;

use crate::failure::Failure;
use crate::interrupt::run_until_interrupted;
use crate::output::{self, sanitize};
use anyhow::Context as _;
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
  higress-host gateway --listen 127.0.0.1:0 --chunking random \\
      --seed 7 --delay-ms 50
  higress-host gateway --chat qwen

Then, in another terminal:
  higress-host text \"Hello\" --model demo --allow-private \\
      --set endpoint_url=http://127.0.0.1:8080/open
  higress-host rerank \"museum\" \"Tea is hot.\" \"The museum opens at ten.\" \\
      --model demo --allow-private --set endpoint_url=http://127.0.0.1:8080/open

Three routes serve the same four models: /open without authentication, /key with
an API key, /hmac with signed requests. Their credentials are printed as JSON,
for --credentials FILE. Below a route, chat is at v1/chat/completions and
embeddings at v1/embeddings; images and rerank have the paths of DashScope.
Generated pictures are served below /images.

The chat model calls the tools that a request offers: current_time if the prompt
contains \"time\", and search_promotions with that time if it contains
\"promotion\". Its answer uses their results, which must have the form
{\"time\": …} and {\"promotions\": [{\"product\": …, \"offer\": …, \"until\": …}]}.
`higress-host demo agent` provides both tools.";

/// Timeout of one wait for requests; it is repeated.
const WATCH: Duration = Duration::from_hours(1);

/// Run the mock gateway. Its chat model greets, counts, does arithmetic and
/// remembers names, by fixed rules. Ctrl-C stops it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct GatewayArguments {
    /// The address to listen on; port 0 picks a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The seed of random chunk sizes and identifiers; the same seed gives the
    /// same responses.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// The chunks of responses: per-event, whole, one-byte, random, or a number
    /// of bytes.
    #[arg(long, value_name = "HOW", default_value = "per-event", value_parser = read_chunking)]
    chunking: Chunking,
    /// The delay between two chunks of a response, in milliseconds.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    delay_ms: u64,
    /// The provider whose wire format the chat model uses.
    #[arg(long, value_name = "PROVIDER", value_enum, default_value_t = Speaker::Openai)]
    chat: Speaker,
}

impl GatewayArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match run_until_interrupted(self.serve()) {
            // Ctrl-C is the normal end of a server.
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
        let gateway = Gateway::start(config).await.with_context(|| {
            format!(
                "cannot listen on {} (pass another address, e.g. --listen 127.0.0.1:8081)",
                self.listen
            )
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

/// Logs every request at its end, forever.
async fn log(gateway: Arc<Gateway>) {
    let mut number = 0;
    loop {
        // A timeout means that no request arrived.
        if gateway.wait_for_requests(number + 1, WATCH).await.is_ok() {
            tokio::spawn(log_one(Arc::clone(&gateway), number));
            number += 1;
        }
    }
}

async fn log_one(gateway: Arc<Gateway>, number: u64) {
    let begun = Instant::now();
    if let Ok(request) = gateway.wait_for_outcome(number, WATCH).await {
        output::say(&sanitize::control_characters(&log_line(
            &request,
            begun.elapsed(),
        )));
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
        Outcome::BrokenOffByGateway => "aborted by the gateway",
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
                "expected per-event, whole, one-byte, random, or a number of bytes".to_owned()
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
