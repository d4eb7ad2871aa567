//! Filled forms for the component's own parser: what it makes of a field, with
//! everything beside it that the field needs.

use provider_core::authentication::SigningContext;
use provider_core::credentials::{Credentials, Endpoint, Settings};
use provider_core::error::{Error, ErrorKind};
use provider_core::http::{Method, Request, Scheme};
use provider_core::text_rerank::Reranker;
use provider_core::{image_generation, text_embedding, text_generation};
use provider_host::contract::types::ModelKind;
use provider_host::form::{Condition, Field, Form, FormError, ModelType};

/// Everything that the core makes of a form.
#[derive(PartialEq)]
pub(super) struct Outcome {
    kind: KindSettings,
    endpoint: Endpoint,
    model_name: String,
    settings: Settings,
    request: Request,
    signature: Vec<(String, String)>,
}

/// What only one kind of model reads.
#[derive(PartialEq)]
enum KindSettings {
    Text(text_generation::Protocol),
    Images(image_generation::Protocol),
    Rerank(Reranker),
    Embedding(text_embedding::Configuration),
}

/// Parses a form as the core does for a call of this kind. A kind that comes
/// to have settings of its own has its parser called here.
fn parse(kind: ModelKind, values: &[(String, String)]) -> Result<Outcome, Error> {
    let form = provider_core::form::Form::parse(values)?;
    let kind = match kind {
        ModelKind::TextGeneration => KindSettings::Text(text_generation::Protocol::parse(&form)?),
        ModelKind::ImageGeneration => {
            KindSettings::Images(image_generation::Protocol::parse(&form)?)
        }
        ModelKind::TextRerank => KindSettings::Rerank(Reranker::parse(&form)?),
        ModelKind::TextEmbedding => {
            KindSettings::Embedding(text_embedding::Configuration::parse(&form)?)
        }
        ModelKind::Other(kind) => panic!("no form for {kind}"),
    };
    let credentials = Credentials::parse(&form, "model")?;
    let mut request = Request {
        method: Method::Post,
        scheme: Scheme::Http,
        authority: "h".to_owned(),
        path_and_query: "/".to_owned(),
        headers: Vec::new(),
        body: b"{}".to_vec(),
    };
    credentials.authentication.apply(&mut request);
    let signature = credentials
        .authentication
        .sign(&request, &SigningContext::new(0, [0; 16]));
    Ok(Outcome {
        kind,
        endpoint: credentials.endpoint,
        model_name: credentials.model_name,
        settings: credentials.settings,
        request,
        signature,
    })
}

/// A form in which a field is shown, and as little as possible is filled in.
pub(super) struct Trial {
    model_type: ModelType,
    values: Vec<(String, String)>,
}

impl Trial {
    /// With `value` in `field`, and what else must then be filled in.
    pub(super) fn new(form: &Form, field: &Field, value: &str) -> Self {
        let mut trial = Self {
            model_type: ModelType::Llm,
            values: Vec::new(),
        };
        trial.show(form, field);
        trial.fill(&field.variable, value);
        while let Err(FormError::Missing { variable, .. }) =
            form.check(&trial.kind(), &trial.values)
        {
            trial.fill(&variable, sample(&variable));
        }
        trial
    }

    /// Makes the conditions of a field hold.
    fn show(&mut self, form: &Form, field: &Field) {
        // Backwards, so that the field's own model type, which comes first,
        // is not lost to that of another field.
        for condition in field.show_on.iter().rev() {
            match condition {
                // Of several types the last: text generation, which comes
                // first, reads some fields for its description alone.
                Condition::ModelType(types) => self.model_type = types[types.len() - 1],
                Condition::Variable { variable, values } => {
                    self.show(form, form.field(variable).unwrap());
                    self.fill(variable, &values[0]);
                }
            }
        }
    }

    pub(super) fn fill(&mut self, variable: &str, value: &str) {
        self.empty(variable);
        self.values.push((variable.to_owned(), value.to_owned()));
    }

    pub(super) fn empty(&mut self, variable: &str) {
        self.values.retain(|(candidate, _)| candidate != variable);
    }

    fn kind(&self) -> ModelKind {
        let scenario = self
            .values
            .iter()
            .find(|(variable, _)| variable == "llm_usage_scenario");
        match (self.model_type, scenario) {
            (ModelType::Llm, Some((_, scenario))) if scenario == "image_generation" => {
                ModelKind::ImageGeneration
            }
            (ModelType::Llm, _) => ModelKind::TextGeneration,
            (ModelType::TextEmbedding, _) => ModelKind::TextEmbedding,
            (ModelType::Rerank, _) => ModelKind::TextRerank,
        }
    }

    fn parse(&self) -> Result<Outcome, Error> {
        parse(self.kind(), &self.values)
    }

    pub(super) fn accepted(&self) -> Outcome {
        self.parse()
            .unwrap_or_else(|error| panic!("{:?}: {}", self.values, error.message))
    }

    /// Checks that the form is refused because of this variable.
    pub(super) fn refused_for(&self, variable: &str) {
        match self.parse() {
            Ok(_) => panic!("{:?} was accepted", self.values),
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::InvalidCredentials);
                let message = &error.message;
                assert!(message.starts_with(&format!("`{variable}`")), "{message}");
            }
        }
    }
}

/// Something that can be filled in.
pub(super) fn sample(variable: &str) -> &'static str {
    match variable {
        "endpoint_url" => "http://gateway.example/team",
        _ => "sample",
    }
}
