//! `docs/reference/contract.md`: the interfaces of the contract, from `wit/`.
//! Of each interface come functions first, then resources, then the other
//! types as they are declared.

mod wit;

use super::markdown::table;
use super::page;
use std::fmt::Write as _;
use testing::root;
use wit::{Origin, expression, signature};
use wit_parser::{
    Case, Docs, Field, Function, IndexMap, Interface, InterfaceId, Resolve, Stability, Type,
    TypeDefKind, TypeId, World, WorldItem, WorldKey,
};

#[test]
fn the_reference_of_the_contract_is_current() {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(root().join("wit")).unwrap();
    let world = resolve.select_world(&[package], Some("provider")).unwrap();

    let package = &resolve.packages[package];
    let mut page = format!(
        "# The contract: `{}`\n\n{}\n\nMade by `make reference` from [`wit/`](../../wit).\n",
        package.name,
        text(&package.docs)
    );
    let world = &resolve.worlds[world];
    add_world(&mut page, &resolve, world);
    for id in interfaces(&world.exports) {
        add_interface(&mut page, &resolve, &resolve.interfaces[id]);
    }
    page::check("contract.md", &page);
}

fn add_world(page: &mut String, resolve: &Resolve, world: &World) {
    let rows: Vec<[String; 2]> = interfaces(&world.exports)
        .map(|id| row(&resolve.interfaces[id]))
        .collect();
    let _ = write!(
        page,
        "\n## The world `{}`\n\n{}\n\nIt exports these interfaces:\n\n{}\n\
         It imports these, which a host provides:\n\n",
        world.name,
        text(&world.docs),
        table(["interface", "what it is"], &rows)
    );
    for id in interfaces(&world.imports) {
        let _ = writeln!(page, "- `{}`", resolve.id_of(id).unwrap());
    }
}

/// The interfaces among what a world imports or exports.
fn interfaces(items: &IndexMap<WorldKey, WorldItem>) -> impl Iterator<Item = InterfaceId> {
    items.values().map(|item| match item {
        WorldItem::Interface { id, .. } => *id,
        WorldItem::Function(_) | WorldItem::Type { .. } => panic!("not an interface: {item:?}"),
    })
}

/// An interface and the first sentence about it.
fn row(interface: &Interface) -> [String; 2] {
    let name = name(interface);
    let docs = text(&interface.docs).replace('\n', " ");
    let sentence = docs.split(". ").next().unwrap_or_default();
    [
        format!("[`{name}`](#{name})"),
        format!("{}.", sentence.trim_end_matches('.')),
    ]
}

fn add_interface(page: &mut String, resolve: &Resolve, interface: &Interface) {
    let name = name(interface);
    let docs = text(&interface.docs);
    let _ = write!(page, "\n## {name}\n\n{docs}\n");

    for function in free(interface) {
        let since = since(&function.stability);
        let _ = write!(
            page,
            "\n### {name}: {}\n\n*function{since}*\n",
            function.name
        );
        add_function(page, resolve, function);
    }
    let own = interface.types.values().filter(|&&id| is_own(resolve, id));
    let (resources, others): (Vec<TypeId>, Vec<TypeId>) =
        own.partition(|&&id| matches!(resolve.types[id].kind, TypeDefKind::Resource));
    for id in resources.into_iter().chain(others) {
        add_type(page, resolve, interface, id);
    }
}

fn add_type(page: &mut String, resolve: &Resolve, interface: &Interface, id: TypeId) {
    let definition = &resolve.types[id];
    let _ = write!(
        page,
        "\n### {}: {}\n\n*{}{}*\n\n{}\n",
        name(interface),
        definition.name.as_deref().unwrap_or_default(),
        definition.kind.as_str(),
        since(&definition.stability),
        text(&definition.docs)
    );
    let members = members(resolve, &definition.kind);
    let items: String = members.iter().map(|of| item(resolve, of)).collect();
    if !items.is_empty() {
        let _ = write!(page, "\n{items}");
    }
    let methods = interface.functions.values();
    for method in methods.filter(|function| function.kind.resource() == Some(id)) {
        add_function(page, resolve, method);
    }
}

/// A field, a case, a flag, or what an alias stands for.
struct Member<'a> {
    code: String,
    ty: Option<&'a Type>,
    docs: Option<&'a Docs>,
}

/// What a type consists of.
fn members<'a>(resolve: &Resolve, kind: &'a TypeDefKind) -> Vec<Member<'a>> {
    let member = |code, ty, docs| Member {
        code,
        ty,
        docs: Some(docs),
    };
    match kind {
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter();
            let code = |of: &Field| format!("{}: {}", of.name, expression(resolve, &of.ty));
            fields
                .map(|of| member(code(of), Some(&of.ty), &of.docs))
                .collect()
        }
        TypeDefKind::Variant(variant) => {
            let cases = variant.cases.iter();
            let code = |of: &Case| match &of.ty {
                None => of.name.clone(),
                Some(held) => format!("{}({})", of.name, expression(resolve, held)),
            };
            cases
                .map(|of| member(code(of), of.ty.as_ref(), &of.docs))
                .collect()
        }
        TypeDefKind::Enum(choice) => {
            let cases = choice.cases.iter();
            cases
                .map(|of| member(of.name.clone(), None, &of.docs))
                .collect()
        }
        TypeDefKind::Flags(flags) => {
            let flags = flags.flags.iter();
            flags
                .map(|of| member(of.name.clone(), None, &of.docs))
                .collect()
        }
        TypeDefKind::Resource => Vec::new(),
        alias => vec![Member {
            code: wit::definition(resolve, alias),
            ty: None,
            docs: None,
        }],
    }
}

/// A list item: code that links to the type it names first, and what its
/// documentation says.
fn item(resolve: &Resolve, member: &Member<'_>) -> String {
    let mut code = format!("`{}`", member.code);
    if let Some(Origin { interface, name }) = member.ty.and_then(|ty| wit::named(resolve, ty)) {
        code = format!("[{code}](#{interface}-{name})");
    }
    match member.docs.map(text) {
        None | Some("") => format!("- {code}\n"),
        Some(docs) => format!("- {code}:\n  {}\n", docs.replace('\n', "\n  ")),
    }
}

fn add_function(page: &mut String, resolve: &Resolve, function: &Function) {
    let _ = write!(
        page,
        "\n```wit\n{}\n```\n\n{}\n",
        signature(resolve, function),
        text(&function.docs)
    );
}

/// The functions of an interface that belong to no resource.
fn free(interface: &Interface) -> impl Iterator<Item = &Function> {
    let functions = interface.functions.values();
    functions.filter(|function| function.kind.resource().is_none())
}

/// Whether a type is declared where it stands, and not used from elsewhere.
fn is_own(resolve: &Resolve, id: TypeId) -> bool {
    wit::origin(resolve, id) == id
}

fn name(interface: &Interface) -> &str {
    interface.name.as_deref().unwrap_or_default()
}

fn since(stability: &Stability) -> String {
    match stability {
        Stability::Unknown => String::new(),
        Stability::Unstable { feature, .. } => format!(", unstable: {feature}"),
        Stability::Stable { since, .. } => format!(", since {since}"),
    }
}

fn text(docs: &Docs) -> &str {
    docs.contents.as_deref().unwrap_or_default().trim()
}
