//! The contract in `wit/`: it is documented and gated item by item, and breaks
//! nothing that a release of its line of compatibility promised.

mod compatibility;
mod completeness;
mod inventory;
mod package;
mod place;
mod releases;
mod type_text;

pub(crate) use package::Package;
pub(crate) use releases::freeze;

use releases::Release;
use std::path::Path;

/// What is wrong with the contract of the repository at `root`, a line each.
pub(crate) fn problems(root: &Path) -> Result<Vec<String>, String> {
    let wit = root.join("wit");
    let current = Package::read(&wit, &wit)?;
    let version = current.version()?;
    let items = inventory::of(&current);
    let mut problems = completeness::problems(&items);
    for release in Release::all(&wit)? {
        let frozen = Package::read(&release.folder, &wit)?;
        if frozen.version()? != release.version {
            problems.push(format!(
                "wit/releases/{}: the package there is {}; name the folder after its package",
                release.version,
                frozen.name()
            ));
        } else if release.version == version {
            problems.extend(release.differences(&wit)?);
        } else if release.is_of_the_line_of(&version) {
            let frozen = inventory::of(&frozen);
            let found = compatibility::problems(&frozen, &release.version, &items, &version);
            problems.extend(found);
        }
    }
    Ok(problems)
}
