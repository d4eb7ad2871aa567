//! How a request proves who sends it: the methods that the form offers under
//! `consumer_auth_mode`, one file each.
//!
//! Some methods place a fixed secret in a request ([`Token`]); it is part of
//! the request from the start. Others sign it with a [`SigningKey`]: a signature is
//! made anew for each signed, over the bytes that are sent.

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
