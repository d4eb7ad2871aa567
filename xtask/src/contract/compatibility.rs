//! A later version of a line of compatibility only adds, and says when.
//!
//! A type is not extended either: a record with another field, or a variant
//! with another case, is another type to every binding, and a component that
//! uses it does not link with a host that uses the old one.

use super::inventory::{Inventory, Item, Member};
use super::place::Place;
use super::releases::line;
use semver::Version;

/// What `current`, of version `version`, breaks of what `frozen`, the release
/// `release`, promised.
pub(super) fn problems(
    frozen: &Inventory,
    release: &Version,
    current: &Inventory,
    version: &Version,
) -> Vec<String> {
    if version < release {
        return vec![format!(
            "the package is {version}, and {release} is released; raise its version"
        )];
    }
    let mut problems = Vec::new();
    for (place, old) in frozen {
        match current.get(place) {
            Some(new) => problems.extend(differences(place, old, new, release)),
            None if place.parent().is_some_and(|it| !current.contains_key(&it)) => {}
            None => problems.push(format!("{place} of {release} is missing")),
        }
    }
    let advice = format!(
        "; within {} a version only adds items: restore it, or begin another line",
        line(version)
    );
    for problem in &mut problems {
        problem.push_str(&advice);
    }
    let additions = current.iter().filter(|(it, _)| !frozen.contains_key(it));
    problems.extend(additions.filter_map(|(place, item)| {
        addition(place, item, frozen, release).map(|problem| format!("{place} {problem}"))
    }));
    problems
}

/// Why an item must not be added like this.
fn addition(place: &Place, item: &Item, frozen: &Inventory, release: &Version) -> Option<String> {
    if let Place::Import { world, .. } = place
        && frozen.contains_key(&Place::World(world.clone()))
    {
        return Some(format!(
            "is not in {release}, whose hosts do not provide it; import it in a new world"
        ));
    }
    match &item.since {
        None => Some(format!(
            "is not in {release} and has no gate; write `@since(version = …)` with the version that adds it"
        )),
        Some(since) if since <= release => Some(format!(
            "is not in {release} and says `@since(version = {since})`; write the version that adds it"
        )),
        Some(_) => None,
    }
}

/// What is different about an item that both versions have.
fn differences(place: &Place, old: &Item, new: &Item, release: &Version) -> Vec<String> {
    if old.kind != new.kind {
        let (new, old) = (new.kind, old.kind);
        return vec![format!("{place}: it is a {new}, and in {release} a {old}")];
    }
    let mut found = Vec::new();
    for member in &old.members {
        let label = &member.label;
        match find(&new.members, label) {
            None => found.push(format!("{place}: {label} of {release} is missing")),
            Some(now) if now.ty != member.ty => found.push(format!(
                "{place}: {label} is {}, and in {release} {}",
                quoted(&now.ty),
                quoted(&member.ty)
            )),
            Some(_) => {}
        }
    }
    for member in &new.members {
        if find(&old.members, &member.label).is_none() {
            found.push(format!("{place}: {} is not in {release}", member.label));
        }
    }
    let order =
        |members: &[Member]| -> Vec<String> { members.iter().map(|it| it.label.clone()).collect() };
    if found.is_empty() && order(&old.members) != order(&new.members) {
        let old = order(&old.members).join(", ");
        found.push(format!(
            "{place}: the order is another one; in {release} it is {old}"
        ));
    }
    found
}

fn find<'a>(members: &'a [Member], label: &str) -> Option<&'a Member> {
    members.iter().find(|it| it.label == label)
}

fn quoted(ty: &str) -> String {
    if ty.is_empty() {
        "without a type".to_owned()
    } else {
        format!("`{ty}`")
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Package, inventory};
    use semver::Version;

    /// A released package. The tests change it a piece at a time.
    const RELEASED: &str = "
        @since(version = 0.2.0)
        interface api {
            @since(version = 0.2.0)
            record point { x: u32, y: option<u32> }
            @since(version = 0.2.0)
            variant shape { dot, circle(u32), other(string) }
            @since(version = 0.2.0)
            enum colour { red, green }
            @since(version = 0.2.0)
            resource canvas {
                @since(version = 0.2.0)
                constructor(size: point) -> result<canvas, string>;
                @since(version = 0.2.0)
                draw: func(shape: shape) -> result<_, string>;
            }
            @since(version = 0.2.0)
            area: func(of: shape, scale: u32) -> u64;
        }
        @since(version = 0.2.0)
        world painter {
            @since(version = 0.2.0)
            export api;
        }";

    fn problems_of(released: &str, current: &str) -> Vec<String> {
        let read = |version: &str, text: &str| {
            let package = Package::of(&format!("package a:b@{version};\n{text}")).unwrap();
            inventory::of(&package)
        };
        super::problems(
            &read("0.2.0", released),
            &Version::new(0, 2, 0),
            &read("0.2.1", current),
            &Version::new(0, 2, 1),
        )
    }

    /// The problems after `old` was replaced by `new`.
    fn after(old: &str, new: &str) -> Vec<String> {
        assert!(RELEASED.contains(old), "{old}");
        problems_of(RELEASED, &RELEASED.replace(old, new))
    }

    #[test]
    fn an_unchanged_package_has_no_problem() {
        assert_eq!(problems_of(RELEASED, RELEASED), Vec::<String>::new());
    }

    #[test]
    fn functions_types_interfaces_and_exports_may_be_added_with_their_version() {
        let before_an_item = |old: &str, new: &str| {
            let gate = "@since(version = 0.2.0)";
            let found = format!("{gate}\n{old}");
            assert!(RELEASED.contains(&found), "{old}");
            (
                found,
                format!("@since(version = 0.2.1)\n{new}\n{gate}\n{old}"),
            )
        };
        let mut current = RELEASED.to_owned();
        for (old, new) in [
            before_an_item("            area: func", "perimeter: func() -> u64;"),
            before_an_item(
                "            area: func",
                "record line { start: point, end: point }",
            ),
            before_an_item("                draw: func", "clear: func();"),
            before_an_item("            export api;", "export more;"),
            before_an_item(
                "        interface api",
                "interface more { @since(version = 0.2.1) act: func(); }",
            ),
        ] {
            current = current.replace(&old, &new);
        }
        assert_eq!(problems_of(RELEASED, &current), Vec::<String>::new());
    }

    #[test]
    fn each_break_is_named() {
        for (old, new, expected) in [
            (
                "area: func(of: shape, scale: u32) -> u64;",
                "size: func() -> u64;",
                "`api.area` of 0.2.0 is missing",
            ),
            (
                "draw: func",
                "paint: func",
                "`api.canvas.draw` of 0.2.0 is missing",
            ),
            (
                "x: u32",
                "x: u64",
                "`api.point`: field `x` is `u64`, and in 0.2.0 `u32`",
            ),
            (
                "x: u32",
                "x: u32, z: u32",
                "`api.point`: field `z` is not in 0.2.0",
            ),
            ("x: u32, ", "", "`api.point`: field `x` of 0.2.0 is missing"),
            (
                "dot, ",
                "dot, line, ",
                "`api.shape`: case `line` is not in 0.2.0",
            ),
            (
                "circle(u32)",
                "circle",
                "`api.shape`: case `circle` is without a type, and in 0.2.0 `u32`",
            ),
            (
                "red, green",
                "green, red",
                "`api.colour`: the order is another one; in 0.2.0 it is case `red`, case `green`",
            ),
            (
                "scale: u32",
                "scale: u64",
                "`api.area`: parameter `scale` is `u64`, and in 0.2.0 `u32`",
            ),
            (
                "scale: u32",
                "by: u32",
                "`api.area`: parameter `scale` of 0.2.0 is missing",
            ),
            (
                "draw: func(shape: shape) -> result<_, string>",
                "draw: func(shape: shape)",
                "`api.canvas.draw`: the result of 0.2.0 is missing",
            ),
            (
                "constructor(size: point) -> result<canvas, string>",
                "constructor(size: point)",
                "`api.canvas.constructor`: the result is `own<api.canvas>`",
            ),
            (
                "enum colour { red, green }",
                "flags colour { red, green }",
                "`api.colour`: it is a flags, and in 0.2.0 a enum",
            ),
            (
                "export api;",
                "import api;",
                "export `api` of world `painter` of 0.2.0 is missing",
            ),
        ] {
            let found = after(old, new);
            assert!(
                found.iter().any(|it| it.starts_with(expected)),
                "{expected}:\n{}",
                found.join("\n")
            );
        }
    }

    #[test]
    fn an_interface_that_is_missing_is_named_once() {
        let found = problems_of(
            "@since(version = 0.2.0)
            interface api { @since(version = 0.2.0) act: func(); }",
            "",
        );
        let expected = "interface `api` of 0.2.0 is missing; within 0.2.x a version only adds \
                        items: restore it, or begin another line";
        assert_eq!(found, [expected]);
    }

    #[test]
    fn an_addition_without_its_version_is_named() {
        for (gate, expected) in [
            ("", "is not in 0.2.0 and has no gate"),
            (
                "@since(version = 0.2.0)",
                "is not in 0.2.0 and says `@since(version = 0.2.0)`",
            ),
        ] {
            let current = format!("{RELEASED}\n {gate} interface more {{}}");
            let found = problems_of(RELEASED, &current);
            let expected = format!("interface `more` {expected}");
            assert!(found[0].starts_with(&expected), "{expected}: {found:?}");
        }
    }

    #[test]
    fn a_released_world_must_not_import_more() {
        let found = after(
            "export api;",
            "export api;
            @since(version = 0.2.1)
            import more: interface {}",
        );
        assert!(
            found[0].starts_with("import `more` of world `painter` is not in 0.2.0"),
            "{found:?}"
        );
    }
}
