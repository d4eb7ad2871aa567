//! Steps of the build that cargo has no word for. No dependencies: it is
//! built before anything else.
//!
//! `strip INPUT OUTPUT` copies a component without the sections that no host
//! reads: names for debuggers and the list of tools that made it. They are a
//! thirtieth of the component.

use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["strip", input, output] => strip_file(input, output),
        _ => Err("usage: xtask strip INPUT OUTPUT".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn strip_file(input: &str, output: &str) -> Result<(), String> {
    let component = fs::read(input).map_err(|error| format!("{input}: {error}"))?;
    let stripped =
        strip(&component).ok_or_else(|| format!("{input} is not a WebAssembly component"))?;
    fs::write(output, stripped).map_err(|error| format!("{output}: {error}"))
}

/// Bytes of the magic number and the version.
const PREAMBLE_BYTES: usize = 8;
/// The kind of a section that holds what its name says.
const CUSTOM: u8 = 0;

/// The component without `component-name` and `producers`, none if it is cut
/// short.
fn strip(component: &[u8]) -> Option<Vec<u8>> {
    let (preamble, mut rest) = component.split_at_checked(PREAMBLE_BYTES)?;
    if !preamble.starts_with(b"\0asm") {
        return None;
    }
    let mut stripped = preamble.to_vec();
    while let Some((&kind, behind_kind)) = rest.split_first() {
        let (size, contents_on) = read_number(behind_kind)?;
        let (contents, next) = contents_on.split_at_checked(size)?;
        let section = rest.get(..rest.len() - next.len())?;
        if kind != CUSTOM || !matches!(name(contents), Some(b"component-name" | b"producers")) {
            stripped.extend_from_slice(section);
        }
        rest = next;
    }
    Some(stripped)
}

/// The name at the start of a custom section.
fn name(contents: &[u8]) -> Option<&[u8]> {
    let (size, rest) = read_number(contents)?;
    rest.get(..size)
}

/// An unsigned LEB128 number of at most 32 bits, and what follows it.
fn read_number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0_usize;
    for (place, byte) in bytes.iter().enumerate().take(5) {
        number |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((number, bytes.get(place + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::strip;

    fn section(kind: u8, contents: &[u8]) -> Vec<u8> {
        let size = u8::try_from(contents.len()).unwrap();
        [&[kind, size], contents].concat()
    }

    const PREAMBLE: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn names_and_tools_go_and_all_else_stays() {
        let code = section(1, b"code");
        let kept = section(0, b"\x04kept!");
        let names = section(0, b"\x0ecomponent-namexyz");
        let tools = section(0, b"\x09producersxyz");
        let component = [PREAMBLE, &code, &names, &kept, &tools].concat();
        assert_eq!(
            strip(&component).unwrap(),
            [PREAMBLE, &code, &kept].concat()
        );
    }

    #[test]
    fn what_is_cut_short_or_no_component_is_refused() {
        let component = [PREAMBLE, &section(1, b"code")].concat();
        for end in 9..component.len() {
            assert!(strip(&component[..end]).is_none(), "{end}");
        }
        assert!(strip(b"not a component").is_none());
    }
}
