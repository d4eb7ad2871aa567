//! The filled credential form: a value for each variable of `manifest.yaml`, and
//! the options in `advanced_options`.

mod advanced_options;
mod filled_form;

pub use advanced_options::OPTIONS as ADVANCED_OPTIONS;
pub use filled_form::Form;
