//! Names that the glossary replaced, wherever they still stand. The glossary
//! is `xtask/glossary.tsv`: the name that was, a tab, the name that is.

use std::path::{Path, PathBuf};

const GLOSSARY: &str = include_str!("../glossary.tsv");

/// Folders and files in which the glossary holds.
const PLACES: [&str; 9] = [
    "src",
    "crates",
    "host-test",
    "examples",
    "docs",
    "wit",
    "README.md",
    "CONTRIBUTING.md",
    "manifest.yaml",
];

/// Where old names stand on purpose: vendored definitions, frozen contracts, and
/// the guide from old names to new ones.
const EXEMPT: [&str; 3] = ["wit/deps", "wit/releases", "docs/guides/migrate.md"];

/// Endings of files that are read.
const ENDINGS: [&str; 8] = ["rs", "md", "wit", "yaml", "toml", "tsv", "jsonl", "py"];

/// Each place where an old name stands, a line each.
pub(crate) fn outdated(root: &Path) -> Result<Vec<String>, String> {
    let mut files = Vec::new();
    for place in PLACES {
        gather(&root.join(place), &mut files).map_err(|error| format!("{place}: {error}"))?;
    }
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(|error| error.to_string())?;
        let name = file
            .strip_prefix(root)
            .unwrap_or(&file)
            .display()
            .to_string();
        for (old, new) in glossary() {
            for (line, _) in text
                .lines()
                .enumerate()
                .filter(|(_, text)| holds(text, old))
            {
                found.push(format!("{name}:{}: `{old}` is now `{new}`", line + 1));
            }
        }
    }
    Ok(found)
}

fn glossary() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = GLOSSARY.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t'))
}

fn gather(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if EXEMPT.iter().any(|exempt| path.ends_with(exempt)) {
        return Ok(());
    }
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            gather(&entry?.path(), files)?;
        }
    } else if path
        .extension()
        .is_some_and(|it| ENDINGS.iter().any(|known| it == *known))
    {
        files.push(path.to_owned());
    }
    Ok(())
}

/// A response that the gateway writes itself has this name in Envoy.
const ENVOYS_TERM: &str = "local";

/// Whether a line holds `word` as a word of its own, and not in Envoy's term.
fn holds(line: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let in_envoys_term = line[..at].trim_end().to_lowercase().ends_with(ENVOYS_TERM);
        !before.is_some_and(is_word) && !after.is_some_and(is_word) && !in_envoys_term
    })
}

#[cfg(test)]
mod tests {
    use super::{glossary, holds};

    #[test]
    fn a_word_is_found_by_itself_alone() {
        assert!(holds("let gate = Gatehouse::new();", "Gatehouse"));
        assert!(!holds("let gate = Gatehouses::new();", "Gatehouse"));
        assert!(!holds("my_ledger", "ledger"));
        assert!(!holds("Envoy's local reply", "reply"));
    }

    #[test]
    fn the_glossary_has_two_columns() {
        assert!(glossary().count() > 40);
    }
}
