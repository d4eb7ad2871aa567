//! What a host looks at before it runs a component: that it asks for no more
//! than it may have, and speaks the contract that this host speaks.

use crate::component_names::ComponentNames;
use crate::contract;
use crate::host::HostError;
use crate::link;
use crate::manifest::Manifest;

/// The package whose interfaces a component exports.
const PACKAGE: &str = "higress:model-provider/";

/// Refuses a component that this host does not run.
pub(crate) fn inspect(names: &ComponentNames, manifest: &Manifest) -> Result<(), HostError> {
    let imports = link::foreign_imports(&names.imports);
    if !imports.is_empty() {
        return Err(HostError::ForbiddenImports { imports });
    }
    let imports = link::undeclared_imports(&names.imports, &manifest.resource.permission);
    if !imports.is_empty() {
        return Err(HostError::UndeclaredImports { imports });
    }
    match other_contract(&names.exports) {
        Some(version) => Err(HostError::UnsupportedVersion { version }),
        None => Ok(()),
    }
}

/// The contract's version, if it is another than this host's.
fn other_contract(exports: &[String]) -> Option<String> {
    exports
        .iter()
        .filter_map(|name| name.strip_prefix(PACKAGE)?.split_once('@'))
        .map(|(_, version)| version)
        .find(|version| *version != contract::VERSION)
        .map(str::to_owned)
}
