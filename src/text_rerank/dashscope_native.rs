//! DashScope's native rerank: query and documents in `input`, the rest in
//! `parameters`.

use super::Wanted;
use crate::json::Json;

pub(super) const PATH: &str = "/api/v1/services/rerank/text-rerank/text-rerank";

pub(super) fn body(wanted: Wanted<'_>) -> Json<'_> {
    // The texts are here already: they need not come back.
    let mut parameters = vec![("return_documents", Json::Boolean(false))];
    parameters.extend(wanted.top_n.map(|n| ("top_n", Json::Number(n.into()))));
    parameters.extend(
        wanted
            .instruction
            .map(|text| ("instruct", Json::Text(text))),
    );
    let input = vec![
        ("query", Json::Text(wanted.query)),
        ("documents", Json::Array(wanted.documents)),
    ];
    Json::Object(vec![
        ("model", Json::Text(wanted.model)),
        ("input", Json::Object(input)),
        ("parameters", Json::Object(parameters)),
    ])
}
