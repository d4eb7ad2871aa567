//! What a host checks before it runs a component: that it imports no more than
//! it may, and implements the contract that this host implements.

use crate::component_names::ComponentNames;
use crate::contract_imports::{CONTRACT_TYPES, GRANTED};
use crate::contract_version;
use crate::manifest::{Manifest, Permission};

/// The package whose interfaces a component exports.
const PACKAGE: &str = "higress:model-provider/";

/// Why a host does not run a component.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ComponentError {
    /// It imports these interfaces, which no component is granted.
    ForbiddenImports(Vec<String>),
    /// It imports these interfaces, which its manifest does not list.
    UndeclaredImports(Vec<String>),
    /// It implements this version of the contract.
    UnsupportedVersion(String),
}

/// Checks what a component imports and exports.
pub(crate) fn check(names: &ComponentNames, manifest: &Manifest) -> Result<(), ComponentError> {
    let imports = select(&names.imports, |name| !is_granted(name));
    if !imports.is_empty() {
        return Err(ComponentError::ForbiddenImports(imports));
    }
    let imports = undeclared_imports(&names.imports, &manifest.resource.permission);
    if !imports.is_empty() {
        return Err(ComponentError::UndeclaredImports(imports));
    }
    match unsupported_version(&names.exports) {
        Some(version) => Err(ComponentError::UnsupportedVersion(version.to_owned())),
        None => Ok(()),
    }
}

fn undeclared_imports(imports: &[String], permission: &Permission) -> Vec<String> {
    select(imports, |name| {
        let interface = name
            .split_once('@')
            .map_or(name, |(interface, _)| interface);
        interface != CONTRACT_TYPES && !permission.allows(interface)
    })
}

fn select(imports: &[String], is_sought: impl Fn(&str) -> bool) -> Vec<String> {
    let imports = imports.iter();
    imports.filter(|name| is_sought(name)).cloned().collect()
}

fn is_granted(import: &str) -> bool {
    match import.split_once('@') {
        Some((interface, version)) => {
            (GRANTED.contains(&interface) && version.starts_with("0.2."))
                || (interface == CONTRACT_TYPES && contract_version::is_supported(version))
        }
        None => false,
    }
}

/// The contract's version, if this host does not support it.
fn unsupported_version(exports: &[String]) -> Option<&str> {
    exports
        .iter()
        .filter_map(|name| name.strip_prefix(PACKAGE)?.split_once('@'))
        .map(|(_, version)| version)
        .find(|version| !contract_version::is_supported(version))
}

#[cfg(test)]
mod tests {
    use super::is_granted;
    use crate::contract_imports::GRANTED;

    #[test]
    fn only_the_world_s_interfaces_are_granted() {
        for interface in GRANTED {
            assert!(is_granted(&format!("{interface}@0.2.4")), "{interface}");
            assert!(!is_granted(&format!("{interface}@0.3.0")), "{interface}");
            assert!(!is_granted(interface), "{interface}");
        }
        for import in [
            "wasi:cli/environment@0.2.4",
            "wasi:filesystem/types@0.2.4",
            "wasi:sockets/tcp@0.2.4",
            "wasi:random/insecure@0.2.4",
            "wasi:http/incoming-handler@0.2.4",
            "higress:model-provider/types@9.0.0",
        ] {
            assert!(!is_granted(import), "{import}");
        }
    }
}
