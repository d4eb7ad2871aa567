//! Which versions of the contract this host runs: the one rule for manifests and
//! components.

use crate::contract;
use semver::{Comparator, Op, Version, VersionReq};

/// Whether this host runs components of this version of the contract: any of
/// the same line of compatibility, `0.2.x` for a host of 0.2.0.
pub(crate) fn is_supported(version: &str) -> bool {
    Version::parse(version).is_ok_and(|version| is_compatible(&version))
}

/// The same, of a version that was parsed.
pub(crate) fn is_compatible(version: &Version) -> bool {
    supported().matches(version)
}

/// The supported versions, as an error names them: `0.2.x`.
pub(crate) fn supported_line() -> String {
    let own = own();
    match own.major {
        0 => format!("0.{}.x", own.minor),
        major => format!("{major}.x"),
    }
}

/// By the caret rule from the line's first version: an older patch of the
/// contract is as good as a newer one.
fn supported() -> VersionReq {
    let own = own();
    let first = Comparator {
        op: Op::Caret,
        major: own.major,
        minor: Some(if own.major == 0 { own.minor } else { 0 }),
        patch: Some(0),
        pre: semver::Prerelease::EMPTY,
    };
    VersionReq {
        comparators: vec![first],
    }
}

fn own() -> Version {
    Version::parse(contract::VERSION).unwrap_or_else(|_| Version::new(0, 0, 0))
}

#[cfg(test)]
mod tests {
    use super::{is_supported, own, supported_line};
    use crate::contract;

    #[test]
    fn every_patch_of_the_same_line_is_supported_and_no_other_line() {
        assert_eq!(own().to_string(), contract::VERSION);
        assert_eq!(supported_line(), "0.2.x");
        for (version, expected) in [
            ("0.2.0", true),
            ("0.2.7", true),
            ("0.3.0", false),
            ("0.1.0", false),
            ("1.1.0", false),
            ("0.2.1-rc.1", false),
            ("0.2", false),
            ("", false),
        ] {
            assert_eq!(is_supported(version), expected, "{version}");
        }
    }
}
