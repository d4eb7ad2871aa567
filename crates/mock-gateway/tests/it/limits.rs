//! The plugins that limit requests and tokens, as a client sees them.

use std::time::Duration;

use http::{HeaderValue, StatusCode};
use mock_gateway::{
    Authentication, Backend, Clock, ClusterRateLimit, Ending, FlowControl, Gateway, GatewayConfig,
    Governance, KeyAuth, KeyAuthFlavour, KeyRateLimit, KeySource, Limit, LimitBy, LimitRule,
    ManualClock, MockResponse, Route, Script, TokenRateLimit,
};
use serde_json::json;

use crate::support::{Response, client, get, send, served_route, start, timely, with_headers};

/// The tokens that the scripted provider reports for each response.
const COST: u64 = 30;

struct Limited {
    gateway: Gateway,
    clock: ManualClock,
}

impl Limited {
    async fn by(plugins: impl IntoIterator<Item = Governance>) -> Self {
        let usage = json!({"usage": {"prompt_tokens": 10, "completion_tokens": COST - 10}});
        let mock = MockResponse::document(StatusCode::OK, "application/json", usage.to_string());
        Self::with_response(mock, plugins).await
    }

    async fn with_response(
        mock: MockResponse,
        plugins: impl IntoIterator<Item = Governance>,
    ) -> Self {
        let route = Route::new("/", Backend::Script(Script::new(mock)));
        let route = plugins.into_iter().fold(route, Route::governed_by);
        let clock = ManualClock::at(1_000_000);
        let config = GatewayConfig::new().clock(Clock::Manual(clock.clone()));
        Self {
            gateway: start(config.route(route)).await,
            clock,
        }
    }

    async fn call(&self, target: &str, headers: &[(&'static str, &'static str)]) -> Response {
        let request = with_headers(get(&self.gateway.url(target)), headers.iter().copied());
        send(&client(), request).await
    }

    async fn status(&self, headers: &[(&'static str, &'static str)]) -> u16 {
        self.call("/", headers).await.status.as_u16()
    }
}

fn each_team(limit: Limit) -> LimitRule {
    LimitRule::each(LimitBy::Header("x-team".into()), limit)
}

#[track_caller]
fn assert_limited(response: &Response, headers: &[(&str, &str)]) {
    assert_eq!(
        (response.status.as_u16(), response.text()),
        (429, "Too many requests")
    );
    assert_eq!(response.headers["content-type"], "text/plain");
    assert!(!response.headers.contains_key("retry-after"));
    let limits: Vec<(&str, &str)> = response
        .headers
        .iter()
        .filter(|(name, _)| name.as_str().contains("ratelimit"))
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    assert_eq!(limits, headers);
}

mod tokens {
    use super::*;

    fn plugin(count: u64) -> Governance {
        TokenRateLimit::new(each_team(Limit::per_minute(count))).into()
    }

    #[tokio::test]
    async fn the_request_that_exceeds_succeeds_and_the_next_is_told_when_to_come_again() {
        let limited = Limited::by([plugin(2 * COST)]).await;
        let red = [("x-team", "red")];
        // Two use exactly the limit, and not more.
        for _ in 0..3 {
            assert_eq!(limited.status(&red).await, 200);
        }
        limited.clock.advance(Duration::from_secs(20));
        let refused = limited.call("/", &red).await;
        assert_limited(&refused, &[("x-tokenratelimit-reset", "40")]);
        assert_eq!(limited.status(&[("x-team", "blue")]).await, 200);
        limited.clock.advance(Duration::from_secs(40));
        assert_eq!(limited.status(&red).await, 200);
    }

    #[tokio::test]
    async fn a_request_that_no_rule_fits_is_not_limited() {
        let limited = Limited::by([plugin(0)]).await;
        for _ in 0..3 {
            assert_eq!(limited.status(&[]).await, 200);
        }
    }

    #[tokio::test]
    async fn a_stream_is_counted_by_its_usage_and_not_at_all_without() {
        let stream = |data: &'static str| MockResponse::event_stream().bytes(data);
        let with = stream(
            "data: {\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1}}\n\ndata: [DONE]\n\n",
        );
        let without = stream("data: {\"choices\":[]}\n\ndata: [DONE]\n\n");
        for (mock, second) in [(with, 429), (without, 200)] {
            let limited = Limited::with_response(mock, [plugin(5)]).await;
            let red = [("x-team", "red")];
            assert_eq!(limited.status(&red).await, 200);
            assert_eq!(limited.status(&red).await, second);
        }
    }

    #[tokio::test]
    async fn a_response_that_does_not_end_is_not_counted() {
        let usage = "data: {\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1}}\n\n";
        let hanging = MockResponse::event_stream()
            .bytes(usage)
            .ending(Ending::Hang);
        let limited = Limited::with_response(hanging, [plugin(5)]).await;
        for _ in 0..2 {
            let mut request = get(&limited.gateway.url("/"));
            let team = HeaderValue::from_static("red");
            request.headers_mut().insert("x-team", team);
            let response = timely(client().request(request)).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
        }
    }
}

mod requests {
    use super::*;

    #[tokio::test]
    async fn requests_over_the_limit_are_told_when_to_come_again() {
        let limited = Limited::by([ClusterRateLimit::for_everyone(Limit::new(2, 10)).into()]).await;
        assert_eq!(limited.status(&[]).await, 200);
        limited.clock.advance(Duration::from_secs(3));
        assert_eq!(limited.status(&[]).await, 200);
        let refused = limited.call("/", &[]).await;
        assert_limited(&refused, &[("x-ratelimit-reset", "7")]);
        limited.clock.advance(Duration::from_secs(7));
        let served = limited.call("/", &[]).await;
        assert_eq!(served.status, StatusCode::OK);
        assert!(!served.headers.contains_key("x-ratelimit-limit"));
    }

    #[tokio::test]
    async fn a_reset_can_be_in_no_seconds() {
        let limited = Limited::by([ClusterRateLimit::for_everyone(Limit::per_second(0)).into()]);
        let limited = limited.await;
        assert_limited(&limited.call("/", &[]).await, &[("x-ratelimit-reset", "1")]);
        limited.clock.advance(Duration::from_millis(600));
        assert_limited(&limited.call("/", &[]).await, &[("x-ratelimit-reset", "0")]);
    }

    #[tokio::test]
    async fn limit_and_rest_are_shown_on_responses_and_refusals_if_configured() {
        let plugin = ClusterRateLimit::for_everyone(Limit::per_minute(1));
        let limited = Limited::by([plugin.show_limit_quota_header().into()]).await;
        let served = limited.call("/", &[]).await;
        assert_eq!(served.headers["x-ratelimit-limit"], "1");
        assert_eq!(served.headers["x-ratelimit-remaining"], "0");
        assert!(!served.headers.contains_key("x-ratelimit-reset"));
        let shown = [
            ("x-ratelimit-reset", "60"),
            ("x-ratelimit-limit", "1"),
            ("x-ratelimit-remaining", "0"),
        ];
        assert_limited(&limited.call("/", &[]).await, &shown);
    }

    #[tokio::test]
    async fn the_first_rule_that_fits_counts_and_values_have_windows_of_their_own() {
        let by = || LimitBy::Parameter("team".into());
        let plugin = ClusterRateLimit::by_rules([
            LimitRule::only(by(), "red", Limit::per_minute(0)),
            LimitRule::each(by(), Limit::per_minute(1)),
        ]);
        let limited = Limited::by([plugin.into()]).await;
        let status = async |target| limited.call(target, &[]).await.status.as_u16();
        assert_eq!(status("/?team=%72ed").await, 429);
        assert_eq!(status("/?team=blue").await, 200);
        assert_eq!(status("/?team=blue").await, 429);
        assert_eq!(status("/?team=green").await, 200);
        assert_eq!(status("/").await, 200);
    }

    #[tokio::test]
    async fn listed_keys_are_limited_without_any_hint() {
        let plugin = KeyRateLimit::by_header("x-api-key").key("sk-1", Limit::per_second(1));
        let limited = Limited::by([plugin.into()]).await;
        let key = [("x-api-key", "sk-1")];
        assert_eq!(limited.status(&key).await, 200);
        let refused = limited.call("/", &key).await;
        assert_eq!(
            (refused.status.as_u16(), refused.text()),
            (429, "rate_limited")
        );
        assert!(!refused.headers.contains_key("x-ratelimit-reset"));
        assert_eq!(limited.status(&[("x-api-key", "sk-2")]).await, 200);
        limited.clock.advance(Duration::from_secs(1));
        assert_eq!(limited.status(&key).await, 200);
    }

    #[tokio::test]
    async fn keys_in_a_parameter_are_compared_undecoded() {
        let plugin = KeyRateLimit::by_parameter("key").key("sk-1", Limit::per_second(0));
        let limited = Limited::by([plugin.into()]).await;
        assert_eq!(limited.call("/?key=sk-1", &[]).await.status, 429);
        assert_eq!(limited.call("/?key=sk%2D1", &[]).await.status, 200);
    }

    #[tokio::test]
    async fn the_clouds_flow_control_refuses_with_a_text_that_can_be_set() {
        let plugin = || FlowControl::new(Limit::per_second(0));
        let limited = Limited::by([plugin().into()]).await;
        assert_limited(&limited.call("/", &[]).await, &[]);
        let busy = plugin().rejected_with(StatusCode::SERVICE_UNAVAILABLE, "busy");
        let limited = Limited::by([busy.into()]).await;
        let refused = limited.call("/", &[]).await;
        assert_eq!((refused.status.as_u16(), refused.text()), (503, "busy"));
    }
}

mod order {
    use super::*;

    fn key_auth() -> Authentication {
        let method = KeyAuth::new(KeyAuthFlavour::Cpp, KeySource::Header, "x-api-key");
        Authentication::KeyAuth(method.consumer("alice", "sk-a").consumer("bob", "sk-b"))
    }

    #[tokio::test]
    async fn authentication_is_asked_before_any_limit() {
        let route = served_route()
            .governed_by(ClusterRateLimit::for_everyone(Limit::per_minute(1)))
            .authentication(key_auth());
        let gateway = start(GatewayConfig::new().clock(Clock::fixed(0)).route(route)).await;
        let status = async |key| {
            let mut request = get(&gateway.url("/"));
            let key = HeaderValue::from_static(key);
            request.headers_mut().insert("x-api-key", key);
            send(&client(), request).await.status.as_u16()
        };
        assert_eq!(status("wrong").await, 401);
        assert_eq!(status("sk-a").await, 200);
        assert_eq!(status("sk-a").await, 429);
        assert_eq!(status("wrong").await, 401);
    }

    #[tokio::test]
    async fn consumers_are_limited_apart_unless_the_client_claims_to_be_another() {
        let rule = LimitRule::each(LimitBy::Consumer, Limit::per_minute(1));
        let route = served_route()
            .governed_by(ClusterRateLimit::by_rules([rule]))
            .authentication(key_auth());
        let gateway = start(GatewayConfig::new().clock(Clock::fixed(0)).route(route)).await;
        let status = async |key, claimed: Option<&'static str>| {
            let mut request = get(&gateway.url("/"));
            let headers = request.headers_mut();
            headers.insert("x-api-key", HeaderValue::from_static(key));
            if let Some(claimed) = claimed {
                headers.insert("x-mse-consumer", HeaderValue::from_static(claimed));
            }
            send(&client(), request).await.status.as_u16()
        };
        assert_eq!(status("sk-a", None).await, 200);
        assert_eq!(status("sk-a", None).await, 429);
        assert_eq!(status("sk-b", None).await, 200);
        assert_eq!(status("sk-a", Some("carol")).await, 200);
    }

    #[tokio::test]
    async fn plugins_are_called_by_priority_however_they_were_added() {
        let keys = KeyRateLimit::by_header("x-team").key("red", Limit::per_minute(0));
        let tokens = TokenRateLimit::new(each_team(Limit::per_minute(COST - 1)));
        let cluster = ClusterRateLimit::for_everyone(Limit::per_minute(5));
        let limited = Limited::by([
            keys.into(),
            cluster.show_limit_quota_header().into(),
            tokens.into(),
        ])
        .await;
        // The cluster's headers are on the refusal of a later plugin too.
        let refused = limited.call("/", &[("x-team", "red")]).await;
        assert_eq!(refused.text(), "rate_limited");
        assert_eq!(refused.headers["x-ratelimit-remaining"], "4");
        // Tokens are counted first, so the cluster sees no third request.
        let blue = [("x-team", "blue")];
        assert_eq!(limited.status(&blue).await, 200);
        let refused = limited.call("/", &blue).await;
        assert_limited(&refused, &[("x-tokenratelimit-reset", "60")]);
    }
}
