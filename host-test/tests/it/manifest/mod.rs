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

use provider_host::manifest::Manifest;
use std::path::{Path, PathBuf};

/// The repository's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The repository's manifest.
fn manifest() -> Manifest {
    Manifest::read(root().join("manifest.yaml")).unwrap_or_else(|error| panic!("{error}"))
}

/// A filled form.
fn filled(values: &[(&str, &str)]) -> Vec<(String, String)> {
    values
        .iter()
        .map(|(variable, value)| ((*variable).to_owned(), (*value).to_owned()))
        .collect()
}
