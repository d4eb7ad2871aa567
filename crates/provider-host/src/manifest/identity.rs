//! Names and versions of plugins.

use serde::Deserialize;
use std::fmt;

/// The short name of a plugin or of its author: 1 to 64 lower-case letters,
/// digits, `_` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct PluginName(String);

impl PluginName {
    /// Longest name in bytes.
    const LONGEST: usize = 64;

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PluginName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let is_short = (1..=Self::LONGEST).contains(&name.len());
        let is_plain = name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'));
        if is_short && is_plain {
            Ok(Self(name))
        } else {
            Err(format!(
                "`{}` is not a valid name; expected 1 to {} lower-case letters, digits, `_` or `-`",
                name.escape_debug(),
                Self::LONGEST
            ))
        }
    }
}

impl fmt::Display for PluginName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A version by the rules of Semantic Versioning, such as `0.1.0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Version(semver::Version);

impl Version {
    /// The version, parsed.
    #[must_use]
    pub fn as_semver(&self) -> &semver::Version {
        &self.0
    }
}

impl TryFrom<String> for Version {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match semver::Version::parse(&text) {
            Ok(version) => Ok(Self(version)),
            Err(error) => Err(format!(
                "`{}` is not a version: {error}; expected a semantic version such as 0.1.0",
                text.escape_debug()
            )),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::{PluginName, Version};

    fn version(text: &str) -> Result<Version, String> {
        Version::try_from(text.to_owned())
    }

    #[test]
    fn versions_are_those_of_semantic_versioning() {
        for text in ["10.2.0", "1.0.0-rc.1"] {
            assert_eq!(version(text).unwrap().to_string(), text);
        }
        for text in [
            "", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.x", "01.2.3", "+1.2.3",
        ] {
            assert!(version(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_short_and_plain() {
        for name in ["a", "open-ai_2"] {
            assert!(PluginName::try_from(name.to_owned()).is_ok(), "{name}");
        }
        for name in ["", "Higress", "a b", "ä", "a\n", &"a".repeat(65)] {
            assert!(PluginName::try_from(name.to_owned()).is_err(), "{name}");
        }
    }
}
