//! A WIT package, read from a folder or a text and resolved with its
//! dependencies.

use semver::Version;
use std::path::{Path, PathBuf};
use wit_parser::{PackageId, Resolve, UnresolvedPackageGroup};

/// A package and what it refers to.
pub(crate) struct Package {
    pub(crate) resolve: Resolve,
    pub(crate) id: PackageId,
}

impl Package {
    /// Reads the package in `folder`, with the dependencies in `deps` of `wit`.
    pub(crate) fn read(folder: &Path, wit: &Path) -> Result<Self, String> {
        let entries = sorted(&wit.join("deps"))?;
        let folders = entries.iter().filter(|path| path.is_dir());
        let deps: Result<Vec<_>, String> = folders.map(|path| parse(path)).collect();
        Self::resolved(parse(folder)?, deps?)
    }

    /// A package without dependencies, from its text.
    #[cfg(test)]
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let group = UnresolvedPackageGroup::parse("test.wit", text)
            .map_err(|(_, error)| error.to_string())?;
        Self::resolved(group, Vec::new())
    }

    fn resolved(
        group: UnresolvedPackageGroup,
        deps: Vec<UnresolvedPackageGroup>,
    ) -> Result<Self, String> {
        let mut resolve = Resolve::default();
        let name = group.main.name.to_string();
        let id = resolve
            .push_groups(group, deps)
            .map_err(|error| format!("{name}: {error}"))?;
        Ok(Self { resolve, id })
    }

    /// The package's name with its version.
    pub(crate) fn name(&self) -> String {
        self.resolve.packages[self.id].name.to_string()
    }

    pub(crate) fn version(&self) -> Result<Version, String> {
        let version = &self.resolve.packages[self.id].name.version;
        let missing = || format!("{}: the package has no version; add one", self.name());
        version.clone().ok_or_else(missing)
    }
}

fn parse(folder: &Path) -> Result<UnresolvedPackageGroup, String> {
    UnresolvedPackageGroup::parse_dir(folder)
        .map_err(|error| format!("{}: {error:#}", folder.display()))
}

/// The paths in a folder, by name.
pub(super) fn sorted(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let problem = |error: std::io::Error| format!("{}: {error}", folder.display());
    let entries = std::fs::read_dir(folder).map_err(problem)?;
    let paths: std::io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut paths = paths.map_err(problem)?;
    paths.sort();
    Ok(paths)
}
