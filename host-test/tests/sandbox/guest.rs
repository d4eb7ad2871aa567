//! Components that misbehave in one way: the contract's world with every
//! export trapping, and one body replaced by hand-written instructions.

use higress_host::engine::{Engine, EngineOptions};
use higress_host::host::Host;
use higress_host::manifest::Manifest;
use std::path::Path;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

/// The export whose body is replaced: it takes no parameters.
const EXPORT: &str = "higress:model-provider/description@0.1.0#provider";

/// A host of a component whose `provider` function runs `body`. In it,
/// `{interface#function}` stands for the index of an imported function.
pub(crate) fn host_of(body: &str) -> Host {
    let engine = Engine::new(EngineOptions {
        places: 8,
        ..EngineOptions::default()
    })
    .unwrap();
    Host::from_bytes(engine, manifest(), &component(body)).unwrap()
}

pub(crate) fn manifest() -> Manifest {
    let text = "version: 0.1.0\nname: guest\nresource: {memory: 67108864}\ncomponent:\n  \
                file: guest.wasm\n  world: higress:model-provider/provider\n  contract: 0.1.0\n";
    Manifest::parse(text, "manifest.yaml").unwrap()
}

fn component(body: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let (package, _) = resolve.push_dir(wit).unwrap();
    let world = resolve.select_world(&[package], Some("provider")).unwrap();
    let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let dummy = wasmprinter::print_bytes(dummy_module(&resolve, world, mangling)).unwrap();
    let mut module = wat::parse_str(with_body(&dummy, body)).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let mut encoder = ComponentEncoder::default().module(&module).unwrap();
    encoder.encode().unwrap()
}

fn with_body(dummy: &str, body: &str) -> String {
    let export = function_index(dummy, &format!("(export \"{EXPORT}\" (func "), ")");
    let start = dummy.find(&format!("(func (;{export};)")).unwrap();
    let end = start + dummy[start..].find("unreachable").unwrap();
    let rest = end + "unreachable".len();
    format!(
        "{}{}{}",
        &dummy[..end],
        resolved(dummy, body),
        &dummy[rest..]
    )
}

/// `body` with the indices of the functions that it names.
fn resolved(dummy: &str, body: &str) -> String {
    let mut pieces = body.split(['{', '}']);
    let mut text = pieces.next().unwrap().to_owned();
    while let Some(name) = pieces.next() {
        let (interface, function) = name.split_once('#').unwrap();
        let import = format!("(import \"{interface}\" \"{function}\" (func (;");
        text += function_index(dummy, &import, ";");
        text += pieces.next().unwrap();
    }
    text
}

fn function_index<'a>(dummy: &'a str, before: &str, after: &str) -> &'a str {
    let start = dummy.find(before).expect(before) + before.len();
    dummy[start..].split(after).next().unwrap()
}
