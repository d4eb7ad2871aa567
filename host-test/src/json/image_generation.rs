//! Requests for images, and the images.

use super::error::write_error;
use super::node::{Fields, Node};
use super::problem::Problem;
use super::record::{Record, list};
use super::response::{write_info, write_usage};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provider_host::contract::image_generation::{Generation, Image, ReferenceImage, Request};
use provider_host::response::Response;
use serde_json::Value;

/// Reads a request. A reference image is `{"url": …}`, or `{"bytes": …,
/// "mime_type": …}` with the bytes in base64.
///
/// # Errors
///
/// If a field is missing, unknown or of another type.
pub fn read_request(value: &Value) -> Result<Request, Problem> {
    Node::root(value).record(|fields| {
        Ok(Request {
            prompt: fields.required("prompt")?.string()?,
            negative_prompt: fields.read("negative_prompt", Node::string)?,
            reference_images: fields.list("reference_images", |node| node.record(read_image))?,
            size: fields.read("size", Node::string)?,
            count: fields.read("count", Node::integer)?,
            seed: fields.read("seed", Node::integer)?,
            prompt_extend: fields.read("prompt_extend", Node::boolean)?,
            watermark: fields.read("watermark", Node::boolean)?,
            extra: fields.read("extra", Node::json_text)?,
        })
    })
}

fn read_image(fields: &mut Fields<'_>) -> Result<ReferenceImage, Problem> {
    let url = fields.read("url", Node::string)?;
    let bytes = fields.read("bytes", Node::bytes)?;
    match (url, bytes) {
        (Some(url), None) => Ok(ReferenceImage::Url(url)),
        (None, Some(bytes)) => {
            let mime_type = fields.required("mime_type")?.string()?;
            Ok(ReferenceImage::Bytes((bytes, mime_type)))
        }
        (None, None) | (Some(_), Some(_)) => {
            Err(fields.problem("must have one of `url` and `bytes`"))
        }
    }
}

/// The JSON of the images.
#[must_use]
pub fn write_generation(response: &Response<Generation>) -> Value {
    let Generation {
        images,
        failures,
        usage,
    } = &response.content;
    Record::new()
        .field("images", list(images, write_image))
        .field("failures", list(failures, write_error))
        .optional("usage", usage.as_ref().map(write_usage))
        .field("info", write_info(&response.metadata))
        .into()
}

fn write_image(image: &Image) -> Value {
    let Image {
        url,
        bytes,
        mime_type,
        revised_prompt,
    } = image;
    Record::new()
        .optional("url", url.as_deref())
        .optional("bytes", bytes.as_ref().map(|bytes| STANDARD.encode(bytes)))
        .optional("mime_type", mime_type.as_deref())
        .optional("revised_prompt", revised_prompt.as_deref())
        .into()
}

#[cfg(test)]
mod tests {
    use super::{Image, ReferenceImage, read_request, write_image};
    use serde_json::{Value, json};

    fn problem(value: &Value) -> String {
        read_request(value).unwrap_err().to_string()
    }

    #[test]
    fn a_prompt_alone_is_a_request() {
        let request = read_request(&json!({"prompt": "A cat"})).unwrap();
        assert_eq!(request.prompt, "A cat");
        assert_eq!(request.count, None);
    }

    #[test]
    fn reference_images_are_urls_or_bytes() {
        let images = json!([
            {"url": "https://example.com/a.png"},
            {"bytes": "AAEC", "mime_type": "image/png"},
        ]);
        let request = json!({"prompt": "A cat", "reference_images": images});
        let expected = [
            ReferenceImage::Url("https://example.com/a.png".to_owned()),
            ReferenceImage::Bytes((vec![0, 1, 2], "image/png".to_owned())),
        ];
        assert_eq!(read_request(&request).unwrap().reference_images, expected);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(problem(&json!({})), "prompt: is missing");
        assert_eq!(
            problem(&json!({"prompt": "a", "reference_images": [{}]})),
            "reference_images[0]: must have one of `url` and `bytes`"
        );
        assert_eq!(
            problem(&json!({"prompt": "a", "reference_images": [{"bytes": "AAEC"}]})),
            "reference_images[0].mime_type: is missing"
        );
        let message = problem(&json!({"prompt": "a", "reference_images": [{"bytes": "?"}]}));
        assert!(
            message.starts_with("reference_images[0].bytes: is not base64"),
            "{message}"
        );
        let message = problem(&json!({"prompt": "a", "n": 2}));
        assert!(message.starts_with("n: is not a known field"), "{message}");
    }

    #[test]
    fn bytes_are_written_as_base64() {
        let image = Image {
            url: None,
            bytes: Some(vec![0, 1, 2]),
            mime_type: Some("image/png".to_owned()),
            revised_prompt: None,
        };
        assert_eq!(
            write_image(&image),
            json!({"bytes": "AAEC", "mime_type": "image/png"})
        );
    }
}
