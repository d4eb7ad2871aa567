//! The repository's manifest, its form, and what becomes of manifests and
//! forms that are wrong.
//!
//! | module | what it proves |
//! | --- | --- |
//! | `repository` | the manifest is complete |
//! | `python_plugin` | a configuration of the Python plugin works unchanged |
//! | `malformed` | a mistake in a manifest is refused with its line |
//! | `filled` | a filled form is accepted, or refused by the variable's name |
//! | `shown` | the form shows what belongs to a model |
//! | `sandbox` | a form that is refused never reaches a component |
//! | `agreement` | the component's parser and the manifest know the same form |
//! | `trial` | how it tries the parser |

mod agreement;
mod filled;
mod malformed;
mod python_plugin;
mod repository;
mod sandbox;
mod shown;
mod trial;
