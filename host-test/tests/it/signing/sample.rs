//! Random requests, signed by the component.

use mock_gateway::{Authentication, HmacAuth, HmacAuthApisix, HmacConsumer, Refusal, WireRequest};
use provider_core::authentication::SigningContext;
use provider_core::credentials::Credentials;
use provider_core::form::Form;
use provider_core::http::{Method, Request};

use super::draws::Draws;

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    XCa,
    Apisix,
}

/// A signed request as it goes over the wire, and what the gateway knows.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) scheme: Scheme,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) key: String,
    pub(crate) secret: String,
    pub(crate) has_digest: bool,
    /// Milliseconds since 1970.
    pub(crate) verified_at: u64,
}

/// How far the gateway's clock may be off, in seconds.
const CLOCK_OFFSET_SECONDS: u64 = 60;
/// 2000-01-01 and the length of a century, in milliseconds.
const YEAR_2000: u64 = 946_684_800_000;
const CENTURY: u64 = 3_155_760_000_000;

const SEGMENTS: [&str; 16] = [
    "/team",
    "/团队",
    "/a%20b",
    "/%FF",
    "/%e4%bd%a0",
    "/x.y",
    "/~",
    "/@",
    "/a=b",
    "/a&b;c",
    "/é",
    "/😀",
    "/{x}",
    "/%41",
    "/!$'()*+,:",
    "/v1beta",
];
const QUERY_PIECES: [&str; 30] = [
    "&", "&", "&", "&", "=", "=", "=", "a", "a", "b", "A", "键", "é", "%61", "%41", "%FF", "%ff",
    "%80", "%00", "%0A", "%26", "%3D", "%25", "%2B", "+", "?", "/", "\"", "{}", "[0]",
];
const FORM_PIECES: [&str; 11] = ["&", "&", "=", "=", "a", "b", "%61", "%FF", "+", "\n", "键"];
const APIS: [&str; 5] = [
    "/v1/chat/completions",
    "/v1/embeddings",
    "/v1/images/generations",
    "/v1/rerank",
    "/api/v1/services/rerank/text-rerank/text-rerank",
];
/// Headers that a caller adds.
pub(crate) const ADDED: [&str; 2] = ["x-team", "x-trace"];
const FORM: &str = "application/x-www-form-urlencoded";

impl Sample {
    /// A request to a random endpoint, signed with random credentials.
    pub(crate) fn draw(scheme: Scheme, draws: &mut Draws) -> Self {
        let key = format!(
            "k{}",
            draws.pieces(3, &["app", "Key", " x", "-_.", "/+=", "'%41"])
        );
        let secret = format!(
            "s{}",
            draws.pieces(30, &["ecret", "密", "\"\\", " x", "%41"])
        );
        let has_digest = draws.one_in(2);
        let credentials = credentials(scheme, &key, &secret, has_digest, draws);
        let request = request(&credentials, draws);
        let signed_at = YEAR_2000 + draws.number() % CENTURY;
        let random: [u8; 16] = std::array::from_fn(|_| u8::try_from(draws.below(256)).unwrap());
        let moment = SigningContext::new(signed_at, random);
        let signature = credentials.authentication.sign(&request, &moment);
        let headers = request.headers.iter().cloned().chain(signature);
        Self {
            scheme,
            method: request.method.as_str().to_owned(),
            target: request.path_and_query.clone(),
            headers: headers.collect(),
            body: request.body,
            key,
            secret,
            has_digest,
            verified_at: seen_from(signed_at, draws),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body, if its parameters are signed.
    pub(crate) fn form(&self) -> Option<&[u8]> {
        let is_form = self.scheme == Scheme::XCa && self.header("content-type") == Some(FORM);
        is_form.then_some(self.body.as_slice())
    }

    /// Whether the signature covers a header that the caller added.
    pub(crate) fn signs(&self, name: &str) -> bool {
        let value = self.header(name).unwrap_or_default();
        self.scheme == Scheme::Apisix && !value.is_empty() && value.trim() == value
    }

    /// The plugin that knows who signed it, and demands that what the caller
    /// added is signed.
    pub(crate) fn verifier(&self) -> Authentication {
        let consumer = HmacConsumer::new("tenant", &self.key, &self.secret);
        match self.scheme {
            Scheme::XCa => Authentication::HmacAuth(
                HmacAuth::for_consumers([consumer])
                    .unwrap()
                    .date_offset_seconds(CLOCK_OFFSET_SECONDS),
            ),
            Scheme::Apisix => {
                let plugin = HmacAuthApisix::for_consumers([consumer])
                    .clock_skew_seconds(CLOCK_OFFSET_SECONDS);
                let demanded = ADDED.into_iter().filter(|name| self.signs(name));
                let plugin = demanded.fold(plugin, HmacAuthApisix::signed_header);
                Authentication::HmacAuthApisix(if self.has_digest {
                    plugin.validate_request_body()
                } else {
                    plugin
                })
            }
        }
    }

    /// What the plugin makes of it.
    pub(crate) fn verdict(&self, verifier: &Authentication) -> Result<(), Refusal> {
        let request = WireRequest {
            method: &self.method,
            target: &self.target,
            headers: self
                .headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_bytes()))
                .collect(),
            body: &self.body,
        };
        match verifier {
            Authentication::HmacAuth(plugin) => plugin.verify(&request, self.verified_at).map(drop),
            Authentication::HmacAuthApisix(plugin) => {
                plugin.verify(&request, self.verified_at).map(drop)
            }
            other => panic!("{other:?} checks no signatures, as far as this test knows"),
        }
    }

    /// Its bytes in HTTP/1.1.
    pub(crate) fn wire(&self) -> Vec<u8> {
        let request_line = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        let fields: Vec<String> = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let ending = "host: gateway.example\r\nconnection: close\r\n\r\n";
        let head = [request_line, fields.concat(), ending.to_owned()].concat();
        [head.as_bytes(), &self.body].concat()
    }
}

fn credentials(
    scheme: Scheme,
    key: &str,
    secret: &str,
    has_digest: bool,
    draws: &mut Draws,
) -> Credentials {
    let mode = match scheme {
        Scheme::XCa => "hmac",
        Scheme::Apisix => "hmac_apisix",
    };
    let query = match draws.below(3) {
        0 => String::new(),
        _ => format!("?{}", draws.pieces(12, &QUERY_PIECES)),
    };
    let path = draws.pieces(4, &SEGMENTS);
    let form = [
        (
            "endpoint_url",
            format!("https://gateway.example{path}{query}"),
        ),
        ("consumer_auth_mode", mode.to_owned()),
        ("hmac_key", key.to_owned()),
        ("hmac_secret", secret.to_owned()),
        (
            "hmac_method",
            draws.pick(&["hmac_sha256", "hmac_sha1"]).to_owned(),
        ),
        (
            "body_digest",
            if has_digest { "on" } else { "off" }.to_owned(),
        ),
    ];
    let form = form.map(|(variable, value)| (variable.to_owned(), value));
    Form::parse(&form)
        .and_then(|parsed| Credentials::parse(&parsed, "model"))
        .unwrap_or_else(|error| panic!("{form:?}: {}", error.message))
}

fn request(credentials: &Credentials, draws: &mut Draws) -> Request {
    let method = if draws.one_in(8) {
        Method::Get
    } else {
        Method::Post
    };
    let media_type = draws.pick(&[
        Some("application/json"),
        Some("application/json"),
        Some("application/json; charset=utf-8"),
        Some(FORM),
        None,
    ]);
    let body = match (method, media_type) {
        (Method::Get, _) => Vec::new(),
        (Method::Post, Some(FORM)) => draws.pieces(12, &FORM_PIECES).into_bytes(),
        (Method::Post, _) => draws.bytes(80),
    };
    // The gateway never looks at the signature of a form without a body.
    let media_type = media_type.filter(|kind| *kind != FORM || !body.is_empty());
    let accept = draws.pick(&["application/json", "text/event-stream"]);
    let mut headers = vec![("accept", accept.to_owned())];
    headers.extend(media_type.map(|media_type| ("content-type", media_type.to_owned())));
    headers.push(("content-length", body.len().to_string()));
    if draws.one_in(2) {
        headers.push((
            "x-team",
            draws.pieces(3, &["red", " blue", ",", "x-ca-key"]),
        ));
    }
    if draws.one_in(2) {
        headers.push(("x-trace", draws.pieces(3, &["a", "B", "/", "=", "\""])));
    }
    Request {
        method,
        scheme: credentials.endpoint.scheme(),
        authority: credentials.endpoint.authority().to_owned(),
        path_and_query: credentials.endpoint.path_and_query(draws.pick(&APIS)),
        headers: headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        body,
    }
}

/// What the gateway's clock shows: not farther from the second of the date
/// than it may be.
fn seen_from(signed_at: u64, draws: &mut Draws) -> u64 {
    let offset = CLOCK_OFFSET_SECONDS * 1_000;
    let second = signed_at - signed_at % 1_000;
    let earliest = second - offset;
    let latest = second + offset;
    let between = earliest + draws.number() % (latest - earliest + 1);
    draws.pick(&[earliest, between, latest])
}
