//! The names of what a component imports and exports, read from its bytes: a
//! component that this host does not run is rejected before it is compiled,
//! which takes seconds for a large one.

#[cfg(feature = "compiler")]
use wasmparser::{BinaryReaderError, Parser, Payload};
use wasmtime::component::Component;

/// What a component imports and exports. A core module has no such names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ComponentNames {
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
}

#[cfg(feature = "compiler")]
impl ComponentNames {
    /// Reads the names. The rest of the component is not validated.
    ///
    /// # Errors
    ///
    /// If the bytes are not WebAssembly.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut names = Self::default();
        // Components and modules within the component have names of their own.
        let mut depth = 0_usize;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        names.imports.push(import?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section {
                        names.exports.push(export?.name.name.to_owned());
                    }
                }
                _ => {}
            }
        }
        Ok(names)
    }
}

impl From<&Component> for ComponentNames {
    /// The names of a component that is compiled already.
    fn from(component: &Component) -> Self {
        let (kind, engine) = (component.component_type(), component.engine());
        Self {
            imports: kind
                .imports(engine)
                .map(|(name, _)| name.to_owned())
                .collect(),
            exports: kind
                .exports(engine)
                .map(|(name, _)| name.to_owned())
                .collect(),
        }
    }
}

#[cfg(all(test, feature = "compiler"))]
mod tests {
    use super::ComponentNames;

    #[test]
    fn the_names_are_those_of_the_outermost_component() {
        let component = r#"(component
            (import "a:b/c@0.1.0" (instance))
            (component $inner (import "d:e/f" (instance)) (export "g:h/i" (instance 0)))
            (core module (import "env" "memory" (memory 1)))
            (import "j:k/l" (instance $last))
            (export "m:n/o@0.1.0" (instance $last))
        )"#;
        let names = ComponentNames::read(&wat::parse_str(component).unwrap()).unwrap();
        assert_eq!(names.imports, ["a:b/c@0.1.0", "j:k/l"]);
        assert_eq!(names.exports, ["m:n/o@0.1.0"]);
    }

    #[test]
    fn a_core_module_has_none_and_other_bytes_are_an_error() {
        let module = wat::parse_str("(module (import \"a\" \"b\" (func)))").unwrap();
        let names = ComponentNames::read(&module).unwrap();
        assert_eq!(names, ComponentNames::default());
        assert!(ComponentNames::read(b"not wasm").is_err());
    }
}
