//! The manifest's `component`: a file, and the contract that it implements.

use super::identity::Version;
use crate::{contract, contract_version};
use serde::Deserialize;
use std::fmt;
use std::path::PathBuf;

/// The manifest's `component`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentEntry {
    /// The component's file, relative to the manifest's folder.
    pub file: PathBuf,
    /// The world it fits, without a version.
    pub world: World,
    /// The version of the contract it implements, compatible with this
    /// host's.
    pub contract: ContractVersion,
}

/// A world of the contract: one of [`contract::WORLDS`]. It is for the reader;
/// the host looks at the component's exports.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct World(String);

impl TryFrom<String> for World {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        if contract::WORLDS.contains(&name.as_str()) {
            return Ok(Self(name));
        }
        Err(format!(
            "`{}` is not supported by this host; expected one of {}",
            name.escape_debug(),
            contract::WORLDS.join(", ")
        ))
    }
}

impl fmt::Display for World {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A version of the contract that this host supports: any patch of the line of
/// [`contract::VERSION`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ContractVersion(Version);

impl TryFrom<String> for ContractVersion {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let version = Version::try_from(text)?;
        if contract_version::is_compatible(version.as_semver()) {
            Ok(Self(version))
        } else {
            Err(format!(
                "the component implements contract {version}; this host supports {}. Upgrade the host or rebuild the component",
                contract_version::supported_line()
            ))
        }
    }
}

impl fmt::Display for ContractVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
