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
    /// The world it fits, without a version: this host's.
    pub world: World,
    /// The version of the contract it implements, compatible with this
    /// host's.
    pub contract: ContractVersion,
}

/// The world of the components that this host runs: [`contract::WORLD`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct World(());

impl TryFrom<String> for World {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        if name == contract::WORLD {
            Ok(Self(()))
        } else {
            Err(format!(
                "`{}` is not supported by this host; expected {}",
                name.escape_debug(),
                contract::WORLD
            ))
        }
    }
}

impl fmt::Display for World {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(contract::WORLD)
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
