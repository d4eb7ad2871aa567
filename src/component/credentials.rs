//! Exports of `credentials`.

use super::Component;
use super::contract::credentials::Guest;
use super::contract::types::{self, CallOptions, Model, ReplyInfo};
use super::convert;
use crate::error::Error;

impl Guest for Component {
    fn validate(_model: Model, _options: CallOptions) -> Result<ReplyInfo, types::Error> {
        Err(convert::error(Error::unsupported("validation")))
    }
}
