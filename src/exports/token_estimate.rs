//! Exports of `token-estimate`.

use crate::Component;
use crate::bindings::token_estimate::Guest;
use provider_core::token_estimate;

impl Guest for Component {
    fn estimate_text_tokens(text: String) -> u64 {
        token_estimate::text(&text)
    }
}
