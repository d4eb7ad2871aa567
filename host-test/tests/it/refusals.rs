//! Every refusal that gateway and providers are known to write
//! (`crates/provider-core/src/response/error_response/error_responses.tsv`), through the built component over real
//! sockets. `make component` builds it.

use higress_host::json;
use http::{HeaderName, HeaderValue, StatusCode};
use mock_gateway::{Backend, Gateway, GatewayConfig, MockResponse, Origin, Route, Script};
use provider_host::contract::types::{Error, ModelKind};
use provider_host::error::CallError;
use testing::call::{model, once, question, tenant};
use testing::root;

/// A row of the table; an empty cell is an absent value.
struct Row<'a> {
    source: &'a str,
    status: StatusCode,
    headers: Vec<(&'a str, &'a str)>,
    body: &'a str,
    kind: &'a str,
    code: &'a str,
    retry_after_ms: &'a str,
    says: &'a str,
}

impl<'a> Row<'a> {
    fn parse(line: &'a str) -> Self {
        let cells: Vec<&str> = line.split('\t').collect();
        let &[
            source,
            status,
            headers,
            body,
            kind,
            code,
            retry_after_ms,
            _,
            says,
        ] = &cells[..]
        else {
            panic!("a row needs nine cells: {line}");
        };
        Self {
            source,
            status: status.parse().unwrap(),
            headers: headers
                .split("; ")
                .filter_map(|header| header.split_once(": "))
                .collect(),
            body,
            kind,
            code,
            retry_after_ms,
            says,
        }
    }

    fn response(&self) -> MockResponse {
        let response = MockResponse::new(self.status).made_by(Origin::Gateway);
        let response = self
            .headers
            .iter()
            .fold(response, |response, (name, value)| {
                response.header(
                    HeaderName::from_bytes(name.as_bytes()).unwrap(),
                    HeaderValue::from_bytes(value.as_bytes()).unwrap(),
                )
            });
        response.bytes(self.body.to_owned())
    }
}

/// Asks for a streamed answer, and is refused.
async fn refused(row: &Row<'_>) -> Error {
    let script = Script::new(row.response());
    let config = GatewayConfig::new().route(Route::new("/team", Backend::Script(script)));
    let gateway = Gateway::start(config).await.unwrap();
    let endpoint = gateway.url("/team");
    let model = model(ModelKind::TextGeneration, &endpoint, &[]);
    match tenant(&endpoint)
        .generate_stream(&model, &question("Hello"), &once())
        .await
    {
        Err(CallError::Provider(error)) => *error,
        Err(other) => panic!("{}: {other}", row.source),
        Ok(_) => panic!("{}: it is no refusal", row.source),
    }
}

#[tokio::test]
async fn every_known_refusal_reaches_the_caller_as_the_table_says() {
    let table = root().join("crates/provider-core/src/response/error_response/error_responses.tsv");
    let table = std::fs::read_to_string(table).unwrap();
    let rows: Vec<Row<'_>> = table.lines().skip(1).map(Row::parse).collect();
    assert!(rows.len() >= 60, "{} rows", rows.len());
    for row in rows {
        let error = refused(&row).await;
        let shown = json::error::write_error(&error);
        assert_eq!(shown["kind"], row.kind, "{}: {shown}", row.source);
        assert_eq!(shown["status"], row.status.as_u16(), "{}", row.source);
        let code = shown["code"].as_str().unwrap_or_default();
        assert_eq!(code, row.code, "{}: {shown}", row.source);
        let wait = shown["retry_after_ms"].as_u64();
        let wait = wait.map(|ms| ms.to_string()).unwrap_or_default();
        assert_eq!(wait, row.retry_after_ms, "{}: {shown}", row.source);
        assert!(error.message.contains(row.says), "{}: {shown}", row.source);
        assert!(error.request_sent, "{}", row.source);
    }
}
