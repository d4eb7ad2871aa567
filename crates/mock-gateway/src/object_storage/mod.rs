//! An object storage at the gateway's origin, for the images of its image
//! models. It requires no credentials but a URL that has not expired.

mod picture;

use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};

use super::query;
use super::response::MockResponse;
pub(crate) use picture::{Picture, Size};

const FOLDER: &str = "/images/";
/// How long a URL is valid, in seconds.
const LIFETIME_SECONDS: u64 = 24 * 60 * 60;

/// The URL of a picture, created at this time (seconds since 1970).
pub(crate) fn url(origin: &str, picture: Picture, unix_seconds: u64) -> String {
    let expires = unix_seconds + LIFETIME_SECONDS;
    format!("{origin}{FOLDER}{}?Expires={expires}", picture.file_name())
}

/// The response to a request for a picture; `None` for any other request.
pub(crate) fn respond(head: &Parts, unix_seconds: u64) -> Option<MockResponse> {
    let name = head.uri.path().strip_prefix(FOLDER)?;
    let picture = Picture::of_file_name(name)?;
    if head.method != Method::GET {
        return None;
    }
    let query = head.uri.query().unwrap_or_default();
    let expires = query::form_values(query, "Expires").next();
    let expires = expires.and_then(|value| value.parse::<u64>().ok());
    let response = match expires {
        Some(expires) if unix_seconds < expires => {
            MockResponse::document(StatusCode::OK, "image/png", picture.png())
        }
        Some(_) => refusal("Request has expired."),
        None => refusal("You have no right to access this object."),
    };
    Some(response.header(header::SERVER, HeaderValue::from_static("AliyunOSS")))
}

fn refusal(message: &str) -> MockResponse {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>\n"
    );
    MockResponse::document(StatusCode::FORBIDDEN, "application/xml", body)
}
