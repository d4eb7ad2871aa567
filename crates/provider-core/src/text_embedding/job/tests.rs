use super::*;
use crate::form::Form;
use crate::response::GatewayMetadata;

fn configuration(values: &[(&str, &str)]) -> Configuration {
    let values: Vec<(String, String)> = values
        .iter()
        .map(|(variable, value)| ((*variable).to_owned(), (*value).to_owned()))
        .collect();
    let form = Form::parse(&values).unwrap_or_else(|error| panic!("{error:?}"));
    Configuration::parse(&form).unwrap()
}

fn request(texts: &[&str]) -> Request {
    Request {
        texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        ..Request::default()
    }
}

fn job(values: &[(&str, &str)], request: Request) -> Result<Job, Error> {
    Job::new(&configuration(values), request, "model")
}

fn refusal(values: &[(&str, &str)], request: Request) -> String {
    let error = job(values, request).err().expect("an error");
    assert_eq!(error.kind, ErrorKind::InvalidRequest);
    assert!(!error.request_sent);
    error.into_fields().message
}

fn body(job: &Job, batch: usize) -> String {
    let values = [("endpoint_url".to_owned(), "http://h".to_owned())];
    let form = Form::parse(&values).unwrap_or_else(|error| panic!("{error:?}"));
    let credentials = Credentials::parse(&form, "model").unwrap_or_else(|e| panic!("{e:?}"));
    let request = job.request(batch, &credentials, &ResolvedOptions::default());
    String::from_utf8(request.body).unwrap()
}

fn response(values: &[f32], tokens: Option<u64>) -> Response {
    Response {
        dimensions: 2,
        values: values.to_vec(),
        usage: tokens.map(|tokens| Usage {
            total_tokens: Some(tokens),
            ..Usage::default()
        }),
        info: ResponseMetadata {
            gateway: GatewayMetadata {
                upstream_ms: tokens,
                ..GatewayMetadata::default()
            },
            ..ResponseMetadata::default()
        },
    }
}

#[test]
fn a_text_that_is_empty_is_named() {
    assert!(refusal(&[], request(&["a", ""])).starts_with("text 1 is empty"));
}

#[test]
fn more_texts_than_a_sandbox_can_hold_are_refused() {
    let message = refusal(&[], request(&vec!["a"; MAX_TEXTS + 1]));
    assert!(message.contains("32768"), "{message}");
    assert!(job(&[], request(&vec!["a"; MAX_TEXTS])).is_ok());
}

#[test]
fn no_texts_take_no_request() {
    let job = job(&[], request(&[])).unwrap();
    assert_eq!(job.batches(), 0);
    let embeddings = job.finish();
    assert_eq!((embeddings.dimensions, embeddings.values), (0, vec![]));
}

#[test]
fn a_length_of_0_is_refused() {
    let request = Request {
        dimensions: Some(0),
        ..request(&["a"])
    };
    assert!(refusal(&[], request).contains("`dimensions`"));
}

#[test]
fn prefixes_go_before_the_texts_that_they_are_for() {
    let options = r#"{"embedding_query_prefix":"query:"}"#;
    let with = |input_type| {
        let request = Request {
            input_type,
            ..request(&["a"])
        };
        body(&job(&[("advanced_options", options)], request).unwrap(), 0)
    };
    assert!(with(Some(InputType::Query)).contains(r#"["query: a"]"#));
    assert!(with(Some(InputType::Document)).contains(r#"["a"]"#));
    assert!(with(None).contains(r#"["a"]"#));
}

#[test]
fn a_text_that_is_too_long_is_refused_by_name() {
    let message = refusal(
        &[("context_size", "3")],
        request(&["one two", "one two three four"]),
    );
    assert!(
        message.starts_with("text 1 has about 4 tokens"),
        "{message}"
    );
    assert!(message.contains("context_size"), "{message}");
}

#[test]
fn a_text_that_is_too_long_is_cut_where_the_tenant_wants_it() {
    let cut = [
        ("context_size", "3"),
        ("advanced_options", r#"{"embedding_too_long":"cut"}"#),
    ];
    let job = job(&cut, request(&["one two", "one two three four"])).unwrap();
    assert!(body(&job, 0).contains(r#"["one two","one two three"]"#));
    assert_eq!(job.finish().truncated, [1]);
}

#[test]
fn a_prefix_that_leaves_no_room_is_an_error() {
    let values = [
        ("context_size", "2"),
        (
            "advanced_options",
            r#"{"embedding_too_long":"cut","embedding_query_prefix":"one two"}"#,
        ),
    ];
    let request = Request {
        input_type: Some(InputType::Query),
        ..request(&["three"])
    };
    assert!(refusal(&values, request).starts_with("text 0 does not fit"));
}

#[test]
fn vectors_find_their_places_in_whatever_order_batches_come() {
    let values = [("embedding_batch_size", "2")];
    let mut job = job(&values, request(&["a", "b", "c", "d", "e"])).unwrap();
    assert_eq!(job.batches(), 3);
    job.take(2, response(&[8.0, 9.0], Some(5))).unwrap();
    job.take(0, response(&[0.0, 1.0, 2.0, 3.0], Some(1)))
        .unwrap();
    job.take(1, response(&[4.0, 5.0, 6.0, 7.0], Some(3)))
        .unwrap();
    let embeddings = job.finish();
    let expected: Vec<f32> = (0..10_u8).map(f32::from).collect();
    assert_eq!(embeddings.values, expected);
    assert_eq!(embeddings.dimensions, 2);
    assert_eq!(embeddings.usage.unwrap().total_tokens, Some(9));
    assert_eq!(embeddings.usage.unwrap().input_tokens, None);
    assert_eq!(embeddings.info.gateway.upstream_ms, Some(5));
}

#[test]
fn usage_that_one_batch_does_not_report_is_unknown() {
    let values = [("embedding_batch_size", "1")];
    for tokens in [[Some(1), None], [None, Some(1)]] {
        let mut job = job(&values, request(&["a", "b"])).unwrap();
        job.take(0, response(&[0.0, 1.0], tokens[0])).unwrap();
        job.take(1, response(&[0.0, 1.0], tokens[1])).unwrap();
        assert_eq!(job.finish().usage, None);
    }
}

#[test]
fn vectors_of_another_length_in_another_batch_are_an_error() {
    let mut job = job(&[("embedding_batch_size", "1")], request(&["a", "b"])).unwrap();
    job.take(0, response(&[0.0, 1.0], None)).unwrap();
    let longer = Response {
        dimensions: 3,
        ..response(&[0.0, 1.0, 2.0], None)
    };
    assert!(job.take(1, longer).is_err());
}

#[test]
fn the_error_of_a_batch_says_which_texts_it_is_about() {
    let error = || {
        let mut error = Error::after_sending(ErrorKind::BadRequest, "batch size is invalid.");
        error.stated.batch_too_large = true;
        error
    };
    let job_of = |texts: usize| {
        let texts = vec!["a"; texts];
        job(&[("embedding_batch_size", "10")], request(&texts)).unwrap()
    };
    let several = job_of(25);
    assert_eq!(
        several.blame(1, error()).message,
        "texts 10 to 19: batch size is invalid. Set a smaller embedding_batch_size."
    );
    let field = |error: Error| several.blame(1, error).into_fields().field;
    assert_eq!(field(error()).as_deref(), Some("embedding_batch_size"));
    let of_text = Error::after_sending(ErrorKind::BadRequest, "no").with_field("texts[4]");
    assert_eq!(field(of_text).as_deref(), Some("texts[14]"));
    assert!(
        several
            .blame(2, Error::protocol("x"))
            .message
            .starts_with("texts 20 to 24: x")
    );
    assert_eq!(job_of(1).blame(0, Error::protocol("x")).message, "x");
}

#[test]
fn dashscope_is_told_what_the_vectors_are_for() {
    let values = [
        ("embedding_model_protocol", "dashscope_embedding"),
        ("embedding_dimensions", "256"),
    ];
    let request = Request {
        input_type: Some(InputType::Query),
        ..request(&["a"])
    };
    assert_eq!(
        body(&job(&values, request).unwrap(), 0),
        r#"{"model":"model","input":{"texts":["a"]},"parameters":{"text_type":"query","dimension":256}}"#
    );
    assert_eq!(
        body(&job(&values[..1], self::request(&["a"])).unwrap(), 0),
        r#"{"model":"model","input":{"texts":["a"]}}"#
    );
}
