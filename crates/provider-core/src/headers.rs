//! Which headers a tenant or a caller may set, and with which values.

use crate::error::Error;

/// Whether a header of this name may be set by a tenant or a caller; `name`
/// in lower case.
pub(crate) fn check_header(name: &str) -> Result<(), Error> {
    if name.is_empty() || !name.bytes().all(is_token_byte) {
        let shown: String = name.chars().filter(|c| !c.is_control()).collect();
        return Err(Error::invalid_request(format!(
            "the header name `{shown}` is not allowed: use letters, digits and `-`"
        )));
    }
    if RESERVED_HEADERS.contains(&name) || name.starts_with("x-ca-") {
        return Err(reserved(name));
    }
    Ok(())
}

/// Whether a text can stand as a header's value: no control characters but
/// the tab (RFC 9110 §5.5).
pub(crate) fn check_header_value(name: &str, value: &str) -> Result<(), Error> {
    if value
        .bytes()
        .all(|byte| byte == b'\t' || (byte >= 0x20 && byte != 0x7f))
    {
        return Ok(());
    }
    Err(Error::invalid_request(format!(
        "the value of the header `{name}` holds a line break or another control character"
    )))
}

pub(crate) fn reserved(name: &str) -> Error {
    Error::invalid_request(format!(
        "the header `{name}` is set by the provider itself; leave it out"
    ))
}

/// Headers that a caller may not set, because the transport or the
/// component's own logic owns them, or because the gateway trusts them.
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
    // The gateway's name for the consumer it authenticated: a value from the
    // client would pass for its own (reference: Higress `key-auth`).
    "x-mse-consumer",
];

/// A byte of a header's name: RFC 9110 §5.6.2, `tchar`.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
