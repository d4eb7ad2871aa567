//! How a request proves who sends it: the methods that the form offers under
//! `consumer_auth_mode`, one file each.
//!
//! Some methods place a fixed secret in a request ([`Token`]); it is part of
//! the request from the start. Others sign it with a [`Key`]: a signature is
//! made anew for each attempt, over the bytes that are sent.

mod diagnosis;
mod header_text;
mod hmac;
mod hmac_apisix;
mod key;
mod mac;
mod method;
mod moment;
mod token;

pub use self::diagnosis::Attempt;
pub use self::key::Key;
pub use self::method::Authentication;
pub use self::moment::Moment;
pub use self::token::Token;
