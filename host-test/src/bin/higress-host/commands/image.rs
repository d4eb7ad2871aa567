//! `image`: images from a prompt.

use crate::failure::Failure;
use crate::interrupt::run_until_interrupted;
use crate::output::summary::summary;
use crate::output::waiting::while_waiting;
use crate::output::{self, Format, Medium, clean};
use crate::session::{CallArguments, read_request};
use crate::source::{Source, StandardInput};
use clap::Args;
use higress_host::contract::image_generation::{Generation, Image};
use higress_host::contract::types::ModelKind;
use higress_host::json::error::error_kind;
use higress_host::json::image_generation as written;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  higress-host image \"A cat in a teacup\" --model qwen-image --credentials mine.json
  higress-host image \"A cat\" --size 1328x1328 --count 2 --output pictures \\
      --model qwen-image --credentials mine.json
  higress-host image --request request.json --model qwen-image --credentials mine.json --json

A request is a JSON object with the fields of the contract (wit/image-generation.wit):
  {\"prompt\": \"Make it night\", \"seed\": 7,
   \"reference_images\": [{\"url\": \"https://example.com/day.png\"}]}

URLs of images are shown, not fetched; they are valid for a limited time.";

/// Draw images from a prompt. Takes up to minutes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImageArguments {
    /// What to draw.
    #[arg(required_unless_present = "request", conflicts_with = "request")]
    prompt: Option<String>,
    /// What to keep out.
    #[arg(long, value_name = "TEXT", conflicts_with = "request")]
    negative_prompt: Option<String>,
    /// Width and height in pixels, or a size class of the model.
    #[arg(long, value_name = "SIZE", conflicts_with = "request")]
    size: Option<String>,
    /// How many; each is charged.
    #[arg(long, value_name = "NUMBER", conflicts_with = "request")]
    count: Option<u32>,
    /// The whole request as JSON; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    request: Option<Source>,
    /// Where to write images that come as bytes.
    #[arg(long, value_name = "FOLDER", conflicts_with = "json")]
    output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) call: CallArguments,
}

impl ImageArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut input = StandardInput::Unread;
        let request = read_request(
            self.request.as_ref(),
            &self.short_form(),
            written::read_request,
            &mut input,
        )?;
        let session = self.call.open(ModelKind::ImageGeneration, &mut input)?;
        if let Some(folder) = &self.output {
            make_folder(folder)?;
        }
        let call = session
            .tenant
            .generate_image(&session.model, &request, &session.options);
        let generation = run_until_interrupted(async {
            while_waiting(session.format, "drawing", call)
                .await
                .map_err(|error| session.failure(error))
        })?;
        match session.format {
            Format::JsonLines => output::write_json(&written::write_generation(&generation))?,
            Format::Text => {
                self.show(&generation)?;
                let usage = generation.usage.as_ref();
                output::note(&summary(&session, usage, &generation.info));
            }
        }
        Ok(())
    }

    fn short_form(&self) -> Value {
        json!({
            "prompt": self.prompt,
            "negative_prompt": self.negative_prompt,
            "size": self.size,
            "count": self.count,
        })
    }

    fn show(&self, generation: &Generation) -> Result<(), Failure> {
        let medium = Medium::of_standard_output();
        for (place, image) in generation.images.iter().enumerate() {
            let line = self.line(place + 1, image)?;
            output::write_line(&medium.safe(&line))?;
        }
        for failure in &generation.failures {
            let line = format!("failed: {}: {}", error_kind(failure.kind), failure.message);
            output::say(&clean::controls(&line));
        }
        Ok(())
    }

    fn line(&self, place: usize, image: &Image) -> Result<String, Failure> {
        if let Some(url) = &image.url {
            return Ok(url.clone());
        }
        let bytes = image.bytes.as_deref().unwrap_or_default();
        let mime_type = image.mime_type.as_deref().unwrap_or("of unknown type");
        match &self.output {
            Some(folder) => {
                let path = folder.join(format!("image-{place}.{}", extension(mime_type)));
                write_file(&path, bytes)?;
                Ok(path.display().to_string())
            }
            None => Ok(format!(
                "image {place}: {} bytes, {mime_type}; keep it with --output FOLDER",
                bytes.len()
            )),
        }
    }
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Failure::setup(format!(
            "cannot make the folder {}: {error}; name another with --output",
            folder.display()
        ))
    })
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes)
        .map_err(|error| Failure::setup(format!("cannot write {}: {error}", path.display())))
}

/// The server's type decides on the end of a file's name, out of a few.
fn extension(mime_type: &str) -> &'static str {
    match mime_type {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        "image/gif" => "gif",
        _ => "bin",
    }
}
