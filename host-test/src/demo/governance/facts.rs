//! The metadata of a response and of an error on one line, by the contract's
//! names.

use provider_host::contract::types::{Error, ResponseMetadata};

/// The `response-metadata`.
pub(super) fn of_response(info: &ResponseMetadata) -> String {
    let gateway = info.gateway.clone().unwrap_or_default();
    let mut facts = Vec::new();
    facts.extend(info.model.as_ref().map(|model| format!("model {model}")));
    facts.extend(
        gateway
            .fallback_from
            .as_ref()
            .map(|route| format!("fallback-from {route}")),
    );
    facts.push(format!("cached {}", gateway.cached));
    facts.push(format!("guarded {}", gateway.guarded));
    facts.extend(time("upstream-ms", gateway.upstream_ms));
    facts.extend(time("total-ms", info.total_ms));
    format!("response-metadata: {}", facts.join(", "))
}

/// The `error` without its message.
pub(super) fn of_error(error: &Error) -> String {
    let mut facts = vec![format!("kind {}", error.kind.as_str())];
    facts.extend(error.status.map(|status| format!("status {status}")));
    facts.extend(time("retry-after-ms", error.retry_after_ms));
    format!("error: {}", facts.join(", "))
}

fn time(name: &str, milliseconds: Option<u64>) -> Option<String> {
    milliseconds.map(|milliseconds| format!("{name} {milliseconds}"))
}
