//! A case as its folder holds it. What a file may hold is written in `main`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use higress_host::json::credentials::read_credentials;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// A case.
pub(crate) struct Case {
    pub(crate) folder: PathBuf,
    pub(crate) call: Call,
    /// The text of `request.http`, if there is one.
    pub(crate) request: Option<String>,
    /// None for a call that is refused before anything is sent.
    pub(crate) reply: Option<Reply>,
    /// The text of `expected.jsonl`.
    pub(crate) expected: String,
}

/// What is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    pub(crate) note: String,
    pub(crate) model: String,
    credentials: Value,
    pub(crate) delivery: Delivery,
    pub(crate) request: Value,
    #[serde(default = "nothing")]
    pub(crate) options: Value,
}

fn nothing() -> Value {
    Value::Object(Map::new())
}

/// How the answer is to come.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Delivery {
    Stream,
    Whole,
}

/// What comes back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) ending: Ending,
}

/// Bytes that are sent in one write.
#[derive(Deserialize)]
#[serde(try_from = "ChunkText")]
pub(crate) struct Chunk(Vec<u8>);

#[derive(Deserialize)]
#[serde(untagged)]
enum ChunkText {
    Text(String),
    Bytes { base64: String },
}

/// How a reply ends.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ending {
    Complete,
    Reset,
}

const FILES: [&str; 4] = ["call.json", "request.http", "reply.json", "expected.jsonl"];

impl Case {
    /// Reads a folder. Every file in it must be one of a case; `call.json` is
    /// always there, the others unless they are about to be written.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let problem = |problem: String| format!("{}: {problem}", folder.display());
        let entries = std::fs::read_dir(folder).map_err(|error| problem(error.to_string()))?;
        for entry in entries {
            let name = entry
                .map_err(|error| problem(error.to_string()))?
                .file_name();
            if !FILES.iter().any(|known| name == *known) {
                let name = name.display();
                return Err(problem(format!(
                    "{name} does not belong here; a case has {}",
                    FILES.join(", ")
                )));
            }
        }
        let file = |name: &str| match std::fs::read_to_string(folder.join(name)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(problem(format!("{name}: {error}"))),
        };
        let missing = |name: &str| problem(format!("{name} is missing"));
        let call = file("call.json")?.ok_or_else(|| missing("call.json"))?;
        let (request, reply) = (file("request.http")?, file("reply.json")?);
        let expected = file("expected.jsonl")?;
        if !crate::verdict::is_blessing() {
            match (&request, &reply) {
                (None, Some(_)) => return Err(missing("request.http")),
                (Some(_), None) => return Err(missing("reply.json")),
                (Some(_), Some(_)) | (None, None) => {}
            }
            if expected.is_none() {
                return Err(missing("expected.jsonl"));
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            call: parse("call.json", &call).map_err(problem)?,
            request,
            reply: reply
                .map(|text| parse("reply.json", &text))
                .transpose()
                .map_err(problem)?,
            expected: expected.unwrap_or_default(),
        })
    }
}

fn parse<'a, T: Deserialize<'a>>(file: &str, text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("{file}: {error}"))
}

impl Call {
    /// The filled form, where the gateway is at `authority`.
    pub(crate) fn credentials(&self, authority: &str) -> Result<Vec<(String, String)>, String> {
        let filled = read_credentials(&self.credentials)
            .map_err(|problem| format!("call.json: credentials: {problem}"))?;
        let gateway = format!("http://{authority}");
        let placed =
            |(variable, value): (String, String)| (variable, value.replace("{gateway}", &gateway));
        Ok(filled.into_iter().map(placed).collect())
    }
}

impl Reply {
    /// The body in one piece.
    pub(crate) fn body(&self) -> Vec<u8> {
        self.chunks
            .iter()
            .flat_map(|chunk| chunk.iter().copied())
            .collect()
    }
}

impl std::ops::Deref for Chunk {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<ChunkText> for Chunk {
    type Error = base64::DecodeError;

    fn try_from(chunk: ChunkText) -> Result<Self, Self::Error> {
        Ok(Self(match chunk {
            ChunkText::Text(text) => text.into_bytes(),
            ChunkText::Bytes { base64 } => STANDARD.decode(base64)?,
        }))
    }
}
