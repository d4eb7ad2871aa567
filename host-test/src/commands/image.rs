//! `image`: generates images from a prompt.

use super::unary;
use crate::call_context::CallArguments;
use crate::failure::Failure;
use crate::input::Input;
use crate::output::{self, Medium, sanitize};
use anyhow::Context as _;
use clap::Args;
use higress_host::json::image_generation::parse_request;
use provider_host::contract::image_generation::{Image, Request, Response};
use provider_host::contract::types::ModelKind;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  higress-host image \"A cat in a teacup\" \\
      --model qwen-image --credentials mine.json
  higress-host image \"A cat\" --size 1328x1328 --count 2 --output pictures \\
      --model qwen-image --credentials mine.json
  higress-host image --request request.json \\
      --model qwen-image --credentials mine.json --json

A request is a JSON object with the contract's fields (wit/image-generation.wit):
  {\"prompt\": \"Make it night\", \"seed\": 7,
   \"reference_images\": [{\"url\": \"https://example.com/day.png\"}]}

URLs of images are printed, not fetched; they expire.";

/// Generate images from a prompt. May take minutes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImageArguments {
    /// The prompt.
    #[arg(required_unless_present = "request", conflicts_with = "request")]
    prompt: Option<String>,
    /// What the images must not show.
    #[arg(long, value_name = "TEXT", conflicts_with = "request")]
    negative_prompt: Option<String>,
    /// Width and height in pixels, or a size class of the model.
    #[arg(long, value_name = "SIZE", conflicts_with = "request")]
    size: Option<String>,
    /// The number of images; the provider charges for each.
    #[arg(long, value_name = "NUMBER", conflicts_with = "request")]
    count: Option<u32>,
    /// The whole request as JSON; `-` reads standard input.
    #[arg(long = "request", id = "request", value_name = "FILE")]
    request_file: Option<Input>,
    /// Save images that arrive as bytes in this folder.
    #[arg(long, value_name = "FOLDER", conflicts_with = "json")]
    output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) call: CallArguments,
}

impl ImageArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let (context, request) = self.call.open_for(
            ModelKind::ImageGeneration,
            self.request_file.as_ref(),
            parse_request,
            || self.request(),
        )?;
        if let Some(folder) = &self.output {
            make_folder(folder)?;
        }
        let call = context
            .tenant
            .generate_image(&context.model, &request, &context.options);
        unary::run(&context, "generating", call, |medium, generation| {
            self.show(medium, generation)
        })
    }

    /// The request of a prompt and its options.
    fn request(&self) -> Request {
        Request {
            negative_prompt: self.negative_prompt.clone(),
            size: self.size.clone(),
            count: self.count,
            ..Request::new(self.prompt.as_deref().unwrap_or_default())
        }
    }

    fn show(&self, medium: Medium, generation: &Response) -> Result<(), Failure> {
        for (place, image) in generation.images.iter().enumerate() {
            let line = self.line(place + 1, image)?;
            output::write_line(&medium.safe(&line))?;
            if let Some(prompt) = &image.revised_prompt {
                output::note(&format!("revised prompt: {prompt}"));
            }
        }
        for failure in &generation.failures {
            let line = format!("failed: {}: {}", failure.kind.as_str(), failure.message);
            output::say(&sanitize::control_characters(&line));
        }
        Ok(())
    }

    /// The line for an image: the file it was saved to, or its URL.
    fn line(&self, place: usize, image: &Image) -> Result<String, Failure> {
        let mime_type = image.mime_type.as_deref();
        match (&self.output, &image.bytes, &image.url) {
            (Some(folder), Some(bytes), _) => {
                let path = save(folder, place, mime_type, bytes)?;
                Ok(path.display().to_string())
            }
            (Some(_), None, Some(url)) => {
                output::note(&format!("image {place} arrived as a URL and is not saved"));
                Ok(url.clone())
            }
            (None, _, Some(url)) => Ok(url.clone()),
            (_, bytes, None) => Ok(format!(
                "image {place}: {} bytes, {}; pass --output FOLDER to save it",
                bytes.as_ref().map_or(0, Vec::len),
                mime_type.unwrap_or("unknown type")
            )),
        }
    }
}

fn make_folder(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("--output: cannot create folder {}", folder.display()))
}

/// Writes a new file with the first unused number from `number` on.
fn save(
    folder: &Path,
    number: usize,
    mime_type: Option<&str>,
    bytes: &[u8],
) -> anyhow::Result<PathBuf> {
    let extension = extension(mime_type.unwrap_or_default());
    let mut number = number;
    loop {
        let path = folder.join(format!("image-{number}.{extension}"));
        let written = File::create_new(&path).and_then(|mut file| file.write_all(bytes));
        match written {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => {
                return Err(error).with_context(|| format!("cannot write {}", path.display()));
            }
        }
    }
}

/// The file extension, one of a fixed list, by the server's media type.
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
