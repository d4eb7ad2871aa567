//! DashScope's compatible rerank: everything on one level. Behind a Higress
//! route the path is this one; at DashScope itself it follows
//! `/compatible-api`, which belongs to the endpoint then.

use super::members::Members;
use wire::json::JsonWriter;

pub(super) const PATH: &str = "/v1/reranks";

pub(super) fn write(members: &Members<'_>, json: &mut JsonWriter) {
    members.write_texts(json);
    members.write_top_n(json);
    members.write_instruction(json);
}
