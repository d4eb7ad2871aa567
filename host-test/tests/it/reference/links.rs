//! Links in the documentation lead to files that are there, and to headings
//! that they have.

use std::path::{Path, PathBuf};
use testing::root;

#[test]
fn every_link_of_the_documentation_leads_somewhere() {
    let mut broken = Vec::new();
    let pages = pages();
    assert!(pages.len() > 5, "{pages:?}");
    for page in &pages {
        let text = std::fs::read_to_string(page).unwrap();
        for target in targets(&text) {
            if !leads_somewhere(page, target) {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// README, CHANGELOG and everything in `docs/`.
fn pages() -> Vec<PathBuf> {
    let mut pages = ["README.md", "CHANGELOG.md"]
        .map(|name| root().join(name))
        .to_vec();
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|of| of == "md") {
                pages.push(path);
            }
        }
    }
    pages
}

/// What the links of a page point to.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
}

fn leads_somewhere(page: &Path, target: &str) -> bool {
    if target.starts_with("https://") {
        return true; // not on this machine
    }
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let path = match file {
        "" => page.to_owned(),
        file => page.parent().unwrap().join(file),
    };
    if heading.is_empty() {
        return path.exists();
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .filter(|line| line.starts_with('#'))
        .any(|line| anchor(line) == heading)
}

/// The name under which a code-hosting site knows a heading.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars()
        .filter(|of| of.is_alphanumeric() || matches!(of, ' ' | '-' | '_'))
        .map(|of| if of == ' ' { '-' } else { of })
        .collect()
}

#[test]
fn the_anchor_of_a_heading_has_letters_hyphens_and_nothing_else() {
    assert_eq!(anchor("### types: `call-options`"), "types-call-options");
    assert_eq!(anchor("## `hmac_key`"), "hmac_key");
}

#[test]
fn a_link_to_nowhere_is_noticed() {
    let page = root().join("README.md");
    assert!(leads_somewhere(
        &page,
        "docs/advanced-options.md#text-rerank"
    ));
    assert!(!leads_somewhere(&page, "docs/advanced-options.md#speech"));
    assert!(!leads_somewhere(&page, "docs/speech.md"));
}
