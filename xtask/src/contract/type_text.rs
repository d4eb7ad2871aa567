//! Types as text, the same in two versions of a package if and only if they are
//! structurally equal there. A type with a name stands for itself: its
//! definition is an item of its own.

use wit_parser::{
    Handle, InterfaceId, PackageId, PackageName, Resolve, Type, TypeDefKind, TypeId, TypeOwner,
};

/// A type in a field, a case or a signature.
pub(super) fn of(resolve: &Resolve, package: PackageId, ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::U8 => "u8".to_owned(),
        Type::U16 => "u16".to_owned(),
        Type::U32 => "u32".to_owned(),
        Type::U64 => "u64".to_owned(),
        Type::S8 => "s8".to_owned(),
        Type::S16 => "s16".to_owned(),
        Type::S32 => "s32".to_owned(),
        Type::S64 => "s64".to_owned(),
        Type::F32 => "f32".to_owned(),
        Type::F64 => "f64".to_owned(),
        Type::Char => "char".to_owned(),
        Type::String => "string".to_owned(),
        Type::ErrorContext => "error-context".to_owned(),
        Type::Id(id) => of_id(resolve, package, *id),
    }
}

fn of_id(resolve: &Resolve, package: PackageId, id: TypeId) -> String {
    let definition = &resolve.types[declaration(resolve, id)];
    match (&definition.name, definition.owner) {
        (Some(name), TypeOwner::Interface(interface)) => {
            format!("{}.{name}", interface_name(resolve, package, interface))
        }
        (Some(name), TypeOwner::World(world)) => {
            format!("{}.{name}", resolve.worlds[world].name)
        }
        (Some(name), TypeOwner::None) => name.clone(),
        (None, _) => of_definition(resolve, package, &definition.kind),
    }
}

/// What a type without a name, or an alias, is defined as.
pub(super) fn of_definition(resolve: &Resolve, package: PackageId, kind: &TypeDefKind) -> String {
    let text = |ty: &Type| of(resolve, package, ty);
    let optional = |ty: &Option<Type>| ty.as_ref().map_or_else(|| "_".to_owned(), text);
    match kind {
        TypeDefKind::Handle(Handle::Own(id)) => format!("own<{}>", of_id(resolve, package, *id)),
        TypeDefKind::Handle(Handle::Borrow(id)) => {
            format!("borrow<{}>", of_id(resolve, package, *id))
        }
        TypeDefKind::Tuple(tuple) => {
            let types: Vec<String> = tuple.types.iter().map(text).collect();
            format!("tuple<{}>", types.join(", "))
        }
        TypeDefKind::Option(ty) => format!("option<{}>", text(ty)),
        TypeDefKind::Result(result) => {
            format!(
                "result<{}, {}>",
                optional(&result.ok),
                optional(&result.err)
            )
        }
        TypeDefKind::List(ty) => format!("list<{}>", text(ty)),
        TypeDefKind::Map(key, value) => format!("map<{}, {}>", text(key), text(value)),
        TypeDefKind::FixedLengthList(ty, length) => format!("list<{}, {length}>", text(ty)),
        TypeDefKind::Future(ty) => format!("future<{}>", optional(ty)),
        TypeDefKind::Stream(ty) => format!("stream<{}>", optional(ty)),
        TypeDefKind::Type(ty) => text(ty),
        // These have names, except before they are resolved.
        TypeDefKind::Record(_)
        | TypeDefKind::Resource
        | TypeDefKind::Flags(_)
        | TypeDefKind::Variant(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Unknown => kind.as_str().to_owned(),
    }
}

/// The declaration behind a name: a `use` is followed to where it leads.
pub(super) fn declaration(resolve: &Resolve, id: TypeId) -> TypeId {
    match resolve.types[id].kind {
        TypeDefKind::Type(Type::Id(used))
            if resolve.types[used].owner != resolve.types[id].owner
                && resolve.types[used].name.is_some() =>
        {
            declaration(resolve, used)
        }
        _ => id,
    }
}

/// An interface's name; one of another package has the package's and its line
/// of compatibility.
pub(super) fn interface_name(
    resolve: &Resolve,
    package: PackageId,
    interface: InterfaceId,
) -> String {
    let interface = &resolve.interfaces[interface];
    let name = interface.name.as_deref().unwrap_or_default();
    match interface.package {
        Some(other) if other != package => {
            let owner = &resolve.packages[other].name;
            let line = owner.version.as_ref().map_or_else(String::new, |version| {
                format!("@{}", PackageName::version_compat_track_string(version).0)
            });
            format!("{}:{}/{name}{line}", owner.namespace, owner.name)
        }
        _ => name.to_owned(),
    }
}
