//! DashScope's compatible rerank: everything on one level. Behind a Higress
//! route the path is this one; at DashScope itself it follows
//! `/compatible-api`, which belongs to the endpoint then.

use super::Wanted;
use crate::json::Json;

pub(super) const PATH: &str = "/v1/reranks";

pub(super) fn body(wanted: Wanted<'_>) -> Json<'_> {
    let mut members = vec![
        ("model", Json::Text(wanted.model)),
        ("query", Json::Text(wanted.query)),
        ("documents", Json::Array(wanted.documents)),
    ];
    members.extend(wanted.top_n.map(|n| ("top_n", Json::Number(n.into()))));
    members.extend(
        wanted
            .instruction
            .map(|text| ("instruct", Json::Text(text))),
    );
    Json::Object(members)
}
