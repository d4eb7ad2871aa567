//! Components that misbehave: the contract's world with every export
//! trapping, and some bodies replaced by hand-written instructions.

use higress_host::json::text_generation::read_request;
use provider_host::contract::text_generation::Request;
use provider_host::host::ProviderHost;
use provider_host::manifest::Manifest;
use serde_json::json;
use std::path::Path;
use testing::provider::engine;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

/// Exports whose bodies are worth replacing.
pub(crate) const PROVIDER: &str = "higress:model-provider/description@0.2.0#provider";
pub(crate) const MODEL: &str = "higress:model-provider/models@0.2.0#[constructor]model";
pub(crate) const MODEL_DESTRUCTOR: &str = "higress:model-provider/models@0.2.0#[dtor]model";
pub(crate) const ESTIMATE: &str = "higress:model-provider/text-generation@0.2.0#estimate-tokens";
pub(crate) const STREAM: &str = "higress:model-provider/text-generation@0.2.0#generate-stream";
pub(crate) const NEXT: &str =
    "higress:model-provider/text-generation@0.2.0#[method]response-stream.next";
pub(crate) const METADATA: &str =
    "higress:model-provider/text-generation@0.2.0#[method]response-stream.metadata";
pub(crate) const STREAM_DESTRUCTOR: &str =
    "higress:model-provider/text-generation@0.2.0#[dtor]response-stream";

/// Gives memory from a heap that only grows.
const ALLOCATE: &str = "
    global.get $heap i32.const 15 i32.add i32.const -16 i32.and global.set $heap
    global.get $heap
    global.get $heap local.get 3 i32.add global.set $heap";

/// A component in the making. In its instructions `{interface#function}`
/// stands for an imported function.
pub(crate) struct Guest {
    bodies: Vec<(&'static str, String)>,
    /// Pages of memory at the start.
    pages: u32,
    /// Functions, globals, tables and data of its own.
    more: String,
}

impl Guest {
    /// Every export traps, but for constructing models.
    pub(crate) fn new() -> Self {
        Self {
            bodies: vec![
                ("cabi_realloc", ALLOCATE.to_owned()),
                ("_initialize", String::new()),
                (
                    MODEL,
                    "i32.const 2048 i32.const 0 i32.store8
                     i32.const 2048 i32.const 1
                     call {[export]higress:model-provider/models@0.2.0#[resource-new]model}
                     i32.store offset=8
                     i32.const 2048"
                        .to_owned(),
                ),
            ],
            pages: 2,
            more: "(global $heap (mut i32) (i32.const 65536))".to_owned(),
        }
    }

    /// Replaces the body of an export, also one that was replaced before.
    pub(crate) fn body(mut self, export: &'static str, body: impl Into<String>) -> Self {
        self.bodies.retain(|(other, _)| *other != export);
        self.bodies.push((export, body.into()));
        self
    }

    pub(crate) fn pages(self, pages: u32) -> Self {
        Self { pages, ..self }
    }

    pub(crate) fn more(mut self, more: &str) -> Self {
        self.more += more;
        self
    }

    /// A host of this component, on an engine with 8 places.
    pub(crate) fn host(self) -> ProviderHost {
        ProviderHost::from_bytes(engine(8), manifest(), &self.component()).unwrap()
    }

    fn component(self) -> Vec<u8> {
        let mut resolve = Resolve::default();
        let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
        let (package, _) = resolve.push_dir(wit).unwrap();
        let world = resolve.select_world(&[package], Some("provider")).unwrap();
        let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
        let dummy = wasmprinter::print_bytes(dummy_module(&resolve, world, mangling)).unwrap();
        let mut module = wat::parse_str(self.module(&dummy)).unwrap();
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
        let mut encoder = ComponentEncoder::default().module(&module).unwrap();
        encoder.encode().unwrap()
    }

    fn module(&self, dummy: &str) -> String {
        let memory = format!("(memory (;0;) {})", self.pages);
        let mut module = dummy.replace("(memory (;0;) 0)", &memory);
        for (export, body) in &self.bodies {
            module = with_body(&module, export, &resolved(dummy, body));
        }
        let end = module.rfind(')').unwrap();
        module.insert_str(end, &resolved(dummy, &self.more));
        module
    }
}

/// A host of a component whose `provider` function runs `body`.
pub(crate) fn host_of(body: &str) -> ProviderHost {
    Guest::new().body(PROVIDER, body).host()
}

/// A request for guests, which do not look at it.
pub(crate) fn any_request() -> Request {
    read_request(&json!({"messages": []})).unwrap()
}

fn manifest() -> Manifest {
    let text = "version: 0.1.0\nname: guest\nresource: {memory: 67108864}\ncomponent:\n  \
                file: guest.wasm\n  world: higress:model-provider/provider\n  contract: 0.2.0\n";
    Manifest::parse(text, "manifest.yaml").unwrap()
}

fn with_body(module: &str, export: &str, body: &str) -> String {
    let index = function_index(module, &format!("(export \"{export}\" (func "), ")");
    let start = module.find(&format!("(func (;{index};)")).unwrap();
    let function = &module[start..][..parenthesised(&module[start..])];
    // A function without results is printed without instructions.
    if let Some(trap) = function.find("unreachable") {
        let (before, after) = module.split_at(start + trap);
        format!("{before}{body}{}", &after["unreachable".len()..])
    } else {
        let (before, after) = module.split_at(start + function.len() - 1);
        format!("{before}\n{body}{after}")
    }
}

/// The length of what the first parenthesis encloses.
fn parenthesised(text: &str) -> usize {
    let mut depth = 0;
    let end = text.find(|character| {
        depth += match character {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0
    });
    end.expect("a closing parenthesis") + 1
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
