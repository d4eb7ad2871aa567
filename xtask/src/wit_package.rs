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
    use crate::contract::Package;
    use crate::workspace;
    use wit_parser::decoding::{DecodedWasm, decode};

    #[test]
    fn the_package_holds_every_item_with_its_documentation() {
        let wit = workspace().join("wit");
        let source = Package::read(&wit, &wit).unwrap();
        let DecodedWasm::WitPackage(resolve, id) = decode(&encode(&workspace()).unwrap()).unwrap()
        else {
            panic!("not a WIT package");
        };
        let (decoded, expected) = (&resolve.packages[id], &source.resolve.packages[source.id]);
        assert_eq!(decoded.name, expected.name);
        assert_eq!(decoded.docs, expected.docs);
        for (name, &expected) in &expected.interfaces {
            let decoded = &resolve.interfaces[decoded.interfaces[name]];
            let expected = &source.resolve.interfaces[expected];
            assert_eq!(decoded.docs, expected.docs, "{name}");
            for (function, expected) in &expected.functions {
                let decoded = &decoded.functions[function];
                assert!(!decoded.docs.is_empty(), "{name}.{function}");
                assert_eq!(decoded.docs, expected.docs, "{name}.{function}");
            }
        }
        for world in expected.worlds.keys() {
            let decoded = &resolve.worlds[decoded.worlds[world]];
            assert!(!decoded.docs.is_empty(), "{world}");
        }
    }
}
