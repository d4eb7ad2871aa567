//! Rerank as Cohere began it: Jina, vLLM, Xinference, llama.cpp and others
//! followed.

use super::Wanted;
use crate::error::Error;
use crate::json::Json;

pub(super) const PATH: &str = "/v1/rerank";

pub(super) fn body(wanted: Wanted<'_>) -> Result<Json<'_>, Error> {
    if wanted.instruction.is_some() {
        return Err(Error::unsupported(
            "`instruction` over cohere_rerank, which has no place for it",
        ));
    }
    let mut members = vec![
        ("model", Json::Text(wanted.model)),
        ("query", Json::Text(wanted.query)),
        ("documents", Json::Array(wanted.documents)),
    ];
    members.extend(wanted.top_n.map(|n| ("top_n", Json::Number(n.into()))));
    // Some send them back unless told not to.
    members.push(("return_documents", Json::Boolean(false)));
    Ok(Json::Object(members))
}
