//! Authentication of requests: the methods of `consumer_auth_mode`, one file
//! each.
//!
//! Some methods add a fixed secret to a request ([`Token`]). Others sign it
//! with a [`SigningKey`]: the signature is computed for each attempt, over the
//! bytes that are sent.

mod explain;
mod header_text;
mod hmac;
mod hmac_apisix;
mod hmac_digest;
mod method;
mod signing_context;
mod signing_key;
mod token;

pub use self::explain::SignedRequest;
pub use self::method::Authentication;
pub use self::signing_context::SigningContext;
pub use self::signing_key::SigningKey;
pub use self::token::Token;
