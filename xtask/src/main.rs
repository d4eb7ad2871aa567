//! Checks of the source tree, which run as tests too, and what is made from the
//! contract: `cargo run -p xtask -- COMMAND`.
//!
//! | command | what it does |
//! | --- | --- |
//! | `imports` | prints the files of a crate that import each other in a circle |
//! | `words` | prints the names that the glossary in `xtask/glossary.tsv` replaced |
//! | `contract` | prints what `wit/` lacks, and what it breaks of its releases |
//! | `freeze` | copies `wit/` to `wit/releases/`, under its version |
//! | `wit-package OUT` | writes `wit/` to OUT, as a binary WIT package with its documentation |

#![forbid(unsafe_code)]

mod circles;
mod contract;
mod crate_files;
mod imports;
mod wit_package;
mod words;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The crates whose files are checked for circles: each folder has a `lib.rs`
/// or a `main.rs`.
const CRATES: [&str; 6] = [
    "src",
    "crates/wire/src",
    "crates/provider-core/src",
    "crates/provider-host/src",
    "crates/mock-gateway/src",
    "host-test/src",
];

const USAGE: &str =
    "usage: cargo run -p xtask -- imports | words | contract | freeze | wit-package OUT";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let found = match words.as_slice() {
        ["imports"] => all_circles(),
        ["words"] => words::outdated(&workspace()),
        ["contract"] => contract::problems(&workspace()),
        ["freeze"] => contract::freeze(&workspace()).map(|folder| {
            eprintln!("xtask: the contract is frozen in {}", folder.display());
            Vec::new()
        }),
        ["wit-package", out] => {
            wit_package::write(&workspace(), Path::new(out)).map(|()| Vec::new())
        }
        _ => Err(USAGE.to_owned()),
    };
    match found {
        Ok(findings) if findings.is_empty() => ExitCode::SUCCESS,
        Ok(findings) => {
            for finding in findings {
                println!("{finding}");
            }
            ExitCode::FAILURE
        }
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The circles of all crates, a line each.
fn all_circles() -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    for folder in CRATES {
        for root in ["lib.rs", "main.rs"] {
            let path = workspace().join(folder).join(root);
            if path.is_file() {
                let files = crate_files::read(&path)?;
                for circle in circles::find(&imports::graph(&files)) {
                    let names: Vec<&str> =
                        circle.iter().map(|&at| files[at].name.as_str()).collect();
                    lines.push(format!("{folder}: {}", names.join(" ")));
                }
            }
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::{all_circles, contract, words, workspace};

    #[test]
    fn no_files_of_a_crate_import_each_other_in_a_circle() {
        let circles = all_circles().unwrap();
        assert!(circles.is_empty(), "{}", circles.join("\n"));
    }

    #[test]
    fn no_name_that_the_glossary_replaced_is_in_use() {
        let outdated = words::outdated(&workspace()).unwrap();
        assert!(outdated.is_empty(), "{}", outdated.join("\n"));
    }

    #[test]
    fn the_contract_is_complete_and_breaks_no_release() {
        let problems = contract::problems(&workspace()).unwrap();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }
}
