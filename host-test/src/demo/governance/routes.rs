//! The routes: one for each kind of model, and whether they accept the
//! credentials.

use crate::demo::configured::Configured;
use crate::demo::models::Models;
use crate::demo::report::Report;
use crate::demo::verdict::succeeds;
use crate::failure::Failure;
use provider_host::contract::types::ModelKind;

/// Each kind of model, and the variable that names its protocol.
const KINDS: [(ModelKind, &str); 4] = [
    (ModelKind::TextGeneration, "text_model_protocol"),
    (ModelKind::TextEmbedding, "embedding_model_protocol"),
    (ModelKind::TextRerank, "rerank_model_protocol"),
    (ModelKind::ImageGeneration, "image_model_protocol"),
];

pub(super) async fn run(models: &Models, report: &mut Report) -> Result<(), Failure> {
    for (kind, protocol) in KINDS {
        let model = models.of(&kind)?;
        report.line(&format!("\n  {} {}", kind.as_str(), model.name()))?;
        for (name, variable, default) in [
            ("route", "endpoint_url", ""),
            ("authentication", "consumer_auth_mode", "disabled"),
            ("protocol", protocol, "the default"),
        ] {
            report.note(&row(&model, name, variable, default))?;
        }
        let validated = model.validate().await;
        report.check(
            "the credentials are valid and the model responds",
            succeeds(&validated, |_| Ok(String::new())),
        )?;
    }
    Ok(())
}

/// A row of the table. The query of a URL is left out: it may hold a key.
fn row(model: &Configured, name: &str, variable: &str, default: &str) -> String {
    let value = model.setting(variable).unwrap_or(default);
    let shown = value.split('?').next().unwrap_or_default();
    format!("{name:<15} {shown}")
}
