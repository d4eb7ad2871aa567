//! Where an item stands in a package.

use std::fmt;

/// An item of a package, by its name. Another version of the package has the
/// same item at the same place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Interface(String),
    Type {
        interface: String,
        name: String,
    },
    Function {
        interface: String,
        /// The resource of a method, static function or constructor.
        resource: Option<String>,
        name: String,
    },
    World(String),
    /// What a world imports.
    Import {
        world: String,
        name: String,
    },
    /// What a world exports.
    Export {
        world: String,
        name: String,
    },
}

impl Place {
    /// The item that this one is a part of.
    pub(super) fn parent(&self) -> Option<Self> {
        match self {
            Self::Interface(_) | Self::World(_) => None,
            Self::Function {
                interface,
                resource: Some(resource),
                ..
            } => Some(Self::Type {
                interface: interface.clone(),
                name: resource.clone(),
            }),
            Self::Type { interface, .. } | Self::Function { interface, .. } => {
                Some(Self::Interface(interface.clone()))
            }
            Self::Import { world, .. } | Self::Export { world, .. } => {
                Some(Self::World(world.clone()))
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interface(name) => write!(f, "interface `{name}`"),
            Self::Type { interface, name }
            | Self::Function {
                interface,
                resource: None,
                name,
            } => write!(f, "`{interface}.{name}`"),
            Self::Function {
                interface,
                resource: Some(resource),
                name,
            } => write!(f, "`{interface}.{resource}.{name}`"),
            Self::World(name) => write!(f, "world `{name}`"),
            Self::Import { world, name } => write!(f, "import `{name}` of world `{world}`"),
            Self::Export { world, name } => write!(f, "export `{name}` of world `{world}`"),
        }
    }
}
