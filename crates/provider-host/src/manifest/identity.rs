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
                "`{}` is not a name; give 1 to {} lower-case letters, digits, `_` or `-`",
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

/// A version of three numbers, such as `0.1.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    /// Whether what was made for the one can be used with the other. Below
    /// 1.0 the minor version is the line of compatibility.
    #[must_use]
    pub fn is_compatible(self, other: Self) -> bool {
        self.major == other.major && (self.major > 0 || self.minor == other.minor)
    }
}

impl TryFrom<String> for Version {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let numbers: Option<Vec<u32>> = text.split('.').map(number).collect();
        match numbers.as_deref() {
            Some(&[major, minor, patch]) => Ok(Self {
                major,
                minor,
                patch,
            }),
            _ => Err(format!(
                "`{}` is not a version; give three numbers, such as 0.1.0",
                text.escape_debug()
            )),
        }
    }
}

/// A number without signs and without zeros before it.
fn number(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            major,
            minor,
            patch,
        } = self;
        write!(formatter, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::{PluginName, Version};

    fn version(text: &str) -> Result<Version, String> {
        Version::try_from(text.to_owned())
    }

    #[test]
    fn versions_are_three_numbers() {
        assert_eq!(version("10.2.0").unwrap().to_string(), "10.2.0");
        for text in [
            "", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.x", "01.2.3", "+1.2.3",
        ] {
            assert!(version(text).is_err(), "{text}");
        }
    }

    #[test]
    fn below_one_the_minor_version_is_the_line_of_compatibility() {
        for (one, other, expected) in [
            ("0.1.0", "0.1.9", true),
            ("0.1.0", "0.2.0", false),
            ("1.1.0", "1.2.0", true),
            ("1.0.0", "0.1.0", false),
        ] {
            let (one, other) = (version(one).unwrap(), version(other).unwrap());
            assert_eq!(one.is_compatible(other), expected, "{one} {other}");
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
