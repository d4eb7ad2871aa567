//! What a package promises, item by item, in a form that two versions of it can
//! be compared in.

use super::package::Package;
use super::place::Place;
use super::type_text::{self, interface_name};
use semver::Version;
use std::collections::BTreeMap;
use wit_parser::{
    Docs, Function, FunctionKind, Interface, Resolve, Stability, Type, TypeDef, TypeDefKind,
    TypeOwner, World, WorldItem, WorldKey,
};

/// The items of a package.
pub(super) type Inventory = BTreeMap<Place, Item>;

/// One item.
pub(super) struct Item {
    /// What it is, such as `record`.
    pub(super) kind: &'static str,
    /// Fields, cases or parameters, in order.
    pub(super) members: Vec<Member>,
    /// Its gate.
    pub(super) since: Option<Version>,
    /// Whether it has documentation, or is a name for what has it.
    pub(super) documented: bool,
}

/// A part of an item.
#[derive(PartialEq, Eq)]
pub(super) struct Member {
    /// What it is and its name, such as ``field `status` ``.
    pub(super) label: String,
    /// Its type; empty for a case without one.
    pub(super) ty: String,
    /// Whether it has documentation, or can have none.
    pub(super) documented: bool,
}

/// Takes the inventory of a package.
pub(super) fn of(package: &Package) -> Inventory {
    let mut reader = Reader {
        package,
        resolve: &package.resolve,
        items: Inventory::new(),
    };
    let contents = &package.resolve.packages[package.id];
    for &id in contents.interfaces.values() {
        reader.interface(&package.resolve.interfaces[id]);
    }
    for &id in contents.worlds.values() {
        reader.world(&package.resolve.worlds[id]);
    }
    reader.items
}

struct Reader<'a> {
    package: &'a Package,
    resolve: &'a Resolve,
    items: Inventory,
}

impl Reader<'_> {
    fn interface(&mut self, interface: &Interface) {
        let name = interface.name.clone().unwrap_or_default();
        for (type_name, &id) in &interface.types {
            let place = Place::Type {
                interface: name.clone(),
                name: type_name.clone(),
            };
            let item = self.defined(&self.resolve.types[id]);
            self.items.insert(place, item);
        }
        for function in interface.functions.values() {
            let resource = function.kind.resource();
            let resource = resource.and_then(|id| self.resolve.types[id].name.clone());
            let place = Place::Function {
                interface: name.clone(),
                resource,
                name: function_name(function),
            };
            self.items.insert(place, self.function(function));
        }
        let item = Item {
            kind: "interface",
            members: Vec::new(),
            since: since(&interface.stability),
            documented: !interface.docs.is_empty(),
        };
        self.items.insert(Place::Interface(name), item);
    }

    fn world(&mut self, world: &World) {
        let name = &world.name;
        for (key, item) in &world.imports {
            let place = Place::Import {
                world: name.clone(),
                name: self.key(key),
            };
            let item = self.of_world(item);
            self.items.insert(place, item);
        }
        for (key, item) in &world.exports {
            let place = Place::Export {
                world: name.clone(),
                name: self.key(key),
            };
            let item = self.of_world(item);
            self.items.insert(place, item);
        }
        let item = Item {
            kind: "world",
            members: Vec::new(),
            since: since(&world.stability),
            documented: !world.docs.is_empty(),
        };
        self.items.insert(Place::World(name.clone()), item);
    }

    fn key(&self, key: &WorldKey) -> String {
        match key {
            WorldKey::Name(name) => name.clone(),
            WorldKey::Interface(id) => interface_name(self.resolve, self.package.id, *id),
        }
    }

    /// What a world imports or exports. An interface documents itself, and one of
    /// another package is documented there.
    fn of_world(&self, item: &WorldItem) -> Item {
        match item {
            WorldItem::Interface {
                id,
                stability,
                docs,
                ..
            } => Item {
                kind: "interface",
                members: Vec::new(),
                since: since(stability),
                documented: {
                    let interface = &self.resolve.interfaces[*id];
                    let is_own = interface.package == Some(self.package.id);
                    !is_own || !docs.is_empty() || !interface.docs.is_empty()
                },
            },
            WorldItem::Function(function) => self.function(function),
            WorldItem::Type { id, .. } => self.defined(&self.resolve.types[*id]),
        }
    }

    fn text(&self, ty: &Type) -> String {
        type_text::of(self.resolve, self.package.id, ty)
    }

    fn function(&self, function: &Function) -> Item {
        let parameters = function.params.iter();
        let mut members: Vec<Member> = parameters
            .map(|parameter| Member {
                label: format!("parameter `{}`", parameter.name),
                ty: self.text(&parameter.ty),
                documented: true,
            })
            .collect();
        if let Some(result) = &function.result {
            members.push(Member {
                label: "the result".to_owned(),
                ty: self.text(result),
                documented: true,
            });
        }
        Item {
            kind: function_kind(&function.kind),
            members,
            since: since(&function.stability),
            documented: !function.docs.is_empty(),
        }
    }

    fn defined(&self, definition: &TypeDef) -> Item {
        let is_used = match definition.kind {
            TypeDefKind::Type(Type::Id(id)) => {
                let origin = &self.resolve.types[id];
                origin.owner != definition.owner && origin.owner != TypeOwner::None
            }
            _ => false,
        };
        Item {
            kind: if is_used {
                "use"
            } else {
                definition.kind.as_str()
            },
            members: self.members(&definition.kind),
            since: since(&definition.stability),
            documented: is_used || !definition.docs.is_empty(),
        }
    }

    fn members(&self, kind: &TypeDefKind) -> Vec<Member> {
        let member = |what: &str, name: &str, ty: String, docs: &Docs| Member {
            label: format!("{what} `{name}`"),
            ty,
            documented: !docs.is_empty(),
        };
        match kind {
            TypeDefKind::Record(record) => {
                let fields = record.fields.iter();
                fields
                    .map(|it| member("field", &it.name, self.text(&it.ty), &it.docs))
                    .collect()
            }
            TypeDefKind::Variant(variant) => {
                let cases = variant.cases.iter();
                let ty = |ty: &Option<Type>| ty.as_ref().map(|ty| self.text(ty));
                cases
                    .map(|it| member("case", &it.name, ty(&it.ty).unwrap_or_default(), &it.docs))
                    .collect()
            }
            TypeDefKind::Enum(choice) => {
                let cases = choice.cases.iter();
                cases
                    .map(|it| member("case", &it.name, String::new(), &it.docs))
                    .collect()
            }
            TypeDefKind::Flags(flags) => {
                let flags = flags.flags.iter();
                flags
                    .map(|it| member("flag", &it.name, String::new(), &it.docs))
                    .collect()
            }
            TypeDefKind::Resource => Vec::new(),
            alias => vec![Member {
                label: "the definition".to_owned(),
                ty: type_text::of_definition(self.resolve, self.package.id, alias),
                documented: true,
            }],
        }
    }
}

fn since(stability: &Stability) -> Option<Version> {
    match stability {
        Stability::Stable { since, .. } => Some(since.clone()),
        Stability::Unknown | Stability::Unstable { .. } => None,
    }
}

fn function_name(function: &Function) -> String {
    match function.kind {
        FunctionKind::Constructor(_) => "constructor".to_owned(),
        _ => function.item_name().to_owned(),
    }
}

fn function_kind(kind: &FunctionKind) -> &'static str {
    match kind {
        FunctionKind::Freestanding => "function",
        FunctionKind::AsyncFreestanding => "async function",
        FunctionKind::Method(_) => "method",
        FunctionKind::AsyncMethod(_) => "async method",
        FunctionKind::Static(_) => "static function",
        FunctionKind::AsyncStatic(_) => "static async function",
        FunctionKind::Constructor(_) => "constructor",
        FunctionKind::Getter => "getter",
        FunctionKind::Setter => "setter",
        FunctionKind::MethodGetter(_) => "getter of a resource",
        FunctionKind::MethodSetter(_) => "setter of a resource",
        FunctionKind::StaticGetter(_) => "static getter",
        FunctionKind::StaticSetter(_) => "static setter",
    }
}
