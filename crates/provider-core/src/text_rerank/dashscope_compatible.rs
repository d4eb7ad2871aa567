//! DashScope's compatible rerank: everything on one level. Behind a Higress
//! route the path is this one; at DashScope itself it follows
//! `/compatible-api`, which belongs to the endpoint then.

use super::Wanted;
use wire::json::JsonWriter;

pub(super) const PATH: &str = "/v1/reranks";

pub(super) fn write(wanted: &Wanted<'_>, json: &mut JsonWriter) {
    wanted.write_texts(json);
    wanted.write_top_n(json);
    wanted.write_instruction(json);
}
