//! Diagnoses rejected signatures: compares the signed text with the one
//! reported by the gateway, and the local clock with the server's.

use super::hmac;
use super::method::Authentication;
use super::signing_context::SigningContext;
use crate::error::{Error, ErrorKind};
use crate::http::{Request, ResponseHead};
use crate::response::error_response::SERVERS_STRING;
use crate::secret::Secrets;
use wire::http_date;

/// A request as it was signed for one attempt.
pub struct SignedRequest<'a> {
    /// The request.
    pub request: &'a Request,
    /// The signature headers.
    pub signature: &'a [(String, String)],
    /// Time and nonce of the signature.
    pub context: &'a SigningContext,
}

impl Authentication {
    /// Appends to an error why the signature was rejected, as far as the
    /// response head shows it.
    pub fn explain(
        &self,
        refusal: &mut Error,
        signed: &SignedRequest<'_>,
        head: &ResponseHead,
        secrets: &Secrets,
    ) {
        if refusal.kind == ErrorKind::Authorization
            && let Some(why) = self.diagnosis(signed, head, refusal)
        {
            refusal.add_sentence(&secrets.mask(&why));
        }
    }

    /// The cause, as a sentence. It may quote signed text, including secrets.
    fn diagnosis(
        &self,
        signed: &SignedRequest<'_>,
        head: &ResponseHead,
        refusal: &Error,
    ) -> Option<String> {
        match self {
            Self::Disabled => None,
            Self::Hmac(_) => head
                .header(SERVERS_STRING)
                .and_then(|words| difference_of_texts(signed, words))
                .or_else(|| difference_of_clocks(signed.context, head, refusal)),
            Self::Token(_) | Self::HmacApisix(_) => {
                difference_of_clocks(signed.context, head, refusal)
            }
        }
    }

    /// The signature among the signature headers, which must be masked in
    /// texts.
    #[must_use]
    pub fn signature<'a>(&self, signature: &'a [(String, String)]) -> Option<&'a str> {
        let header = |name: &str| {
            let found = signature.iter().find(|(candidate, _)| candidate == name);
            found.map(|(_, value)| value.as_str())
        };
        match self {
            Self::Disabled | Self::Token(_) => None,
            Self::Hmac(_) => header("x-ca-signature"),
            Self::HmacApisix(_) => {
                let (_, rest) = header("authorization")?.split_once("signature=\"")?;
                rest.strip_suffix('"')
            }
        }
    }
}

/// The difference between the local clock and the server's, if the error is
/// about time.
fn difference_of_clocks(
    context: &SigningContext,
    head: &ResponseHead,
    refusal: &Error,
) -> Option<String> {
    if !refusal.stated.time_rejected {
        return None;
    }
    let servers = http_date::parse(head.header("date")?)?;
    let ours = context.unix_ms / 1000;
    let direction = if ours < servers { "behind" } else { "ahead of" };
    Some(format!(
        "The plugin host's clock is {} seconds {direction} the server's.",
        ours.abs_diff(servers)
    ))
}

/// Longest value that is quoted, in characters.
const MAX_QUOTED: usize = 160;

/// The first part in which the server's string to sign differs from the local
/// one. The server reports it as `` Server StringToSign:`…` ``, with `#` for
/// line feeds.
fn difference_of_texts(signed: &SignedRequest<'_>, words: &str) -> Option<String> {
    let (_, servers) = words.split_once('`')?;
    let servers = servers.strip_suffix('`').unwrap_or(servers);
    let ours = hmac::signed_text(signed.request, signed.signature);
    let ours = String::from_utf8_lossy(&ours).replace('\n', "#");
    if ours == servers {
        return Some(
            "The gateway computed the same string to sign: check hmac_secret and hmac_method."
                .to_owned(),
        );
    }
    let mut servers = servers.split('#');
    for (place, own) in ours.split('#').enumerate() {
        let other = servers.next();
        if other != Some(own) {
            return Some(format!(
                "The gateway received a different {}: `{}` instead of the signed `{}`.",
                part(place, own),
                quoted(other.unwrap_or_default()),
                quoted(own)
            ));
        }
    }
    None
}

/// The name of a part of the string to sign.
fn part(place: usize, own: &str) -> String {
    const FIRST: [&str; 5] = ["method", "accept", "content-md5", "content-type", "date"];
    match (FIRST.get(place), own.split_once(':')) {
        (Some(name), _) => (*name).to_owned(),
        (None, Some((name, _))) if !own.starts_with('/') => format!("header {name}"),
        (None, _) => "path and query".to_owned(),
    }
}

fn quoted(text: &str) -> String {
    text.chars().take(MAX_QUOTED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Form;
    use crate::http::{Method, Scheme};
    use crate::response::error_response;

    /// 2023-11-14 22:13:20 UTC.
    const NOW_MS: u64 = 1_700_000_000_000;

    fn method(mode: &str) -> Authentication {
        let form = [
            ("consumer_auth_mode", mode),
            ("hmac_key", "app-key"),
            ("hmac_secret", "app-secret"),
            ("api_key", "sk-1"),
        ]
        .map(|(variable, value)| (variable.to_owned(), value.to_owned()));
        Form::parse(&form)
            .and_then(|form| Authentication::parse(&form))
            .unwrap_or_else(|error| panic!("{error:?}"))
    }

    fn request() -> Request {
        let headers = [
            ("accept", "application/json"),
            ("content-type", "application/json"),
        ];
        Request {
            method: Method::Post,
            scheme: Scheme::Http,
            authority: "h".to_owned(),
            path_and_query: "/team/v1/chat/completions?b=2&a=1".to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            body: b"{}".to_vec(),
        }
    }

    /// The diagnosis of a rejection, for a method of authentication.
    fn diagnosis(mode: &str, headers: &[(&str, &str)], message: &str) -> Option<String> {
        let authentication = method(mode);
        let request = request();
        let context = SigningContext::new(NOW_MS, [0; 16]);
        let signature = authentication.sign(&request, &context);
        let signed = SignedRequest {
            request: &request,
            signature: &signature,
            context: &context,
        };
        let head = ResponseHead {
            status: 400,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        };
        let refusal =
            error_response::error(&head, message.as_bytes(), "http://h", &Secrets::default());
        authentication.diagnosis(&signed, &head, &refusal)
    }

    const OURS: &str = "POST#application/json##application/json#Tue, 14 Nov 2023 22:13:20 GMT#x-ca-key:app-key#x-ca-nonce:00000000-0000-4000-8000-000000000000#x-ca-signature-method:HmacSHA256#x-ca-timestamp:1700000000000#/team/v1/chat/completions?a=1&b=2";

    #[test]
    fn the_first_part_that_differs_is_named_with_both_values() {
        for (ours, servers, expected) in [
            (
                "POST#",
                "GET#",
                "a different method: `GET` instead of the signed `POST`",
            ),
            (
                "#application/json##",
                "#*/*##",
                "a different accept: `*/*` instead of the signed `application/json`",
            ),
            (
                "json##app",
                "json#kAFQmDzST7DWlj99KOF/cg==#app",
                "a different content-md5: `kAFQmDzST7DWlj99KOF/cg==` instead of the signed ``",
            ),
            (
                "##application/json#",
                "##application/json; charset=utf-8#",
                "a different content-type: `application/json; charset=utf-8`",
            ),
            ("Tue, 14", "Wed, 15", "a different date: `Wed, 15 Nov"),
            (
                "x-ca-nonce:0",
                "x-ca-nonce:9",
                "a different header x-ca-nonce: `x-ca-nonce:9",
            ),
            (
                "x-ca-timestamp:1700000000000#",
                "x-ca-timestamp:#",
                "a different header x-ca-timestamp: `x-ca-timestamp:` instead of the signed",
            ),
            (
                "#/team/v1",
                "#/v1",
                "a different path and query: `/v1/chat/completions?a=1&b=2` instead of the signed `/team/v1/",
            ),
            ("?a=1&b=2", "?a=1", "a different path and query: `/team"),
        ] {
            let servers = OURS.replacen(ours, servers, 1);
            let words = format!("Server StringToSign:`{servers}`");
            let said = diagnosis("hmac", &[(SERVERS_STRING, &words)], "Invalid Signature");
            let said = said.expect(expected);
            assert!(said.contains(expected), "{said}");
        }
    }

    #[test]
    fn the_same_text_leaves_the_secret() {
        let words = format!("Server StringToSign:`{OURS}`");
        let said = diagnosis("hmac", &[(SERVERS_STRING, &words)], "Invalid Signature");
        assert!(said.unwrap().contains("check hmac_secret"));
    }

    #[test]
    fn a_gateways_nonsense_is_no_diagnosis_or_a_difference() {
        for words in ["", "Server StringToSign:", "nonsense"] {
            let said = diagnosis("hmac", &[(SERVERS_STRING, words)], "Invalid Signature");
            assert_eq!(said, None, "{words}");
        }
        for words in ["``", "`", "`#####`", "`POST", "`####################`"] {
            let said = diagnosis("hmac", &[(SERVERS_STRING, words)], "Invalid Signature");
            assert!(said.unwrap().contains("a different"), "{words}");
        }
    }

    #[test]
    fn clocks_are_compared_where_the_time_is_the_matter() {
        let date = ("date", "Tue, 14 Nov 2023 23:13:25 GMT");
        for (mode, message) in [
            ("hmac", "Invalid Date"),
            ("hmac_apisix", "Clock skew exceeded"),
            ("api_key", "Jwt is expired"),
        ] {
            let said = diagnosis(mode, &[date], message).expect(mode);
            assert!(said.contains("is 3605 seconds behind"), "{said}");
        }
        let early = ("date", "Tue, 14 Nov 2023 22:13:10 GMT");
        let said = diagnosis("hmac", &[early], "Invalid Date").unwrap();
        assert!(said.contains("is 10 seconds ahead of"), "{said}");
        assert_eq!(diagnosis("hmac", &[date], "Invalid Key"), None);
        assert_eq!(diagnosis("hmac", &[], "Invalid Date"), None);
        assert_eq!(diagnosis("hmac", &[("date", "now")], "Invalid Date"), None);
        assert_eq!(diagnosis("disabled", &[date], "expired"), None);
    }

    #[test]
    fn the_signature_of_an_attempt_is_known() {
        let request = request();
        let context = SigningContext::new(NOW_MS, [0; 16]);
        for mode in ["hmac", "hmac_apisix"] {
            let authentication = method(mode);
            let headers = authentication.sign(&request, &context);
            let signature = authentication.signature(&headers).expect(mode);
            assert_eq!(signature.len(), 44, "{signature}");
        }
        let none = method("api_key");
        assert_eq!(none.signature(&none.sign(&request, &context)), None);
    }
}
