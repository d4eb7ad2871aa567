//! Kinds of models on the command line.

use clap::ValueEnum;
use provider_host::contract::types::ModelKind;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Chat messages in, text out.
    #[value(alias = "text")]
    TextGeneration,
    /// A prompt in, images out.
    #[value(alias = "image")]
    ImageGeneration,
    /// Texts in, vectors out.
    #[value(alias = "embed", alias = "embedding")]
    TextEmbedding,
    /// A query and documents in, a ranking out.
    #[value(alias = "rerank")]
    TextRerank,
}

impl From<Kind> for ModelKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::TextGeneration => Self::TextGeneration,
            Kind::ImageGeneration => Self::ImageGeneration,
            Kind::TextEmbedding => Self::TextEmbedding,
            Kind::TextRerank => Self::TextRerank,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;
    use clap::ValueEnum;
    use provider_host::contract::types::ModelKind;

    #[test]
    fn kinds_are_named_as_in_the_contract() {
        for kind in Kind::value_variants() {
            let value = kind.to_possible_value().unwrap();
            assert_eq!(value.get_name(), ModelKind::from(*kind).as_str());
        }
    }
}
