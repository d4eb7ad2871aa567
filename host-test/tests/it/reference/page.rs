//! A generated page as it is in the tree, against what it should be. With
//! `BLESS=1` it is rewritten instead.

use similar::TextDiff;
use testing::root;

/// Fails if the page `docs/reference/<name>` is not `current`.
pub(crate) fn check(name: &str, current: &str) {
    let path = root().join("docs/reference").join(name);
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    if found == current {
        return;
    }
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&path, current)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let difference = TextDiff::from_lines(found.as_str(), current)
        .unified_diff()
        .header("in the tree", "as it should be")
        .to_string();
    panic!("docs/reference/{name} is not current; run `make reference`\n{difference}");
}
