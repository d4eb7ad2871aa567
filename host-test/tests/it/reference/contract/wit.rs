//! Types and functions as WIT writes them.

use wit_parser::{Function, FunctionKind, Handle, Resolve, Type, TypeDefKind, TypeId, TypeOwner};

/// Where a type is declared.
pub(super) struct Origin<'a> {
    pub(super) interface: &'a str,
    pub(super) name: &'a str,
}

/// The declaration behind a name: a `use` is followed to where it leads.
pub(super) fn origin(resolve: &Resolve, id: TypeId) -> TypeId {
    match resolve.types[id].kind {
        TypeDefKind::Type(Type::Id(used))
            if resolve.types[used].owner != resolve.types[id].owner =>
        {
            origin(resolve, used)
        }
        _ => id,
    }
}

/// The first type with a name in an expression.
pub(super) fn named<'a>(resolve: &'a Resolve, ty: &Type) -> Option<Origin<'a>> {
    let Type::Id(id) = ty else {
        return None;
    };
    let definition = &resolve.types[origin(resolve, *id)];
    if let Some(name) = &definition.name {
        let TypeOwner::Interface(interface) = definition.owner else {
            return None;
        };
        let interface = resolve.interfaces[interface].name.as_deref()?;
        return Some(Origin { interface, name });
    }
    parts(&definition.kind)
        .iter()
        .find_map(|part| named(resolve, part))
}

/// What a type without a name is made of.
fn parts(kind: &TypeDefKind) -> Vec<Type> {
    match kind {
        TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => vec![Type::Id(*id)],
        TypeDefKind::Tuple(tuple) => tuple.types.clone(),
        TypeDefKind::Option(ty) | TypeDefKind::List(ty) | TypeDefKind::Type(ty) => vec![*ty],
        TypeDefKind::Result(result) => [result.ok, result.err].into_iter().flatten().collect(),
        _ => Vec::new(),
    }
}

/// A type as it stands in a field or a parameter.
pub(super) fn expression(resolve: &Resolve, ty: &Type) -> String {
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
        Type::Id(id) => {
            let of = &resolve.types[*id];
            let name = of.name.clone();
            name.unwrap_or_else(|| definition(resolve, &of.kind))
        }
    }
}

/// A type without a name.
pub(super) fn definition(resolve: &Resolve, kind: &TypeDefKind) -> String {
    let write = |ty: &Type| expression(resolve, ty);
    match kind {
        TypeDefKind::Handle(Handle::Own(id)) => write(&Type::Id(*id)),
        TypeDefKind::Handle(Handle::Borrow(id)) => format!("borrow<{}>", write(&Type::Id(*id))),
        TypeDefKind::Type(ty) => write(ty),
        TypeDefKind::Option(ty) => format!("option<{}>", write(ty)),
        TypeDefKind::List(ty) => format!("list<{}>", write(ty)),
        TypeDefKind::Tuple(tuple) => {
            let types: Vec<String> = tuple.types.iter().map(write).collect();
            format!("tuple<{}>", types.join(", "))
        }
        TypeDefKind::Result(result) => match (&result.ok, &result.err) {
            (None, None) => "result".to_owned(),
            (Some(ok), None) => format!("result<{}>", write(ok)),
            (None, Some(err)) => format!("result<_, {}>", write(err)),
            (Some(ok), Some(err)) => format!("result<{}, {}>", write(ok), write(err)),
        },
        other => panic!("the reference cannot show a {} yet", other.as_str()),
    }
}

/// A function as it is declared.
pub(super) fn signature(resolve: &Resolve, function: &Function) -> String {
    let parameters: Vec<String> = function
        .params
        .iter()
        .skip(implicit_parameters(&function.kind))
        .map(|parameter| format!("{}: {}", parameter.name, expression(resolve, &parameter.ty)))
        .collect();
    let parameters = parameters.join(", ");
    let result = function.result.as_ref();
    let result = result.map(|ty| format!(" -> {}", expression(resolve, ty)));
    let (name, result) = (function.item_name(), result.unwrap_or_default());
    match function.kind {
        FunctionKind::Constructor(_) => format!("constructor({parameters});"),
        FunctionKind::Static(_) => format!("{name}: static func({parameters}){result};"),
        FunctionKind::AsyncStatic(_) => format!("{name}: static async func({parameters}){result};"),
        FunctionKind::Freestanding | FunctionKind::Method(_) => {
            format!("{name}: func({parameters}){result};")
        }
        FunctionKind::AsyncFreestanding | FunctionKind::AsyncMethod(_) => {
            format!("{name}: async func({parameters}){result};")
        }
    }
}

/// Parameters that WIT does not write: a method's resource.
fn implicit_parameters(kind: &FunctionKind) -> usize {
    match kind {
        FunctionKind::Method(_) | FunctionKind::AsyncMethod(_) => 1,
        FunctionKind::Freestanding
        | FunctionKind::AsyncFreestanding
        | FunctionKind::Static(_)
        | FunctionKind::AsyncStatic(_)
        | FunctionKind::Constructor(_) => 0,
    }
}
