//! The filled credential form: a value for each variable of `manifest.yaml`, and
//! the options in `advanced_options`.

mod advanced_options;
mod filled_form;
pub mod variables;

pub use filled_form::Form;
pub use variables::{ADVANCED_VARIABLES, VARIABLES, Variable};
