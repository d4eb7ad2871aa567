//! Validation of the headers that a tenant or a caller sets.

use crate::error::Error;

/// Checks whether a tenant or a caller may set a header. `name` is in lower
/// case.
pub(crate) fn check_header(name: &str) -> Result<(), Error> {
    if name.is_empty() || !name.bytes().all(is_token_byte) {
        let shown: String = name.chars().filter(|c| !c.is_control()).collect();
        return Err(Error::invalid_request(format!(
            "invalid header name `{shown}`; use letters, digits and `-`"
        )));
    }
    if RESERVED_HEADERS.contains(&name) || name.starts_with("x-ca-") {
        return Err(reserved(name));
    }
    Ok(())
}

/// Checks a header value: no control characters except the tab (RFC 9110 §5.5).
pub(crate) fn check_header_value(name: &str, value: &str) -> Result<(), Error> {
    if value
        .bytes()
        .all(|byte| byte == b'\t' || (byte >= 0x20 && byte != 0x7f))
    {
        return Ok(());
    }
    Err(Error::invalid_request(format!(
        "the value of the header `{name}` contains a line break or another control character"
    )))
}

pub(crate) fn reserved(name: &str) -> Error {
    Error::invalid_request(format!(
        "the header `{name}` is set by the provider; remove it"
    ))
}

/// Headers that a caller may not set, because the transport or the provider
/// sets them, or because the gateway trusts them.
const RESERVED_HEADERS: [&str; 14] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    // Set by the gateway to the authenticated consumer; a client's value could
    // be mistaken for it (Higress `key-auth`).
    "x-mse-consumer",
];

/// Whether a byte may occur in a header name: RFC 9110 §5.6.2, `tchar`.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
