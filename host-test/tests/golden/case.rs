//! A case as its folder holds it. What a file may hold is written in `main`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use higress_host::json::Error as Problem;
use higress_host::json::credentials::read_credentials;
use higress_host::json::options::read_options;
use provider_host::contract::types::CallOptions;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::cmp::Ordering;
use std::path::{Path, PathBuf};

/// A case.
pub(crate) struct Case {
    pub(crate) folder: PathBuf,
    pub(crate) kind: Kind,
    pub(crate) call: Call,
    /// The texts of the requests, in the order in which they are sent.
    pub(crate) requests: Vec<String>,
    /// A response for each request; none for a call that is refused before
    /// anything is sent.
    pub(crate) responses: Vec<RecordedResponse>,
    /// The text of `expected.jsonl`.
    pub(crate) expected: String,
}

/// What is asked for: the folder that the case lies in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    TextGeneration,
    ImageGeneration,
    TextEmbedding,
    TextRerank,
}

impl Kind {
    fn of(folder: &Path) -> Result<Self, String> {
        let parent = folder.parent().and_then(Path::file_name);
        match parent.and_then(|name| name.to_str()) {
            Some("text-generation") => Ok(Self::TextGeneration),
            Some("image-generation") => Ok(Self::ImageGeneration),
            Some("text-embedding") => Ok(Self::TextEmbedding),
            Some("text-rerank") => Ok(Self::TextRerank),
            _ => Err("lies in a folder that is no kind of model".to_owned()),
        }
    }
}

/// What is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    pub(crate) note: String,
    pub(crate) model: String,
    credentials: Value,
    /// Text generation only.
    #[serde(default)]
    pub(crate) delivery: Delivery,
    request: Value,
    #[serde(default = "nothing")]
    options: Value,
}

fn nothing() -> Value {
    Value::Object(Map::new())
}

/// How the answer is to come.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Delivery {
    Stream,
    #[default]
    Whole,
}

/// What comes back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordedResponse {
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

/// How a response ends.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ending {
    Complete,
    Reset,
}

/// Most requests of a case.
const MAX_REQUESTS: usize = 9;

/// The name of the file with the request or the response of this number, of a
/// case that has so many: `request.http`, or `request-1.http` and so on.
pub(crate) fn numbered(name: &str, extension: &str, number: usize, count: usize) -> String {
    if count == 1 {
        format!("{name}.{extension}")
    } else {
        format!("{name}-{}.{extension}", number + 1)
    }
}

/// Whether a case may hold a file of this name.
fn is_known(file: &str) -> bool {
    ["call.json", "expected.jsonl"].contains(&file)
        || [("request", "http"), ("reply", "json")]
            .into_iter()
            .any(|(name, extension)| {
                let several = (0..MAX_REQUESTS).map(|at| numbered(name, extension, at, 2));
                file == numbered(name, extension, 0, 1) || several.into_iter().any(|it| file == it)
            })
}

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
            if !name.to_str().is_some_and(is_known) {
                let name = name.display();
                return Err(problem(format!(
                    "{name} does not belong here; a case has call.json, expected.jsonl, \
                     and request.http and reply.json or such files with numbers"
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
        let texts = |name: &str, extension: &str| -> Result<Vec<String>, String> {
            if let Some(only) = file(&numbered(name, extension, 0, 1))? {
                return Ok(vec![only]);
            }
            let several = (0..MAX_REQUESTS).map(|at| file(&numbered(name, extension, at, 2)));
            several.map_while(Result::transpose).collect()
        };
        let (requests, responses) = (texts("request", "http")?, texts("reply", "json")?);
        let expected = file("expected.jsonl")?;
        if !crate::verdict::is_blessing() {
            match requests.len().cmp(&responses.len()) {
                Ordering::Less => return Err(missing("request.http for a response")),
                Ordering::Greater => return Err(missing("reply.json for a request")),
                Ordering::Equal => {}
            }
            if expected.is_none() {
                return Err(missing("expected.jsonl"));
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            kind: Kind::of(folder).map_err(problem)?,
            call: parse("call.json", &call).map_err(problem)?,
            requests,
            responses: responses
                .iter()
                .map(|text| parse("reply.json", text))
                .collect::<Result<_, _>>()
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

impl Call {
    /// The request, as `read` understands it.
    pub(crate) fn request<T>(&self, read: fn(&Value) -> Result<T, Problem>) -> Result<T, String> {
        read(&self.request).map_err(|problem| format!("call.json: request: {problem}"))
    }

    /// The options.
    pub(crate) fn options(&self) -> Result<CallOptions, String> {
        read_options(&self.options).map_err(|problem| format!("call.json: options: {problem}"))
    }
}

impl RecordedResponse {
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
