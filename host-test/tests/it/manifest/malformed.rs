//! Manifests with one mistake: each is refused with its file, its line and a
//! reason.

use provider_host::form::{FieldPurpose, Locale};
use provider_host::manifest::Manifest;
use std::fmt::Write as _;

/// A manifest without a mistake. Lines are counted from 1.
const GOOD: &str = "\
version: 1.2.3
type: plugin
name: example
author: someone
label: {en_US: Example, zh_Hans: 示例, ja_JP: 例, pt_BR: Exemplo}
resource:
  memory: 67108864
  cpu_seconds: 0.5
  deadline_seconds: 60
  concurrent_calls: 4
  permission: {imports: [wasi:http/types]}
component:
  file: example.wasm
  world: higress:model-provider/provider
  contract: 0.2.0
supported_model_kinds: [text-generation, text-rerank]
credential_form_schemas:
  - variable: mode
    type: select
    required: true
    default: open
    label: {en_US: Mode, zh_Hans: 模式, ja_JP: モード, pt_BR: Modo}
    help: {en_US: How, zh_Hans: 方式, ja_JP: 方法, pt_BR: Como}
    options:
      - {value: open, label: {en_US: Open}}
      - {value: keyed, label: {en_US: Keyed}}
  - variable: secret
    type: secret-input
    required: true
    show_on: [{variable: mode, value: [keyed]}]
    label: {en_US: Key, zh_Hans: 密钥, ja_JP: キー, pt_BR: Chave}
    help: {en_US: The key, zh_Hans: 密钥内容, ja_JP: キーの値, pt_BR: A chave}
";

/// Checks that `GOOD` with `from` replaced by `to` is refused in this line,
/// with these words.
fn refuse(from: &str, to: &str, line: u64, reason: &str) {
    assert!(GOOD.contains(from), "`{from}` is not in the manifest");
    refuse_text(&GOOD.replacen(from, to, 1), line, reason);
}

fn refuse_text(text: &str, line: u64, reason: &str) {
    let message = match Manifest::parse(text, "plugins/manifest.yaml") {
        Ok(_) => panic!("`{reason}` was expected, and this was accepted:\n{text}"),
        Err(error) => error.to_string(),
    };
    let place = format!("plugins/manifest.yaml:{line}: ");
    assert!(message.starts_with(&place), "not {place}: {message}");
    assert!(message.contains(reason), "not {reason}: {message}");
}

#[test]
fn without_a_mistake_it_is_accepted() {
    let manifest = Manifest::parse(GOOD, "plugins/manifest.yaml").unwrap();
    assert_eq!(manifest.form.fields().len(), 2);
}

#[test]
fn english_alone_is_accepted_and_stands_for_the_other_languages() {
    let mut english = String::new();
    for line in GOOD.lines() {
        let end = line.find(", zh_Hans").map_or(line.len(), |end| end);
        let closed = if end < line.len() { "}" } else { "" };
        let _ = writeln!(english, "{}{closed}", &line[..end]);
    }
    assert!(!english.contains("zh_Hans"), "{english}");
    let manifest = Manifest::parse(&english, "plugins/manifest.yaml").unwrap();
    let label = &manifest.form.fields()[0].label;
    assert_eq!(label.get(Locale::JaJp), "Mode");
    assert_eq!(label.translation(Locale::JaJp), None);
}

#[test]
fn a_field_can_be_marked_with_what_it_is_to_the_host() {
    let marked = GOOD.replacen("type: select", "type: select\n    purpose: endpoint", 1);
    let form = Manifest::parse(&marked, "manifest.yaml").unwrap().form;
    let fields = form.fields_for(FieldPurpose::Endpoint);
    let endpoints: Vec<&str> = fields.map(|field| field.variable.as_str()).collect();
    assert_eq!(endpoints, ["mode"]);
    assert_eq!(form.fields_for(FieldPurpose::ModelName).count(), 0);
}

#[test]
fn mistakes_of_yaml_are_refused() {
    refuse("name: example", "name: [example", 3, "");
    refuse("name: example", "name: a\nname: b", 4, "name");
    refuse("name: example\n", "", 16, "missing field `name`");
    refuse("  contract: 0.2.0\n", "", 14, "missing field `contract`");
    refuse("type: plugin", "type: plugin\ncolour: red", 3, "colour");
    refuse("  memory:", "  disk: 1\n  memory:", 7, "disk");
    refuse("  file:", "  path: 1\n  file:", 13, "path");
    refuse("default: open", "default: 1", 21, "1");
    refuse("value: open", "value: off", 25, "off");
}

#[test]
fn mistakes_in_the_head_are_refused() {
    refuse(
        "version: 1.2.3",
        "version: 1.2.3.4",
        1,
        "expected a semantic version",
    );
    refuse("type: plugin", "type: tool", 2, "tool");
    refuse("name: example", "name: An Example", 3, "lower-case");
    refuse("author: someone", "author: ''", 4, "lower-case");
    refuse("en_US: Example, ", "", 5, "en_US");
    refuse("pt_BR: Exemplo", "pt_PT: Exemplo", 5, "pt_PT");
}

#[test]
fn impossible_resources_are_refused() {
    refuse("67108864", "65535", 7, "64 KiB");
    refuse("67108864", "4294967297", 7, "4 GiB");
    refuse("67108864", "lots", 7, "u64");
    refuse("67108864", "-1", 7, "u64");
    refuse("cpu_seconds: 0.5", "cpu_seconds: 0", 8, "0.001");
    refuse(
        "deadline_seconds: 60",
        "deadline_seconds: 90000",
        9,
        "86400",
    );
    refuse("concurrent_calls: 4", "concurrent_calls: 0", 10, "nonzero");
    refuse(
        "wasi:http/types",
        "wasi:sockets/tcp",
        11,
        "wasi:random/random",
    );
}

#[test]
fn another_contract_is_refused() {
    refuse(
        "model-provider/provider",
        "model-provider/tool",
        14,
        "expected one of higress:model-provider/provider",
    );
    refuse(
        "contract: 0.2.0",
        "contract: 0.1.0",
        15,
        "this host supports 0.2.x",
    );
    refuse(
        "contract: 0.2.0",
        "contract: 1.0.0",
        15,
        "this host supports 0.2.x",
    );
    refuse(
        "contract: 0.2.0",
        "contract: new",
        15,
        "expected a semantic version",
    );
}

#[test]
fn impossible_kinds_are_refused() {
    refuse("text-rerank", "speech", 16, "speech");
    refuse("text-rerank", "text-generation", 16, "twice");
    refuse("[text-generation, text-rerank]", "[]", 16, "at least one");
}

#[test]
fn mistakes_in_a_field_are_refused() {
    refuse("variable: mode", "variable: Mode", 18, "lower-case");
    refuse("variable: mode", "variable: __model_type", 18, "lower-case");
    refuse("type: select", "type: radio", 19, "radio");
    refuse("    required: true\n", "", 23, "missing field `required`");
    refuse(
        "    type: select",
        "    hidden: true\n    type: select",
        19,
        "hidden",
    );
    refuse(
        "default: open",
        "default: closed",
        21,
        "not among the options",
    );
    refuse("en_US: Mode, ", "", 22, "en_US");
    refuse("en_US: Mode", "en_US: ' '", 22, "empty");
    refuse(
        "en_US: Mode",
        &format!("en_US: {}", "m".repeat(256)),
        22,
        "256 characters",
    );
    refuse("en_US: How, ", "", 23, "en_US");
    refuse("zh_Hans: 方式", "zh_Hans: ''", 23, "empty");
    refuse(
        "    type: select",
        "    purpose: region\n    type: select",
        19,
        "region",
    );
    refuse(
        "    type: secret-input",
        "    purpose: endpoint\n    type: secret-input",
        28,
        "`purpose` is not allowed for a secret",
    );
    refuse(
        "required: true\n    show_on",
        "required: true\n    default: sk-1\n    show_on",
        30,
        "`default` is not allowed for a secret",
    );
    refuse(
        "required: true\n    show_on",
        "required: true\n    options: []\n    show_on",
        30,
        "`options` are for fields of type select",
    );
}

#[test]
fn mistakes_in_options_are_refused() {
    let options = "    options:
      - {value: open, label: {en_US: Open}}
      - {value: keyed, label: {en_US: Keyed}}
";
    refuse(options, "", 18, "a select needs options");
    refuse(options, "    options: []\n", 24, "a select needs options");
    refuse("value: keyed", "value: open", 26, "listed twice");
    refuse("value: keyed", "value: ''", 26, "1 to 64 bytes");
    refuse("value: keyed", "value: ' keyed'", 26, "no whitespace");
    refuse("{en_US: Keyed}", "{}", 26, "en_US");
    let mut many = String::from("    options:\n");
    for number in 0..=128 {
        let _ = writeln!(many, "      - {{value: o{number}, label: {{en_US: O}}}}");
    }
    refuse(options, &many, 25 + 128, "at most 128");
}

#[test]
fn conditions_that_can_never_hold_are_refused() {
    refuse(
        "variable: mode, value",
        "variable: mood, value",
        30,
        "no field has the variable `mood`",
    );
    refuse(
        "[keyed]",
        "[keyed, locked]",
        30,
        "`mode` cannot be `locked`",
    );
    refuse("[keyed]", "locked", 30, "it can be open, keyed");
    refuse("[keyed]", "[]", 30, "needs a value");
    refuse("[keyed]", "true", 30, "a text or a list");
    refuse(
        "{variable: mode, value: [keyed]}",
        "{variable: __model_type, value: tts}",
        30,
        "it can be llm, text-embedding, rerank",
    );
    refuse(
        "{variable: mode, value",
        "{variable: secret, value",
        30,
        "depend on itself",
    );
    refuse(
        "default: open",
        "default: open\n    show_on: [{variable: secret, value: x}]",
        22,
        "no options",
    );
    let many = "{variable: mode, value: keyed}, ".repeat(17);
    refuse(
        "[{variable: mode, value: [keyed]}]",
        &format!("[{many}]"),
        30,
        "at most 16",
    );
}

#[test]
fn a_variable_that_is_declared_twice_is_refused_with_both_lines() {
    refuse("variable: secret", "variable: mode", 27, "first in line 18");
}

#[test]
fn a_form_of_more_than_32_fields_is_refused() {
    let mut text = GOOD.to_owned();
    for number in 3..=257 {
        let _ = write!(
            text,
            "  - variable: v{number}\n    type: text-input\n    required: false\n    \
             label: {{en_US: V, zh_Hans: V, ja_JP: V, pt_BR: V}}\n    \
             help: {{en_US: V, zh_Hans: V, ja_JP: V, pt_BR: V}}\n"
        );
    }
    refuse_text(&text, 33 + 254 * 5, "at most 256");
}
