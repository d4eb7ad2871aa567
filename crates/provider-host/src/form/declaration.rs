//! The declaration of a form: its fields, and when each is shown.

use super::text::LocalizedText;
use crate::contract::types::ModelKind;

/// The name by which conditions speak of the kind of model.
pub(crate) const MODEL_TYPE: &str = "__model_type";

/// A form: fields, in the order in which they are shown.
///
/// The default form has no fields and lets everything pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    fields: Vec<Field>,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name under which its value is handed to the component.
    pub variable: String,
    /// What is filled in.
    pub field_type: FieldType,
    /// What its value is to the host; none for what the component alone reads.
    pub purpose: Option<FieldPurpose>,
    /// Whether it must be filled in where it is shown. A default fills it in.
    pub required: bool,
    /// The value that counts where nothing is filled in.
    pub default: Option<String>,
    /// Its name for display.
    pub label: LocalizedText,
    /// What it does, the form of its value, an example.
    pub help: LocalizedText,
    /// What to show while it is empty.
    pub placeholder: Option<LocalizedText>,
    /// When it is shown: when all of these hold.
    pub show_on: Vec<Condition>,
}

/// What is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A text.
    TextInput,
    /// A text to be stored encrypted and never shown again.
    SecretInput,
    /// One of several values.
    Select {
        /// The values, at least one.
        options: Vec<SelectOption>,
    },
}

/// What the value of a field is to the host, as a manifest's `purpose` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldPurpose {
    /// `endpoint`: a URL whose origin the component may connect to.
    Endpoint,
    /// `virtual-host`: a name that requests may have in their `Host` field.
    VirtualHost,
    /// `model-name`: the name that the endpoint has for the model.
    ModelName,
}

/// A value that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectOption {
    /// The value that is handed to the component.
    pub value: String,
    /// Its name for display.
    pub label: LocalizedText,
}

/// A condition under which a field is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The model is of one of these types.
    ModelType(Vec<ModelType>),
    /// A field has one of these values.
    Variable {
        /// The field's variable.
        variable: String,
        /// The values.
        values: Vec<String>,
    },
}

/// The type of a model as forms know it: `__model_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelType {
    /// `llm`: text generation and image generation.
    Llm,
    /// `text-embedding`.
    TextEmbedding,
    /// `rerank`.
    Rerank,
}

impl Form {
    /// A form with these fields.
    pub(crate) fn new(fields: Vec<Field>) -> Self {
        Self { fields }
    }

    /// The fields, in the order in which they are shown.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The fields with this purpose.
    pub fn fields_for(&self, purpose: FieldPurpose) -> impl Iterator<Item = &Field> {
        let fields = self.fields.iter();
        fields.filter(move |field| field.purpose == Some(purpose))
    }

    /// The field of a variable.
    #[must_use]
    pub fn field(&self, variable: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.variable == variable)
    }
}

impl ModelType {
    /// All types.
    pub const ALL: [Self; 3] = [Self::Llm, Self::TextEmbedding, Self::Rerank];

    /// As conditions write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Llm => "llm",
            Self::TextEmbedding => "text-embedding",
            Self::Rerank => "rerank",
        }
    }
}

impl ModelType {
    /// The type of models of this kind; `None` for a kind that no form knows.
    #[must_use]
    pub fn of(kind: &ModelKind) -> Option<Self> {
        match kind {
            ModelKind::TextGeneration | ModelKind::ImageGeneration => Some(Self::Llm),
            ModelKind::TextEmbedding => Some(Self::TextEmbedding),
            ModelKind::TextRerank => Some(Self::Rerank),
            ModelKind::Other(_) => None,
        }
    }
}
