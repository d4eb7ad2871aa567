//! The contract as one file: a binary WIT package with its documentation, which
//! the component itself does not carry.

use crate::contract::Package;
use std::path::Path;

/// Encodes the contract of the repository at `root`.
pub(crate) fn encode(root: &Path) -> Result<Vec<u8>, String> {
    let wit = root.join("wit");
    let package = Package::read(&wit, &wit)?;
    wit_component::encode(&package.resolve, package.id, false)
        .map_err(|error| format!("{}: {error:#}", package.name()))
}

/// Writes it to `path`.
pub(crate) fn write(root: &Path, path: &Path) -> Result<(), String> {
    let problem = |error: std::io::Error| format!("{}: {error}", path.display());
    let bytes = encode(root)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(problem)?;
    }
    std::fs::write(path, bytes).map_err(problem)
}

#[cfg(test)]
mod tests {
    use super::encode;
    use crate::contract::{Package, incomplete};
    use crate::workspace;
    use wit_parser::decoding::{DecodedWasm, decode};

    #[test]
    fn the_package_holds_every_item_with_its_documentation_and_its_gate() {
        let wit = workspace().join("wit");
        let source = Package::read(&wit, &wit).unwrap();
        let DecodedWasm::WitPackage(resolve, id) = decode(&encode(&workspace()).unwrap()).unwrap()
        else {
            panic!("not a WIT package");
        };
        let decoded = Package { resolve, id };
        assert_eq!(decoded.name(), source.name());
        assert_eq!(incomplete(&decoded), Vec::<String>::new());
        assert_eq!(docs_of_functions(&decoded), docs_of_functions(&source));
    }

    fn docs_of_functions(package: &Package) -> Vec<(String, Option<String>)> {
        let interfaces = package.resolve.packages[package.id].interfaces.values();
        let interfaces = interfaces.map(|&id| &package.resolve.interfaces[id]);
        let functions = interfaces.flat_map(|interface| interface.functions.values());
        let mut docs: Vec<_> = functions
            .map(|function| (function.name.clone(), function.docs.contents.clone()))
            .collect();
        docs.sort();
        docs
    }
}
