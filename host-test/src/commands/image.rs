//! `image`: images from a prompt.

use super::unary;
use crate::call_context::CallArguments;
use crate::failure::Failure;
use crate::input::Input;
use crate::output::{self, Medium, sanitize};
use clap::Args;
use higress_host::json::image_generation as written;
use provider_host::contract::image_generation::{Generation, Image};
use provider_host::contract::types::ModelKind;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{ErrorKind, Write as _};
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
    request: Option<Input>,
    /// Where to write images that come as bytes.
    #[arg(long, value_name = "FOLDER", conflicts_with = "json")]
    output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) call: CallArguments,
}

impl ImageArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let (context, request) = self.call.open_for(
            ModelKind::ImageGeneration,
            self.request.as_ref(),
            &self.short_form(),
            written::read_request,
        )?;
        if let Some(folder) = &self.output {
            make_folder(folder)?;
        }
        let call = context
            .tenant
            .generate_image(&context.model, &request, &context.options);
        unary::run(&context, "drawing", call, |medium, generation| {
            self.show(medium, generation)
        })
    }

    fn short_form(&self) -> Value {
        json!({
            "prompt": self.prompt,
            "negative_prompt": self.negative_prompt,
            "size": self.size,
            "count": self.count,
        })
    }

    fn show(&self, medium: Medium, generation: &Generation) -> Result<(), Failure> {
        for (place, image) in generation.images.iter().enumerate() {
            let line = self.line(place + 1, image)?;
            output::write_line(&medium.safe(&line))?;
            if let Some(prompt) = &image.revised_prompt {
                output::note(&format!("drawn from: {prompt}"));
            }
        }
        for failure in &generation.failures {
            let line = format!("failed: {}: {}", failure.kind.as_str(), failure.message);
            output::say(&sanitize::control_characters(&line));
        }
        Ok(())
    }

    /// What to say of an image: where it was saved, else where it is.
    fn line(&self, place: usize, image: &Image) -> Result<String, Failure> {
        let mime_type = image.mime_type.as_deref();
        match (&self.output, &image.bytes, &image.url) {
            (Some(folder), Some(bytes), _) => {
                let path = save(folder, place, mime_type, bytes)?;
                Ok(path.display().to_string())
            }
            (Some(_), None, Some(url)) => {
                output::note(&format!("image {place} came as a URL, and is not saved"));
                Ok(url.clone())
            }
            (None, _, Some(url)) => Ok(url.clone()),
            (_, bytes, None) => Ok(format!(
                "image {place}: {} bytes, {}; keep it with --output FOLDER",
                bytes.as_ref().map_or(0, Vec::len),
                mime_type.unwrap_or("of unknown type")
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

/// Writes a file of the first number, from `number` on, that is not taken.
fn save(
    folder: &Path,
    number: usize,
    mime_type: Option<&str>,
    bytes: &[u8],
) -> Result<PathBuf, Failure> {
    let extension = extension(mime_type.unwrap_or_default());
    let mut number = number;
    loop {
        let path = folder.join(format!("image-{number}.{extension}"));
        let written = File::create_new(&path).and_then(|mut file| file.write_all(bytes));
        match written {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => {
                let message = format!("cannot write {}: {error}", path.display());
                return Err(Failure::setup(message));
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::save;

    #[test]
    fn a_file_that_is_there_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let name = |bytes: &[u8]| {
            let path = save(folder.path(), 1, Some("image/png"), bytes)
                .ok()
                .unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
            path.file_name().unwrap().to_str().unwrap().to_owned()
        };
        assert_eq!(name(b"one"), "image-1.png");
        assert_eq!(name(b"two"), "image-2.png");
    }

    #[test]
    fn the_type_decides_on_the_name_out_of_a_few() {
        let folder = tempfile::tempdir().unwrap();
        let path = save(folder.path(), 1, Some("../../x"), b"").ok().unwrap();
        assert_eq!(path, folder.path().join("image-1.bin"));
    }
}
