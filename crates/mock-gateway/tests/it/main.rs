//! The mock gateway over real sockets: what a client receives, and what is
//! recorded of it.

mod chat_dialects;
mod chat_native;
mod chat_rules;
mod delivery;
mod embeddings;
mod fallback;
mod hmac_auth;
mod hmac_auth_apisix;
mod images;
mod jwt_auth;
mod key_auth;
mod life;
mod limits;
mod noise;
mod openai_compatible;
mod provider;
mod quota;
mod records;
mod replay_protection;
mod rerank;
mod response_headers;
mod routes;
mod scripts;
mod support;
