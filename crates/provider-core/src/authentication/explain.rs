//! Why a signature was refused: what was signed beside what the gateway says
//! it would have signed, and our clock beside the server's.

use super::hmac;
use super::method::Authentication;
use super::signing_context::SigningContext;
use crate::error::{Error, ErrorKind};
use crate::http::{Request, ResponseHead};
use crate::response::error_response::SERVERS_STRING;
use crate::secret::Secrets;
use wire::http_date;

/// One attempt: a request, and what it was signed with.
pub struct SignedRequest<'a> {
    /// The request.
    pub request: &'a Request,
    /// The headers that signed it.
    pub signature: &'a [(String, String)],
    /// When that was, by our clock.
    pub context: &'a SigningContext,
}

impl Authentication {
    /// Adds to a refusal why this method's proof was refused in the attempt
    /// that it came of, as far as the response's head tells.
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

    /// Why, as a sentence. It may quote what was signed, secrets included.
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
                .or_else(|| difference_of_clocks(signed.context, head, &refusal.message)),
            Self::Token(_) | Self::HmacApisix(_) => {
                difference_of_clocks(signed.context, head, &refusal.message)
            }
        }
    }

    /// The signature of an signed, which no text may repeat.
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

/// What refusals say where the time is the matter: `hmac-auth`,
/// `hmac-auth-apisix`, `jwt-auth`.
const CLOCK_SKEW_PHRASES: [&str; 3] = ["Invalid Date", "Clock skew", "expired"];

/// How far our clock is from the server's, where that matters.
fn difference_of_clocks(
    context: &SigningContext,
    head: &ResponseHead,
    message: &str,
) -> Option<String> {
    if !CLOCK_SKEW_PHRASES
        .iter()
        .any(|words| message.contains(words))
    {
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

/// The first part in which the server's string to sign differs from ours. The
/// server writes it as `` Server StringToSign:`…` ``, with `#` for each line's
/// end.
fn difference_of_texts(signed: &SignedRequest<'_>, words: &str) -> Option<String> {
    let (_, servers) = words.split_once('`')?;
    let servers = servers.strip_suffix('`').unwrap_or(servers);
    let ours = hmac::signed_text(signed.request, signed.signature);
    let ours = String::from_utf8_lossy(&ours).replace('\n', "#");
    if ours == servers {
        return Some(
            "The gateway signs the same text: only the secret or hmac_method can differ."
                .to_owned(),
        );
    }
    let mut servers = servers.split('#');
    for (place, own) in ours.split('#').enumerate() {
        let other = servers.next();
        if other != Some(own) {
            return Some(format!(
                "The gateway saw another {}: `{}` where `{}` was signed.",
                part(place, own),
                quoted(other.unwrap_or_default()),
                quoted(own)
            ));
        }
    }
    None
}

/// What stands at a place of the string to sign.
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

    /// What is said of a refusal, for a method of authentication.
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
        let refusal = Error::after_sending(ErrorKind::Authorization, message);
        authentication.diagnosis(&signed, &head, &refusal)
    }

    const OURS: &str = "POST#application/json##application/json#Tue, 14 Nov 2023 22:13:20 GMT#x-ca-key:app-key#x-ca-nonce:00000000-0000-4000-8000-000000000000#x-ca-signature-method:HmacSHA256#x-ca-timestamp:1700000000000#/team/v1/chat/completions?a=1&b=2";

    #[test]
    fn the_first_part_that_differs_is_named_with_both_values() {
        for (ours, servers, expected) in [
            (
                "POST#",
                "GET#",
                "another method: `GET` where `POST` was signed",
            ),
            (
                "#application/json##",
                "#*/*##",
                "another accept: `*/*` where `application/json`",
            ),
            (
                "json##app",
                "json#kAFQmDzST7DWlj99KOF/cg==#app",
                "another content-md5: `kAFQmDzST7DWlj99KOF/cg==` where ``",
            ),
            (
                "##application/json#",
                "##application/json; charset=utf-8#",
                "another content-type: `application/json; charset=utf-8`",
            ),
            ("Tue, 14", "Wed, 15", "another date: `Wed, 15 Nov"),
            (
                "x-ca-nonce:0",
                "x-ca-nonce:9",
                "another header x-ca-nonce: `x-ca-nonce:9",
            ),
            (
                "x-ca-timestamp:1700000000000#",
                "x-ca-timestamp:#",
                "another header x-ca-timestamp: `x-ca-timestamp:` where",
            ),
            (
                "#/team/v1",
                "#/v1",
                "another path and query: `/v1/chat/completions?a=1&b=2` where `/team/v1/",
            ),
            ("?a=1&b=2", "?a=1", "another path and query: `/team"),
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
        assert!(said.unwrap().contains("only the secret"));
    }

    #[test]
    fn a_gateways_nonsense_is_no_diagnosis_or_a_difference() {
        for words in ["", "Server StringToSign:", "nonsense"] {
            let said = diagnosis("hmac", &[(SERVERS_STRING, words)], "Invalid Signature");
            assert_eq!(said, None, "{words}");
        }
        for words in ["``", "`", "`#####`", "`POST", "`####################`"] {
            let said = diagnosis("hmac", &[(SERVERS_STRING, words)], "Invalid Signature");
            assert!(said.unwrap().contains("another"), "{words}");
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
