//! The members of a request that the protocols have in common.

use super::request::Request;
use wire::json::JsonWriter;

/// The members of a request, which each protocol arranges in its own way.
pub(super) struct Members<'a> {
    pub(super) request: &'a Request,
    pub(super) top_n: Option<u32>,
}

impl Members<'_> {
    pub(super) fn write_texts(&self, json: &mut JsonWriter) {
        json.member("query").string(&self.request.query);
        json.member("documents")
            .string_array(&self.request.documents);
    }

    pub(super) fn write_top_n(&self, json: &mut JsonWriter) {
        if let Some(top_n) = self.top_n {
            json.member("top_n").i64(top_n.into());
        }
    }

    pub(super) fn write_instruction(&self, json: &mut JsonWriter) {
        if let Some(instruction) = &self.request.instruction {
            json.member("instruct").string(instruction);
        }
    }
}
