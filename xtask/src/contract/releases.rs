//! The frozen copies in `wit/releases/`, one folder for each release of the
//! contract, named after its version.

use super::package::{Package, sorted};
use semver::Version;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A frozen copy.
pub(super) struct Release {
    pub(super) version: Version,
    pub(super) folder: PathBuf,
}

impl Release {
    /// The releases of the contract in `wit`, by the names of their folders.
    pub(super) fn all(wit: &Path) -> Result<Vec<Self>, String> {
        let mut releases = Vec::new();
        for folder in sorted(&wit.join("releases"))? {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            let version = Version::parse(&name).map_err(|error| {
                format!(
                    "{}: {error}; a release's folder is named after its version",
                    folder.display()
                )
            })?;
            releases.push(Self { version, folder });
        }
        Ok(releases)
    }

    /// Whether a host of `version` loads components of this release.
    pub(super) fn is_of_the_line_of(&self, version: &Version) -> bool {
        line(&self.version) == line(version)
    }

    /// How the package in `wit` differs from this copy of it, a line a file.
    pub(super) fn differences(&self, wit: &Path) -> Result<Vec<String>, String> {
        let (current, frozen) = (files(wit)?, files(&self.folder)?);
        let mut names: Vec<&OsString> = current.keys().chain(frozen.keys()).collect();
        names.sort();
        names.dedup();
        let changed = names
            .into_iter()
            .filter(|name| current.get(*name) != frozen.get(*name));
        let line = |name: &OsString| {
            let (name, version) = (name.display(), &self.version);
            format!(
                "wit/{name} differs from wit/releases/{version}/{name}, which is released; \
                 raise the package's version, or restore the file"
            )
        };
        Ok(changed.map(line).collect())
    }
}

/// The versions that load each other's components, such as `0.2.x`.
pub(super) fn line(version: &Version) -> String {
    match version.major {
        0 => format!("0.{}.x", version.minor),
        major => format!("{major}.x"),
    }
}

/// Copies the contract of the repository at `root` to `wit/releases/`, and
/// returns the folder.
///
/// # Errors
///
/// If another contract was frozen with this version.
pub(crate) fn freeze(root: &Path) -> Result<PathBuf, String> {
    let wit = root.join("wit");
    let version = Package::read(&wit, &wit)?.version()?;
    let folder = wit.join("releases").join(version.to_string());
    let release = Release { version, folder };
    if release.folder.exists() {
        let differences = release.differences(&wit)?;
        if !differences.is_empty() {
            return Err(differences.join("\n"));
        }
        return Ok(release.folder);
    }
    let problem = |error: std::io::Error| format!("{}: {error}", release.folder.display());
    std::fs::create_dir_all(&release.folder).map_err(problem)?;
    for (name, text) in files(&wit)? {
        std::fs::write(release.folder.join(name), text).map_err(problem)?;
    }
    Ok(release.folder)
}

/// The WIT files of a folder, by name.
fn files(folder: &Path) -> Result<BTreeMap<OsString, Vec<u8>>, String> {
    let paths = sorted(folder)?;
    let wit = paths
        .iter()
        .filter(|path| path.extension().is_some_and(|it| it == "wit"));
    wit.map(|path| {
        let text = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok((path.file_name().unwrap_or_default().to_owned(), text))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::{freeze, line};
    use semver::Version;
    use std::fs;

    #[test]
    fn a_line_of_compatibility_is_a_minor_version_below_1_and_a_major_one_above() {
        for (version, expected) in [("0.1.0", "0.1.x"), ("0.2.7", "0.2.x"), ("1.4.2", "1.x")] {
            assert_eq!(line(&Version::parse(version).unwrap()), expected);
        }
    }

    #[test]
    fn a_frozen_contract_can_be_frozen_again_and_not_be_replaced() {
        let root = std::env::temp_dir().join(format!("xtask-freeze-{}", std::process::id()));
        let wit = root.join("wit");
        fs::create_dir_all(wit.join("deps")).unwrap();
        let file = wit.join("world.wit");
        fs::write(&file, "package a:b@0.2.0;\n").unwrap();
        let folder = freeze(&root).unwrap();
        assert!(folder.ends_with("wit/releases/0.2.0"));
        assert_eq!(
            fs::read(folder.join("world.wit")).unwrap(),
            fs::read(&file).unwrap()
        );
        assert_eq!(freeze(&root).unwrap(), folder);

        fs::write(&file, "package a:b@0.2.0;\ninterface more {}\n").unwrap();
        let refused = freeze(&root).unwrap_err();
        assert!(refused.starts_with("wit/world.wit differs"), "{refused}");
        assert!(
            !fs::read_to_string(folder.join("world.wit"))
                .unwrap()
                .contains("more")
        );
        fs::remove_dir_all(&root).unwrap();
    }
}
