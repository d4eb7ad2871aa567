//! DashScope's compatible rerank API: all members on one level. On DashScope
//! itself the path follows `/compatible-api`, which is then part of the
//! endpoint.

use super::members::Members;
use wire::json::JsonWriter;

pub(super) const PATH: &str = "/v1/reranks";

pub(super) fn write(members: &Members<'_>, json: &mut JsonWriter) {
    members.write_texts(json);
    members.write_top_n(json);
    members.write_instruction(json);
}
