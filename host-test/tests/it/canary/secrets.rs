//! Every way in which a secret gets into a request.

use std::net::SocketAddr;

/// The secret: its special characters look different in every encoding.
pub(crate) const CANARY: &str = "sk/canary7f3a91c2+\"x\"=%41?&";

/// A tenant with secrets, or a call with some of its own.
#[derive(Clone, Copy)]
pub(crate) struct Bearer {
    pub(crate) name: &'static str,
    /// Variables of the form; `CANARY` stands for the secret.
    variables: &'static [(&'static str, &'static str)],
    /// The query of the endpoint, where the secret stands percent-encoded.
    in_query: bool,
    /// A header of the call.
    pub(crate) in_call: bool,
}

const fn of_form(name: &'static str, variables: &'static [(&'static str, &'static str)]) -> Bearer {
    Bearer {
        name,
        variables,
        in_query: false,
        in_call: false,
    }
}

/// One secret each: where two are the same, the one hides that the other is
/// not masked. Every method of the form is here.
pub(crate) const METHODS: &[Bearer] = &[
    of_form(
        "api_key, bearer",
        &[("consumer_auth_mode", "api_key"), ("api_key", "CANARY")],
    ),
    of_form(
        "api_key, header",
        &[
            ("consumer_auth_mode", "api_key"),
            ("api_key", "CANARY"),
            ("api_key_placement", "header"),
            ("api_key_name", "x-api-key"),
        ],
    ),
    of_form(
        "api_key, bearer header",
        &[
            ("consumer_auth_mode", "api_key"),
            ("api_key", "CANARY"),
            ("api_key_placement", "bearer_header"),
            ("api_key_name", "x-api-key"),
        ],
    ),
    of_form(
        "api_key, query",
        &[
            ("consumer_auth_mode", "api_key"),
            ("api_key", "CANARY"),
            ("api_key_placement", "query"),
            ("api_key_name", "apikey"),
        ],
    ),
    of_form("jwt", &[("consumer_auth_mode", "jwt"), ("jwt", "CANARY")]),
    of_form(
        "hmac",
        &[
            ("consumer_auth_mode", "hmac"),
            ("hmac_key", "a key"),
            ("hmac_secret", "CANARY"),
            ("body_digest", "on"),
        ],
    ),
    of_form(
        "hmac, key",
        &[
            ("consumer_auth_mode", "hmac"),
            ("hmac_key", "CANARY"),
            ("hmac_secret", "another secret"),
        ],
    ),
    of_form(
        "hmac_apisix",
        &[
            ("consumer_auth_mode", "hmac_apisix"),
            ("hmac_key", "a key"),
            ("hmac_secret", "CANARY"),
        ],
    ),
    of_form("custom headers", &[("custom_headers", "HEADERS")]),
    Bearer {
        name: "query of the endpoint",
        variables: &[],
        in_query: true,
        in_call: false,
    },
    Bearer {
        name: "header of the call",
        variables: &[],
        in_query: false,
        in_call: true,
    },
];

/// A form, or headers, that are refused before anything is sent.
pub(crate) struct Spoilt {
    pub(crate) name: &'static str,
    pub(crate) form: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
}

fn pair(name: &str, value: String) -> (String, String) {
    (name.to_owned(), value)
}

fn in_json() -> String {
    serde_json::json!({"x-token": CANARY}).to_string()
}

impl Bearer {
    /// The method of authentication, if it is one that has the secret.
    pub(crate) fn method(&self) -> Option<&'static str> {
        let mode = |(name, value)| (name == "consumer_auth_mode").then_some(value);
        self.variables.iter().copied().find_map(mode)
    }

    /// Whether its requests are signed.
    pub(crate) fn signs(&self) -> bool {
        self.variables
            .iter()
            .any(|(name, _)| *name == "hmac_secret")
    }

    pub(crate) fn endpoint(&self, address: SocketAddr) -> String {
        let secret = super::Dress::PercentEncoded.put_on(CANARY);
        let query = if self.in_query {
            format!("?token={secret}")
        } else {
            String::new()
        };
        format!("http://{address}/v1{query}")
    }

    pub(crate) fn form(&self, endpoint: &str) -> Vec<(String, String)> {
        let value = |value: &str| match value {
            "CANARY" => CANARY.to_owned(),
            "HEADERS" => in_json(),
            value => value.to_owned(),
        };
        let mut form = vec![pair("endpoint_url", endpoint.to_owned())];
        form.extend(self.variables.iter().map(|(name, v)| pair(name, value(v))));
        form
    }

    pub(crate) fn call_headers(&self) -> Vec<(String, String)> {
        let header = self.in_call.then(|| pair("x-token", CANARY.to_owned()));
        header.into_iter().collect()
    }

    /// The form with the secret in places where it is wrong.
    pub(crate) fn spoilt(&self, address: SocketAddr) -> Vec<Spoilt> {
        let with = |name, variable: &str, value: String| {
            let mut form = self.form(&self.endpoint(address));
            form.push(pair(variable, value));
            Spoilt {
                name,
                form,
                headers: Vec::new(),
            }
        };
        let header = |name, header: &str, value: String| Spoilt {
            name,
            form: self.form(&self.endpoint(address)),
            headers: vec![pair(header, value)],
        };
        vec![
            with("as a method", "consumer_auth_mode", CANARY.to_owned()),
            with(
                "in a broken URL",
                "endpoint_url",
                format!("http://u:{CANARY}@h"),
            ),
            with("as headers", "custom_headers", CANARY.to_owned()),
            with(
                "in headers with a line break",
                "custom_headers",
                serde_json::json!({"x-token": format!("{CANARY}\r\n")}).to_string(),
            ),
            with("as timeouts", "timeouts", CANARY.to_owned()),
            with("as a host", "virtual_host", CANARY.to_owned()),
            header("in a reserved header", "host", CANARY.to_owned()),
            header(
                "in a header with a line break",
                "x-token",
                format!("{CANARY}\n"),
            ),
        ]
    }
}
