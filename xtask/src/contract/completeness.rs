//! Every item has documentation and says since when it exists.

use super::inventory::Inventory;

/// Items and members without documentation, and items without a gate.
pub(super) fn problems(items: &Inventory) -> Vec<String> {
    let mut problems = Vec::new();
    for (place, item) in items {
        if item.since.is_none() {
            problems.push(format!(
                "{place} has no gate; write `@since(version = …)` before it"
            ));
        }
        if !item.documented {
            problems.push(format!(
                "{place} has no documentation; write `///` before it"
            ));
        }
        for member in item.members.iter().filter(|member| !member.documented) {
            problems.push(format!(
                "{place}: {} has no documentation; write `///` before it",
                member.label
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::{Package, inventory};

    fn problems(text: &str) -> Vec<String> {
        let package = Package::of(&format!("package a:b@0.2.0;\n{text}")).unwrap();
        super::problems(&inventory::of(&package))
    }

    #[test]
    fn a_documented_and_gated_package_has_no_problem() {
        let text = "
            /// Things.
            @since(version = 0.2.0)
            interface things {
                /// A thing.
                @since(version = 0.2.0)
                resource thing {
                    /// Makes one.
                    @since(version = 0.2.0)
                    constructor();
                }
                /// A point.
                @since(version = 0.2.0)
                record point {
                    /// From the left.
                    x: u32,
                }
            }
            /// Whose exports document themselves.
            @since(version = 0.2.0)
            world w {
                @since(version = 0.2.0)
                export things;
            }";
        assert_eq!(problems(text), Vec::<String>::new());
    }

    #[test]
    fn each_item_without_documentation_or_gate_is_named() {
        let text = "
            interface things {
                resource thing { constructor(); }
                variant shape { point }
                act: func();
            }
            world w { export things; }";
        let found = problems(text).join("\n");
        for expected in [
            "interface `things` has no gate",
            "interface `things` has no documentation",
            "`things.thing` has no documentation",
            "`things.thing.constructor` has no gate",
            "`things.thing.constructor` has no documentation",
            "`things.shape`: case `point` has no documentation",
            "`things.act` has no gate",
            "world `w` has no documentation",
            "export `things` of world `w` has no gate",
        ] {
            assert!(found.contains(expected), "{expected}:\n{found}");
        }
    }
}
