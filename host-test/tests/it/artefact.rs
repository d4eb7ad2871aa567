//! The built component as a file: what it imports and exports, how large it
//! is, and that it was built from the WIT in the repository. `make component`
//! builds it.

use std::collections::BTreeSet;
use std::process::Command;

use testing::root;
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Resolve, WorldId, WorldItem};

/// The most bytes that the component may have: 1 MiB.
const BUDGET: usize = 1 << 20;

fn component() -> Vec<u8> {
    let path = testing::component();
    std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; run `make component`", path.display()))
}

/// The built component's world, as it stands in the binary.
fn built_world() -> (Resolve, WorldId) {
    match decode(&component()).unwrap() {
        DecodedWasm::Component(resolve, world) => (resolve, world),
        DecodedWasm::WitPackage(..) => panic!("a WIT package, not a component"),
    }
}

/// The world of `wit/`.
fn contract_world() -> (Resolve, WorldId) {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(root().join("wit")).unwrap();
    let world = resolve.select_world(&[package], Some("provider")).unwrap();
    (resolve, world)
}

enum Side {
    Imports,
    Exports,
}

/// The names of the interfaces on one side of a world.
fn interfaces((resolve, world): &(Resolve, WorldId), side: &Side) -> BTreeSet<String> {
    let world = &resolve.worlds[*world];
    let items = match side {
        Side::Imports => &world.imports,
        Side::Exports => &world.exports,
    };
    items
        .iter()
        .map(|(key, item)| match item {
            WorldItem::Interface { .. } => resolve.name_world_key(key),
            other => panic!("not an interface: {other:?}"),
        })
        .collect()
}

#[test]
fn the_component_imports_exactly_what_the_world_names() {
    let imports = interfaces(&built_world(), &Side::Imports);
    assert_eq!(imports, interfaces(&contract_world(), &Side::Imports));
    let expected = [
        "wasi:clocks/monotonic-clock@0.2.4",
        "wasi:clocks/wall-clock@0.2.4",
        "wasi:http/outgoing-handler@0.2.4",
        "wasi:http/types@0.2.4",
        "wasi:io/error@0.2.4",
        "wasi:io/poll@0.2.4",
        "wasi:io/streams@0.2.4",
        "wasi:random/random@0.2.4",
    ];
    assert_eq!(
        imports,
        expected.map(str::to_owned).into(),
        "nothing but HTTP, time and chance"
    );
}

#[test]
fn the_component_exports_exactly_what_the_world_names() {
    let exports = interfaces(&built_world(), &Side::Exports);
    assert_eq!(exports, interfaces(&contract_world(), &Side::Exports));
    assert_eq!(exports.len(), 8);
}

#[test]
fn the_component_is_within_its_budget() {
    let size = component().len();
    assert!(
        size <= BUDGET,
        "{size} bytes are {} more than the budget",
        size - BUDGET
    );
}

#[test]
fn the_vendored_wasi_is_the_one_that_was_vendored() {
    let check = Command::new("sha256sum")
        .args(["--check", "--quiet", "SHA256SUMS"])
        .current_dir(root().join("wit/deps"))
        .output()
        .unwrap();
    assert!(
        check.status.success(),
        "{}",
        String::from_utf8_lossy(&check.stdout)
    );
}

#[test]
fn every_item_of_the_contract_says_since_when_it_is_there() {
    let (resolve, world) = contract_world();
    let package = resolve.worlds[world].package.unwrap();
    for (name, interface) in &resolve.packages[package].interfaces {
        let interface = &resolve.interfaces[*interface];
        assert!(interface.stability.is_stable(), "interface {name}");
        assert!(
            interface.docs.contents.is_some(),
            "interface {name} is not documented"
        );
        for (item, id) in &interface.types {
            let item_type = &resolve.types[*id];
            assert!(item_type.stability.is_stable(), "{name}.{item}");
        }
        for (item, function) in &interface.functions {
            assert!(function.stability.is_stable(), "{name}.{item}");
            assert!(
                function.docs.contents.is_some(),
                "{name}.{item} is not documented"
            );
        }
    }
}
