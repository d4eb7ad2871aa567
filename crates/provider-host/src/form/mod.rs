//! The credential form that a manifest declares: its fields, when each is
//! shown, and whether what an operator filled in can be used.

mod check;
mod declaration;
mod text;

pub use self::check::FormError;
pub(crate) use self::declaration::MODEL_TYPE;
pub use self::declaration::{
    Condition, Field, FieldPurpose, FieldType, Form, ModelType, SelectOption,
};
pub use self::text::{Locale, LocalizedText};
