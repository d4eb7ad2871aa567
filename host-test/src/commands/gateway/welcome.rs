//! What the mock gateway prints at its start: its address, credentials for its
//! routes, and commands to try.

use super::routes::{DEMO_KEY, HMAC_KEY, HMAC_SECRET};
use serde_json::{Value, json};

/// The text for a gateway at this URL.
pub(super) fn welcome(url: &str) -> String {
    let [open, key, hmac] = ["/open", "/key", "/hmac"].map(|route| format!("{url}{route}"));
    let credentials: Vec<String> = [with_key(&key), with_signature(&hmac)]
        .iter()
        .map(|credentials| format!("  {credentials}\n"))
        .collect();
    let call = format!("--model demo --allow-private --set endpoint_url={open}");
    format!(
        "The mock gateway is listening on {url}\n  \
         {open}  no authentication\n  \
         {key}   API key {DEMO_KEY}\n  \
         {hmac}  requests signed by {HMAC_KEY}\n\
         Each route has a model for text, images, embeddings and rerank.\n\
         \n\
         Credentials, for --credentials FILE or a form:\n\
         {}\
         \n\
         Try:\n  \
         higress-host text \"Hello\" {call}\n  \
         higress-host image \"A cat in a teacup\" {call}\n  \
         higress-host embed \"one text\" \"another\" {call}\n  \
         higress-host rerank \"museum\" \"Tea is hot.\" \"The museum opens at ten.\" {call}\n\
         Press Ctrl-C to stop.\n",
        credentials.concat()
    )
}

fn with_key(endpoint: &str) -> Value {
    json!({
        "endpoint_url": endpoint,
        "consumer_auth_mode": "api_key",
        "api_key": DEMO_KEY,
    })
}

fn with_signature(endpoint: &str) -> Value {
    json!({
        "endpoint_url": endpoint,
        "consumer_auth_mode": "hmac",
        "hmac_key": HMAC_KEY,
        "hmac_secret": HMAC_SECRET,
    })
}
