//! The table of egress decisions, `decisions.tsv`: each line is asked of the
//! policy, and the answer is the line's.

use provider_host::egress::{
    AddressScope, AllowedOrigin, EgressDenied, EgressPolicy, OriginError, PlainHttp, Scheme,
};
use std::fmt::Write as _;

const TABLE: &str = include_str!("decisions.tsv");

/// The policies of the columns of `endpoint` and `resolved`.
const WIDENINGS: [(AddressScope, PlainHttp); 3] = [
    (AddressScope::Public, PlainHttp::WithinPrivateNetworks),
    (
        AddressScope::PublicAndPrivate,
        PlainHttp::WithinPrivateNetworks,
    ),
    (AddressScope::PublicAndPrivate, PlainHttp::Anywhere),
];

enum Section {
    List(EgressPolicy),
    Endpoint,
    Resolved,
    Entry,
}

impl Section {
    fn of(title: &str) -> Self {
        match title.split_once(' ') {
            Some(("list", entries)) => {
                let entries = entries.split(' ').map(|entry| entry.parse().unwrap());
                Self::List(EgressPolicy::allow_origins(
                    entries.collect::<Vec<AllowedOrigin>>(),
                ))
            }
            _ => match title {
                "endpoint" => Self::Endpoint,
                "resolved" => Self::Resolved,
                "entry" => Self::Entry,
                other => panic!("no section is called {other}"),
            },
        }
    }

    /// What is decided on `asked`, a word for each column.
    fn decide(&self, asked: &str) -> Vec<String> {
        match self {
            Self::List(policy) => vec![request(policy, asked)],
            Self::Endpoint => WIDENINGS.map(|widening| endpoint(asked, widening)).to_vec(),
            Self::Resolved => WIDENINGS.map(|widening| resolved(asked, widening)).to_vec(),
            Self::Entry => vec![match asked.parse::<AllowedOrigin>() {
                Ok(entry) => entry.to_string(),
                Err(error) => fault(error).to_owned(),
            }],
        }
    }
}

fn request(policy: &EgressPolicy, url: &str) -> String {
    match url.parse() {
        Ok(uri) => answer(&policy.check_request(&uri)),
        Err(_) => "url".to_owned(),
    }
}

fn endpoint(url: &str, widening: (AddressScope, PlainHttp)) -> String {
    match EgressPolicy::for_endpoint(url) {
        Ok(policy) => request(&widened(policy, widening), url),
        Err(error) => fault(error).to_owned(),
    }
}

fn resolved(address: &str, widening: (AddressScope, PlainHttp)) -> String {
    let policy = widened(EgressPolicy::deny_all(), widening);
    answer(&policy.check_address(Scheme::Https, address.parse().unwrap()))
}

fn widened(policy: EgressPolicy, (scope, plain_http): (AddressScope, PlainHttp)) -> EgressPolicy {
    policy.with_scope(scope).with_plain_http(plain_http)
}

fn answer(decision: &Result<(), EgressDenied>) -> String {
    let word = match decision {
        Ok(()) => "yes",
        Err(EgressDenied::Request(error)) => fault(*error),
        Err(EgressDenied::Origin(_)) => "origin",
        Err(EgressDenied::Address { .. }) => "address",
        Err(EgressDenied::PlainHttp(_)) => "plain",
        Err(EgressDenied::VirtualHost) => "virtual",
        Err(
            EgressDenied::Proxy(_)
            | EgressDenied::PlainHttpThroughProxy(_)
            | EgressDenied::VirtualHostThroughProxy
            | EgressDenied::MethodThroughProxy,
        ) => "proxy",
        Err(other) => panic!("{other}"),
    };
    word.to_owned()
}

fn fault(error: OriginError) -> &'static str {
    match error {
        OriginError::NotAUrl => "url",
        OriginError::Scheme => "scheme",
        OriginError::UserInformation => "user",
        OriginError::Host => "host",
        OriginError::AddressSpelling => "spelling",
        OriginError::Wildcard => "wildcard",
        OriginError::Port => "port",
        OriginError::Path => "path",
        other => panic!("{other}"),
    }
}

#[test]
fn every_decision_is_the_table_s() {
    let mut section = None;
    let mut decisions = 0;
    let mut wrong = String::new();
    for (number, line) in TABLE.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(title) = line.strip_prefix('[') {
            let title = title.strip_suffix(']').expect("a section ends with ]");
            section = Some(Section::of(title));
            continue;
        }
        let mut columns = line.split('\t');
        let asked = columns.next().unwrap();
        let expected: Vec<_> = columns.collect();
        let decided = section.as_ref().expect("a section").decide(asked);
        if decided != expected {
            let _ = writeln!(
                wrong,
                "line {}: {asked}: {decided:?}, not {expected:?}",
                number + 1
            );
        }
        decisions += decided.len();
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(decisions >= 150, "only {decisions} decisions");
}
