//! Golden cases: a call, the request that it becomes, the response byte by byte,
//! and the answer that comes of it.
//!
//! Each folder `host-test/cases/<kind>/<name>/` is a case; its name is a
//! sentence that says what holds. It becomes two tests:
//!
//! - `<kind>/<name>/native` runs the core. It also delivers the response in one
//!   piece, byte by byte and in any two pieces, which must not change the
//!   answer; and it breaks the response off at every byte, which must give an
//!   error or the whole answer, never a shorter one.
//! - `<kind>/<name>/component` runs the built component (`make component`) in
//!   a sandbox, against a server that sends the response over a real socket.
//!
//! `cargo test -p higress-host --test golden -- usage` runs the cases with
//! "usage" in their name. With `BLESS=1` before it, it writes `request.http` and
//! `expected.jsonl` as the core has them now, and shows what changed: review
//! it against the documentation of the protocol, not against the code.
//!
//! # The files of a case
//!
//! `call.json`: the call.
//!
//! ```json
//! {
//!   "note": "What the case shows, and where the rule comes from.",
//!   "model": "qwen-plus",
//!   "credentials": {"endpoint_url": "{gateway}/v1"},
//!   "delivery": "stream",
//!   "request": {"messages": [{"role": "user", "content": "Why?"}]},
//!   "options": {}
//! }
//! ```
//!
//! `credentials` is the filled form. `{gateway}` stands for scheme, host and
//! port. `delivery`, for text generation alone, is `stream` or `whole`. `request`
//! and `options` are those of the contract in the JSON form of `higress-host`
//! (`src/json`); `options` may be left out.
//!
//! `request.http`: what must be sent: request line, headers in order, an empty
//! line, the body. A JSON body is laid out in lines; the bytes that are sent have
//! the same members in the same order, without whitespace between them. A body
//! that does not survive this conversion byte for byte is not laid out. So every
//! byte is compared, and `content-length` and digests are those of the bytes.
//!
//! `{host}` stands for host and port, `{version}` for the component's version.
//! `host` is written by the transport, and always stands first here. A signature
//! is that of 9 October 2025, 08:53:20 UTC; the component has a clock and nonces
//! of its own, so of what depends on them only the presence is checked there.
//!
//! `response.http`: what comes back, in its own lines: status line, headers, an
//! empty line, the body.
//!
//! ```http
//! HTTP/1.1 200 OK
//! content-type: text/event-stream
//!
//! data: {"choices":[{"delta":{"content":"a ‖sky"}}]}
//!
//! ‖data: {"choices":[{"delta":{"content":"⟨F0 9F⟩‖⟨8C 88⟩"}}]}␍
//! ␍
//! ‖data: [DONE]
//!
//! ‖complete
//! ```
//!
//! - `‖` ends a write. There are five here: two for the first event, cut within
//!   its text; two for the second, cut within the four bytes of one character;
//!   one for the end mark. Without a `‖` the body is empty.
//! - The word after the last `‖` says how the response ends: `complete`, or
//!   `reset` if the connection breaks after the last write.
//! - The end of a line is a line feed and part of the body. `␍` is a carriage
//!   return.
//! - `⟨F0 9F⟩` is two bytes, in hexadecimal digits. Bytes that are not UTF-8,
//!   invisible characters and the marks themselves are written so.
//!
//! What a server adds by itself (framing, date) is not among the headers. The
//! words after the status code are for the reader.
//!
//! `expected.jsonl`: the answer, as `higress-host --json` prints it. For a
//! stream, one event a line, then `{"info":…}`, or `{"error":…}` if it fails;
//! for a whole answer, the answer or the error on one line. Times that the
//! component measures are left out.
//!
//! A call of several requests has `request-1.http`, `response-1.http` and so on in
//! place of the two. It must send them one after the other, so that the
//! component gets each response for the request that it belongs to.
//!
//! A call that is refused before anything is sent has neither `request.http`
//! nor `response.http`; its error says `"request_sent":false`.

mod answer;
mod case;
mod component;
mod contract;
mod cuts;
mod native;
mod response;
mod verdict;
mod wire;

use case::Case;
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = match trials(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")) {
        Ok(trials) => trials,
        Err(error) => {
            eprintln!("the cases cannot be listed: {error}");
            return ExitCode::FAILURE;
        }
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trials(root: &Path) -> std::io::Result<Vec<Trial>> {
    let mut trials = Vec::new();
    for kind in sorted(root)? {
        for folder in sorted(&kind)? {
            let name = folder.strip_prefix(root).unwrap_or(&folder).display();
            trials.push(trial(format!("{name}/native"), &folder, native::check));
            // Expectations are written by the core; the component is held to
            // them in the next run.
            if !verdict::is_blessing() {
                trials.push(trial(
                    format!("{name}/component"),
                    &folder,
                    component::check,
                ));
            }
        }
    }
    Ok(trials)
}

fn trial(name: String, folder: &Path, check: fn(&Case) -> Result<(), String>) -> Trial {
    let folder = folder.to_owned();
    Trial::test(name, move || {
        Case::read(&folder)
            .and_then(|case| check(&case))
            .map_err(Failed::from)
    })
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
