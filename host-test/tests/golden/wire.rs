//! A request as text, with its JSON laid out in lines, and with placeholders for
//! what differs from run to run.

use serde_json::Value;
use std::fmt::Write as _;

/// A request that was sent.
pub(crate) struct Wire {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Wire {
    /// The text of `request.http`, for a gateway at `authority`.
    pub(crate) fn text(&self, authority: &str) -> String {
        let is_host = |(name, _): &&(String, String)| name == "host";
        let own_host = self.headers.iter().find(is_host);
        let host = own_host.map_or(authority, |(_, value)| value);
        let mut text = format!("{} {} HTTP/1.1\nhost: {host}\n", self.method, self.target);
        for (name, value) in self.headers.iter().filter(|header| !is_host(header)) {
            let agent = concat!("higress-model-provider/", env!("CARGO_PKG_VERSION"));
            let value = value.replace(agent, "higress-model-provider/{version}");
            let _ = writeln!(text, "{name}: {value}");
        }
        let _ = writeln!(text, "\n{}", laid_out(&self.body));
        text.replace(authority, "{host}")
    }
}

/// JSON in lines, if writing it in one line gives exactly these bytes; anything
/// else as it is. So the text of two bodies is equal only if their bytes are,
/// down to the order of members and the digits of numbers.
fn laid_out(body: &[u8]) -> String {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) if value.to_string().as_bytes() == body => format!("{value:#}"),
        _ => String::from_utf8_lossy(body).into_owned(),
    }
}

/// The text of a request without what its signature makes of the moment: the
/// values of the headers for time, nonce and signature.
pub(crate) fn without_moment(request: &str) -> String {
    const NAMES: [&str; 4] = ["date", "x-ca-nonce", "x-ca-signature", "x-ca-timestamp"];
    let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
    let mut text = String::new();
    for line in head.lines() {
        let value_start = match line.split_once(": ") {
            Some((name, _)) if NAMES.contains(&name) => name.len(),
            Some(("authorization", _)) => line.find("signature=").unwrap_or(line.len()),
            _ => line.len(),
        };
        text.extend(line.get(..value_start));
        text.push('\n');
    }
    format!("{text}\n{body}")
}
