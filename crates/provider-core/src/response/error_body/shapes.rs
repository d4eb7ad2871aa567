//! Error bodies as vendors send them. Every member may be missing.

use serde::Deserialize;
use serde_json::value::RawValue;
use wire::lenient::{List, Object, Text};

/// A body. Each vendor sends some of the members.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Body<'a> {
    #[serde(borrow)]
    pub(super) error: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) message: Option<&'a RawValue>,
    /// Higress `ai-data-masking`.
    #[serde(borrow)]
    pub(super) errmsg: Option<&'a RawValue>,
    /// Higress `ai-json-resp`.
    #[serde(borrow, rename = "Msg")]
    pub(super) json_resp_message: Text<'a>,
    #[serde(borrow, rename = "Code")]
    pub(super) json_resp_code: Text<'a>,
    /// Higress `ai-security-guard`.
    #[serde(borrow, rename = "denyMessage")]
    pub(super) deny_message: Option<&'a RawValue>,
    #[serde(borrow, rename = "blockedDetails")]
    pub(super) blocked_details: Option<&'a RawValue>,
    /// `FastAPI`: a text, or a list of validation errors.
    #[serde(borrow)]
    pub(super) detail: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) code: Text<'a>,
    #[serde(borrow)]
    pub(super) param: Text<'a>,
    #[serde(borrow)]
    pub(super) error_type: Text<'a>,
    #[serde(borrow)]
    pub(super) request_id: Text<'a>,
    #[serde(borrow, rename = "requestId")]
    pub(super) request_id_in_camel_case: Text<'a>,
}

/// The member `error`, if it is an object.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorObject<'a> {
    #[serde(borrow)]
    pub(super) message: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) code: Text<'a>,
    #[serde(borrow)]
    pub(super) param: Text<'a>,
    #[serde(borrow, rename = "type")]
    pub(super) error_type: Text<'a>,
    #[serde(borrow)]
    pub(super) request_id: Text<'a>,
    /// `OpenRouter`: the message of the provider behind it.
    #[serde(borrow)]
    pub(super) metadata: Object<Metadata<'a>>,
    /// Google.
    #[serde(borrow)]
    pub(super) details: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata<'a> {
    #[serde(borrow)]
    pub(super) raw: Text<'a>,
}

/// Mistral's `message` is an object.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NestedMessage<'a> {
    #[serde(borrow)]
    pub(super) detail: Option<&'a RawValue>,
}

/// A validation error of `FastAPI`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ValidationError<'a> {
    #[serde(borrow)]
    pub(super) loc: List<Text<'a>>,
}

/// A detail of Google's errors: `RetryInfo` or `BadRequest` of
/// `google/rpc/error_details.proto`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct GoogleDetail<'a> {
    #[serde(borrow, rename = "retryDelay")]
    pub(super) retry_delay: Text<'a>,
    #[serde(borrow, rename = "fieldViolations")]
    pub(super) field_violations: List<Object<FieldViolation<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct FieldViolation<'a> {
    #[serde(borrow)]
    pub(super) field: Text<'a>,
}
