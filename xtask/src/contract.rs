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

/// The items of a package that lack documentation or a gate, a line each.
#[cfg(test)]
pub(crate) fn incomplete(package: &Package) -> Vec<String> {
    completeness::problems(&inventory::of(package))
}

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

#[cfg(test)]
mod tests {
    use super::problems;
    use std::fs;
    use std::path::{Path, PathBuf};

    /// A repository whose contract has one function. It is removed with this.
    struct Repository(PathBuf);

    impl Repository {
        fn new(name: &str, version: &str) -> Self {
            let root = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
            fs::create_dir_all(root.join("wit/deps")).unwrap();
            fs::create_dir_all(root.join("wit/releases")).unwrap();
            let repository = Self(root);
            repository.write(Path::new("wit"), &contract(version, "act: func();"));
            repository
        }

        fn write(&self, folder: &Path, text: &str) {
            let folder = self.0.join(folder);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("api.wit"), text).unwrap();
        }

        fn release(&self, folder: &str, text: &str) {
            self.write(&Path::new("wit/releases").join(folder), text);
        }
    }

    impl Drop for Repository {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn contract(version: &str, function: &str) -> String {
        format!(
            "package a:b@{version};
            /// An interface.
            @since(version = 0.1.0)
            interface api {{
                /// A function.
                @since(version = 0.1.0)
                {function}
            }}"
        )
    }

    #[test]
    fn releases_of_the_same_line_bind_and_those_of_others_do_not() {
        let repository = Repository::new("lines", "0.2.1");
        repository.release("0.1.0", &contract("0.1.0", "old: func();"));
        repository.release("0.2.0", &contract("0.2.0", "act: func();"));
        assert_eq!(problems(&repository.0).unwrap(), Vec::<String>::new());

        repository.release("0.2.0", &contract("0.2.0", "act: func(now: bool);"));
        let found = problems(&repository.0).unwrap();
        let expected = "`api.act`: parameter `now` of 0.2.0 is missing";
        assert!(found[0].starts_with(expected), "{found:?}");
    }

    #[test]
    fn a_release_above_the_package_is_named() {
        let repository = Repository::new("above", "0.2.0");
        repository.release("0.2.1", &contract("0.2.1", "act: func();"));
        let expected = "the package is 0.2.0, and 0.2.1 is released; raise its version";
        assert_eq!(problems(&repository.0).unwrap(), [expected]);
    }

    #[test]
    fn a_released_version_is_not_changed() {
        let repository = Repository::new("changed", "0.2.0");
        repository.release("0.2.0", &contract("0.2.0", "act: func();"));
        assert_eq!(problems(&repository.0).unwrap(), Vec::<String>::new());

        repository.write(
            Path::new("wit"),
            &contract("0.2.0", "act: func(now: bool);"),
        );
        let found = problems(&repository.0).unwrap();
        assert!(found[0].starts_with("wit/api.wit differs"), "{found:?}");
    }

    #[test]
    fn a_release_in_a_folder_of_another_name_is_named() {
        let repository = Repository::new("misnamed", "0.3.0");
        repository.release("0.2.0", &contract("0.2.5", "act: func();"));
        let expected = "wit/releases/0.2.0: the package there is a:b@0.2.5; \
                        name the folder after its package";
        assert_eq!(problems(&repository.0).unwrap(), [expected]);

        repository.release("first", &contract("0.1.0", "act: func();"));
        let refused = problems(&repository.0).unwrap_err();
        assert!(refused.contains("named after its version"), "{refused}");
    }

    #[test]
    fn a_release_that_does_not_parse_is_an_error() {
        let repository = Repository::new("unreadable", "0.2.0");
        repository.release(
            "0.1.0",
            "package a:b@0.1.0;\ninterface api { use missing.{t}; }",
        );
        assert!(problems(&repository.0).unwrap_err().contains("missing"));
    }
}
