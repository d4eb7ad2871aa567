//! What each crate depends on: the core has no input or output in its tree, and
//! an embedder of the host library gets nothing of the program or the mock.

use std::process::Command;
use testing::root;

/// The names of all crates that `package` is built from with `features`.
fn tree(package: &str, features: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--edges", "normal"])
        .args(["--prefix", "none", "--format", "{p}", "--package", package])
        .args(features)
        .current_dir(root())
        .output()
        .unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{problem}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let names = lines.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

const DEFAULT: &[&str] = &[];

fn assert_without(package: &str, features: &[&str], unwanted: &[&str]) {
    let tree = tree(package, features);
    assert!(tree.iter().any(|name| name == package), "{tree:?}");
    for name in unwanted {
        assert!(!tree.iter().any(|it| it == name), "{package} needs {name}");
    }
}

#[test]
fn the_core_has_no_input_or_output_in_its_tree() {
    for package in ["higress-provider-core", "higress-wire"] {
        assert_without(
            package,
            DEFAULT,
            &["wasi", "wit-bindgen", "tokio", "wasmtime"],
        );
    }
}

#[test]
fn the_host_library_has_nothing_of_the_program_and_the_mock() {
    let unwanted = [
        "clap",
        "higress-mock-gateway",
        "indicatif",
        "md-5",
        "png",
        "prometheus-client",
        "tempfile",
    ];
    assert_without("provider-host", DEFAULT, &unwanted);
}

#[test]
fn the_host_library_without_the_compiler_has_no_cranelift() {
    let features = ["--no-default-features", "--features", "ring"];
    let unwanted = ["cranelift-codegen", "regalloc2"];
    assert_without("provider-host", &features, &unwanted);
}

#[test]
fn the_mock_gateway_needs_no_wasm_runtime() {
    assert_without(
        "higress-mock-gateway",
        DEFAULT,
        &["provider-host", "wasmtime"],
    );
}
